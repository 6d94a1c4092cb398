/*
 * The way of a line of nothing but numbers, beside libcsv. libcsv takes each byte through its state machine
 * and a copy, which alone costs more than all the rest of reading a table of numbers; where a line holds no
 * byte that means anything to it but the separator, its cells are what stands between the separators.
 */
#ifndef BASE_CSV_PLAIN_H
#define BASE_CSV_PLAIN_H

#include <mldbg/base/csv.h>

/* Bytes behind the text that may be read, whatever they are. */
enum { PLAIN_PADDING = 8 };

/* Whether lines can go this way at all: not where a number may hold the separator. */
bool plain_can(char separator);

/*
 * Cuts the line that begins at `at` into at most `most` cells, closes them in place and reads their numbers.
 * Returns the byte behind its end, LF or CR LF. Returns NULL, with the line as it was, where it is empty, has
 * more cells or one that is neither empty nor a number of common length. The text must end with a
 * NUL, with PLAIN_PADDING bytes to read behind it.
 */
char *plain_row(char separator, char *at, struct csv_cell *cells, size_t most, size_t *count);

#endif
