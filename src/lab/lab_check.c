/* The model without training: its table of layers, the memory that a step takes, and the largest batch that
 * fits. */
#include "inside.h"

#include <stdio.h>
#include <unistd.h>
#include <mldbg/train/epochs.h>

/* Share of the machine's memory that a run may plan for; the rest is for the system and other programs. */
static const double MACHINE_SHARE = 0.8;

/* A limit that the system sets to this process and its kin, or -1. */
static int64_t group_limit(void)
{
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    long long bytes = -1;

    if (file && fscanf(file, "%lld", &bytes) != 1)
        bytes = -1;
    if (file)
        fclose(file);
    return bytes;
}

/* All memory, not what is free just now: the same question has the same answer tomorrow. */
int64_t lab_machine_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    int64_t all = pages > 0 && size > 0 ? (int64_t)pages * size : -1, limit = group_limit();

    return limit > 0 && (all < 0 || limit < all) ? limit : all;
}

/* Bytes of a training in these batches, with the data; -1 when the shapes cannot be laid out. */
static int64_t bytes_for(const struct lab *lab, int64_t batch)
{
    struct arena arena;
    struct memory_plan plan;
    struct problems problems;
    bool good;

    arena_init(&arena, "memory plan");
    problems_init(&problems, &arena);
    good =
        epochs_measure(&arena, &lab->config, &lab->data, lab->backend, lab->dtype, batch, &plan, &problems);
    arena_release(&arena);
    return good ? plan.total + lab_data_bytes(lab) : -1;
}

/*
 * A batch that fits into the bytes that are left, while the next larger one does not. Memory grows with the
 * batch in a straight line but for the rests of the splits, which are small beside it.
 */
static int64_t largest_batch(const struct lab *lab, int64_t left)
{
    int64_t low = 0, high = 1;

    while (high <= INT32_MAX / 2) {
        int64_t bytes = bytes_for(lab, high);

        if (bytes < 0 || bytes > left)
            break;
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2, bytes = bytes_for(lab, middle);

        if (bytes >= 0 && bytes <= left)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Whether the machine has so many bytes, for what is said to need them. */
static bool fits(const struct config *config, int64_t bytes, const char *what, struct problems *problems)
{
    int64_t machine = lab_machine_bytes();
    struct error *err;

    if (machine < 0 || bytes <= machine)
        return true;
    err = problems_at(problems, ERROR_MACHINE, "ML110", (struct place){.file = config->path},
                      "%s needs %s, this machine has %s", what, text_bytes(problems->arena, bytes),
                      text_bytes(problems->arena, machine));
    fail_hint(err, "mldbg check %s shows which layer takes the most", config->path);
    return false;
}

bool lab_fits(const struct lab *lab, const struct config *config, enum dtype dtype, int64_t batch,
              struct problems *problems)
{
    struct arena arena;
    struct memory_plan plan;
    bool good;

    arena_init(&arena, "memory plan");
    good = trainer_measure(&arena, config, lab->backend, dtype, batch, &plan, problems) &&
           fits(config, plan.total, arena_print(&arena, "one step with a batch of %lld", (long long)batch),
                problems);
    arena_release(&arena);
    return good;
}

bool lab_training_fits(const struct lab *lab, struct problems *problems)
{
    int64_t rows = lab->data.splits[SPLIT_train].rows, size = lab->config.train.batch_size;
    int64_t batch = size < rows ? size : rows;
    struct arena arena;
    struct memory_plan plan;
    bool good;

    arena_init(&arena, "memory plan");
    good =
        epochs_measure(&arena, &lab->config, &lab->data, lab->backend, lab->dtype, batch, &plan, problems) &&
        fits(&lab->config, plan.total + lab_data_bytes(lab),
             arena_print(&arena, "training in batches of %lld", (long long)batch), problems);
    arena_release(&arena);
    return good;
}

static void record_memory(const struct memory_plan *plan, int64_t data_bytes, struct run *run)
{
    run_set_number(run, "check/memory/parameters", (double)plan->parameters);
    run_set_number(run, "check/memory/gradients", (double)plan->parameter_gradients);
    run_set_number(run, "check/memory/state", (double)plan->state);
    run_set_number(run, "check/memory/optimizer", (double)plan->optimizer);
    run_set_number(run, "check/memory/inputs", (double)plan->inputs);
    run_set_number(run, "check/memory/activations", (double)(plan->values + plan->saved));
    run_set_number(run, "check/memory/activation_gradients", (double)plan->value_gradients);
    run_set_number(run, "check/memory/workspace", (double)plan->workspace);
    run_set_number(run, "check/memory/course", (double)plan->course);
    run_set_number(run, "check/memory/data", (double)data_bytes);
    run_set_number(run, "check/memory/total", (double)(plan->total + data_bytes));
}

static void record_layers(const struct model_spec *spec, const struct model_graph *graph, struct run *run)
{
    for (size_t i = 0; i < spec->layer_count; i++) {
        const struct layer_row *row = &graph->layers[i];
        struct layer_record *record = run_add_layer(run);

        *record = (struct layer_record){.name = spec->layers[i].name,
                                        .type = spec->layers[i].kind->entry.name,
                                        .output = shape_print(run->arena, &row->shape, false),
                                        .parameters = row->parameters,
                                        .trainable = row->trainable,
                                        .bytes = row->bytes,
                                        .multiply_adds = row->multiply_adds,
                                        .place = spec->layers[i].json->place};
    }
}

bool lab_check(struct lab *lab, struct run *run, struct problems *problems)
{
    int64_t rows = lab->data.splits[SPLIT_train].rows, machine = lab_machine_bytes(), multiply_adds = 0;
    int64_t batch = lab->config.train.batch_size < rows ? lab->config.train.batch_size : rows;
    struct model model;
    struct model_graph graph;
    struct memory_plan plan;

    model_init(&model, run->arena, &lab->config.model, lab->backend, lab->dtype, lab->seed);
    if (!model_build(&model, batch, &(struct model_build_options){.plan_only = true}, &graph, problems))
        return false;
    if (!epochs_measure(run->arena, &lab->config, &lab->data, lab->backend, lab->dtype, batch, &plan,
                        problems))
        return false;
    record_layers(&lab->config.model, &graph, run);
    lab_summarize_init(&model, run);
    for (size_t i = 0; i < run->layer_count; i++)
        multiply_adds += run->layers[i].multiply_adds;
    record_memory(&plan, lab_data_bytes(lab), run);
    run_set_number(run, "check/parameters", (double)parameters_total(&model.parameters, false));
    run_set_number(run, "check/trainable", (double)parameters_total(&model.parameters, true));
    run_set_number(run, "check/multiply_adds", (double)multiply_adds);
    run_set_number(run, "check/batch", (double)batch);
    if (machine >= 0) {
        run_set_number(run, "check/machine", (double)machine);
        run_set_number(run, "check/largest_batch",
                       (double)largest_batch(lab, (int64_t)(MACHINE_SHARE * (double)machine)));
    }
    run->status = "finished";
    return true;
}
