/* Opening a lab, and describing it in a record. Problems of config, data and shapes are gathered in one pass.
 */
#include "inside.h"

#include <string.h>

/*
 * Share of the machine's memory that all arenas may hold. Systems promise more than they have: reading data
 * that does not fit must end in a sentence, not in swapping.
 */
static const double HELD_SHARE = 0.9;

/* Problems in the order of the file, so that a person reads them from top to bottom. */
static void sort_problems(struct problems *problems)
{
    for (size_t i = 1; i < problems->count; i++) {
        struct error moved = problems->at[i];
        size_t at = i;

        while (at > 0 && strcmp(problems->at[at - 1].file, moved.file) == 0 &&
               (problems->at[at - 1].line > moved.line ||
                (problems->at[at - 1].line == moved.line && problems->at[at - 1].column > moved.column))) {
            problems->at[at] = problems->at[at - 1];
            at--;
        }
        problems->at[at] = moved;
    }
}

static const char *const task_words[] = {"classification", "regression"};

static bool load(struct lab *lab, struct problems *problems)
{
    const struct config *config = &lab->config;
    const char *task = config->task >= 0 ? task_words[config->task] : NULL;

    if (!config->data || !data_load(lab->arena, config->data, lab->seed, task, &lab->data, problems))
        return false;
    config_bind(&lab->config, &lab->data);
    return true;
}

/* Walks the shapes once, so that their mistakes stand beside all others; nothing is allocated. */
static void walk(struct lab *lab, struct problems *problems)
{
    struct arena arena;
    struct memory_plan plan;
    int64_t rows = lab->data.splits[SPLIT_train].rows;
    int64_t batch = lab->config.train.batch_size < rows ? lab->config.train.batch_size : rows;

    arena_init(&arena, "shape check");
    trainer_measure(&arena, &lab->config, lab->backend, lab->dtype, batch, &plan, problems);
    arena_release(&arena);
}

bool lab_ready(struct lab *lab, struct problems *problems)
{
    if (load(lab, problems) && lab->config.model.layer_count > 0)
        walk(lab, problems);
    sort_problems(problems);
    return problems->count == 0;
}

struct lab *lab_open(struct arena *arena, const char *path, const struct lab_options *options,
                     const char **text, struct problems *problems)
{
    struct lab *lab = arena_alloc(arena, sizeof *lab);
    int64_t machine = lab_machine_bytes();
    struct error err = {0};

    *text = NULL;
    if (machine > 0)
        arena_limit((size_t)(HELD_SHARE * (double)machine));
    lab->arena = arena;
    lab->dtype = options->double_precision ? DTYPE_F64 : DTYPE_F32;
    lab->threads = options->threads > 0 ? options->threads : 1;
    if (!backend_cpu(lab->threads, &lab->backend, &err)) {
        problems_add(problems, &err);
        return NULL;
    }
    config_read(arena, path, &lab->config, problems);
    *text = lab->config.text;
    lab->seed = options->seed_given ? options->seed : lab->config.seed;
    lab->seed_given = options->seed_given;
    lab->config.seed = lab->seed;
    return lab_ready(lab, problems) ? lab : NULL;
}

bool lab_patched(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                 struct config *out, struct problems *problems)
{
    struct json *document = json_copy(arena, lab->config.document);
    size_t bad;

    if (!patch_apply(arena, document, patches, count, &bad)) {
        problems_at(problems, ERROR_REQUEST, "ML100", (struct place){.file = lab->config.path},
                    "the change of \"%s\" does not fit the config", patches[bad].path);
        return false;
    }
    if (!config_parse(arena, lab->config.path, lab->config.text, document, out, problems))
        return false;
    out->seed = lab->seed;
    config_bind(out, &lab->data);
    return true;
}

