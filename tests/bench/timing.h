/* The clock, medians, and what every part of the bench does with them. */
#ifndef MLDBG_BENCH_TIMING_H
#define MLDBG_BENCH_TIMING_H

double now(void); /* seconds, monotonic */

/* Sorts the values; NaN if there are none, or one of them is NaN. */
double median(double *values, int count);

/* Prints "bench: ..." and ends the program. */
_Noreturn void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
