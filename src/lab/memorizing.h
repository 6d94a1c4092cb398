/* What the one-batch test and the trials of one batch share. */
#ifndef MLDBG_LAB_MEMORIZING_H
#define MLDBG_LAB_MEMORIZING_H

#include "inside.h"

/*
 * A batch counts as memorized when this share of the way from the best constant answer to the floor has been
 * gone. For ten classes that is a loss of 0.023: every row is right with some certainty.
 */
#define MEMORIZED 0.99

enum { OFF_MOST = 256 };

/* What stands in the way of memorizing, as patches that take it away. */
struct off {
    struct arena *arena; /* set by the caller */
    struct patch patches[OFF_MOST];
    size_t count;
    bool dropout, penalty, decay;
};

/* Dropout, penalties and weight decay of a config. */
void off_collect(struct off *off, const struct config *config);
/* "dropout, weight decay"; "" when nothing was switched off. */
const char *off_words(const struct off *off, struct arena *arena);

/* Of the loss on the batch in the graph: what a perfect memorizer and the best constant answer reach. */
struct bounds {
    double floor, chance;
};
struct bounds bounds_of_batch(const struct trainer *trainer, struct arena *arena);

/* Share of the way from chance to floor that has been gone; NaN where there is no way. */
double bounds_progress(const struct bounds *bounds, double loss);

#endif
