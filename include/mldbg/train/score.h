/*
 * One number for how good answers are, defined for every head, loss and task: of classes the share of rows
 * answered right, of numbers R2 against the mean of the answers that are wanted, as the mean over the columns
 * and cut off at SCORE_WORST. It does not change with the scale of the targets. Changes no parameter.
 */
#ifndef MLDBG_TRAIN_SCORE_H
#define MLDBG_TRAIN_SCORE_H

#include <mldbg/train/epochs.h>

/* Of numbers; a constant answer that misses the mean by one standard deviation has it. */
#define SCORE_WORST (-1.0)

/* A score that is being added up, batch by batch. */
struct tally {
    int64_t rows, right;
    int64_t columns;             /* 0: classes */
    double *mean, *spread, *off; /* of each column: mean and squared distances from it; squared errors */
    bool nonfinite;              /* an output was NaN or infinite */
};

void tally_init(struct tally *tally, const struct data *data, struct arena *arena);
void tally_clear(struct tally *tally);

/*
 * Adds the rows of the batch, after a forward pass. Classes: trainer_predicted. Numbers: where there are more
 * or fewer outputs than columns, their mean answers for all columns.
 */
void tally_add(struct tally *tally, const struct trainer *trainer);

/* NaN without rows. An output that is not finite is a wrong class, or SCORE_WORST for numbers. */
double tally_score(const struct tally *tally);

struct score {
    double value;        /* as tally_score */
    bool nonfinite;      /* an output was */
    int64_t rows, right; /* judged; right: classes only */
};

/* Of a split in evaluation mode, on its first rows when it has more than most (0: on all of them). */
struct score epochs_score(struct epochs *epochs, enum split split, int64_t most);

/*
 * Moving averages after few steps still hold much of what they began with: 37 % after 100 steps with Keras's
 * momentum. This takes that share out, as Adam does with its own averages, so that a short training is judged
 * by what it learned. began: the state before the first step. Frozen layers stay as they are. False: there
 * was nothing to do.
 */
bool trainer_settle(struct trainer *trainer, const void *began);

#endif
