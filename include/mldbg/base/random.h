/*
 * Randomness as a function, not a history: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011), keyed by seed and purpose, counted by step and index. The value for any step can be had
 * alone, so resume and replay need no generator state.
 */
#ifndef MLDBG_BASE_RANDOM_H
#define MLDBG_BASE_RANDOM_H

#include <stdint.h>

/* What a number is for; each purpose has a stream of its own. Never renumber. */
enum purpose {
    PURPOSE_INIT = 1,      /* step: number of the parameter */
    PURPOSE_SHUFFLE = 2,   /* step: epoch */
    PURPOSE_DROPOUT = 3,   /* step: training step; index: node << 40 | element */
    PURPOSE_SPLIT = 4,     /* step: 0 */
    PURPOSE_GENERATE = 5,  /* step: column or channel of a generator */
    PURPOSE_BATCH = 6,     /* step: draw of the one batch */
    PURPOSE_PREPARE = 7,   /* noise put on inputs, permuted labels */
    PURPOSE_CHECK = 8,     /* random directions and test networks */
    PURPOSE_NEIGHBOURS = 9 /* rows that nearest neighbours are sought among */
};

struct random {
    uint64_t seed;
    uint32_t purpose;
};

/*
 * Four words of 32 bits for one (step, index). The counter is (index low, index high, step low, purpose ^
 * step high
 * << 8), the key is the seed, low word first; any back end that does the same draws the same numbers.
 */
void random_block(struct random key, uint64_t step, uint64_t index, uint32_t out[4]);

/* The blocks of index first, first + 1, ... one behind the other: 4 * count words. */
void random_blocks(struct random key, uint64_t step, uint64_t first, int64_t count, uint32_t *out);

/* Uniform in [0, 1), 53 bits. */
double random_uniform(struct random key, uint64_t step, uint64_t index);

/* Standard normal by Box and Muller, from one block. */
double random_normal(struct random key, uint64_t step, uint64_t index);

/* Uniform integer in [0, bound), without bias; bound >= 1. */
uint64_t random_below(struct random key, uint64_t step, uint64_t index, uint64_t bound);

/* A permutation of 0..count-1 by Fisher and Yates. */
void random_permutation(struct random key, uint64_t step, int64_t count, int64_t *order);

#endif
