/*
 * What is wrong with a split, as one number, and what every row has to do with it. Some measures are means of
 * the rows; all are functions of how much every row weighs, which is what the bootstrap and the jackknife
 * ask.
 */
#ifndef MLDBG_RUN_STATISTIC_H
#define MLDBG_RUN_STATISTIC_H

#include <mldbg/run/predictions.h>

/*
 * error: 1 where the prediction is not the label, as text or as number; loss: the column "loss"; rmse: root
 * of the mean squared distance; mae: mean distance; auc: 1 - area under the ROC curve of p1, two classes; f1:
 * 1 - mean of the F1 of the classes that occur.
 */
enum measure {
#define MEASURE(name, words, share) MEASURE_##name,
#include <mldbg/run/measures.def>
#undef MEASURE
    MEASURE_COUNT
};
const char *measure_name(enum measure measure);  /* "error" */
const char *measure_words(enum measure measure); /* "error rate" */
bool measure_is_share(enum measure measure);     /* lies between 0 and 1 */

/* A measure of certain rows as a function of their weights. */
struct statistic {
    int64_t rows;
    /* Weights that are not negative, one a row; NULL: all 1. NaN where they leave nothing to measure. */
    double (*value)(const struct statistic *statistic, const double *weight);
    /* Derivative of the value by the weight of each row, at weights of 1; these add up to zero. */
    void (*influence)(const struct statistic *statistic, double *out);
    bool share;    /* lies between 0 and 1 */
    int64_t least; /* rows of the smaller side where there are sides, else rows: what zero errors are worth */
    const void *made; /* of what the functions know */
};

/* The mean of one number a row, or its root. each lives as long as the statistic. */
struct statistic statistic_mean(struct arena *arena, const double *each, int64_t rows, bool root, bool share);

/* Refuses what predictions_measure refuses, and splits that lack what the measure compares. */
bool measure_prepare(struct arena *arena, const struct predictions *predictions, enum measure measure,
                     struct statistic *out, struct error *err);

/*
 * One number a row, in the arena; of error, loss, rmse (squared distances) and mae. Refuses with its line a
 * row whose number cannot be had or is not finite: a mean over the others would hide it.
 */
bool predictions_measure(struct arena *arena, const struct predictions *predictions, enum measure measure,
                         double **each, struct error *err);

#endif
