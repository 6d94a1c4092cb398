/* What one cell of a table means: missing, a number, an infinity, or text. */
#ifndef MLDBG_DATA_CELL_H
#define MLDBG_DATA_CELL_H

#include <stdbool.h>
#include <stddef.h>

enum cell_kind { CELL_MISSING, CELL_NUMBER, CELL_INFINITE, CELL_TEXT };

/*
 * Missing: empty, nan, NA, N/A, null, ?, - (nan, na and null in any case). Infinite: inf and infinity with a
 * sign or not. A number is what text_read_number takes.
 */
enum cell_kind cell_read(const char *text, size_t length, double *value);

/* What a text that is no number looks like, as a number that went wrong. */
enum looks {
    LOOKS_TEXT,
    LOOKS_UNIT, /* from here on: only suspicious among numbers */
    LOOKS_SUFFIX,
    LOOKS_TRUTH,
    LOOKS_THOUSANDS, /* from here on: suspicious always */
    LOOKS_COMMA,
    LOOKS_EITHER,
    LOOKS_CURRENCY,
    LOOKS_PERCENT,
    LOOKS_HEXADECIMAL,
    LOOKS_EXPONENT_D,
    LOOKS_EXPONENT_OPEN,
    LOOKS_SIGNS,
    LOOKS_BLANKS,
    LOOKS_COUNT
};

enum looks cell_looks(const char *text);
const char *looks_name(enum looks looks); /* "a decimal comma" */

#endif
