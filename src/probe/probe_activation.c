/*
 * Activation layers: the share of units that are zero for every row of the batch, and the share of values at
 * the flat ends of a bounded function. A unit of a map is a channel: it counts as zero when it is zero
 * everywhere.
 */
#include <mldbg/probe.h>

#include <math.h>

/* A bounded activation whose derivative has fallen below this share of its largest is called saturated. */
static const double FLAT = 0.05;

static double zero_share(const struct tensor *y)
{
    int64_t units = y->shape.rank > 1 ? y->shape.size[1] : 1;
    int64_t rows = y->shape.size[0], inner = tensor_count(y) / (rows * units), dead = 0;

    for (int64_t u = 0; u < units; u++) {
        bool zero = true;

        for (int64_t r = 0; r < rows && zero; r++)
            for (int64_t j = 0; j < inner && zero; j++)
                zero = fpclassify(tensor_get(y, (r * units + u) * inner + j)) == FP_ZERO;
        dead += zero;
    }
    return (double)dead / (double)units;
}

/* Derivative of a bounded activation from its output, as a share of the largest; 1 for all others. */
static double slope(enum unary kind, double y)
{
    switch (kind) {
    case UNARY_tanh: return 1 - y * y;
    case UNARY_sigmoid: return 4 * y * (1 - y);
    case UNARY_hard_sigmoid: return y > 0 && y < 1;
    case UNARY_softsign: return (1 - fabs(y)) * (1 - fabs(y));
    default: return 1;
    }
}

static double saturated_share(enum unary kind, const struct tensor *y)
{
    int64_t count = tensor_count(y), flat = 0;

    for (int64_t i = 0; i < count; i++)
        flat += slope(kind, tensor_get(y, i)) < FLAT;
    return (double)flat / (double)count;
}

static void add(struct run *run, const char *layer, const char *what, int64_t step, double value)
{
    series_add(run, run_series(run, arena_print(run->arena, "activation/%s/%s", layer, what)), step, value);
}

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct model_graph *graph = &trainer->graph;
    const struct model_spec *spec = &trainer->config->model;

    (void)prefix;
    for (size_t i = 0; i < spec->layer_count; i++) {
        node last = graph->layers[i].last;
        const struct op_unary_settings *settings;

        if (graph_op(graph->graph, last) != &op_unary)
            continue;
        settings = graph_settings(graph->graph, last);
        switch (settings->kind) {
        case UNARY_relu:
            add(run, spec->layers[i].name, "zero_share", moment->step,
                zero_share(graph_value(graph->graph, last)));
            break;
        case UNARY_tanh:
        case UNARY_sigmoid:
        case UNARY_hard_sigmoid:
        case UNARY_softsign:
            add(run, spec->layers[i].name, "saturated_share", moment->step,
                saturated_share(settings->kind, graph_value(graph->graph, last)));
            break;
        default: break;
        }
    }
}

const struct probe probe_activation = {
    .entry =
        {"activation", "Share of dead units of rectifiers, of flat values of bounded functions",
         "For relu: the share of units (channels of a map) that are zero for every row of the batch. For "
         "tanh,\n"
         "sigmoid, hard_sigmoid and softsign: the share of values where the derivative is below 5 % of its\n"
         "largest. Both explain a failure; neither is an alarm alone, since sound networks have dead units "
         "too."},
    .writes = "activation/*/zero_share activation/*/saturated_share",
    .cheap = false,
    .observe = observe,
};
