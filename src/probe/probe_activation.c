/*
 * What comes out of the layers: mean, spread and largest magnitude of each, the share of units of rectifiers
 * that are zero for every row of the batch, the share of values at the flat ends of bounded functions. A unit
 * of a map is a channel: it counts as zero when it is zero everywhere.
 */
#include <math.h>

#include "put.h"

/* A bounded activation whose derivative has fallen below this share of its largest is called saturated. */
#define FLAT 0.05

static double zero_share(const struct kernels *kernels, const struct tensor *y)
{
    int64_t units = y->shape.rank > 1 ? y->shape.size[1] : 1;
    int64_t rows = y->shape.size[0], inner = tensor_count(y) / (rows * units);

    return (double)kernels->zero_channels(rows, units, inner, y->data) / (double)units;
}

/*
 * The outputs between which a bounded function is not flat: where 1 - y^2, 4 y (1 - y) or (1 - |y|)^2, its
 * derivative as a share of the largest, is above FLAT. False: not a bounded function.
 */
static bool steep_range(enum unary kind, double *low, double *high)
{
    const double reach = sqrt(1 - FLAT);

    switch (kind) {
    case UNARY_tanh: *high = reach; break;
    case UNARY_sigmoid: *high = (1 + reach) / 2; break;
    case UNARY_hard_sigmoid: *high = 1; break;
    case UNARY_softsign: *high = 1 - sqrt(FLAT); break;
    default: return false;
    }
    *low = kind == UNARY_sigmoid || kind == UNARY_hard_sigmoid ? 1 - *high : -*high;
    return true;
}

static void observe_function(const struct kernels *kernels, enum unary kind, const struct tensor *y,
                             const char *layer, int64_t step, struct run *run)
{
    double low, high;

    if (kind == UNARY_relu)
        probe_put(run, step, zero_share(kernels, y), "activation/", layer, "/zero_share");
    else if (steep_range(kind, &low, &high))
        probe_put(run, step,
                  (double)kernels->count_beyond(tensor_count(y), low, high, y->data) /
                      (double)tensor_count(y),
                  "activation/", layer, "/saturated_share");
}

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct model_graph *graph = &trainer->graph;
    const struct model_spec *spec = &trainer->config->model;
    const struct kernels *kernels = trainer->optimizer.kernels;
    int64_t nonfinite = 0, step = moment->step;

    (void)prefix;
    for (size_t i = 0; i < spec->layer_count; i++) {
        node last = graph->layers[i].last;
        const char *layer = spec->layers[i].name;
        const struct op *op = graph_op(graph->graph, last);
        const struct tensor *y = graph_value(graph->graph, last);
        struct size size;
        struct moments moments;

        if (!op || op == &op_reshape || y->dtype == DTYPE_I32)
            continue; /* nothing new */
        kernels->size(tensor_count(y), y->data, &size);
        moments = probe_moments(size.count - size.nonfinite, size.sum, size.sum_squares);
        nonfinite += size.nonfinite;
        probe_put(run, step, moments.mean, "activation/", layer, "/mean");
        probe_put(run, step, moments.std, "activation/", layer, "/std");
        probe_put(run, step, size.largest, "activation/", layer, "/largest");
        if (op == &op_unary)
            observe_function(kernels,
                             ((const struct op_unary_settings *)graph_settings(graph->graph, last))->kind, y,
                             layer, step, run);
    }
    probe_put(run, step, (double)nonfinite, "activation/nonfinite", "", "");
}

const struct probe probe_activation = {
    .entry = {"activation", "Mean, spread and size of every layer's output; dead units, flat values",
              "For every layer the mean, the standard deviation and the largest magnitude of\n"
              "its output on the batch, over the elements that are finite, and how many of\n"
              "all layers are not. For relu: the share of units (channels of a map) that are\n"
              "zero for every row of the batch. For tanh, sigmoid, hard_sigmoid and softsign:\n"
              "the share of values where the derivative is below 5 % of its largest. Both\n"
              "explain a failure; neither is an alarm alone, since sound networks have dead\n"
              "units too.\n"},
    .writes = "activation/*/mean activation/*/std activation/*/largest activation/nonfinite "
              "activation/*/zero_share activation/*/saturated_share",
    .cadence = CADENCE_some,
    .cost = "a pass over the outputs of the layers, and part of another",
    .observe = observe,
};
