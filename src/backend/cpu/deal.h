/*
 * How the work of one kernel is cut into parts for the crew. The cut depends on sizes and on the number of
 * threads only, so the same call gives the same bits on every run.
 */
#ifndef MLDBG_BACKEND_CPU_DEAL_H
#define MLDBG_BACKEND_CPU_DEAL_H

#include "cpu.h"
#include "crew.h"

/*
 * Parts a thread: more than one where a part costs little, so that whoever is late leaves its share to the
 * others; fewer where every part has a sum of its own.
 */
enum { DEAL_ONCE = 1, DEAL_COARSE = 2, DEAL_FINE = 4, DEAL_PARTS_MOST = DEAL_FINE * CREW_MOST };

struct deal {
    int64_t count, grain, parts; /* of what is cut; cuts fall on multiples of grain */
    double work;                 /* nanoseconds that one thread would take, about */
};

/* Into as many parts as pay, at most `parts` a thread; a deal of one part is better done directly. */
struct deal deal_of(double work, int64_t count, int64_t grain, int parts);

static inline bool deal_is_one(const struct deal *deal)
{
    return deal->parts <= 1;
}

/* context begins with the deal. */
void deal_out(void *context, void (*part)(void *context, int64_t index));

struct share {
    int64_t from, count;
};

struct share share_of(const void *context, int64_t index);

/*
 * Runs the parts of somebody else's loop; what they call is not cut once more. The mark is for this thread,
 * so whether a call is cut does not depend on the others.
 */
void deal_loop(int64_t parts, double work, void (*part)(void *context, int64_t index), void *context);

/* For tests: cuts even the smallest work; and wakes the others for it, too. */
void deal_everything(bool cut, bool wake);

/* The kernels of one thread, with those in front that deal out their work. One such table a type at a time.
 */
const struct kernels *dealt_f32(const struct kernels *single);
const struct kernels *dealt_f64(const struct kernels *single);

#endif
