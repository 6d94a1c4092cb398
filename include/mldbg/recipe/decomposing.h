/* From files of predictions, or a table of errors, to the parts of an error. */
#ifndef MLDBG_RECIPE_DECOMPOSING_H
#define MLDBG_RECIPE_DECOMPOSING_H

#include <mldbg/rule/decompose.h>

/* One of: run; files; table; or trials alone. Paths that are not given are NULL. */
struct decompose_options {
    const char *run;                          /* a run directory */
    const char *train, *val, *testval, *test; /* files of predictions */
    const char *table;                        /* CSV: split, errors or error, rows */
    const char *trials;                       /* CSV of trials that were chosen among; beside any, or alone */
    int metric;              /* enum measure, -1: error rate for classes, RMSE for real labels */
    const char *irreducible; /* a number, "duplicates" or "neighbours"; or NULL */
    const char *human;       /* "ERRORS/ROWS" of people who answered; or NULL */
    bool per_class;          /* the error rate of every class, too */
    uint64_t seed;           /* of the bootstrap */
    const char *ledger;      /* of readings of test (run/ledger.h); NULL: none is kept */
};

/*
 * Reads, takes apart and writes the parts into the record as facts (rule/decompose.h), together with
 * decompose/metric, decompose/irreducible/source, decompose/clusters/<split> and
 * decompose/readings/{before,runs}; of a record of classes what its data says of the irreducible error:
 * decompose/bound/duplicates/{low,errors,rows} and decompose/bound/neighbours/{low,high,errors,rows}.
 */
bool recipe_decompose(const struct decompose_options *options, struct run *run, struct decomposition *out,
                      struct error *err);

#endif
