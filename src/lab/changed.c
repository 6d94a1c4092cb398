/*
 * Changed configs with their data. Twenty trials of one config read its files once: data is kept by what it
 * was read from.
 */
#include "inside.h"

#include <mldbg/lab/trial.h>

#include <string.h>

/* Share of train that is held out where the config holds nothing out. */
static const double HELD_OUT_SHARE = 0.2;

/* Data of changed configs that stays in memory, in all; what is beyond lives as long as its trial. */
enum { KEPT_BYTES_MOST = 256 << 20 };

static const char *const task_words[] = {"classification", "regression"};

static int64_t bytes_of(const struct data *data)
{
    int64_t bytes = 0;

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int i = 0; i < data->input_count && data->splits[s].rows; i++)
            bytes += (int64_t)tensor_bytes(&data->splits[s].inputs[i]);
    return bytes;
}

/* What the rows depend on: the value of "data" and the task. */
static const char *key_of(struct arena *arena, const struct json *document)
{
    const struct json *parts[] = {json_get(document, "data"), json_get(document, "task")};
    struct text text;

    text_init(&text, arena);
    for (int i = 0; i < 2; i++)
        if (parts[i])
            json_write(&text, parts[i], false);
    return text.at ? text.at : "";
}

static bool holds_out(const struct json *data)
{
    const struct json *share = json_get(json_get(data, "split"), "val");

    return json_get(data, "val") || (share && !(share->type == JSON_NUMBER && share->number <= 0));
}

static void hold_out(struct arena *arena, struct json *document)
{
    json_set(arena, document, "data.split.val",
             json_add_number(json_array(arena), NULL, HELD_OUT_SHARE, arena));
}

/* Reads the data of a document, or takes what was kept; NULL after problems. */
static const struct data *data_of(struct lab *lab, struct arena *arena, const struct json *document,
                                  struct problems *problems)
{
    const char *key = key_of(arena, document);
    const struct json *task = json_get(document, "task");
    bool keep = lab->kept_count < KEPT_DATA_MOST && lab->kept_bytes < KEPT_BYTES_MOST;
    struct arena *owner = keep ? lab->arena : arena;
    struct data *data;

    if (strcmp(key, key_of(arena, lab->config.document)) == 0)
        return &lab->data;
    for (int i = 0; i < lab->kept_count; i++)
        if (strcmp(lab->kept[i].key, key) == 0)
            return &lab->kept[i].data;
    data = keep ? &lab->kept[lab->kept_count].data : arena_alloc(arena, sizeof *data);
    /* Names in the data point into what it was read from. */
    const struct data_spec *spec =
        data_read(owner, json_copy(owner, json_get(document, "data")), lab->config.path, problems);
    if (!spec || !data_load(owner, spec, lab->seed, task && task->type == JSON_STRING ? task->string : NULL,
                            data, problems))
        return NULL;
    if (keep) {
        lab->kept[lab->kept_count++].key = arena_print(owner, "%s", key);
        lab->kept_bytes += bytes_of(data);
    }
    return data;
}

/* The same with a part of train held out; NULL where there are too few rows, or too few groups of them. */
static const struct data *data_held_out(struct lab *lab, struct arena *arena, struct json *document)
{
    struct json *changed = json_copy(arena, document);
    struct problems unheard;
    const struct data *data;

    if (holds_out(json_get(document, "data")) || lab->data.splits[SPLIT_train].rows < HELD_OUT_ROWS)
        return NULL;
    problems_init(&unheard, arena);
    hold_out(arena, changed);
    data = data_of(lab, arena, changed, &unheard);
    if (data)
        hold_out(arena, document);
    return data;
}

bool lab_changed(struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                 uint64_t seed, struct config *config, const struct data **data, struct problems *problems)
{
    struct json *document = json_copy(arena, lab->config.document);
    size_t bad, before = problems->count;

    if (!patch_apply(arena, document, patches, count, &bad)) {
        problems_at(problems, ERROR_REQUEST, "ML100", (struct place){.file = lab->config.path},
                    "the change of \"%s\" does not fit the config", patches[bad].path);
        return false;
    }
    if (!config_parse(arena, lab->config.path, lab->config.text, document, config, problems))
        return false;
    *data = data_held_out(lab, arena, document);
    if (!*data)
        *data = data_of(lab, arena, document, problems);
    if (!*data || problems->count > before)
        return false;
    if (config->task >= 0 &&
        (*data)->classification != (strcmp(task_words[config->task], "classification") == 0))
        BUG("data of another task was kept");
    config->seed = seed;
    config_bind(config, *data);
    return true;
}

bool lab_describe_changed(struct lab *lab, const struct patch *patches, size_t count, struct run *run,
                          struct problems *problems)
{
    struct lab *changed = arena_alloc(run->arena, sizeof *changed);
    const struct data *data;

    *changed = *lab;
    if (!lab_changed(lab, run->arena, patches, count, lab->seed, &changed->config, &data, problems))
        return false;
    changed->data = *data;
    lab_describe(changed, run);
    return lab_check(changed, run, problems);
}
