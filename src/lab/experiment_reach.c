/* Whether a gradient reaches every parameter. */
#include "asking.h"

static bool all_zero(const struct tensor *tensor)
{
    for (int64_t i = 0; i < tensor_count(tensor); i++)
        if (tensor_get(tensor, i) != 0) /* NaN counts as a gradient */
            return false;
    return true;
}

static void measure(struct asking *asking)
{
    const struct parameters *parameters = &asking->trainer.model.parameters;
    int64_t trained = 0, numbers = 0, missed = 0;
    struct names names;
    double loss;

    if (!asking_gradient(asking, &loss))
        return;
    names_init(&names, &asking->arena);
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *parameter = &parameters->at[i];
        struct tensor gradient;

        if (parameter->state || !parameter->trainable)
            continue;
        trained++;
        numbers += parameter->count;
        gradient = parameter_gradient(parameters, (int)i);
        if (all_zero(&gradient)) {
            missed += parameter->count;
            names_add(&names, parameter->name);
        }
    }
    if (!trained)
        return;
    run_set_number(asking->run, "experiment/reach/parameters", (double)trained);
    run_set_number(asking->run, "experiment/reach/missed", (double)names.count);
    run_set_number(asking->run, "experiment/reach/share", (double)missed / (double)numbers);
    run_set_text(asking->run, "experiment/reach/names", "%s", names_text(&names));
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    if (good)
        measure(&asking);
    asking_end(&asking);
    return good;
}

const struct experiment experiment_reach = {
    .entry = {"reach", "Whether a gradient reaches every parameter",
              "One batch forwards and backwards at the start. missed counts the trained\n"
              "parameters whose gradient is exactly zero in all its numbers, share their\n"
              "numbers among all that are trained. A softmax over one unit, a clipped loss\n"
              "and units that are all dead do this.\n"},
    .cost = "one forward and backward pass",
    .writes = "experiment/reach/parameters experiment/reach/missed experiment/reach/share "
              "experiment/reach/names",
    .ask = ask,
};
