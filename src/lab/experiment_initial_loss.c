/* The loss before the first update, beside what a network that knows nothing should have. */
#include "asking.h"
#include "memorizing.h"

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    if (good) {
        struct moment moment;
        struct bounds bounds = bounds_of_batch(&asking.trainer, &asking.arena);

        trainer_evaluate(&asking.trainer, true, &moment);
        run_set_number(run, "experiment/initial_loss/loss", moment.data_loss);
        run_set_number(run, "experiment/initial_loss/penalty", moment.loss - moment.data_loss);
        run_set_number(run, "experiment/initial_loss/expected", bounds.chance);
        run_set_number(run, "experiment/initial_loss/floor", bounds.floor);
    }
    asking_end(&asking);
    return good;
}

const struct experiment experiment_initial_loss = {
    .entry = {"initial_loss", "Loss before the first update",
              "The loss of one batch with the weights as they were drawn, penalties left\n"
              "out, and what a network that knows nothing should have: the loss of the best\n"
              "constant answer to this batch. That is ln C for C classes equally common,\n"
              "the entropy of the classes where they are not, the variance of the targets\n"
              "for squared errors. floor is the smallest loss that any network can reach\n"
              "here.\n"},
    .cost = "one forward pass",
    .writes = "experiment/initial_loss/loss experiment/initial_loss/penalty "
              "experiment/initial_loss/expected experiment/initial_loss/floor",
    .ask = ask,
};
