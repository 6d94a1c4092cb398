/*
 * A crew of threads that share out pieces of work. Threads are made once and sleep while there is nothing to
 * do. Which thread takes which part depends on the moment; what the parts are depends on the caller alone, so
 * results do not depend on who took them. All of the process has one crew.
 */
#ifndef MLDBG_BACKEND_CPU_CREW_H
#define MLDBG_BACKEND_CPU_CREW_H

#include <stdint.h>

#include <mldbg/base/error.h>

enum {
    CREW_MOST = 64, /* threads, the caller included: more than that are not started */

    /*
     * Waking a sleeper takes the caller 10 us and the sleeper 15 to 40 us until it works (measured on two
     * virtual cores), so less than this is not worth it. Whoever is awake joins in for less.
     */
    CREW_WAKE_NS = 100000,
};

/*
 * Sets how many threads take part in crew_run, the caller included; makes those that are missing. `begin`
 * runs first in each new one. Fails with ERROR_MACHINE if the system refuses a thread; the size is then as it
 * was.
 */
bool crew_start(int threads, void (*begin)(void), struct error *err);

/* How many threads take part: at least 1. */
int crew_size(void);

/*
 * Runs part(context, index) once for each index of 0 .. parts - 1, on several threads at the same time, and
 * returns when all are done. The caller takes parts from the front, the others from the back. The parts run
 * one after the other, in order, on the caller alone: within a part; while another thread is inside of
 * crew_run; and where one thread would need less than CREW_WAKE_NS for all of it (work, in nanoseconds) and
 * somebody had to be woken.
 */
void crew_run(int64_t parts, double work, void (*part)(void *context, int64_t index), void *context);

/* Which of the threads this one is: 0, the caller, to crew_size() - 1. */
int crew_seat(void);

/*
 * How many times work was handed to more than one thread, how often one of them had to be woken; how many
 * threads there are beside the first, and how many of them sleep.
 */
struct crew_counts {
    int64_t runs, woken;
    int others, asleep;
};
struct crew_counts crew_counts(void);

#endif
