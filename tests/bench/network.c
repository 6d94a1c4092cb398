/* From a row of workloads.c to a trainer. The data is noise: how long a step takes does not depend on it. */
#include "network.h"

#include <stdlib.h>
#include <string.h>

#include "timing.h"

const char *const optimizer_names[CHOICE_COUNT] = {"sgd", "adam"};
static const char *const optimizers[CHOICE_COUNT] = {"{'type': 'sgd', 'lr': 0.001, 'momentum': 0.9}",
                                                     "{'type': 'adam', 'lr': 0.001}"};

int optimizer_choice(const char *name)
{
    for (int i = 0; i < CHOICE_COUNT; i++)
        if (!strcmp(optimizer_names[i], name))
            return i;
    return -1;
}

/* JSON is written here with single quotes; the engine reads strict JSON. */
static const struct json *parse(struct arena *arena, const char *text)
{
    struct json *document;
    struct error err = {0};
    char *strict = arena_copy(arena, text, strlen(text));

    for (char *c = strict; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (!json_parse(arena, "bench", strict, strlen(strict), &document, &err))
        stop("%s", err.sentence);
    return document;
}

static _Noreturn void stop_on(const struct problems *problems)
{
    stop("%s", problems->count ? problems->at[0].sentence : "the model was refused");
}

/* A split of one batch of noise. */
static struct data *make_data(struct arena *arena, const struct workload *w)
{
    const struct random key = {.seed = 1};
    struct data *data = arena_alloc(arena, sizeof *data);
    struct dataset *set = &data->splits[SPLIT_train];
    struct shape shape = w->input;

    memmove(shape.size + 1, shape.size, (size_t)shape.rank * sizeof *shape.size);
    shape.size[0] = w->batch;
    shape.rank++;
    data->input_count = 1;
    data->inputs[0] = (struct data_input){.name = "input",
                                          .dtype = w->tokens ? DTYPE_I32 : DTYPE_F32,
                                          .shape = w->input,
                                          .index_count = w->tokens};
    data->classification = true;
    data->classes = WORKLOAD_CLASSES;
    set->split = SPLIT_train;
    set->name = "train";
    set->rows = w->batch;
    set->inputs[0] = tensor_make(arena, data->inputs[0].dtype, shape, NULL);
    set->labels = arena_array(arena, (size_t)w->batch, sizeof *set->labels);
    for (int64_t i = 0; i < tensor_count(&set->inputs[0]); i++)
        tensor_set(&set->inputs[0], i,
                   w->tokens ? (double)random_below(key, 0, (uint64_t)i, (uint64_t)w->tokens)
                             : random_normal(key, 1, (uint64_t)i));
    for (int64_t i = 0; i < w->batch; i++)
        set->labels[i] = (int32_t)random_below(key, 2, (uint64_t)i, WORKLOAD_CLASSES);
    return data;
}

void network_make(struct trainer *trainer, struct arena *arena, const struct workload *w,
                  enum optimizer_choice optimizer, const struct backend *backend)
{
    struct config *config = arena_alloc(arena, sizeof *config);
    struct data *data = make_data(arena, w);
    struct problems problems;
    int64_t *rows = arena_array(arena, (size_t)w->batch, sizeof *rows);

    problems_init(&problems, arena);
    config->task = 0;
    config->seed = 1;
    if (!model_read(arena,
                    parse(arena, arena_print(arena, "{'model': %s, 'loss': 'cross_entropy'}", w->model)),
                    &config->model, &problems) ||
        !optimizer_read(arena, parse(arena, optimizers[optimizer]), &config->optimizer, &problems))
        stop_on(&problems);
    config_bind(config, data);
    *trainer = (struct trainer){0};
    if (!trainer_init(trainer, arena, config, data, backend, DTYPE_F32, 1, w->batch, &problems))
        stop_on(&problems);
    for (int64_t i = 0; i < w->batch; i++)
        rows[i] = i;
    trainer_load(trainer, &data->splits[SPLIT_train], rows, w->batch);
}

/* Of the numbers in a node's matrices, the share of the first one, which stands on the data. */
static double share_on_data(const struct graph *graph, const node *inputs, int count)
{
    double first = 0, all = 0;

    for (int i = 1; i < count; i++) {
        const struct shape shape = graph_shape(graph, inputs[i]);
        if (graph_parameter_of(graph, inputs[i]) < 0 || shape.rank < 2)
            continue;
        first += first == 0 ? (double)shape_count(&shape) : 0;
        all += (double)shape_count(&shape);
    }
    return all > 0 ? first / all : 1;
}

double network_work(const struct trainer *trainer)
{
    const struct graph *graph = trainer->graph.graph;
    node inputs[OP_INPUTS_MOST];
    double work = 0;

    for (node n = 0; n <= trainer->graph.output; n++) {
        const int count = graph_inputs(graph, n, inputs);
        const double adds = (double)graph_multiply_adds(graph, n);
        if (count < 2 || graph_shape(graph, inputs[1]).rank < 2)
            continue; /* what works on one tensor is little beside products of two */
        work += 3 * adds;
        if (!graph_gradient(graph, inputs[0])) /* no one asks for the gradient by the data */
            work -= adds * share_on_data(graph, inputs, count);
    }
    return 2 * work;
}
