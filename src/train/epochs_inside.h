/* What the files of training by epochs share. */
#ifndef MLDBG_TRAIN_EPOCHS_INSIDE_H
#define MLDBG_TRAIN_EPOCHS_INSIDE_H

#include <mldbg/train/epochs.h>

/* Numbers of a row of the answers to a split. */
int64_t evaluation_width(const struct data *data);
/* Bytes that the answers to a split take once it is judged. */
int64_t evaluation_bytes(const struct data *data, enum split split);

/* Puts the graph for a batch of so many rows into the trainer. */
void epochs_choose(struct epochs *epochs, int64_t rows);

#endif
