/*
 * What the columns of a CSV file look like when nothing is known about them: numbers, categories,
 * identifiers, moments, groups; and whether its rows look like images or sequences. Guesses, each with its
 * reason in words. Reads text only; no cell is changed.
 */
#ifndef MLDBG_DATA_INSPECT_H
#define MLDBG_DATA_INSPECT_H

#include <mldbg/data.h>

enum look {
    LOOK_number,
    LOOK_category,   /* few different texts */
    LOOK_text,       /* many different texts: sentences, names */
    LOOK_identifier, /* another value in every row, which says nothing about the next one */
    LOOK_moment,     /* dates and times */
    LOOK_group,      /* the name of what several rows belong to: a patient, a user */
    LOOK_constant,
    LOOK_empty, /* more cells missing than there */
    LOOK_broken /* numbers among which a few cells are something else */
};

struct inspected_column {
    const char *name;
    enum look look;
    const char *reason;       /* words behind the look: "another value in every row" */
    int64_t numbers, missing; /* cells; the others are texts or infinities */
    int64_t distinct;         /* exact up to INSPECT_DISTINCT_MOST, then that and one */
    int64_t rarest;           /* rows of the rarest value; 0 where values were not counted */
    bool whole;               /* all numbers are whole */
    bool ordered;             /* no value is below that of the row before, as a number or as an ISO date */
    double min, max;          /* of the numbers; NaN without any */
};

enum { INSPECT_DISTINCT_MOST = 100000 };

/* What one row is. */
enum arrangement { ARRANGED_table, ARRANGED_image, ARRANGED_sequence };

struct inspection {
    const char *path;
    char separator;
    const char *separator_why; /* NULL: the separator that the name of the file promises */
    bool header;
    int64_t rows;
    struct inspected_column *columns;
    int64_t column_count;
};

/*
 * Reads the whole file. Refuses (false) files that cannot be read, have no rows behind the header, rows of
 * unequal length, and columns that cannot be told apart by name. Columns of a file without header are called
 * c0, c1, ...
 */
bool data_inspect(struct arena *arena, const char *path, struct inspection *out, struct error *err);

/* Index of a column, or -1. */
int64_t inspection_find(const struct inspection *inspection, const char *name);

/*
 * Which column may hold the answer: one with a name that says so, else the last one that can be an answer;
 * -1 where none can. *why: in words.
 */
int64_t inspection_label(const struct inspection *inspection, const char **why);

/*
 * Whether a column can be an answer; if not, why not ("every row has another text"). As in data_load: text
 * and few whole numbers are classes, other numbers are targets of a regression.
 */
bool inspection_is_label(const struct inspected_column *column, int64_t rows, const char **why);
bool inspection_is_class(const struct inspected_column *column, int64_t rows);

/*
 * What a row looks like without the label. An image: a square number of pixels by their names or range, in
 * one or three channels; shape is [C, H, W]. A sequence: names that count steps; shape is [T, D]. Else a
 * table, the shape is left alone. *why: in words. *doubt: numbered columns that could be steps as well, "x0
 * to x49", or NULL.
 */
enum arrangement inspection_arrangement(struct arena *arena, const struct inspection *inspection,
                                        int64_t label, struct shape *shape, const char **why,
                                        const char **doubt);

#endif
