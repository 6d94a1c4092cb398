/* Whether training mode and evaluation mode agree after some steps. */
#include <mldbg/train/score.h>

#include <math.h>
#include <string.h>

#include "asking.h"

/* Steps of training before the modes are compared. */
enum { STEPS = 100 };

/* The last batch as training saw it, then in evaluation mode with the moving averages as they are. */
static void compare(struct asking *asking, struct epochs *epochs)
{
    struct moment training, evaluating;
    struct run *run = asking->run;

    trainer_evaluate(&epochs->trainer, false, &evaluating);
    trainer_evaluate(&epochs->trainer, true, &training);
    run_set_number(run, "experiment/modes/steps", (double)epochs->trainer.step);
    run_set_number(run, "experiment/modes/training", training.data_loss);
    run_set_number(run, "experiment/modes/evaluating", evaluating.data_loss);
    run_set_text(run, "experiment/modes/layers", "%s%s%s",
                 asking_has(asking, &layer_batchnorm) ? "batchnorm" : "",
                 asking_has(asking, &layer_batchnorm) && asking_has(asking, &layer_dropout) ? ", " : "",
                 asking_has(asking, &layer_dropout) ? "dropout" : "");
}

static bool train(struct asking *asking, struct problems *problems)
{
    struct lab *lab = asking->lab;
    struct epochs *epochs = arena_alloc(&asking->arena, sizeof *epochs);
    int64_t all;

    if (!epochs_init(epochs, &asking->arena, &asking->config, &lab->data, lab->backend, lab->dtype, lab->seed,
                     problems))
        return false;
    all = epochs->batches * asking->config.train.epochs;
    for (int64_t step = 0; step < (all < STEPS ? all : STEPS); step++) {
        struct moment moment;

        if (epochs->batch == epochs->batches)
            epochs_end(epochs);
        epochs_step(epochs, &moment);
        if (!moment.finite)
            return true;
    }
    if (all > 0)
        compare(asking, epochs);
    return true;
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    /* Without such layers the modes are the same by construction. */
    if (good && (asking_has(&asking, &layer_batchnorm) || asking_has(&asking, &layer_dropout)))
        good = train(&asking, problems);
    asking_end(&asking);
    return good;
}

const struct experiment experiment_modes = {
    .entry = {"modes", "Whether training mode and evaluation mode agree",
              "Only with batch normalization or dropout: after up to 100 steps of the\n"
              "configured training, the loss of the last batch in training mode and in\n"
              "evaluation mode. Moving averages that lag behind, or are frozen, show as a\n"
              "loss that is much larger in evaluation mode; dropout makes it smaller.\n"},
    .cost = "up to 100 training steps",
    .trains = true,
    .writes = "experiment/modes/steps experiment/modes/training experiment/modes/evaluating "
              "experiment/modes/layers",
    .ask = ask,
};
