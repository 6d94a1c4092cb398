/* A whole process, from its start to its end. */
#ifndef MLDBG_BENCH_PROCESS_H
#define MLDBG_BENCH_PROCESS_H

#include <stdbool.h>

struct process {
    double ms, mib;    /* wall time; resident memory at its peak */
    char output[8192]; /* standard output, cut */
    bool good;         /* it ended with status 0 */
};

/* stderr is thrown away. The peak is right only while this program stays small: it counts, too. */
void process_run(struct process *process, const char *const *argv);

/* The first line of the output that holds the word, without blanks around it; "" if there is none. */
void process_line(const struct process *process, const char *word, char *line, int size);

#endif
