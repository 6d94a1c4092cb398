/*
 * CSV, strictly, row by row with line numbers. Structure only: what a cell means is decided in the data
 * floor. A byte order mark is skipped; LF, CRLF and CR end a row; blank lines are skipped and counted;
 * UTF-16, NUL bytes, stray and unclosed quotes are refused with their line (ERROR_REQUEST), fields, rows and
 * column counts over their limits as well (ERROR_MACHINE). Blanks around unquoted fields are dropped. A file
 * without rows is no error here.
 */
#ifndef MLDBG_BASE_CSV_H
#define MLDBG_BASE_CSV_H

#include <mldbg/base/error.h>
#include <mldbg/base/fingerprint.h>

struct csv_cell {
    const char *at; /* closed with NUL, valid until the row callback returns */
    size_t length;
    bool quoted;
    bool is_number; /* number is what text_read_number says; false: nobody has looked yet */
    double number;
};

struct csv_options {
    char separator;            /* ',' */
    bool lenient;              /* accept quotes inside unquoted fields, and text behind a closing quote */
    size_t field_most;         /* bytes of one field; 0: 1 MiB */
    size_t columns_most;       /* 0: 1,000,000 */
    struct fingerprint *print; /* is given all bytes that are read; may be NULL */
    bool library_only; /* for tests: lines of nothing but numbers go through libcsv, with the same result */
};

/* Return false to stop; the error it filled is handed on. line is the line on which the row begins, from 1.
 */
typedef bool csv_row_fn(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                        struct error *err);

/*
 * Reads a regular file from beginning to end, as long as it is when it is opened. options may be NULL.
 */
bool csv_read(const char *path, const struct csv_options *options, csv_row_fn *row, void *context,
              struct error *err);

#endif
