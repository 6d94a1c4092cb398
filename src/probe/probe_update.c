/* How far a step moved each parameter, beside the parameter's own size. Needs the values before the step. */
#include <mldbg/probe.h>

#include <math.h>

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;

    (void)prefix;
    for (size_t i = 0; trainer->before && i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->at[i];
        struct tensor value;
        char *update;

        if (parameter->state || !parameter->trainable)
            continue;
        value = parameter_value(parameters, (int)i);
        update = (char *)trainer->before + (size_t)parameter->offset * dtype_size(parameters->dtype);
        kernels->axpby(parameter->count, 1, value.data, -1, update);
        series_add(run, run_series(run, arena_print(run->arena, "update/%s/ratio", parameter->name)),
                   moment->step,
                   sqrt(kernels->dot(parameter->count, update, update) /
                        kernels->dot(parameter->count, value.data, value.data)));
    }
}

const struct probe probe_update = {
    .entry =
        {"update", "How far a step moved each parameter, beside its size",
         "For every trained parameter the norm of what the step added, divided by the norm of the value.\n"
         "About 0.001 is usual; far above it the steps are large, far below it hardly anything is\n"
         "learned. Of a bias that begins at zero the first ratios are near 1."},
    .writes = "update/*/ratio",
    .cheap = false,
    .observe = observe,
};
