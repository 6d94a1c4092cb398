/*
 * Predictions as they stand in a file: run/predictions/<split>.csv of a record, or one that another program
 * wrote. A header names the columns: "label" and "prediction", or "loss", or all of them; "group" and one
 * probability a class ("p0", "p1", ...) may be there; other columns are passed over.
 */
#ifndef MLDBG_RUN_PREDICTIONS_H
#define MLDBG_RUN_PREDICTIONS_H

#include <mldbg/base/error.h>

struct predictions {
    const char *path;
    int64_t rows;
    int64_t *line; /* in the file, of each row */
    const char **label,
        **given; /* text of each row: what is true, what was predicted; NULL: no such column */
    double *label_value, *value; /* the same as numbers where all of a column are numbers, else NULL */
    bool real;                   /* both are numbers, and not whole ones only: no classes */
    double *loss;                /* NULL: no such column */
    int64_t *group;              /* 0..groups-1; NULL: no such column */
    int64_t groups;
    double *probability; /* rows x classes; NULL: no such columns */
    int64_t classes;
};

/*
 * Reads a file; "nan" and "inf" are numbers here, as in every file of a record. Refuses (ERROR_REQUEST, with
 * line) a missing column, a row of another width, an empty file, a loss or probability that is no number.
 */
bool predictions_read(struct arena *arena, const char *path, struct predictions *out, struct error *err);

/*
 * Numbers the classes among labels and predictions in the order in which they come; 3 and 3.0 are one class
 * where all are numbers. label and given are arrays of predictions->rows, names of the count that is
 * returned.
 */
int64_t predictions_classes(struct arena *arena, const struct predictions *predictions, int64_t **label,
                            int64_t **given, const char *const **names);

#endif