void lab_record_nonfinite(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                          struct run *run)
{
    const struct nonfinite *found = &moment->nonfinite;
    const struct dataset *set = trainer->set;
    struct arena *arena = run->arena;
#define FACT(what) arena_print(arena, "%s/nonfinite/" what, prefix)
    run_set_text(run, FACT("what"), "%s", found->name ? found->what : "loss");
    run_set_text(run, FACT("name"), "%s", found->name ? found->name : "loss");
    run_set_number(run, FACT("value"), found->name ? found->value : moment->loss);
    if (found->name && found->tensor.shape.rank > 0)
        run_set_text(run, FACT("index"), "%s", tensor_index(arena, &found->tensor, found->index));
    run_set_number(run, FACT("step"), (double)moment->step);
    run_set_number(run, FACT("sample"), (double)moment->sample);
    if (moment->sample >= 0 && set->line) {
        run_set_number(run, FACT("line"), (double)set->line[moment->sample]);
        run_set_text(run, FACT("file"), "%s", set->origin);
    }
#undef FACT
}

int64_t lab_data_bytes(const struct lab *lab)
{
    int64_t bytes = 0;

    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct dataset *set = &lab->data.splits[s];

        if (!set->rows)
            continue;
        for (int i = 0; i < lab->data.input_count; i++)
            bytes += (int64_t)tensor_bytes(&set->inputs[i]);
        bytes +=
            set->rows * (int64_t)(lab->data.classification ? sizeof(int32_t)
                                                           : sizeof(float) * (size_t)lab->data.target_width);
    }
    return bytes;
}

static const char *const column_kinds[] = {"numeric", "categorical", "label", "ignored"};

static void describe_split(const struct data *data, const struct dataset *set, struct run *run)
{
    struct split_record *split = run_add_split(run);

    *split = (struct split_record){.name = set->name,
                                   .origin = set->origin,
                                   .rows = set->rows,
                                   .dropped = set->dropped,
                                   .duplicate_rows = set->duplicate_rows,
                                   .conflicting_rows = set->conflicting_rows,
                                   .unavoidable_rows = set->unavoidable_rows,
                                   .shared_rows = set->shared_rows,
                                   .classes = data->classes,
                                   .class_rows = set->class_rows};
    for (int64_t i = 0; i < set->column_count; i++) {
        const struct column *c = &set->columns[i];
        struct column_record *record = run_add_column(run);

        *record = (struct column_record){.split = set->name,
                                         .name = c->name,
                                         .kind = column_kinds[c->kind],
                                         .count = c->count,
                                         .missing = c->missing,
                                         .nonfinite = c->nonfinite,
                                         .overflow = c->overflow,
                                         .underflow = c->underflow,
                                         .inexact = c->inexact,
                                         .distinct = c->distinct,
                                         .first_missing = c->first_missing,
                                         .first_nonfinite = c->first_nonfinite,
                                         .first_overflow = c->first_overflow,
                                         .first_inexact = c->first_inexact,
                                         .min = c->min,
                                         .max = c->max,
                                         .mean = c->mean,
                                         .std = c->std,
                                         .same_as = c->same_as >= 0 ? set->columns[c->same_as].name : NULL,
                                         .same_as_label = c->same_as_label};
    }
}

void lab_describe(const struct lab *lab, struct run *run)
{
    const struct data *data = &lab->data;

    run->name = lab->config.name;
    run->config_path = lab->config.path;
    run->config_text = lab->config.text;
    run->config = lab->config.document;
    run->seed = lab->seed;
    run->seed_given = lab->seed_given;
    run->device = lab->backend->name;
    run->dtype = dtype_name(lab->dtype);
    run->blas = backend_blas(run->arena);
    run->threads = lab->threads;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (data->splits[s].rows)
            describe_split(data, &data->splits[s], run);
    if (data->alike_classes) {
        run_set_text(run, "data/alike_a", "%s", data->alike_a);
        run_set_text(run, "data/alike_b", "%s", data->alike_b);
    }
    run_set_text(run, "data/task", "%s", data->classification ? "classification" : "regression");
    run_set_number(run, "data/classes", (double)data->classes);
    run_set_text(run, "data/scale", "%s", data->scale ? data->scale : "none");
    run_set_text(run, "train/optimizer", "%s", lab->config.optimizer.kind->entry.name);
    run_set_text(run, "train/loss", "%s", model_loss(&lab->config.model)->kind->entry.name);
    run_set_number(run, "train/rate", lab->config.optimizer.lr);
    run_set_number(run, "train/batch_size", (double)lab->config.train.batch_size);
    lab_summarize(lab, run);
}

const char *lab_blas(struct arena *arena)
{
    return backend_blas(arena);
}
