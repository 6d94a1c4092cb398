/* The loss before the first update, beside what a network that knows nothing should have. */
#include "inside.h"

#include <mldbg/lab/experiment.h>

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct arena arena;
    struct trainer trainer = {0};
    const struct dataset *set = &lab->data.splits[SPLIT_train];
    struct moment moment;
    int64_t *rows, count;
    bool good;

    arena_init(&arena, "the initial loss");
    rows = arena_array(&arena, (size_t)lab->config.train.batch_size, sizeof *rows);
    count = dataset_pick(&lab->data, set, lab->seed, lab->config.train.batch_size, rows);
    good = trainer_init(&trainer, &arena, &lab->config, &lab->data, lab->backend, lab->dtype, lab->seed,
                        count, problems);
    if (good) {
        trainer_load(&trainer, set, rows, count);
        trainer_evaluate(&trainer, true, &moment);
        run_set_number(run, "experiment/initial_loss/loss", moment.data_loss);
    }
    arena_release(&arena);
    return good;
}

const struct experiment experiment_initial_loss = {
    .entry = {"initial_loss", "Loss before the first update",
              "The loss of one batch with the weights as they were drawn, penalties left out. A network\n"
              "that knows nothing should stand near the best constant answer: ln C for C classes that are\n"
              "equally common.\n"},
    .cost = "one forward pass",
    .writes = "experiment/initial_loss/loss",
    .ask = ask,
};
