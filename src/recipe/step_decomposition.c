/* What is left to gain, and where? From the errors of the trained config; the test split is not read. */
#include "doctoring.h"

#include <mldbg/rule/decompose.h>

static bool ask(struct doctor *doctor, struct answer *out, struct problems *problems)
{
    static const enum rung rungs[] = {RUNG_train, RUNG_val, RUNG_testval};
    const struct trial *trial = &doctor->proof.training;
    struct sample sample[RUNG_COUNT] = {{0}};
    struct arena *arena = doctor->run->arena;
    struct decomposition parts;
    struct error err = {0};
    int given = 0;

    (void)problems;
    for (int i = 0; i < 3; i++) {
        if (trial->judged[i] < 1)
            continue;
        sample[rungs[i]] = sample_rate((double)trial->wrong[i], trial->judged[i]);
        given++;
    }
    out->asked = given >= 2 && decompose(arena, sample, &parts, &err);
    if (!out->asked) {
        out->sentence = "needs classes, and rows held out beside train";
        return true;
    }
    if (parts.largest >= 0)
        out->sentence = arena_print(arena, "%s is the largest part of the error, %s %% of the rows",
                                    parts.term[parts.largest].name,
                                    text_number(arena, 100 * parts.term[parts.largest].value, 2));
    else
        out->sentence = "no part of the error is clearly the largest";
    return true;
}

const struct step step_decomposition = {
    .entry = {"decomposition", "Where does the error that is left come from?",
              "Bias, variance and shift from the errors on train, val and testval. The test\n"
              "split is left unread: `mldbg decompose` takes a recorded run apart, with\n"
              "intervals.\n"},
    .cost = "nothing more",
    .ask = ask,
};
