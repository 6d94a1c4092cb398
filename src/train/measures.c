/*
 * Accuracy, macro F1 and AUC of classes; RMSE, MAE and R2 of numbers in units of the file. A row with an
 * output that is not finite is a wrong answer, and makes the measures of numbers not finite.
 */
#include "measures.h"

#include <math.h>
#include <stdlib.h>

/* The mean over the classes that occur, in labels or in answers. */
static double macro_f1(const struct evaluation *e, int64_t classes, struct arena *arena)
{
    int64_t *right = arena_array(arena, (size_t)classes, sizeof *right);
    int64_t *seen = arena_array(arena, (size_t)classes, sizeof *seen); /* labels and answers together */
    int64_t present = 0;
    double sum = 0;

    for (int64_t i = 0; i < e->set->rows; i++) {
        int32_t label = e->set->labels[i], answer = e->class_of[i];

        seen[label]++;
        if (answer >= 0)
            seen[answer]++;
        right[label] += answer == label;
    }
    for (int64_t c = 0; c < classes; c++)
        if (seen[c]) {
            sum += 2 * (double)right[c] / (double)seen[c];
            present++;
        }
    return present ? sum / (double)present : (double)NAN;
}

struct scored {
    double score;
    int32_t label;
};

static int by_score(const void *a, const void *b)
{
    double left = ((const struct scored *)a)->score, right = ((const struct scored *)b)->score;

    return (left > right) - (left < right);
}

/* The share of pairs of both classes that stand in the right order, ties being half (Mann and Whitney). */
static double area(const struct evaluation *e, struct arena *arena)
{
    int64_t rows = e->set->rows, ones = 0;
    struct scored *at = arena_array(arena, (size_t)rows, sizeof *at);
    double ranks = 0;

    for (int64_t i = 0; i < rows; i++) {
        at[i] = (struct scored){e->value[i * e->width + 1], e->set->labels[i]};
        if (!isfinite(at[i].score))
            return (double)NAN;
        ones += at[i].label;
    }
    qsort(at, (size_t)rows, sizeof *at, by_score);
    for (int64_t i = 0, end; i < rows; i = end) {
        int64_t tied = 0;

        for (end = i; end < rows && at[end].score <= at[i].score; end++)
            tied += at[end].label;
        ranks += (double)tied * ((double)(i + 1 + end) / 2);
    }
    if (!ones || ones == rows)
        return (double)NAN;
    return (ranks - (double)ones * (double)(ones + 1) / 2) / ((double)ones * (double)(rows - ones));
}

static void measure_classes(struct evaluation *e, const struct data *data, struct arena *arena)
{
    int64_t right = 0;

    for (int64_t i = 0; i < e->set->rows; i++)
        right += e->class_of[i] == e->set->labels[i];
    e->accuracy = (double)right / (double)e->set->rows;
    e->macro_f1 = macro_f1(e, data->classes, arena);
    if (data->classes == 2)
        e->auc = area(e, arena);
}

static double in_file_units(const struct data *data, double value, int64_t target)
{
    return value * data->target_factor[target] + data->target_shift[target];
}

/* Over all targets; R2 is the mean over the targets, NaN where one of them is constant. */
static void measure_numbers(struct evaluation *e, const struct data *data)
{
    double squares = 0, magnitudes = 0, shares = 0;
    int64_t rows = e->set->rows, width = e->width;

    for (int64_t t = 0; t < width; t++) {
        double mean = 0, spread = 0, off = 0;
        bool constant = true; /* asked of the labels: the spread around a mean that was rounded is not zero */

        for (int64_t i = 0; i < rows; i++)
            mean += in_file_units(data, (double)e->set->targets[i * width + t], t) / (double)rows;
        for (int64_t i = 0; i < rows; i++) {
            double label = in_file_units(data, (double)e->set->targets[i * width + t], t);
            double distance = e->value[i * width + t] - label;

            constant = constant && e->set->targets[i * width + t] == e->set->targets[t];
            off += distance * distance;
            magnitudes += fabs(distance);
            spread += (label - mean) * (label - mean);
        }
        squares += off;
        shares += spread > 0 && !constant ? 1 - off / spread : (double)NAN;
    }
    e->rmse = sqrt(squares / (double)(rows * width));
    e->mae = magnitudes / (double)(rows * width);
    e->r2 = shares / (double)width;
}

void measures_take(struct evaluation *e, const struct data *data, struct arena *arena)
{
    e->accuracy = e->macro_f1 = e->auc = e->rmse = e->mae = e->r2 = (double)NAN;
    if (!e->predicts)
        return;
    if (data->classification)
        measure_classes(e, data, arena);
    else
        measure_numbers(e, data);
}
