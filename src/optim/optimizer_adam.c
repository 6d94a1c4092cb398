/*
 * Adam (Kingma and Ba, ICLR 2015) and AdamW (Loshchilov and Hutter, ICLR 2019), as in torch.optim; Keras 2
 * adds eps to the root before the second moment is corrected for its start at zero.
 */
#include <mldbg/optim.h>

#include <math.h>

struct adam_settings {
    struct reals betas;
    double eps;
};

static const struct option rows[] = {
    {.name = "betas",
     .type = OPTION_REALS,
     .offset = offsetof(struct adam_settings, betas),
     .fallback = "[0.9, 0.999]",
     .help = "memory of the mean and of the mean square of the gradient"},
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct adam_settings, eps),
     .min = 0,
     .max = HUGE_VAL,
     .help = "added to the root; not given: 1e-8 (keras: 1e-7)"},
};

static const double usual_betas[] = {0.9, 0.999};

static bool check(const void *settings, struct setting_mistake *out)
{
    const struct adam_settings *given = settings;
    const double *beta = given->betas.at;
    if (given->betas.count == 2 && beta[0] >= 0 && beta[0] < 1 && beta[1] >= 0 && beta[1] < 1)
        return false;
    *out = (struct setting_mistake){"betas", "must be two numbers, each at least 0 and less than 1"};
    return true;
}

static void fill(void *settings, bool keras)
{
    struct adam_settings *given = settings;
    if (given->betas.count != 2) /* already a problem; go on with sound numbers */
        given->betas = (struct reals){2, usual_betas};
    if (isnan(given->eps))
        given->eps = keras ? 1e-7 : 1e-8;
}

static void settings(const void *settings, bool keras, struct update_settings *out)
{
    const struct adam_settings *given = settings;
    (void)keras;
    out->beta1 = given->betas.at[0];
    out->beta2 = given->betas.at[1];
    out->eps = given->eps;
}

static void settings_decoupled(const void *given, bool keras, struct update_settings *out)
{
    settings(given, keras, out);
    out->decoupled = true;
}

static int slots(const struct update_settings *settings)
{
    (void)settings;
    return 2;
}

const struct optimizer_kind optimizer_adam = {
    .entry = {"adam", "Adaptive moments: steps of about lr whatever the gradient's size",
              "Divides the running mean of the gradient by the root of its running mean\n"
              "square, so that each weight moves by about lr per update whatever the\n"
              "gradient's size. 0.001 is the usual rate, 0.0003 a careful one.\n"
              "\n"
              "weight_decay is added to the gradient, and then divided like it; adamw keeps\n"
              "the two apart. Gradients that are near eps in size are hardly divided: a\n"
              "network that stands still with Adam has gradients of zero, not small ones."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct adam_settings),
    .update = UPDATE_adam,
    .lr_pytorch = 0.001,
    .lr_keras = 0.001,
    .check = check,
    .fill = fill,
    .settings = settings,
    .slots = slots,
};

const struct optimizer_kind optimizer_adamw = {
    .entry = {"adamw", "Adam with weight decay kept apart from the gradient",
              "As adam, but the decay acts on the weights themselves: w <- w - lr decay w\n"
              "before the update. weight_decay is 0.01 where it is not given."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct adam_settings),
    .update = UPDATE_adam,
    .lr_pytorch = 0.001,
    .lr_keras = 0.001,
    .weight_decay = 0.01,
    .check = check,
    .fill = fill,
    .settings = settings_decoupled,
    .slots = slots,
};
