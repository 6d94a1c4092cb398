/* What probing and the checks for NaN add to a training step. */
#ifndef MLDBG_BENCH_COST_H
#define MLDBG_BENCH_COST_H

#include <mldbg/train.h>

struct cost {
    double step;   /* ms of a step without probes: median */
    double sparse; /* share of it that the default cadence adds */
    double every;  /* share of it that probing every step adds: median probed over median plain */
    double finite; /* share of it that the passes for NaN and infinity take */
};

/* Takes turns: a plain step, a probed one whose row is written, for so many seconds. */
void cost_measure(struct trainer *trainer, double seconds, struct cost *out);

#endif
