/* Adadelta (Zeiler, arXiv 1212.5701, 2012), as torch.optim.Adadelta and Keras 2's. */
#include <mldbg/optim.h>

#include <math.h>

struct adadelta_settings {
    double rho, eps;
};

static const struct option rows[] = {
    {.name = "rho",
     .type = OPTION_REAL,
     .offset = offsetof(struct adadelta_settings, rho),
     .min = 0,
     .max = 1,
     .help = "memory of both mean squares; not given: 0.9 (keras: 0.95)"},
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct adadelta_settings, eps),
     .min = 0,
     .max = HUGE_VAL,
     .help = "added under the roots; not given: 1e-6 (keras: 1e-7)"},
};

static void fill(void *settings, bool keras)
{
    struct adadelta_settings *given = settings;
    if (isnan(given->rho))
        given->rho = keras ? 0.95 : 0.9;
    if (isnan(given->eps))
        given->eps = keras ? 1e-7 : 1e-6;
}

static void settings(const void *settings, bool keras, struct update_settings *out)
{
    const struct adadelta_settings *given = settings;
    (void)keras;
    out->rho = given->rho;
    out->eps = given->eps;
}

static int slots(const struct update_settings *settings)
{
    (void)settings;
    return 2;
}

const struct optimizer_kind optimizer_adadelta = {
    .entry = {"adadelta", "Steps as large as the root mean square of the steps before",
              "Multiplies the gradient by the ratio of the running root mean squares of\n"
              "past updates and of the gradient. The first updates are tiny, of the size of\n"
              "sqrt(eps) x lr, and grow slowly. Keras's default rate of 0.001 is a thousand\n"
              "times smaller than the paper's and PyTorch's 1.0: a network that hardly\n"
              "moves under it needs lr 1."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct adadelta_settings),
    .update = UPDATE_adadelta,
    .lr_pytorch = 1.0,
    .lr_keras = 0.001,
    .fill = fill,
    .settings = settings,
    .slots = slots,
};
