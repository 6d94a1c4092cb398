/* The config as a file of its own: patched, and with its files found from another folder. */
#include "inside.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/lab/trial.h>

static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_copy(arena, path, (size_t)(slash - path) + 1) : "./";
}

static bool same_folder(struct arena *arena, const char *a, const char *b)
{
    char one[PATH_MAX], other[PATH_MAX];

    return realpath(folder_of(arena, a), one) && realpath(folder_of(arena, b), other) &&
           strcmp(one, other) == 0;
}

/* A file of the data beside the old config; NULL: not one, or given in full. */
static const char *found_from_afar(const struct lab *lab, struct arena *arena, const struct json *value)
{
    char resolved[PATH_MAX];

    if (!value || value->type != JSON_STRING || value->string[0] == '/' ||
        !realpath(file_beside(arena, lab->config.path, value->string), resolved))
        return NULL;
    return arena_copy(arena, resolved, strlen(resolved));
}

/* data.train, data.val_labels and so on: the file from wherever the new config lies. */
static void find_from_afar(const struct lab *lab, struct arena *arena, struct json *document,
                           const char *name)
{
    const char *file = found_from_afar(lab, arena, json_find(arena, document, name));

    if (file)
        json_set(arena, document, name, json_add_string(json_array(arena), NULL, file, arena));
}

struct json *lab_fixed(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                       const char *path)
{
    struct json *document = json_copy(arena, lab->config.document);

    if (!patch_apply(arena, document, patches, count, NULL))
        return NULL;
    if (lab->seed_given)
        config_fill_seed(arena, lab->seed, document);
    if (same_folder(arena, lab->config.path, path))
        return document;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const char *split = split_name((enum split)s);

        find_from_afar(lab, arena, document, arena_print(arena, "data.%s", split));
        find_from_afar(lab, arena, document, arena_print(arena, "data.%s_labels", split));
    }
    return document;
}
