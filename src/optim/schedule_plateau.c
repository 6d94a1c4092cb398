/* The schedule that lowers the rate when the watched loss stops falling; as ReduceLROnPlateau in PyTorch. */
#include <mldbg/optim.h>

#include <math.h>

struct plateau_settings {
    double factor;
    int64_t patience; /* epochs */
    double threshold; /* relative */
};

/* Places in the state that the optimizer keeps; all begin at 0, so a resumed run needs nothing else. */
enum { REDUCTIONS, BEST, BAD_EPOCHS, EPOCHS };

static const struct option rows[] = {
    {.name = "factor",
     .type = OPTION_REAL,
     .offset = offsetof(struct plateau_settings, factor),
     .fallback = "0.1",
     .min = 0,
     .max = 1,
     .help = "factor of the rate at each reduction"},
    {.name = "patience",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct plateau_settings, patience),
     .fallback = "10",
     .min = 0,
     .max = HUGE_VAL,
     .help = "epochs without a better loss that are put up with"},
    {.name = "threshold",
     .type = OPTION_REAL,
     .offset = offsetof(struct plateau_settings, threshold),
     .fallback = "1e-4",
     .min = 0,
     .max = 1,
     .help = "share by which a loss must be lower to count as better"},
};

static double factor(const void *settings, int64_t step, int64_t epoch, int64_t total_steps, double state)
{
    const struct plateau_settings *given = settings;
    (void)step, (void)epoch, (void)total_steps;
    return pow(given->factor, state);
}

static void epoch_end(const void *settings, double loss, double state[4])
{
    const struct plateau_settings *given = settings;
    double best = state[EPOCHS] == 0 ? HUGE_VAL : state[BEST];
    state[EPOCHS]++;
    /* A NaN is never better, so it counts as a bad epoch. */
    if (loss < best * (1 - given->threshold)) {
        best = loss;
        state[BAD_EPOCHS] = 0;
    } else {
        state[BAD_EPOCHS]++;
    }
    state[BEST] = best;
    if (state[BAD_EPOCHS] > (double)given->patience) {
        state[REDUCTIONS]++;
        state[BAD_EPOCHS] = 0;
    }
}

const struct schedule_kind schedule_plateau = {
    .entry = {"plateau", "The rate falls when the loss no longer does",
              "Multiplies the rate by factor when the watched loss has not fallen by a share\n"
              "of threshold for more than patience epochs, as ReduceLROnPlateau in PyTorch\n"
              "does. A NaN counts as not fallen.\n"
              "The validation loss is watched, or the training loss where there is none."},
    .options = OPTION_TABLE(rows),
    .settings_size = sizeof(struct plateau_settings),
    .factor = factor,
    .epoch_end = epoch_end,
};
