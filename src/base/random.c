/*
 * Random numbers as a pure function of seed, purpose, step and index: Philox4x32-10 (Salmon, Moraes, Dror and
 * Shaw, SC 2011). Holds no state; every back end that computes the same blocks draws the same numbers.
 */
#include <mldbg/base/random.h>
#include <mldbg/base/arena.h>

#include <math.h>

#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
enum { PHILOX_ROUNDS = 10 };

static inline void philox(const uint32_t counter[4], uint32_t key0, uint32_t key1, uint32_t out[4])
{
    uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t p = (uint64_t)PHILOX_M0 * a, q = (uint64_t)PHILOX_M1 * c;
        a = (uint32_t)(q >> 32) ^ b ^ key0;
        b = (uint32_t)q;
        c = (uint32_t)(p >> 32) ^ d ^ key1;
        d = (uint32_t)p;
        key0 += PHILOX_W0;
        key1 += PHILOX_W1;
    }
    out[0] = a, out[1] = b, out[2] = c, out[3] = d;
}

/* attempt numbers the blocks of one (step, index) in bits that no real step reaches (2^48). */
static inline void block_of(struct random key, uint64_t step, uint64_t index, uint32_t attempt,
                            uint32_t out[4])
{
    const uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)step,
                                 key.purpose ^ ((uint32_t)(step >> 32) << 8) ^ (attempt << 24)};
    philox(counter, (uint32_t)key.seed, (uint32_t)(key.seed >> 32), out);
}

void random_block(struct random key, uint64_t step, uint64_t index, uint32_t out[4])
{
    block_of(key, step, index, 0, out);
}

void random_blocks(struct random key, uint64_t step, uint64_t first, int64_t count, uint32_t *out)
{
    for (int64_t i = 0; i < count; i++)
        block_of(key, step, first + (uint64_t)i, 0, out + 4 * i);
}

/* 53 bits in [0, 1). */
static inline double unit(uint32_t high, uint32_t low)
{
    return ((double)(high >> 5) * 67108864.0 + (double)(low >> 6)) * 0x1p-53;
}

double random_uniform(struct random key, uint64_t step, uint64_t index)
{
    uint32_t word[4];
    random_block(key, step, index, word);
    return unit(word[0], word[1]);
}

double random_normal(struct random key, uint64_t step, uint64_t index)
{
    uint32_t word[4];
    random_block(key, step, index, word);
    double radius = sqrt(-2.0 * log(1.0 - unit(word[0], word[1]))); /* the argument of log lies in (0, 1] */
    return radius * cos(6.283185307179586476925 * unit(word[2], word[3]));
}

/* High and low half of a product of 64 x 64 bits. */
static inline uint64_t multiply_high(uint64_t a, uint64_t b, uint64_t *low)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    *low = (uint64_t)product;
    return (uint64_t)(product >> 64);
}

uint64_t random_below(struct random key, uint64_t step, uint64_t index, uint64_t bound)
{
    if (bound == 0)
        BUG("a random integer below 0");

    /* Lemire, "Fast random integer generation in an interval" (2019): refuse the few that would count twice.
     */
    uint64_t refused = (0 - bound) % bound;
    for (uint32_t attempt = 0;; attempt++) {
        uint32_t word[4];
        block_of(key, step, index, attempt, word);
        for (int half = 0; half < 4; half += 2) {
            uint64_t low, high = multiply_high((uint64_t)word[half] << 32 | word[half + 1], bound, &low);
            if (low >= refused || attempt == 255) /* 512 refusals in a row do not happen */
                return high;
        }
    }
}

void random_permutation(struct random key, uint64_t step, int64_t count, int64_t *order)
{
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t other = (int64_t)random_below(key, step, (uint64_t)i, (uint64_t)i + 1);
        int64_t value = order[i];
        order[i] = order[other];
        order[other] = value;
    }
}
