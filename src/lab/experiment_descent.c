/* Whether the loss falls along minus the gradient, as much as the gradient says, and where the update goes.
 */
#include <math.h>
#include <string.h>

#include "asking.h"

/* The step is so small that the gradient predicts this share of the loss as its change. */
static const double SHARE = 1e-5;

static double dot(const struct trainer *trainer, const double *a, const double *b)
{
    double sum = 0;

    for (size_t s = 0; s < trainer->optimizer.span_count; s++) {
        const struct span *span = &trainer->optimizer.spans[s];

        for (int64_t i = span->offset; i < span->offset + span->count; i++)
            sum += a[i] * b[i];
    }
    return sum;
}

/* Loss with the parameters moved by factor x direction; they are put back. */
static double loss_at(struct trainer *trainer, const double *from, double factor, const double *direction)
{
    struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;
    struct moment moment;

    for (size_t s = 0; s < trainer->optimizer.span_count; s++) {
        const struct span *span = &trainer->optimizer.spans[s];

        kernels->axpby(span->count, factor, direction + span->offset, 1,
                       (double *)parameters->value + span->offset);
    }
    trainer_evaluate(trainer, true, &moment);
    memcpy(parameters->value, from, (size_t)parameters->length * sizeof *from);
    return moment.loss;
}

/* The cosine between minus the gradient and the first update that the optimizer makes. */
static double update_cosine(struct asking *asking, const double *from, const double *gradient, double norm)
{
    struct trainer *trainer = &asking->trainer;
    struct parameters *parameters = &trainer->model.parameters;
    double *update = arena_array(&asking->arena, (size_t)parameters->length, sizeof *update);

    memcpy(parameters->gradient, gradient, (size_t)parameters->length * sizeof *gradient);
    if (!(optimizer_rate(&trainer->optimizer, 0) != 0))
        return (double)NAN;
    optimizer_update(&trainer->optimizer, parameters->value, parameters->gradient, 0);
    for (int64_t i = 0; i < parameters->length; i++)
        update[i] = ((double *)parameters->value)[i] - from[i];
    return -dot(trainer, update, gradient) / (norm * sqrt(dot(trainer, update, update)));
}

static void measure(struct asking *asking)
{
    struct trainer *trainer = &asking->trainer;
    struct parameters *parameters = &trainer->model.parameters;
    size_t bytes = (size_t)parameters->length * sizeof(double);
    double *from = arena_numbers(&asking->arena, bytes), *gradient = arena_numbers(&asking->arena, bytes);
    double loss, square, step;

    if (!asking_gradient(asking, &loss))
        return;
    memcpy(from, parameters->value, bytes);
    memcpy(gradient, parameters->gradient, bytes);
    square = dot(trainer, gradient, gradient);
    if (!(square > 0) || !isfinite(square))
        return;
    step = SHARE * fmax(fabs(loss), SHARE) / square;
    run_set_number(asking->run, "experiment/descent/predicted", -step * square);
    run_set_number(asking->run, "experiment/descent/change", loss_at(trainer, from, -step, gradient) - loss);
    double cosine = update_cosine(asking, from, gradient, sqrt(square));
    if (!isnan(cosine))
        run_set_number(asking->run, "experiment/descent/update_cosine", cosine);
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, DTYPE_F64, NULL, 0, problems);

    if (good)
        measure(&asking);
    asking_end(&asking);
    return good;
}

const struct experiment experiment_descent = {
    .entry = {"descent", "Whether a small step along minus the gradient lowers the loss",
              "In double precision, on one batch: the parameters move a little along minus\n"
              "the gradient, and the change of the loss is put beside what the gradient\n"
              "predicts, -step x |g|^2. update_cosine is the cosine between minus the\n"
              "gradient and the optimizer's own first update: 1 for plain SGD, about 0.6\n"
              "for Adam, below 0 when training goes uphill. Nothing is written where the\n"
              "gradient is zero or not finite.\n"},
    .cost = "two forward passes and a backward pass in double",
    .writes = "experiment/descent/change experiment/descent/predicted experiment/descent/update_cosine",
    .ask = ask,
};
