/* Opening the lab of a record: its own config, the data beside the config that it was made from. */
#include "inside.h"

#include <string.h>
#include <mldbg/base/log.h>

static const char *word(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);

    return value && value->type == JSON_STRING ? value->string : "";
}

/* Whether the files of data are those of the record. */
static bool same_data(const struct json *manifest, struct lab *lab, struct problems *problems)
{
    const struct json *then = json_get(json_get(manifest, "digests"), "data"), *now;
    struct error err = {0};

    if (!lab_digests(lab, &err))
        return problems_add(problems, &err);
    now = json_get(lab->digests, "data");
    for (const struct json *file = then ? then->child : NULL; file; file = file->next) {
        const char *before = word(file, "digest"), *after = word(json_get(now, file->key), "digest");

        if (strcmp(before, after) == 0)
            continue;
        fail(&err, ERROR_REQUEST, "the file of the %s split, \"%s\", is not what it was when the run began",
             file->key, word(file, "file"));
        fail_hint(&err, "put the old file back, or train anew into another folder");
        return problems_add(problems, &err);
    }
    return true;
}

/* What makes the same bytes unlikely is told, and is no reason to refuse. */
static void note_changes(const struct json *manifest, const struct lab *lab)
{
    struct arena *arena = lab->arena;
    const struct json *threads = json_get(manifest, "threads");
    const char *blas = backend_blas(arena);

    if (strcmp(word(manifest, "blas"), blas) != 0)
        log_note("the run began with %s; with %s the last digits may differ", word(manifest, "blas"), blas);
    if (threads && threads->type == JSON_NUMBER && (int)threads->number != lab->threads)
        log_note("the run began with %.0f threads; with %d the last digits may differ", threads->number,
                 lab->threads);
}

struct lab *lab_reopen(struct arena *arena, const char *folder, const struct json *manifest, int threads,
                       const char **text, struct problems *problems)
{
    struct lab *lab = arena_alloc(arena, sizeof *lab);
    const char *path = arena_print(arena, "%s/config.json", folder);
    const char *origin = word(manifest, "config_file");
    struct json *document;
    struct error err = {0};

    *text = NULL;
    lab->arena = arena;
    lab->dtype = strcmp(word(manifest, "dtype"), dtype_name(DTYPE_F64)) == 0 ? DTYPE_F64 : DTYPE_F32;
    lab->threads = threads > 0 ? threads : 1;
    if (!backend_cpu(lab->threads, &lab->backend, &err) ||
        !json_read(arena, path, JSON_CONFIG_BYTES_MOST, &document, text, &err)) {
        problems_add(problems, &err);
        return NULL;
    }
    config_parse(arena, *origin ? origin : path, *text, document, &lab->config, problems);
    lab->seed = lab->config.seed;
    if (!lab_ready(lab, problems) || !same_data(manifest, lab, problems))
        return NULL;
    note_changes(manifest, lab);
    return lab;
}
