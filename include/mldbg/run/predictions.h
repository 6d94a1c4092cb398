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

/* What is wrong with one row. Classification counts wrong answers; the others are distances or losses. */
enum measure {
    MEASURE_error, /* 1 where the prediction is not the label, as text or as number, else 0 */
    MEASURE_loss,  /* the column "loss" */
    MEASURE_rmse,  /* squared distance; the measure of a split is the root of its mean */
    MEASURE_mae,   /* distance */
    MEASURE_COUNT
};
const char *measure_name(enum measure measure);  /* "error" */
const char *measure_words(enum measure measure); /* "error rate" */

/*
 * One number a row, in the arena. Refuses with its line a row whose number cannot be had or is not finite: a
 * mean over the others would hide it.
 */
bool predictions_measure(struct arena *arena, const struct predictions *predictions, enum measure measure,
                         double **each, struct error *err);

#endif
