/* Whether every parameter moves in the first update, and how far. */
#include <math.h>
#include <string.h>

#include "asking.h"

static double norm_of(const struct tensor *a, const struct tensor *minus)
{
    double sum = 0;

    for (int64_t i = 0; i < tensor_count(a); i++) {
        double value = tensor_get(a, i) - (minus ? tensor_get(minus, i) : 0);

        sum += value * value;
    }
    return sqrt(sum);
}

/* Steps until the first update: gradients may be gathered. False when something was not finite. */
static bool update_once(struct trainer *trainer, double *rate)
{
    struct moment moment;

    do {
        trainer_step(trainer, &moment);
    } while (moment.finite && isnan(moment.rate));
    *rate = moment.rate;
    return moment.finite;
}

static void record(struct asking *asking, void *before)
{
    struct parameters old = asking->trainer.model.parameters;
    const struct parameters *now = &asking->trainer.model.parameters;
    struct names still;
    double largest = (double)NAN;
    int64_t most = 0, trained = 0;

    old.value = before;
    names_init(&still, &asking->arena);
    for (size_t i = 0; i < now->count; i++) {
        const struct parameter *parameter = &now->at[i];

        if (parameter->state || !parameter->trainable)
            continue;
        struct tensor from = parameter_value(&old, (int)i), to = parameter_value(now, (int)i);
        double moved = norm_of(&to, &from);

        trained++;
        if (!(moved > 0))
            names_add(&still, parameter->name);
        if (parameter->count > most) {
            most = parameter->count;
            largest = moved / norm_of(&from, NULL);
        }
    }
    run_set_number(asking->run, "experiment/movement/parameters", (double)trained);
    run_set_number(asking->run, "experiment/movement/still", (double)still.count);
    run_set_text(asking->run, "experiment/movement/names", "%s", names_text(&still));
    if (isfinite(largest))
        run_set_number(asking->run, "experiment/movement/largest", largest);
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    if (good) {
        const struct parameters *parameters = &asking.trainer.model.parameters;
        size_t bytes = (size_t)parameters->length * dtype_size(parameters->dtype);
        void *before = arena_numbers(&asking.arena, bytes);
        double rate;

        if (bytes)
            memcpy(before, parameters->value, bytes);
        if (bytes && update_once(&asking.trainer, &rate)) {
            run_set_number(run, "experiment/movement/rate", rate);
            record(&asking, before);
        }
    }
    asking_end(&asking);
    return good;
}

const struct experiment experiment_movement = {
    .entry = {"movement", "Whether every parameter moves in the first update",
              "One update by the configured optimizer on one batch. still counts the\n"
              "trained parameters that stay bit for bit as they were; largest is how far\n"
              "the largest one moved, as a share of its norm: below 0.001 training is slow,\n"
              "above 0.3 it forgets what it was.\n"},
    .cost = "one training step",
    .writes = "experiment/movement/parameters experiment/movement/still experiment/movement/names "
              "experiment/movement/largest experiment/movement/rate",
    .ask = ask,
};
