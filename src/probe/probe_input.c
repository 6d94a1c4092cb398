/* What enters the network: the batch as it is after scaling and preparation. */
#include "put.h"

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct data *data = trainer->data;

    (void)prefix;
    for (int i = 0; i < data->input_count; i++) {
        const struct tensor *x = graph_value(trainer->graph.graph, trainer->graph.inputs[i]);
        const char *name = data->inputs[i].name;
        struct statistics statistics;
        struct moments moments;

        if (x->dtype == DTYPE_I32)
            continue; /* the mean of indices says nothing */
        trainer->optimizer.kernels->statistics(tensor_count(x), x->data, &statistics);
        moments =
            probe_moments(statistics.count - statistics.nonfinite, statistics.sum, statistics.sum_squares);
        probe_put(run, moment->step, moments.mean, "input/", name, "/mean");
        probe_put(run, moment->step, moments.std, "input/", name, "/std");
        probe_put(run, moment->step, statistics.least, "input/", name, "/min");
        probe_put(run, moment->step, statistics.most, "input/", name, "/max");
        probe_put(run, moment->step, (double)statistics.nonfinite, "input/", name, "/nonfinite");
    }
}

const struct probe probe_input = {
    .entry = {"input", "Mean, spread and range of what enters the network",
              "For every input of real numbers the mean, the standard deviation, the smallest\n"
              "and the largest element of the batch, scaled as the network sees it, over the\n"
              "elements that are finite; and how many are not. A batch that is far from the\n"
              "others shows here first.\n"},
    .writes = "input/*/mean input/*/std input/*/min input/*/max input/*/nonfinite",
    .cadence = CADENCE_some,
    .cost = "one pass over the batch",
    .observe = observe,
};
