/* The loss of the batch, its parts, and the share of rows predicted right, as the step left them. */
#include "put.h"

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    probe_put(run, moment->step, moment->data_loss, prefix, "loss", "");
    if (trainer->graph.loss != trainer->graph.data_loss) {
        probe_put(run, moment->step, moment->loss, prefix, "objective", "");
        probe_put(run, moment->step, moment->loss - moment->data_loss, prefix, "penalty", "");
    }
    if (moment->right >= 0)
        probe_put(run, moment->step, (double)moment->right / (double)moment->rows, prefix, "accuracy", "");
}

const struct probe probe_loss = {
    .entry = {"loss", "Loss of the batch, its parts, and accuracy",
              "The loss as the forward pass of the step gave it, before the update, penalties\n"
              "left out; where layers have an l1 or l2, also the penalty and the objective,\n"
              "which is their sum. For classification the share of rows whose largest output\n"
              "is the right class. A row with an output that is not finite counts as wrong.\n"},
    .writes = "loss objective penalty accuracy",
    .cadence = CADENCE_step,
    .cost = "nothing: the step has computed it",
    .observe = observe,
};
