/*
 * The config as a whole: the top-level keys, handed on to the floors that own them. Reads everything that it
 * can, so that one pass shows all mistakes.
 */
#include <mldbg/base/file.h>
#include <mldbg/train.h>

#include "settings.h"

#include <string.h>

enum { NAME_MOST = 100 }; /* bytes of a name that still fits into the first line of a report */

/* The top level as it stands in the file, before the floors read their parts. */
struct top {
    const char *schema, *name;
    uint64_t seed;
    int task;
    const struct json *data, *model, *loss, *init, *optimizer, *train, *overfit, *targets;
};

static const char *const task_names[] = {"classification", "regression", NULL};

static const struct option top_options[] = {
    {.name = "$schema",
     .type = OPTION_TEXT,
     .offset = offsetof(struct top, schema),
     .help = "where editors find the schema; not read"},
    {.name = "name",
     .type = OPTION_TEXT,
     .offset = offsetof(struct top, name),
     .help = "what reports call this training; default: the file's name"},
    {.name = "seed",
     .type = OPTION_SEED,
     .offset = offsetof(struct top, seed),
     .fallback = "1",
     .help = "of all random numbers: splits, shuffles, initial values, dropout"},
    {.name = "task",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct top, task),
     .choices = task_names,
     .help = "default: decided by the label column"},
    {.name = "data",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, data),
     .required = true,
     .value = "an object such as {\"train\": \"data.csv\", \"label\": \"y\"}",
     .help = "files or generators, columns, splits, scaling"},
    {.name = "model",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, model),
     .required = true,
     .value = "a list of layers",
     .help = "the layers, in order"},
    {.name = "loss",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, loss),
     .help = "default: cross_entropy for classes, mse for numbers"},
    {.name = "init",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, init),
     .help = "initialization of layers that declare none; default: chosen by activation"},
    {.name = "optimizer",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, optimizer),
     .help = "default: adam"},
    {.name = "train",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, train),
     .help = "batch size, epochs, shuffling"},
    {.name = "overfit",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, overfit),
     .help = "the batch that is to be memorized, and the budget of steps"},
    {.name = "targets",
     .type = OPTION_JSON,
     .offset = offsetof(struct top, targets),
     .help = "known results, such as the irreducible error"},
};
const struct option_table top_table = OPTION_TABLE(top_options);

static const struct option train_options[] = {
    {.name = "batch_size",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct train_settings, batch_size),
     .fallback = "32",
     .min = 1,
     .max = 1e9,
     .help = "rows of one step"},
    {.name = "epochs",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct train_settings, epochs),
     .fallback = "20",
     .min = 1,
     .max = 1e9,
     .help = "passes over the train split"},
    {.name = "patience",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct train_settings, patience),
     .min = 1,
     .max = 1e9,
     .help = "stop after so many epochs without a smaller loss of val; not given: never"},
    {.name = "probe_every",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct train_settings, probe_every),
     .fallback = "0",
     .min = 0,
     .max = 1e9,
     .help = "probe at steps this far apart; 0: at powers of two and every 50 steps"},
    {.name = "shuffle",
     .type = OPTION_BOOL,
     .offset = offsetof(struct train_settings, shuffle),
     .fallback = "true",
     .help = "draw the rows of each epoch in a new order"},
    {.name = "drop_last",
     .type = OPTION_BOOL,
     .offset = offsetof(struct train_settings, drop_last),
     .fallback = "false",
     .help = "leave out the last batch of an epoch when it is smaller"},
    {.name = "shuffle_labels",
     .type = OPTION_BOOL,
     .offset = offsetof(struct train_settings, shuffle_labels),
     .fallback = "false",
     .help = "shuffle rows without their labels (a mistake, so that it can be declared)"},
};
const struct option_table train_table = OPTION_TABLE(train_options);

static const struct option overfit_table_rows[] = {
    {.name = "batch_size",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct overfit_settings, batch_size),
     .fallback = "32",
     .min = 1,
     .max = 1e9,
     .help = "rows to memorize"},
    {.name = "steps",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct overfit_settings, steps),
     .fallback = "2000",
     .min = 1,
     .max = 1e9,
     .help = "budget of training steps"},
};
const struct option_table overfit_table = OPTION_TABLE(overfit_table_rows);

static const struct option target_options[] = {
    {.name = "irreducible_error",
     .type = OPTION_REAL,
     .offset = offsetof(struct target_settings, irreducible_error),
     .min = 0,
     .max = 1e300,
     .help = "error that no model can avoid, such as that of people"},
};
const struct option_table target_table = OPTION_TABLE(target_options);

/* A part of the config that is an object of plain settings. */
static void read_part(struct arena *arena, const char *key, const struct json *value,
                      const struct option_table *table, void *target, struct problems *problems)
{
    options_default(arena, table, target);
    if (!value)
        return;
    if (value->type != JSON_OBJECT) {
        problems_at(problems, ERROR_REQUEST, "ML100", value->place, "%s: expected an object, found %s", key,
                    json_type_name(value));
        return;
    }
    options_from_json(arena, table, value, NULL, target, problems);
}

static const char *name_of_file(struct arena *arena, const char *path)
{
    const char *name = file_name(path);
    const char *dot = strrchr(name, '.');

    return arena_copy(arena, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

bool config_parse(struct arena *arena, const char *path, const char *text, const struct json *document,
                  struct config *out, struct problems *problems)
{
    size_t before = problems->count;
    struct top top = {0};

    *out = (struct config){.path = path, .text = text, .document = document};
    if (document->type != JSON_OBJECT) {
        problems_at(problems, ERROR_REQUEST, "ML100", document->place,
                    "a config is one object { ... }, but this is %s", json_type_name(document));
        return false;
    }
    options_default(arena, &top_table, &top);
    options_from_json(arena, &top_table, document, NULL, &top, problems);
    if (top.name && strlen(top.name) > NAME_MOST)
        problems_at(problems, ERROR_REQUEST, "ML100", json_get(document, "name")->place,
                    "name has %zu bytes; expected at most %d", strlen(top.name), NAME_MOST);
    out->name = top.name && *top.name ? top.name : name_of_file(arena, path);
    out->seed = top.seed;
    out->task = top.task;
    if (top.data)
        out->data = data_read(arena, top.data, path, problems);
    if (top.model)
        model_read(arena, document, &out->model, problems);
    optimizer_read(arena, top.optimizer, &out->optimizer, problems);
    read_part(arena, "train", top.train, &train_table, &out->train, problems);
    read_part(arena, "overfit", top.overfit, &overfit_table, &out->overfit, problems);
    read_part(arena, "targets", top.targets, &target_table, &out->targets, problems);
    return problems->count == before;
}

bool config_read(struct arena *arena, const char *path, struct config *out, struct problems *problems)
{
    struct json *document;
    const char *text = NULL;
    struct error err = {0};

    *out = (struct config){.path = path};
    if (!json_read(arena, path, JSON_CONFIG_BYTES_MOST, &document, &text, &err)) {
        out->text = text;
        return problems_add(problems, &err);
    }
    return config_parse(arena, path, text, document, out, problems);
}

void config_bind(struct config *config, const struct data *data)
{
    struct model_spec *model = &config->model;

    model->input_count = data->input_count;
    for (int i = 0; i < data->input_count; i++)
        model->inputs[i] = (struct model_input){.name = data->inputs[i].name,
                                                .dtype = data->inputs[i].dtype,
                                                .shape = data->inputs[i].shape,
                                                .index_count = data->inputs[i].index_count};
    model->classes = data->classes;
    model->label_columns = data->classification ? 1 : data->target_width;
}
