/* A network ready to train on one batch of noise. */
#ifndef MLDBG_BENCH_NETWORK_H
#define MLDBG_BENCH_NETWORK_H

#include <mldbg/train.h>

#include "workloads.h"

enum optimizer_choice { CHOICE_SGD, CHOICE_ADAM, CHOICE_COUNT };

extern const char *const optimizer_names[CHOICE_COUNT];

/* -1: there is none of that name. */
int optimizer_choice(const char *name);

/* The batch is loaded; all lives in the arena. */
void network_make(struct trainer *trainer, struct arena *arena, const struct workload *workload,
                  enum optimizer_choice optimizer, const struct backend *backend);

/*
 * Floating-point operations of a step's products: forward, gradient by the weights, gradient by the input.
 * The last is not computed for the layer that reads the data; of a recurrent layer there, that is the product
 * with the sequence alone: its state gets a gradient.
 */
double network_work(const struct trainer *trainer);

#endif
