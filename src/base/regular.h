/* Opening regular files for reading; shared by whole-file reading and the CSV reader. */
#ifndef BASE_REGULAR_H
#define BASE_REGULAR_H

#include <mldbg/base/error.h>

/*
 * Opens a regular file and says how long it is; never waits for a pipe. On failure the file descriptor is -1
 * and err says why.
 */
int regular_open(const char *path, size_t *size, struct error *err);

/* Reads up to length bytes, on through interruptions; -1 with errno, fewer than length only at the end of the
 * file. */
int64_t regular_read(int file, char *bytes, size_t length);

#endif
