/*
 * The shape of the loss while one batch is memorized. One reading serves all rules on it, so that exactly one
 * of them speaks about a run that failed.
 *
 * Differences of loss are measured against the range: chance (loss of the best constant answer) minus floor
 * (smallest loss that any network can reach on this batch). The way is (chance - loss) / (chance - floor).
 */
#ifndef RULE_CURVE_H
#define RULE_CURVE_H

#include <mldbg/rule.h>

/* Thresholds are numbers for the code, and text for the explanations that name them. */
#define SPELT_(number) #number
#define SPELT(number)  SPELT_(number)
#define SHARE(percent) ((percent) / 100.0)

/* Of the way from chance to floor: from here on the batch is memorized, if the record does not say otherwise.
 */
#define NEEDED_PERCENT 99
#define NEEDED_TEXT    SPELT(NEEDED_PERCENT) " %"
/* Of the range around chance: closer than this is no better than a constant answer. */
#define CHANCE_PERCENT 10
#define CHANCE_TEXT    SPELT(CHANCE_PERCENT) " %"
/* Of the range over the second half: less movement than this is a plateau. */
#define FLAT_PERCENT 2
#define FLAT_TEXT    SPELT(FLAT_PERCENT) " %"
/* Of the range above both start and chance: the training made it worse. */
#define RISEN_PERCENT 5
#define RISEN_TEXT    SPELT(RISEN_PERCENT) " %"
/* Of the range a step, on average over the second half: too much for a curve that settles. */
#define SWING_PERCENT 1
#define SWING_TEXT    SPELT(SWING_PERCENT) " %"
/* Path over progress in the second half: from here on it swings rather than falls. */
#define SWING_WASTE      4
#define SWING_WASTE_TEXT SPELT(SWING_WASTE)
/* Of a layer's outputs zero, or saturated: the layer passes on next to nothing. */
#define INACTIVE_PERCENT 90
#define INACTIVE_TEXT    SPELT(INACTIVE_PERCENT) " %"
/* Times the start (or chance, if larger): an explosion. */
#define GROWTH      10
#define GROWTH_TEXT SPELT(GROWTH)

enum curve_shape {
    CURVE_UNKNOWN, /* memorized, interrupted, or without the numbers to tell */
    CURVE_NOTHING, /* chance is the floor */
    CURVE_NONFINITE,
    CURVE_EXPLODES,
    CURVE_OSCILLATES,
    CURVE_DEAD,
    CURVE_SATURATED,
    CURVE_AT_CHANCE, /* classification */
    CURVE_AT_MEAN,   /* regression */
    CURVE_PARTIAL,
    CURVE_RISES,
    CURVE_SLOW
};

struct curve {
    enum curve_shape shape;
    bool classification;
    int64_t steps;              /* updates made */
    double first, middle, last; /* loss: at the start, and medians of a tenth in the middle and at the end */
    double best, worst;         /* finite ones */
    int64_t best_step, worst_step;
    double chance, floor;
    double wanted;     /* share of the way that counts as memorized */
    double needed;     /* the loss at which it is gone */
    double way;        /* of last, 0 at chance, 1 at the floor */
    double swing;      /* mean movement a step over the second half, as a share of the range */
    double gradient;   /* median norm at the end, or NaN */
    const char *layer; /* dead or saturated: the worst layer, or "" when no gradient arrives at all */
    double share;      /* of its units */
    bool from_start;   /* it was so at the first step, too */
};

/* Reads overfit/... and the activation series of a record. */
struct curve curve_read(const struct run *run);

/* What every rule on the curve reads. */
extern const char *const curve_reads[];

/* Evidence that every rule on the curve gives: last loss against what is needed, and chance. */
void curve_evidence(const struct curve *curve, struct finding *finding);

/* A loss with five digits. */
const char *curve_number(const struct findings *findings, double value);

#endif
