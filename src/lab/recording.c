/* The files of a record that are written whole: config, model, data and the manifest. */
#include "training.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <limits.h>
#include <mldbg/base/digest.h>
#include <mldbg/lab/experiment.h>

enum {
    CHECKPOINTS_AT_ONCE = 4,   /* the best, the last two, and the one that is being written */
    TABLES_BYTES = 1024 * 1024 /* left for tables and the other files, at least */
};

struct json *lab_config_document(const struct lab *lab, struct arena *arena)
{
    struct config config = lab->config;

    config.seed = lab->seed;
    return config_filled(arena, &config);
}

bool lab_digests(struct lab *lab, struct error *err)
{
    struct arena *arena = lab->arena;
    struct json *digests = json_object(arena), *data;
    struct digest config = digest_start();
    struct text text;

    if (lab->digests)
        return true;
    text_init(&text, arena);
    json_write(&text, config_canonical(arena, &lab->config), true);
    digest_add(&config, text.at, text.length);
    json_add_string(digests, "config", digest_text(arena, &config), arena);
    data = json_add(digests, "data", json_object(arena), arena);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const char *path = data_file(lab->config.data, (enum split)s), *digest;
        struct json *file;

        if (!path)
            continue;
        if (!digest_file(arena, path, &digest, err))
            return false;
        file = json_add(data, split_name((enum split)s), json_object(arena), arena);
        json_add_string(file, "file", path, arena);
        json_add_string(file, "digest", digest, arena);
    }
    lab->digests = digests;
    return true;
}

static void copy_member(struct json *to, const struct json *from, const char *key, struct arena *arena)
{
    json_add(to, key, json_copy(arena, json_get(from, key)), arena);
}

static struct json *data_document(const struct lab *lab, const struct json *whole, struct arena *arena)
{
    const struct data *data = &lab->data;
    struct json *document = json_object(arena), *names;

    json_add_string(document, "task", data->classification ? "classification" : "regression", arena);
    names = json_add(document, data->classification ? "classes" : "targets", json_array(arena), arena);
    for (int64_t c = 0; data->classification && c < data->classes; c++)
        json_add_string(names, NULL, data->class_names[c], arena);
    for (int64_t t = 0; !data->classification && t < data->target_width; t++)
        json_add_string(names, NULL, data->target_names ? data->target_names[t] : "", arena);
    json_add_string(document, "scale", data->scale ? data->scale : "none", arena);
    copy_member(document, whole, "splits", arena);
    copy_member(document, whole, "columns", arena);
    return document;
}

bool write_heads(const struct lab *lab, const struct record *record, const struct run *run, struct error *err)
{
    struct arena *arena = run->arena;
    struct json *whole = run_to_json(run, arena), *model = json_object(arena);

    copy_member(model, whole, "layers", arena);
    return record_write_json(record, "config.json", lab_config_document(lab, arena), err) &&
           record_write_json(record, "model.json", model, err) &&
           record_write_json(record, "data.json", data_document(lab, whole, arena), err);
}

/* ---- experiments.json ---- */

/* "experiment/descent/" */
static const char *prefix_of(const struct experiment *experiment, struct arena *arena)
{
    return arena_print(arena, EXPERIMENT_PREFIX "%s/", experiment->entry.name);
}

static struct json *experiments_document(const struct run *asked, struct arena *arena)
{
    struct json *document = json_object(arena), *list;

    list = json_add(document, "experiments", json_array(arena), arena);
    for (size_t i = 0; i < experiment_catalog.count; i++) {
        const struct experiment *experiment = ENTRY_OF(experiment_catalog.at[i], struct experiment);
        const char *prefix = prefix_of(experiment, arena);
        struct json *item, *facts;

        if (experiment->trains)
            continue;
        item = json_add(list, NULL, json_object(arena), arena);
        json_add_string(item, "name", experiment->entry.name, arena);
        facts = json_add(item, "facts", json_object(arena), arena);
        for (size_t k = 0; k < asked->fact_count; k++) {
            const struct fact *fact = &asked->facts[k];

            if (strncmp(fact->name, prefix, strlen(prefix)) != 0)
                continue;
            if (fact->text)
                json_add_string(facts, fact->name + strlen(prefix), fact->text, arena);
            else
                json_add_number(facts, fact->name + strlen(prefix), fact->number, arena);
        }
    }
    return document;
}

