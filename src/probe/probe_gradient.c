/* Size of the gradient: of the whole vector, and of each parameter beside the size of its value. */
#include <math.h>

#include "put.h"

/* Norm and largest magnitude of one tensor; returns its elements that are not finite. */
static int64_t observe_tensor(const struct kernels *kernels, const struct tensor *tensor, const char *head,
                              const char *name, int64_t step, struct run *run)
{
    struct statistics s;

    kernels->statistics(tensor_count(tensor), tensor->data, &s);
    probe_put(run, step, sqrt(s.sum_squares), head, name, "/norm");
    probe_put(run, step, s.largest, head, name, "/largest");
    return s.nonfinite;
}

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;
    int64_t lost_gradients = 0, lost_weights = 0, step = moment->step;

    if (moment->backward)
        probe_put(run, step, moment->gradient_norm, prefix, "gradient_norm", "");
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->at[i];
        struct tensor value, gradient;

        if (parameter->state || !parameter->trainable)
            continue;
        value = parameter_value(parameters, (int)i);
        gradient = parameter_gradient(parameters, (int)i);
        if (moment->backward)
            lost_gradients += observe_tensor(kernels, &gradient, "gradient/", parameter->name, step, run);
        lost_weights += observe_tensor(kernels, &value, "weight/", parameter->name, step, run);
    }
    if (moment->backward)
        probe_put(run, step, (double)lost_gradients, "gradient/nonfinite", "", "");
    probe_put(run, step, (double)lost_weights, "weight/nonfinite", "", "");
}

const struct probe probe_gradient = {
    .entry = {"gradient", "Size of the gradient, whole and by parameter, beside the weights",
              "The Euclidean norm of the gradient before clipping, and for every trained parameter the norm\n"
              "and the largest magnitude of its gradient (after clipping) and of its value (after the "
              "step), over\n"
              "the elements that are finite; and how many of all are not. A gradient that is exactly zero\n"
              "means that nothing reaches the parameter.\n"},
    .writes = "gradient_norm gradient/*/norm gradient/*/largest gradient/nonfinite weight/*/norm "
              "weight/*/largest weight/nonfinite",
    .cadence = CADENCE_some,
    .cost = "one pass over gradients and parameters",
    .observe = observe,
};
