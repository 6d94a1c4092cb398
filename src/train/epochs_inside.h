/* What the files of training by epochs share. */
#ifndef MLDBG_TRAIN_EPOCHS_INSIDE_H
#define MLDBG_TRAIN_EPOCHS_INSIDE_H

#include <mldbg/train/epochs.h>

/* Puts the graph for a batch of so many rows into the trainer. */
void epochs_choose(struct epochs *epochs, int64_t rows);

#endif
