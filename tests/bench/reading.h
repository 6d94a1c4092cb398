/* How fast a table of numbers is read: a file of 64 columns of floats and a label, made for the purpose. */
#ifndef MLDBG_BENCH_READING_H
#define MLDBG_BENCH_READING_H

#include <stdbool.h>
#include <stdint.h>

/* Writes the file, the same bytes every time; false when the disk will not take it. */
bool reading_make(const char *path, int64_t bytes);

/*
 * Seconds that csv_read takes to turn the file into a matrix of floats, once; below 0: it could not be read.
 * *sum: of all numbers, for comparing with another reader.
 */
double reading_measure(const char *path, double *sum);

#endif
