/* What the command line of the bench says. */
#ifndef MLDBG_BENCH_SETTINGS_H
#define MLDBG_BENCH_SETTINGS_H

#include <stdbool.h>

enum { ROUNDS_MOST = 99, THREAD_COUNTS_MOST = 8 };

struct settings {
    const char *python; /* NULL: no peers */
    const char *mldbg;  /* the program, for whole processes; NULL: they are left out */
    const char *only;   /* parts of "part/name" by commas, or NULL: all */
    int threads[THREAD_COUNTS_MOST];
    int thread_counts;
    int rounds;
    double seconds; /* of one turn of a training step */
    bool json;
};

/* Whether --only lets "part/name" through: a part of that path is enough. */
bool settings_select(const struct settings *settings, const char *part, const char *name);

#endif
