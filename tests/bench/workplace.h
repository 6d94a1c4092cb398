/* A temporary folder with the files that both sides of a comparison read. */
#ifndef MLDBG_BENCH_WORKPLACE_H
#define MLDBG_BENCH_WORKPLACE_H

#include <stdint.h>

struct workplace {
    char folder[64];
};

void workplace_open(struct workplace *workplace);
/* Removes the folder with all that is in it. */
void workplace_close(struct workplace *workplace);

/* folder/name into the buffer. */
const char *workplace_path(const struct workplace *workplace, const char *name, char path[256]);
void workplace_remove(const struct workplace *workplace, const char *name);
void workplace_write(const struct workplace *workplace, const char *name, const char *text);

/* The rows of several CSV files with the same head, put into one; returns how many. */
int64_t workplace_join(const struct workplace *workplace, const char *name, const char *const *sources,
                       int64_t skip, int64_t most);

/*
 * A CSV file of numbers with six digits behind the point, columns x0, x1 ..., and a column "label" of 0 and 1
 * at the end; the same bytes every time. Returns the bytes written.
 */
int64_t workplace_numbers(const struct workplace *workplace, const char *name, int64_t rows, int columns);

#endif
