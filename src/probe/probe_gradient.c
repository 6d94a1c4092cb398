/* Size of the gradient: of the whole vector, and of each parameter beside the size of its value. */
#include <math.h>

#include "put.h"

static int64_t put_size(const struct magnitude *size, const char *head, const char *name, int64_t step,
                        struct run *run)
{
    probe_put(run, step, sqrt(size->sum_squares), head, name, "/norm");
    probe_put(run, step, size->largest, head, name, "/largest");
    return size->nonfinite;
}

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    int64_t lost_gradients = 0, lost_weights = 0, step = moment->step;

    if (moment->backward)
        probe_put(run, step, moment->gradient_norm, prefix, "gradient_norm", "");
    for (size_t i = 0; moment->recorded && i < trainer->trained_count; i++) {
        const char *name = trainer->model.parameters.at[trainer->trained[i]].name;

        if (moment->backward)
            lost_gradients += put_size(&trainer->gradient_sizes[i], "gradient/", name, step, run);
        lost_weights += put_size(&trainer->records[i].value, "weight/", name, step, run);
    }
    if (moment->recorded && moment->backward)
        probe_put(run, step, (double)lost_gradients, "gradient/nonfinite", "", "");
    if (moment->recorded)
        probe_put(run, step, (double)lost_weights, "weight/nonfinite", "", "");
}

const struct probe probe_gradient = {
    .entry = {"gradient", "Size of the gradient, whole and by parameter, beside the weights",
              "The Euclidean norm of the gradient before clipping, and for every trained\n"
              "parameter the norm and the largest magnitude of its gradient (after clipping)\n"
              "and of its value (after the step), over the elements that are finite; and how\n"
              "many of all are not. A gradient that is exactly zero means that nothing\n"
              "reaches the parameter.\n"},
    .writes = "gradient_norm gradient/*/norm gradient/*/largest gradient/nonfinite weight/*/norm "
              "weight/*/largest weight/nonfinite",
    .cadence = CADENCE_some,
    .cost = "arithmetic on gradients and parameters while the update has them at hand",
    .observe = observe,
};
