/* The measures of a split, from what was predicted for its rows. */
#ifndef MLDBG_TRAIN_MEASURES_H
#define MLDBG_TRAIN_MEASURES_H

#include <mldbg/train/epochs.h>

/* Fills all but the loss. */
void measures_take(struct evaluation *evaluation, const struct data *data, struct arena *arena);

#endif
