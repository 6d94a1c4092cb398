/* Can it fit one batch? Not fitting it is no fault by itself where the training works all the same. */
#include "doctoring.h"

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    const struct trial *batch = &doctor->proof.batch;
    struct arena *arena = doctor->run->arena;

    if (!doctor_prove(doctor, problems))
        return false;
    if (doctor->proof.interrupted) {
        *out = (struct answer){OUTCOME_INCONCLUSIVE, true, "interrupted"};
    } else if (batch->reached >= 0) {
        out->sentence = arena_print(arena, "fitted at step %lld", (long long)batch->reached);
    } else if (doctor->proof.failing) {
        out->outcome = OUTCOME_FAIL;
        out->sentence =
            arena_print(arena, "not fitted within %lld steps: loss %s, at first %s", (long long)batch->steps,
                        text_number(arena, batch->loss, 4), text_number(arena, batch->initial_loss, 4));
    } else {
        out->sentence =
            arena_print(arena, "not fitted within %lld steps, yet the training keeps up with the references",
                        (long long)batch->steps);
    }
    return true;
}

const struct step step_one_batch = {
    .entry = {"one-batch", "Can it fit one batch?",
              "One batch of 32 with the configured optimizer, dropout and penalties off, up\n"
              "to 300 steps. `mldbg overfit` asks it with a larger budget and shows the\n"
              "curve.\n"},
    .cost = "up to 300 steps",
    .ask = ask,
};
