/* The model without training: its table of layers, the memory that a step takes, and the largest batch that
 * fits. */
#include "inside.h"

#include <stdio.h>
#include <unistd.h>

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

/* Bytes of a training step with this batch and the data; -1 when the shapes cannot be laid out. */
static int64_t bytes_for(const struct lab *lab, int64_t batch)
{
    struct arena arena;
    struct memory_plan plan;
    struct problems problems;
    bool good;

    arena_init(&arena, "memory plan");
    problems_init(&problems, &arena);
    good = trainer_measure(&arena, &lab->config, lab->backend, lab->dtype, batch, &plan, &problems);
    arena_release(&arena);
    return good ? plan.total + lab_data_bytes(lab) : -1;
}

/* The largest batch whose step fits into the bytes that are left; memory grows with the batch in a straight
 * line. */
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

bool lab_fits(const struct lab *lab, const struct config *config, enum dtype dtype, int64_t batch,
              struct problems *problems)
{
    int64_t machine = lab_machine_bytes();
    struct arena arena;
    struct memory_plan plan;
    bool good;

    arena_init(&arena, "memory plan");
    good = trainer_measure(&arena, config, lab->backend, dtype, batch, &plan, problems);
    if (good && machine >= 0 && plan.total > machine) {
        struct error *err =
            problems_at(problems, ERROR_MACHINE, "ML110", (struct place){.file = config->path},
                        "one step with a batch of %lld needs %s, this machine has %s", (long long)batch,
                        text_bytes(&arena, plan.total), text_bytes(&arena, machine));

        fail_hint(err, "mldbg check %s shows which layer takes the most", config->path);
        good = false;
    }
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
    plan = trainer_memory(&lab->config, &model, &graph);
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
