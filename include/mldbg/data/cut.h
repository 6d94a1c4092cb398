/*
 * Cuts a CSV file into train, val, testval and test without touching a byte of its rows. Every row goes to
 * exactly one of them. Reads text only: no cell is turned into a number that is written back.
 */
#ifndef MLDBG_DATA_CUT_H
#define MLDBG_DATA_CUT_H

#include <mldbg/base/text.h>
#include <mldbg/data.h>

struct cut_options {
    const char *label;         /* column whose values every split gets in proportion; NULL: none */
    const char *by;            /* column whose equal values stay in one split; NULL: none */
    const char *time;          /* column by which testval and test come last; NULL: none */
    double share[SPLIT_COUNT]; /* of val, testval, test; that of train is the rest */
    uint64_t seed;
};

struct cut_split {
    struct text text; /* the header and the rows, in the order of the file */
    int64_t rows, groups;
};

struct cut {
    struct cut_split at[SPLIT_COUNT];
    int64_t rows;
    int64_t classes;      /* kinds of label that were kept in proportion; 0: none */
    int64_t groups;       /* with `by` */
    int64_t repeated;     /* rows that equal a row of another split, byte for byte */
    const char *boundary; /* with `time`: the first value of the later period */
};

/*
 * By chance (seeded), the label's values in proportion where they are words or few numbers; with `by` whole
 * groups; with `time` train and val share the earlier rows and testval and test the later ones, so that val
 * is drawn like train and testval like test. Refuses (ERROR_REQUEST) columns that are not there, shares that
 * leave nothing for train, and a split that would get no row.
 */
bool data_cut(struct arena *arena, const char *path, const struct cut_options *options, struct cut *out,
              struct error *err);

#endif
