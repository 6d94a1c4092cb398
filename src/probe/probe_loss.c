/* The loss of the batch and the share of rows predicted right, as the step left them. */
#include <mldbg/probe.h>

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    const char *name = arena_print(run->arena, "%sloss", prefix);

    (void)trainer;
    series_add(run, run_series(run, name), moment->step, moment->data_loss);
    if (moment->right >= 0)
        series_add(run, run_series(run, arena_print(run->arena, "%saccuracy", prefix)), moment->step,
                   (double)moment->right / (double)moment->rows);
}

const struct probe probe_loss = {
    .entry =
        {"loss", "Loss of the batch without penalties, and accuracy",
         "The loss as the forward pass of the step gave it, before the update, penalties left out; for\n"
         "classification the share of rows whose largest output is the right class. A row with an output\n"
         "that is not finite counts as wrong."},
    .writes = "loss accuracy",
    .cheap = true,
    .observe = observe,
};
