/* Training steps of the networks of workloads.c, in turns with PyTorch, at every number of threads. */
#ifndef MLDBG_BENCH_STEPS_H
#define MLDBG_BENCH_STEPS_H

#include "peer.h"
#include "settings.h"
#include "table.h"

/* PyTorch as it comes, and with what helps it. */
enum { STOCK, TUNED, TORCH_SETUPS };

/* All who answer questions at one number of threads. */
struct contest {
    int threads;
    struct peer ours, peak;
    struct peer torch[TORCH_SETUPS];
    bool has_torch;
    double best_peak; /* GFLOP/s of the BLAS, the best of the run so far */
};

void contest_open(struct contest *contest, const struct settings *settings, int threads);
void contest_close(struct contest *contest);

void steps_run(struct table *table, const struct settings *settings, struct contest *contests);

#endif
