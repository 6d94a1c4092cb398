/* Paths through JSON: optimizer.lr, model[3].p, and ["a.b"] for keys that are no plain words. */
#ifndef BASE_JSON_STEP_H
#define BASE_JSON_STEP_H

#include <mldbg/base/arena.h>

struct json_step {
    const char *key; /* of a member, or NULL */
    int64_t index;   /* of an item */
};

/* Reads one step and moves *path behind it; false when the text is no step. first: no point stands before a
 * key. */
bool json_step_next(struct arena *arena, const char **path, bool first, struct json_step *step);

#endif
