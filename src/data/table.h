/* A table from a CSV file: typed columns of numbers and codes, rows in chunks, nothing judged beyond the
 * types. */
#ifndef MLDBG_DATA_TABLE_H
#define MLDBG_DATA_TABLE_H

#include <mldbg/data.h>
#include "cell.h"
#include "spec.h"
#include "words.h"

enum role { ROLE_FEATURE, ROLE_LABEL, ROLE_GROUP, ROLE_IGNORED };

struct table_column {
    const char *name;
    enum role role;
    bool categorical;              /* cells are codes of words; else numbers */
    bool chosen;                   /* the type is not to be guessed: from the config, or from train */
    int64_t value_slot, code_slot; /* place in a row, or -1. A missing cell is NaN in both */
    struct words *words;           /* of the train table where this one was read like it */
    int64_t numbers, texts, missing, nonfinite, overflow, underflow, inexact, odd,
        padded; /* odd: look like broken numbers; padded: numbers with blanks around them */
    int64_t first_missing, first_nonfinite, first_overflow, first_inexact, first_text, first_odd; /* lines */
    const char *text, *odd_text, *overflow_text; /* the first cells of these kinds, fit to print */
    enum looks looks, odd_looks;
    size_t words_of_train; /* words that the train table knows; later ones are unseen */
};

struct table {
    struct arena *arena;
    const char *path, *name; /* to read; for messages */
    int64_t rows, dropped;
    size_t column_count;
    struct table_column *columns; /* in the order of the file, of the train file for the others */
    size_t width;                 /* doubles in a row */
    size_t chunk_rows;
    double **chunks;
    size_t chunk_count, chunk_capacity;
};

/* A row: its line in slot 0, then the slots of its columns. */
double *table_row(const struct table *table, int64_t row);

struct table_request {
    const char *path, *name;
    const struct data_spec *spec; /* NULL: a survey, all columns are features */
    const struct table *like;     /* the train table, for the others */
    char separator;
    bool header;
};

/* Reads a file; false after problems. */
bool table_read(struct arena *arena, const struct table_request *request, struct table *table,
                struct problems *problems);

/* ---- between the files that make a table ---- */

/*
 * Names and roles of the columns from the header. map[i] is the column that cell i of each row belongs to,
 * which differs from i where a held-out file has another order than train. false after problems.
 */
bool table_header(struct table *table, const struct table_request *request, const char *const *names,
                  size_t count, size_t *map, struct problems *problems);

/* Judges the types after the last row. *again: columns turned out to be text, read once more. false after
 * problems. */
bool table_types(struct table *table, const struct table_request *request, bool *again,
                 struct problems *problems);

enum {
    WORDS_MOST = 1000000, /* distinct texts of a categorical feature */
    LABELS_MOST = 100001  /* distinct texts of a label; more are no classes */
};

#endif
