/* Stochastic gradient descent with momentum (Sutskever et al., ICML 2013), as torch.optim.SGD and Keras 2's
 * SGD. */
#include <mldbg/optim.h>

#include <math.h>

struct sgd_settings {
    double momentum, dampening;
    bool nesterov;
};

static const struct option rows[] = {
    {.name = "momentum",
     .type = OPTION_REAL,
     .offset = offsetof(struct sgd_settings, momentum),
     .fallback = "0",
     .min = 0,
     .max = HUGE_VAL,
     .help = "share of the last update that goes on; 0.9 is usual"},
    {.name = "dampening",
     .type = OPTION_REAL,
     .offset = offsetof(struct sgd_settings, dampening),
     .fallback = "0",
     .help = "share of the gradient that the momentum does not take up"},
    {.name = "nesterov",
     .type = OPTION_BOOL,
     .offset = offsetof(struct sgd_settings, nesterov),
     .fallback = "false",
     .help = "look ahead along the momentum"},
};

/* torch.optim.SGD refuses the same. */
static bool check(const void *settings, struct setting_mistake *out)
{
    const struct sgd_settings *given = settings;
    if (!given->nesterov || (given->momentum > 0 && given->dampening == 0))
        return false;
    *out = (struct setting_mistake){"nesterov", "needs a momentum above 0 and no dampening"};
    return true;
}

static void fill(void *settings, bool keras)
{
    (void)settings;
    (void)keras;
}

static void settings(const void *settings, bool keras, struct update_settings *out)
{
    const struct sgd_settings *given = settings;
    (void)keras;
    out->momentum = given->momentum;
    out->dampening = given->dampening;
    out->nesterov = given->nesterov;
}

static int slots(const struct update_settings *settings)
{
    return settings->momentum != 0 ? 1 : 0;
}

const struct optimizer_kind optimizer_sgd = {
    .entry = {"sgd", "Gradient descent, optionally with momentum",
              "Moves every weight against its gradient: w <- w - lr g. With momentum m the\n"
              "gradients are gathered in v <- m v + (1 - dampening) g and v is followed\n"
              "instead; Nesterov follows g + m v. A momentum of 0.9 acts like a rate that\n"
              "is ten times as large.\n"
              "\n"
              "\"defaults\": \"keras\" multiplies by the rate before gathering (v <- m v - lr g),\n"
              "which differs while the rate changes. Keras's \"decay\" is the schedule\n"
              "{\"type\": \"inverse_time\", \"decay\": ...}."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct sgd_settings),
    .update = UPDATE_sgd,
    .lr_pytorch = 0.001,
    .lr_keras = 0.01,
    .check = check,
    .fill = fill,
    .settings = settings,
    .slots = slots,
};
