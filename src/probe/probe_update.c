/* How far a step moved each parameter, beside the parameter's own size. Needs the values before the step. */
#include <math.h>

#include "put.h"

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;

    (void)prefix;
    for (size_t i = 0; trainer->before && moment->finite && i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->at[i];
        struct tensor value;
        const char *before;

        if (parameter->state || !parameter->trainable)
            continue;
        value = parameter_value(parameters, (int)i);
        before = (const char *)trainer->before + (size_t)parameter->offset * dtype_size(parameters->dtype);
        probe_put(run, moment->step,
                  sqrt(kernels->distance(parameter->count, value.data, before) /
                       kernels->dot(parameter->count, value.data, value.data)),
                  "update/", parameter->name, "/ratio");
    }
}

const struct probe probe_update = {
    .entry =
        {"update", "How far a step moved each parameter, beside its size",
         "For every trained parameter the norm of what the step added, divided by the norm of the value.\n"
         "About 0.001 is usual; far above it the steps are large, far below it hardly anything is\n"
         "learned. Of a bias that begins at zero the first ratios are near 1.\n"},
    .writes = "update/*/ratio",
    .cadence = CADENCE_some,
    .cost = "a copy of the parameters, and two passes over them",
    .observe = observe,
};
