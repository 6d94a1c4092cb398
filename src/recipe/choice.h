/* A table of trials that were chosen among, on its way into a decomposition. */
#ifndef RECIPE_CHOICE_H
#define RECIPE_CHOICE_H

#include <mldbg/recipe/decomposing.h>
#include <mldbg/rule/trials.h>
#include <mldbg/run/predictions.h>

/* What was read and judged. */
struct choice {
    struct trials trials;
    struct luck luck;
    enum rung on;      /* the split that was chosen on */
    bool rate;         /* errors are shares of wrong rows */
    bool alone;        /* there were no splits: the best trial stands for the one that was chosen on */
    bool stepped;      /* it became the last step of the ladder */
    const char *cells; /* how the cells of a column a trial were taken; NULL: errors only */
};

/*
 * Reads options->trials and judges it; measure is what the rungs are of (of no meaning, and set, when none is
 * given). Fills the rung of test where that is missing.
 */
bool choice_read(struct choice *choice, const struct decompose_options *options, enum measure *measure,
                 struct sample rung[RUNG_COUNT], struct arena *arena, struct error *err);

/* Facts and notes, behind those of decompose_record. */
void choice_record(const struct choice *choice, const struct sample rung[RUNG_COUNT], struct run *run);

#endif
