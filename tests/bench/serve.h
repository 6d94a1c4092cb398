/*
 * This program's own side of the comparisons, as a peer: started again with `--serve THREADS`, it answers
 * questions line by line, as the peers of other frameworks do. What asks it never computes and stays small.
 */
#ifndef MLDBG_BENCH_SERVE_H
#define MLDBG_BENCH_SERVE_H

#include "peer.h"

/*
 * "step NAME OPTIMIZER SECONDS"   ms of a training step (median), GFLOP of it
 * "cost NAME SECONDS"             as struct cost, four numbers
 * "width N"                       ms of a step, parameters: an MLP with two hidden layers of that width
 * "read CONFIG"                   seconds that reading the config's data took, rows
 */
int serve(int threads);

/* Started with `--peak THREADS`: answers any line with the GFLOP/s of a large product of the BLAS. */
int serve_peak(int threads);

/* Starts this program again with an option and a number of threads; environment as in peer_open. */
void serve_open(struct peer *peer, const char *option, int threads, const char *const *environment);

#endif