bool write_experiments(const struct record *record, const struct run *asked, struct error *err)
{
    return record_write_json(record, RECORD_EXPERIMENTS, experiments_document(asked, asked->arena), err);
}

/* ---- run.json ---- */

/* The facts without those of experiments, which have a file of their own. */
static void leave_out_experiments(struct run *run)
{
    const struct fact *all = run->facts;
    size_t count = run->fact_count;

    run->facts = NULL;
    run->fact_count = run->fact_capacity = 0;
    for (size_t i = 0; i < count; i++)
        if (strncmp(all[i].name, EXPERIMENT_PREFIX, strlen(EXPERIMENT_PREFIX)) != 0)
            *(struct fact *)arena_append(run->arena, &run->facts, &run->fact_count, &run->fact_capacity,
                                         sizeof *run->facts) = all[i];
}

/* A path that means the same from every folder. */
static const char *absolute(struct arena *arena, const char *path)
{
    char resolved[PATH_MAX];

    return realpath(path, resolved) ? arena_copy(arena, resolved, strlen(resolved)) : path;
}

/* A word of the manifest on disk, so that a resumed run keeps when it began, and from which config. */
static const char *old_word(const struct record *record, const char *key, const char *otherwise)
{
    struct json *document;
    const struct json *value;
    const char *path = record_path(record, "run.json");

    if (!json_read(record->arena, path, SIZE_MAX / 2, &document, NULL, NULL))
        return otherwise;
    value = json_get(document, key);
    return value && value->type == JSON_STRING ? value->string : otherwise;
}

bool write_manifest(const struct lab *lab, const struct record *record, const struct run *run, bool ended,
                    struct error *err)
{
    struct arena *arena = run->arena;
    struct run named = *run;
    struct json *manifest, *rows;
    struct lab *known = arena_alloc(arena, sizeof *known);

    *known = *lab;
    if (!lab_digests(known, err))
        return false;
    leave_out_experiments(&named);
    named.config_path = old_word(record, "config", run->config_path);
    manifest = record_manifest(&named, arena);
    json_add_string(manifest, "config_file", absolute(arena, lab->config.path), arena);
    json_add(manifest, "digests", json_copy(arena, known->digests), arena);
    rows = json_add(manifest, "rows", json_object(arena), arena);
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (lab->data.splits[s].rows)
            json_add_integer(rows, split_name((enum split)s), lab->data.splits[s].rows, arena);
    json_add_string(manifest, "started", old_word(record, "started", record_clock(arena)), arena);
    json_add_string(manifest, "ended", ended ? record_clock(arena) : "", arena);
    json_add_integer(manifest, "process", getpid(), arena);
    return record_write_json(record, "run.json", manifest, err);
}

bool disk_suffices(const struct training *training, struct error *err)
{
    const struct trainer *trainer = &training->epochs->trainer;
    const struct parameters *p = &trainer->model.parameters;
    int64_t numbers = p->length * (1 + trainer->optimizer.slot_count) + p->state_length;
    int64_t wanted = CHECKPOINTS_AT_ONCE * numbers * (int64_t)dtype_size(p->dtype) + TABLES_BYTES;
    struct statvfs disk;
    struct arena *arena = training->run->arena;

    if (statvfs(training->record->folder, &disk) != 0)
        return true;
    if ((double)disk.f_bavail * (double)disk.f_frsize >= (double)wanted)
        return true;
    fail(err, ERROR_MACHINE, "the disk of \"%s\" has %s free, and the checkpoints of this model may take %s",
         training->record->folder, text_bytes(arena, (int64_t)(disk.f_bavail * disk.f_frsize)),
         text_bytes(arena, wanted));
    return fail_hint(err, "make room, or take a folder on another disk");
}

bool lab_train_finish(struct lab *lab, const struct record *record, const struct run *run,
                      struct problems *problems)
{
    struct error err = {0};

    return write_manifest(lab, record, run, true, &err) || problems_add(problems, &err);
}
