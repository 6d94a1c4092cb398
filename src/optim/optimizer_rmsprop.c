/* RMSprop (Tieleman and Hinton, lecture 6.5, 2012; centered: Graves 2013), as torch.optim.RMSprop and Keras
 * 2's. */
#include <mldbg/optim.h>

#include <math.h>

struct rmsprop_settings {
    double alpha, eps, momentum;
    bool centered;
};

static const struct option rows[] = {
    {.name = "alpha",
     .type = OPTION_REAL,
     .offset = offsetof(struct rmsprop_settings, alpha),
     .min = 0,
     .max = 1,
     .help = "memory of the mean square of the gradient; not given: 0.99 (keras: 0.9)"},
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct rmsprop_settings, eps),
     .min = 0,
     .max = HUGE_VAL,
     .help = "added to the root; not given: 1e-8 (keras: 1e-7)"},
    {.name = "momentum",
     .type = OPTION_REAL,
     .offset = offsetof(struct rmsprop_settings, momentum),
     .fallback = "0",
     .min = 0,
     .max = HUGE_VAL,
     .help = "share of the last update that goes on"},
    {.name = "centered",
     .type = OPTION_BOOL,
     .offset = offsetof(struct rmsprop_settings, centered),
     .fallback = "false",
     .help = "divide by the standard deviation instead of the root mean square"},
};

static void fill(void *settings, bool keras)
{
    struct rmsprop_settings *given = settings;
    if (isnan(given->alpha))
        given->alpha = keras ? 0.9 : 0.99;
    if (isnan(given->eps))
        given->eps = keras ? 1e-7 : 1e-8;
}

static void settings(const void *settings, bool keras, struct update_settings *out)
{
    const struct rmsprop_settings *given = settings;
    (void)keras;
    out->alpha = given->alpha;
    out->eps = given->eps;
    out->momentum = given->momentum;
    out->centered = given->centered;
}

static int slots(const struct update_settings *settings)
{
    return settings->centered ? 3 : settings->momentum != 0 ? 2 : 1;
}

const struct optimizer_kind optimizer_rmsprop = {
    .entry = {"rmsprop", "Gradient divided by the root of its running mean square",
              "Divides the gradient by the root of a running mean of its square. Often the\n"
              "choice for recurrent networks. Its first updates are large, since the mean\n"
              "begins at zero and is not corrected: sqrt(1 / (1 - alpha)) times lr each.\n"
              "\n"
              "Keras calls alpha \"rho\". With \"defaults\": \"keras\" and momentum, eps stands\n"
              "under the root and the rate is multiplied in before gathering."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct rmsprop_settings),
    .update = UPDATE_rmsprop,
    .lr_pytorch = 0.01,
    .lr_keras = 0.001,
    .fill = fill,
    .settings = settings,
    .slots = slots,
};
