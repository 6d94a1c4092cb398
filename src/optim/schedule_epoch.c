/* Schedules that change the rate from epoch to epoch whatever the loss: constant, step, exponential. */
#include <mldbg/optim.h>

#include <math.h>

struct step_settings {
    int64_t step_size; /* epochs */
    double gamma;
};

struct exponential_settings {
    double gamma;
};

static const struct option step_rows[] = {
    {.name = "step_size",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct step_settings, step_size),
     .fallback = "10",
     .min = 1,
     .max = HUGE_VAL,
     .help = "epochs between two steps"},
    {.name = "gamma",
     .type = OPTION_REAL,
     .offset = offsetof(struct step_settings, gamma),
     .fallback = "0.1",
     .min = 0,
     .max = HUGE_VAL,
     .help = "factor of the rate at each step"},
};

static const struct option exponential_rows[] = {
    {.name = "gamma",
     .type = OPTION_REAL,
     .offset = offsetof(struct exponential_settings, gamma),
     .fallback = "0.95",
     .min = 0,
     .max = HUGE_VAL,
     .help = "factor of the rate at each epoch"},
};

static double constant_factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps,
                              double state)
{
    (void)settings, (void)step, (void)epoch, (void)total_steps, (void)state;
    return 1;
}

static double step_factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps,
                          double state)
{
    const struct step_settings *given = settings;
    (void)step, (void)total_steps, (void)state;
    return pow(given->gamma, (double)(epoch / given->step_size));
}

static double exponential_factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps,
                                 double state)
{
    const struct exponential_settings *given = settings;
    (void)step, (void)total_steps, (void)state;
    return pow(given->gamma, (double)epoch);
}

const struct schedule_kind schedule_constant = {
    .entry = {"constant", "The same rate throughout",
              "The rate stays what \"lr\" says, after the warm-up if there is one."},
    .factor = constant_factor,
};

const struct schedule_kind schedule_step = {
    .entry = {"step", "The rate falls by a factor every few epochs",
              "Multiplies the rate by gamma after every step_size epochs, as StepLR in\n"
              "PyTorch does."},
    .options = OPTION_TABLE(step_rows),
    .settings_size = sizeof(struct step_settings),
    .factor = step_factor,
};

const struct schedule_kind schedule_exponential = {
    .entry = {"exponential", "The rate falls by a factor every epoch",
              "Multiplies the rate by gamma after every epoch, as ExponentialLR in PyTorch\n"
              "does."},
    .options = OPTION_TABLE(exponential_rows),
    .settings_size = sizeof(struct exponential_settings),
    .factor = exponential_factor,
};
