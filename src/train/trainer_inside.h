/* What the files share that make up a training step. */
#ifndef MLDBG_TRAIN_TRAINER_INSIDE_H
#define MLDBG_TRAIN_TRAINER_INSIDE_H

#include <mldbg/train.h>

/*
 * Updates the parameters by the gradient that stands beside them; the moment holds its norm. False: something
 * was or became infinite or no number; the moment names it, and parameters and optimizer are what they were.
 */
bool trainer_update(struct trainer *trainer, struct moment *out);

/* The losses of the rows of the last batch, of the loss node, behind which penalties and factors may stand;
 * NULL: it has none. */
const double *trainer_row_losses(const struct model_graph *graph, int64_t *rows);

#endif
