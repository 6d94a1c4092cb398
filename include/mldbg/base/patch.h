/* Changes of a JSON document, as data: what an experiment changes, what a remedy proposes, what --fix writes.
 */
#ifndef MLDBG_BASE_PATCH_H
#define MLDBG_BASE_PATCH_H

#include <mldbg/base/json.h>

/* One change of a config. A path stands for the document as the patches before it left it. */
struct patch {
    const char *path;         /* "optimizer.lr", "model[2].p" */
    const struct json *value; /* the new value; NULL: it is removed */
    bool insert;              /* into an array, before the item at path; one past the last appends */
};

/*
 * Applies patches in order. A setting that is a word ("optimizer": "adam") becomes an object with that type
 * when a patch reaches into it. False: a path does not fit the document, which is then half changed; *bad
 * (may be NULL) receives the index of the patch.
 */
bool patch_apply(struct arena *arena, struct json *document, const struct patch *patches, size_t count,
                 size_t *bad);

/* "optimizer.lr: 1 -> 0.1", "model[2] removed", "model[4] added: {"type": "relu"}". */
const char *patch_words(struct arena *arena, const struct json *document, const struct patch *patch);

/* [{"path": ..., "value": ...}, ...]; "insert": true where it inserts, "remove": true where it removes. */
struct json *patch_to_json(struct arena *arena, const struct patch *patches, size_t count);

#endif
