/* Schedules that change the rate from update to update: cosine (Loshchilov and Hutter, ICLR 2017),
 * inverse_time. */
#include <mldbg/optim.h>

#include <math.h>

struct cosine_settings {
    double min_factor;
};

struct inverse_time_settings {
    double decay; /* per update */
};

static const double pi = 3.14159265358979323846;

static const struct option cosine_rows[] = {
    {.name = "min_factor",
     .type = OPTION_REAL,
     .offset = offsetof(struct cosine_settings, min_factor),
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "share of the rate at the end of the run"},
};

static const struct option inverse_time_rows[] = {
    {.name = "decay",
     .type = OPTION_REAL,
     .offset = offsetof(struct inverse_time_settings, decay),
     .fallback = "0",
     .min = 0,
     .max = HUGE_VAL,
     .help = "the rate is divided by 1 + decay x updates made"},
};

static double cosine_factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps,
                            double state)
{
    const struct cosine_settings *given = settings;
    (void)epoch, (void)state;
    if (total_steps <= 0)
        return 1;
    double share = step < total_steps ? (double)step / (double)total_steps : 1;
    return given->min_factor + (1 - given->min_factor) * (1 + cos(pi * share)) / 2;
}

static double inverse_time_factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps,
                                  double state)
{
    const struct inverse_time_settings *given = settings;
    (void)epoch, (void)total_steps, (void)state;
    return 1 / (1 + given->decay * (double)step);
}

const struct schedule_kind schedule_cosine = {
    .entry = {"cosine", "The rate falls along half a cosine until the run ends",
              "From the full rate at the first update to min_factor times it at the last one\n"
              "of the run, slowly at both ends, as CosineAnnealingLR in PyTorch does when it\n"
              "is called after every update. A run whose length is not known keeps the full\n"
              "rate."},
    .options = OPTION_TABLE(cosine_rows),
    .settings_size = sizeof(struct cosine_settings),
    .factor = cosine_factor,
};

const struct schedule_kind schedule_inverse_time = {
    .entry = {"inverse_time", "The rate falls as 1 / (1 + decay x updates)",
              "Divides the rate by 1 + decay x updates made. This is what \"decay\" means in\n"
              "the optimizers of Keras 2."},
    .options = OPTION_TABLE(inverse_time_rows),
    .settings_size = sizeof(struct inverse_time_settings),
    .factor = inverse_time_factor,
};
