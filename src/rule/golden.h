/* What the rules share that hold a smoke record against a golden file. */
#ifndef RULE_GOLDEN_H
#define RULE_GOLDEN_H

#include <mldbg/rule.h>

/* How far a loss or an output may be from the golden one, in words for explanations, and as a number. */
#define TOLERANCE      1e-3
#define TOLERANCE_TEXT "0.1 %"

/* "; changed: optimizer.lr from 0.001 to 0.0002", or that nothing was changed. */
const char *golden_change(const struct run *run, struct arena *arena);

/* Where the first changed setting stands; line 0: none. */
struct place golden_place(const struct run *run);

/* Of two numbers; NaN where one of them is missing. */
struct golden_pair {
    const char *name; /* "overfit/5": behind "golden/" and "smoke/" */
    double golden, measured;
    int64_t step; /* the number at the end of the name */
};

/*
 * The next fact golden/<group>/<number> that was measured, too; false at the end. Start with *at = 0. Numbers
 * that are not finite are passed over: other rules speak about them.
 */
bool golden_next(const struct run *run, struct arena *arena, const char *group, size_t *at,
                 struct golden_pair *out);

/* For example records: losses 2, 1.8, 1.6 at steps 0, 1, 2 of a group under "golden", and `factor` times
 * those under "smoke". */
void golden_example(struct run *run, const char *group, double factor);

#endif
