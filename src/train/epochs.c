/*
 * The course of a training: which batch comes next, when an epoch ends, which one was the best. Every number
 * is a function of config, data and seed, so that a run can be taken up at any step.
 */
#include <mldbg/train/epochs.h>

#include <math.h>

#include "epochs_inside.h"

/* Builds a graph for another size of batch over the same parameters, unless there is one. */
static bool add_graph(struct epochs *epochs, int64_t rows, struct problems *problems)
{
    struct model_build_options options = {.input_gradient = epochs->trainer.input_gradient};

    if (rows == 0)
        return true;
    for (int i = 0; i < epochs->graph_count; i++)
        if (epochs->graphs[i].batch == rows)
            return true;
    return model_build(&epochs->trainer.model, rows, &options, &epochs->graphs[epochs->graph_count++],
                       problems);
}

void epochs_choose(struct epochs *epochs, int64_t rows)
{
    for (int i = 0; i < epochs->graph_count; i++)
        if (epochs->graphs[i].batch == rows) {
            epochs->trainer.graph = epochs->graphs[i];
            return;
        }
    BUG("there is no graph for a batch of %lld rows", (long long)rows);
}

/* Bytes of the graphs for the rests that splits leave; the parameters are those of the full one. */
static bool measure_rests(struct model *model, const struct data *data, int64_t batch, int64_t *bytes,
                          struct problems *problems)
{
    const struct model_build_options options = {.plan_only = true};
    int64_t rests[SPLIT_COUNT];
    int count = 0;

    for (int s = 0; s < SPLIT_COUNT; s++) {
        struct model_graph graph;
        int64_t rest = data->splits[s].rows % batch;
        bool known = rest == 0;

        for (int i = 0; i < count; i++)
            known = known || rests[i] == rest;
        if (known)
            continue;
        if (!model_build(model, rest, &options, &graph, problems))
            return false;
        rests[count++] = rest;
        *bytes += graph_memory(graph.graph).own;
    }
    return true;
}

bool epochs_measure(struct arena *arena, const struct config *config, const struct data *data,
                    const struct backend *backend, enum dtype dtype, int64_t batch, struct memory_plan *plan,
                    struct problems *problems)
{
    const int64_t index = (int64_t)sizeof(int64_t);
    struct model model;
    struct model_graph graph;

    model_init(&model, arena, &config->model, backend, dtype, config->seed);
    if (!model_build(&model, batch, &(struct model_build_options){.plan_only = true}, &graph, problems))
        return false;
    *plan = trainer_memory(config, &model, &graph);
    if (!measure_rests(&model, data, batch, &plan->course, problems))
        return false;
    for (int s = 0; s < SPLIT_COUNT; s++)
        plan->course += evaluation_bytes(data, (enum split)s);
    plan->course += index * (data->splits[SPLIT_train].rows + 2 * batch);
    /* The copy of the running statistics is not part of a checkpoint. */
    plan->course += plan->parameters + plan->state / 2 + plan->optimizer +
                    (config->optimizer.accumulate > 1 ? plan->parameters : 0);
    plan->total += plan->course;
    return true;
}

bool epochs_init(struct epochs *epochs, struct arena *arena, const struct config *config,
                 const struct data *data, const struct backend *backend, enum dtype dtype, uint64_t seed,
                 struct problems *problems)
{
    const struct dataset *train = &data->splits[SPLIT_train];
    int64_t size = config->train.batch_size < train->rows ? config->train.batch_size : train->rows;
    int64_t accumulate = config->optimizer.accumulate > 1 ? config->optimizer.accumulate : 1;

    epochs->batch_size = size;
    epochs->batches = config->train.drop_last ? train->rows / size : (train->rows + size - 1) / size;
    if (!trainer_init(&epochs->trainer, arena, config, data, backend, dtype, seed, size, problems))
        return false;
    epochs->graphs[epochs->graph_count++] = epochs->trainer.graph;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        int64_t rows = data->splits[s].rows;

        if (!add_graph(epochs, rows % size, problems))
            return false;
    }
    epochs->trainer.optimizer.total_steps = epochs->batches * config->train.epochs / accumulate;
    epochs->order = arena_array(arena, (size_t)train->rows, sizeof *epochs->order);
    epochs->rows = arena_array(arena, 2 * (size_t)size, sizeof *epochs->rows);
    epochs->rate = (double)NAN;
    epochs->best = (double)INFINITY;
    epochs->best_step = epochs->best_epoch = -1;
    return true;
}

/* The answers of the rows as they lie in the data, beside the inputs of a shuffled batch. */
static void load_unshuffled_answers(struct epochs *epochs, int64_t count)
{
    struct trainer *trainer = &epochs->trainer;
    const struct model_graph *graph = &trainer->graph;
    struct tensor *none[MODEL_INPUTS_MOST] = {NULL};
    struct tensor target = *graph_value(graph->graph, graph->target);
    int64_t first = epochs->batch * epochs->batch_size;
    int64_t *kept = epochs->rows + epochs->batch_size;

    for (int64_t i = 0; i < count; i++)
        kept[i] = first + i;
    dataset_batch(trainer->data, trainer->set, kept, count, none, &target, trainer->coding);
}

void epochs_step(struct epochs *epochs, struct moment *out)
{
    struct trainer *trainer = &epochs->trainer;
    const struct train_settings *settings = &trainer->config->train;
    const struct dataset *train = &trainer->data->splits[SPLIT_train];
    int64_t count =
        dataset_batch_rows(train, trainer->model.seed, trainer->epoch, epochs->batch, epochs->batch_size,
                           settings->shuffle, settings->drop_last, epochs->order, epochs->rows);

    if (count == 0)
        BUG("batch %lld of an epoch of %lld", (long long)epochs->batch, (long long)epochs->batches);
    epochs_choose(epochs, count);
    trainer_load(trainer, train, epochs->rows, count);
    if (settings->shuffle && settings->shuffle_labels)
        load_unshuffled_answers(epochs, count);
    trainer_step(trainer, out);
    if (!out->finite)
        return;
    epochs->batch++;
    if (!isnan(out->rate))
        epochs->rate = out->rate;
}

bool epochs_end(struct epochs *epochs)
{
    struct trainer *trainer = &epochs->trainer;
    enum split watched = trainer->data->splits[SPLIT_val].rows ? SPLIT_val : SPLIT_train;
    double loss = epochs->splits[watched].loss;
    int64_t patience = trainer->config->train.patience;

    optimizer_epoch_end(&trainer->optimizer, loss);
    trainer->epoch++;
    epochs->batch = 0;
    if (loss < epochs->best) {
        epochs->best = loss;
        epochs->best_step = trainer->step;
        epochs->best_epoch = trainer->epoch;
        epochs->bad_epochs = 0;
    } else {
        epochs->bad_epochs++;
    }
    return patience > 0 && epochs->bad_epochs >= patience;
}

bool epochs_finite(const struct epochs *epochs)
{
    const struct trainer *trainer = &epochs->trainer;
    const struct parameters *p = &trainer->model.parameters;
    const struct kernels *k = trainer->optimizer.kernels;

    for (int i = 0; i < trainer->optimizer.slot_count; i++)
        if (k->first_nonfinite(p->length, trainer->optimizer.slots[i]) >= 0)
            return false;
    return k->first_nonfinite(p->length, p->value) < 0 && k->first_nonfinite(p->state_length, p->state) < 0;
}
