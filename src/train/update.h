/* The update of a training step, and the way back when it is poisoned. */
#ifndef MLDBG_TRAIN_UPDATE_H
#define MLDBG_TRAIN_UPDATE_H

#include <mldbg/train.h>

/*
 * Updates the parameters by the gradient that stands beside them; the moment holds its norm. False: something
 * was or became infinite or no number; the moment names it, and parameters and optimizer are what they were.
 */
bool trainer_update(struct trainer *trainer, struct moment *out);

#endif
