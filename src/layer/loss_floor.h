/* What the floors of the losses share: rows gathered by their input, and the smallest value of a convex
 * function. */
#ifndef MLDBG_SRC_LAYER_LOSS_FLOOR_H
#define MLDBG_SRC_LAYER_LOSS_FLOOR_H

#include <mldbg/layer.h>

/* The smallest sum over `count` targets that one prediction can reach; it may reorder the targets. */
typedef double least_fn(const void *settings, double *targets, int64_t count);

/* Sum over groups and columns of least(); TARGET_DENSE. */
double floor_by_element(const struct floor_question *question, least_fn *least, const void *settings);

/* The smallest sum over the rows of one group, whose targets summed by column are given; TARGET_DENSE. */
typedef double least_row_fn(const void *settings, const double *sum, int64_t width);
double floor_by_row(const struct floor_question *question, const double *column_weight, least_row_fn *least,
                    const void *settings);

/* -sum a log(a / sum a): the smallest -sum a log p over all distributions p. -infinity if an a is negative.
 */
double floor_entropy(const double *a, int64_t count);

/* Rows in the order of their groups; start[g]..start[g + 1] are those of group g. */
struct groups {
    int64_t *start, *row;
};
struct groups groups_gather(struct arena *arena, const struct floor_question *question);

/*
 * The smallest value of a convex function between low and high: bisection on the sign of its slope, which
 * never decreases.
 */
double floor_convex(double (*value)(const void *context, double p),
                    double (*slope)(const void *context, double p), const void *context, double low,
                    double high);

/* Targets of one group and column, for the functions that floor_convex calls. */
struct column {
    const double *targets;
    int64_t count;
    double a;
};

/* Divisors of reduction "mean": elements, and rows. */
double divisor_elements(const void *settings, const struct floor_question *question);
double divisor_rows(const void *settings, const struct floor_question *question);

#endif
