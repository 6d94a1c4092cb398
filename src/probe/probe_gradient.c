/* Norms of the gradient: of the whole vector, and of each parameter beside the norm of its value. */
#include <mldbg/probe.h>

#include <math.h>

static double norm(const struct kernels *kernels, const struct tensor *tensor)
{
    return sqrt(kernels->dot(tensor_count(tensor), tensor->data, tensor->data));
}

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;

    series_add(run, run_series(run, arena_print(run->arena, "%sgradient_norm", prefix)), moment->step,
               moment->gradient_norm);
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->at[i];
        struct tensor value, gradient;

        if (parameter->state || !parameter->trainable)
            continue;
        value = parameter_value(parameters, (int)i);
        gradient = parameter_gradient(parameters, (int)i);
        series_add(run, run_series(run, arena_print(run->arena, "gradient/%s/norm", parameter->name)),
                   moment->step, norm(kernels, &gradient));
        series_add(run, run_series(run, arena_print(run->arena, "weight/%s/norm", parameter->name)),
                   moment->step, norm(kernels, &value));
    }
}

const struct probe probe_gradient = {
    .entry = {"gradient", "Norm of the gradient, whole and by parameter, beside the weights",
              "The Euclidean norm of the gradient before clipping, and for every trained parameter the norm "
              "of its\n"
              "gradient and of its value. A gradient that is exactly zero means that nothing reaches the "
              "parameter."},
    .writes = "gradient_norm gradient/*/norm weight/*/norm",
    .cheap = false,
    .observe = observe,
};
