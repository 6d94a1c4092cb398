/* Files under a name of their own beside the one that they will take; shared by whole files and the cache. */
#ifndef BASE_TEMPORARY_H
#define BASE_TEMPORARY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TEMPORARY_BYTES = 4096 }; /* longest path of a file that is written */

/* Creates a file of a new name beside the target; its name is left in temporary. -1 with errno. */
int temporary_open(const char *path, char temporary[TEMPORARY_BYTES], mode_t mode);

/* Writes all of it, on through interruptions; false with errno. */
bool temporary_write(int file, const char *bytes, size_t length);

#endif
