/*
 * A checkpoint: the parameters under their own names, the optimizer's vectors as optimizer/N/NAME, gradients
 * that wait for an update as gathered/NAME, and all counters as words of the metadata.
 */
#include <mldbg/train/epochs.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The counters, in one list for writing and reading. */
struct counter {
    const char *name;
    int64_t *at;
};

enum { COUNTERS = 10, REALS = 6 };

static void list_counters(struct epochs *epochs, struct counter out[COUNTERS])
{
    const struct counter list[COUNTERS] = {
        {"step", &epochs->trainer.step},
        {"epoch", &epochs->trainer.epoch},
        {"batch", &epochs->batch},
        {"updates", &epochs->trainer.optimizer.step},
        {"gathered", &epochs->trainer.gathered_count},
        {"best_step", &epochs->best_step},
        {"best_epoch", &epochs->best_epoch},
        {"bad_epochs", &epochs->bad_epochs},
        {"metric_rows", &epochs->metric_rows},
        {"probe_rows", &epochs->probe_rows},
    };

    memcpy(out, list, sizeof list);
}

struct real {
    const char *name;
    double *at;
};

static void list_reals(struct epochs *epochs, struct real out[REALS])
{
    double *schedule = epochs->trainer.optimizer.schedule_state;
    const struct real list[REALS] = {
        {"rate", &epochs->rate},      {"best", &epochs->best},      {"schedule_0", &schedule[0]},
        {"schedule_1", &schedule[1]}, {"schedule_2", &schedule[2]}, {"schedule_3", &schedule[3]},
    };

    memcpy(out, list, sizeof list);
}

/* A stretch of a vector that is laid out like the parameters. */
static struct tensor part_of(const struct trainer *trainer, void *vector, size_t row)
{
    const struct parameter *parameter = &trainer->model.parameters.at[row];
    enum dtype dtype = trainer->model.parameters.dtype;

    return tensor_make(NULL, dtype, parameter->shape,
                       (char *)vector + (size_t)parameter->offset * dtype_size(dtype));
}

typedef bool visit_fn(void *context, const char *name, struct tensor tensor);

/* Shows every tensor of a checkpoint in its order; stops at the first false. */
static bool visit_all(struct trainer *trainer, struct arena *arena, visit_fn *visit, void *context)
{
    const struct parameters *parameters = &trainer->model.parameters;

    for (size_t i = 0; i < parameters->count; i++)
        if (!visit(context, parameters->at[i].name, parameter_value(parameters, (int)i)))
            return false;
    for (int slot = -1; slot < trainer->optimizer.slot_count; slot++) {
        void *vector = slot < 0 ? trainer->gathered : trainer->optimizer.slots[slot];

        for (size_t i = 0; vector && i < parameters->count; i++) {
            const char *head = slot < 0 ? "gathered" : arena_print(arena, "optimizer/%d", slot);

            if (parameters->at[i].state || (slot < 0 && trainer->gathered_count == 0))
                continue;
            if (!visit(context, arena_print(arena, "%s/%s", head, parameters->at[i].name),
                       part_of(trainer, vector, i)))
                return false;
        }
    }
    return true;
}

static bool add(void *context, const char *name, struct tensor tensor)
{
    tensor_file_add(context, name, tensor);
    return true;
}

void checkpoint_fill(const struct epochs *epochs, struct tensor_file *file)
{
    struct arena *arena = file->arena;
    struct epochs copy = *epochs; /* the lists hand out places to write to; these are only read */
    struct counter counters[COUNTERS];
    struct real reals[REALS];

    list_counters(&copy, counters);
    list_reals(&copy, reals);
    for (int i = 0; i < COUNTERS; i++)
        json_add_string(file->metadata, counters[i].name, arena_print(arena, "%" PRId64, *counters[i].at),
                        arena);
    for (int i = 0; i < REALS; i++)
        json_add_string(file->metadata, reals[i].name, text_double(arena, *reals[i].at), arena);
    json_add_string(file->metadata, "optimizer", copy.trainer.config->optimizer.kind->entry.name, arena);
    visit_all(&copy.trainer, arena, add, file);
}

/* ---- Taking it up ---- */

struct taking {
    const struct tensor_file *file;
    const char *name;
    bool copy; /* first all are looked at, then all are copied */
    struct error *err;
};

static bool take(void *context, const char *name, struct tensor tensor)
{
    const struct taking *taking = context;
    const struct tensor *found = tensor_file_find(taking->file, name);

    if (!found)
        return fail(taking->err, ERROR_REQUEST, "\"%s\" holds no \"%s\": it is of another model or optimizer",
                    taking->name, name);
    if (found->dtype != tensor.dtype || !shape_equal(&found->shape, &tensor.shape))
        return fail(taking->err, ERROR_REQUEST,
                    "\"%s\": \"%s\" has another shape or type than the model of the config", taking->name,
                    name);
    if (taking->copy && tensor_bytes(&tensor))
        memcpy(tensor.data, found->data, tensor_bytes(&tensor));
    return true;
}

static bool read_real(const char *word, double *out)
{
    if (strcmp(word, "nan") == 0)
        *out = (double)NAN;
    else if (strcmp(word, "inf") == 0 || strcmp(word, "-inf") == 0)
        *out = *word == '-' ? -(double)INFINITY : (double)INFINITY;
    else
        return text_read_double(word, out);
    return true;
}

bool checkpoint_take(struct epochs *epochs, const struct tensor_file *file, const char *name,
                     struct error *err)
{
    struct epochs wanted = *epochs;
    struct counter counters[COUNTERS];
    struct real reals[REALS];
    struct taking taking = {file, name, false, err};

    list_counters(&wanted, counters);
    list_reals(&wanted, reals);
    for (int i = 0; i < COUNTERS; i++)
        if (!text_read_integer(tensor_file_word(file, counters[i].name), counters[i].at))
            return fail(err, ERROR_REQUEST, "\"%s\" does not say \"%s\"", name, counters[i].name);
    for (int i = 0; i < REALS; i++)
        if (!read_real(tensor_file_word(file, reals[i].name), reals[i].at))
            return fail(err, ERROR_REQUEST, "\"%s\" does not say \"%s\"", name, reals[i].name);
    if (strcmp(tensor_file_word(file, "optimizer"), epochs->trainer.config->optimizer.kind->entry.name) != 0)
        return fail(err, ERROR_REQUEST, "\"%s\" was made with the optimizer \"%s\", the config has \"%s\"",
                    name, tensor_file_word(file, "optimizer"),
                    epochs->trainer.config->optimizer.kind->entry.name);
    if (wanted.trainer.step < 0 || wanted.trainer.epoch < 0 || wanted.batch < 0 ||
        wanted.batch > wanted.batches || wanted.metric_rows < 0 || wanted.probe_rows < 0)
        return fail(err, ERROR_REQUEST, "\"%s\": its counters do not fit the config", name);
    for (int pass = 0; pass < 2; pass++) {
        taking.copy = pass == 1;
        if (!visit_all(&wanted.trainer, file->arena, take, &taking))
            return false;
    }
    wanted.trainer.sound = false;
    *epochs = wanted;
    return true;
}
