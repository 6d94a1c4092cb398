/* Networks for tests: from the text of a config to a graph with numbers in it. */
#ifndef MLDBG_TESTS_NETWORK_H
#define MLDBG_TESTS_NETWORK_H

#include <stdio.h>
#include <mldbg/layer.h>

#include "check.h"

struct network {
    struct arena arena;
    struct problems problems;
    struct model_spec spec;
    struct model model;
    struct model_graph graph;
    const char *text;
};

static inline const struct backend *network_backend(void)
{
    static const struct backend *cpu;
    struct error err;
    if (!cpu && !backend_cpu(1, &cpu, &err))
        fail_msg("%s", err.sentence);
    return cpu;
}

/* Reads a config; the input is one shape such as "[1, 8, 8]", more are added by network_input. */
static inline bool network_read(struct network *net, const char *text, const char *input, bool integer,
                                int64_t classes)
{
    struct json *config, *sizes;
    struct error err;

    memset(net, 0, sizeof *net);
    arena_init(&net->arena, "test");
    problems_init(&net->problems, &net->arena);
    net->text = text;
    if (!json_parse(&net->arena, "conf.json", text, strlen(text), &config, &err))
        fail_msg("%lld:%lld %s in %s", (long long)err.line, (long long)err.column, err.sentence, text);
    if (!json_parse(&net->arena, "input", input, strlen(input), &sizes, &err))
        fail_msg("%s in %s", err.sentence, input);
    bool good = model_read(&net->arena, config, &net->spec, &net->problems);
    struct model_input *first = &net->spec.inputs[net->spec.input_count++];
    first->name = "input";
    first->dtype = integer ? DTYPE_I32 : DTYPE_F64;
    for (const struct json *size = sizes->child; size; size = size->next)
        first->shape.size[first->shape.rank++] = (int64_t)size->number;
    net->spec.classes = classes;
    return good;
}

static inline void network_release(struct network *net)
{
    arena_release(&net->arena);
}

static inline void network_show(const struct network *net)
{
    for (size_t i = 0; i < net->problems.count; i++) {
        const struct error *err = &net->problems.at[i];
        print_message("%s:%lld:%lld: error %s: %s%s%s\n", err->file, (long long)err->line,
                      (long long)err->column, err->code, err->sentence, *err->hint ? "   ^ " : "", err->hint);
    }
}

static inline bool network_build(struct network *net, enum dtype dtype, int64_t batch, bool input_gradient)
{
    const struct model_build_options options = {.input_gradient = input_gradient};
    if (!net->model.arena)
        model_init(&net->model, &net->arena, &net->spec, network_backend(), dtype, 1);
    return model_build(&net->model, batch, &options, &net->graph, &net->problems);
}

/* A network that must build. */
static inline void network_make(struct network *net, const char *text, const char *input, bool integer,
                                int64_t classes, enum dtype dtype, int64_t batch, bool input_gradient)
{
    if (!network_read(net, text, input, integer, classes) ||
        !network_build(net, dtype, batch, input_gradient)) {
        network_show(net);
        fail_msg("refused: %s", text);
    }
}

/* A number in [0, 1) that both precisions hold exactly. */
static inline double network_uniform(struct random key, uint64_t step, uint64_t index)
{
    return floor(random_uniform(key, step, index) * 0x1p20) * 0x1p-20;
}

/* Random numbers in inputs and target; integers below `below`, class ids below the number of classes. */
static inline void network_fill(struct network *net, uint64_t seed, int64_t below)
{
    const struct random key = {seed, PURPOSE_CHECK};
    const struct graph *graph = net->graph.graph;
    for (int i = 0; i < net->spec.input_count; i++) {
        struct tensor x = *graph_value(graph, net->graph.inputs[i]);
        for (int64_t j = 0; j < tensor_count(&x); j++)
            tensor_set(&x, j,
                       x.dtype == DTYPE_I32
                           ? (double)random_below(key, (uint64_t)i, (uint64_t)j, (uint64_t)below)
                           : 3 * network_uniform(key, (uint64_t)i, (uint64_t)j) - 1.5);
    }
    struct tensor t = *graph_value(graph, net->graph.target);
    int64_t width = t.shape.rank ? t.shape.size[t.shape.rank - 1] : 1;
    for (int64_t j = 0; j < tensor_count(&t); j++) {
        double value = network_uniform(key, 100, (uint64_t)j);
        if (t.dtype == DTYPE_I32)
            value = (double)random_below(key, 100, (uint64_t)j, (uint64_t)net->spec.classes);
        else if (net->spec.classes > 1 && width == net->spec.classes)
            value = (int64_t)random_below(key, 100, (uint64_t)(j / width), (uint64_t)width) == j % width;
        else if (net->spec.classes > 1)
            value = (double)random_below(key, 100, (uint64_t)j, (uint64_t)net->spec.classes);
        tensor_set(&t, j, value);
    }
}

static inline double network_loss(struct network *net, uint64_t step)
{
    const struct graph_step at = {.training = true, .seed = 5, .step = step};
    graph_forward(net->graph.graph, &at);
    return graph_scalar(net->graph.graph, net->graph.loss);
}

/* One step of gradient descent by hand; returns the loss before it. */
static inline double network_step(struct network *net, uint64_t step, double lr)
{
    const struct graph_step at = {.training = true, .seed = 5, .step = step};
    double loss = network_loss(net, step);
    graph_backward(net->graph.graph, &at);
    struct parameters *parameters = &net->model.parameters;
    for (int i = 0; i < (int)parameters->count; i++) {
        if (!parameters->at[i].trainable)
            continue;
        struct tensor w = parameter_value(parameters, i), g = parameter_gradient(parameters, i);
        for (int64_t j = 0; j < tensor_count(&w); j++)
            tensor_set(&w, j, tensor_get(&w, j) - lr * tensor_get(&g, j));
    }
    return loss;
}

/*
 * Analytic against central differences for every parameter and real input. A difference has an error of its
 * own, by the step's length at sharp bends and by rounding at small slopes, so a row that is off is measured
 * again with shorter steps; a gradient that is wrong agrees with none of them.
 */
static inline void network_gradcheck(struct network *net, double limit)
{
    static const double steps[] = {1e-5, 1e-6, 1e-7};
    struct gradcheck_settings settings = {.at = {.training = true, .seed = 5, .step = 3}};
    struct gradcheck_row *best = NULL;
    size_t count = 0, off = 1;

    for (size_t i = 0; i < sizeof steps / sizeof *steps && off; i++) {
        settings.step = steps[i];
        struct gradcheck_row *rows =
            graph_gradcheck(net->graph.graph, net->graph.loss, &settings, &net->arena, &count);
        best = best ? best : rows;
        off = 0;
        for (size_t j = 0; j < count; j++) {
            if (rows[j].error <= limit && !rows[j].kinks_wrong)
                best[j] = rows[j];
            off += !(best[j].error <= limit) || best[j].kinks_wrong;
        }
    }
    for (size_t j = 0; j < count; j++)
        if (!(best[j].error <= limit) || best[j].kinks_wrong)
            fail_msg("%s: gradient of %s is off by %.3g (worst %lld: %.12g, numeric %.12g; %lld kinks wrong)",
                     net->text, best[j].name, best[j].error, (long long)best[j].worst, best[j].analytic,
                     best[j].numeric, (long long)best[j].kinks_wrong);
}

#endif
