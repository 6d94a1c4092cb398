/* Adagrad (Duchi, Hazan, Singer, JMLR 2011), as torch.optim.Adagrad and Keras 2's. */
#include <mldbg/optim.h>

#include <math.h>

struct adagrad_settings {
    double lr_decay, eps, initial_accumulator_value;
};

static const struct option rows[] = {
    {.name = "lr_decay",
     .type = OPTION_REAL,
     .offset = offsetof(struct adagrad_settings, lr_decay),
     .fallback = "0",
     .min = 0,
     .max = HUGE_VAL,
     .help = "the rate is divided by 1 + lr_decay x updates made"},
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct adagrad_settings, eps),
     .min = 0,
     .max = HUGE_VAL,
     .help = "added to the root; not given: 1e-10 (keras: 1e-7)"},
    {.name = "initial_accumulator_value",
     .type = OPTION_REAL,
     .offset = offsetof(struct adagrad_settings, initial_accumulator_value),
     .min = 0,
     .max = HUGE_VAL,
     .help = "sum of squares to begin with; not given: 0 (keras: 0.1)"},
};

static void fill(void *settings, bool keras)
{
    struct adagrad_settings *given = settings;
    if (isnan(given->eps))
        given->eps = keras ? 1e-7 : 1e-10;
    if (isnan(given->initial_accumulator_value))
        given->initial_accumulator_value = keras ? 0.1 : 0;
}

static void settings(const void *settings, bool keras, struct update_settings *out)
{
    const struct adagrad_settings *given = settings;
    (void)keras;
    out->lr_decay = given->lr_decay;
    out->eps = given->eps;
}

static double first(const void *settings)
{
    const struct adagrad_settings *given = settings;
    return given->initial_accumulator_value;
}

static int slots(const struct update_settings *settings)
{
    (void)settings;
    return 1;
}

const struct optimizer_kind optimizer_adagrad = {
    .entry = {"adagrad", "Gradient divided by the root of the sum of all its squares",
              "Divides the gradient by the root of the sum of all squares so far. The steps\n"
              "shrink for ever, roughly as 1 / sqrt(updates): good for sparse features, and\n"
              "a reason for a plateau in long trainings of networks."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct adagrad_settings),
    .update = UPDATE_adagrad,
    .lr_pytorch = 0.01,
    .lr_keras = 0.001,
    .fill = fill,
    .settings = settings,
    .slots = slots,
    .first = first,
};
