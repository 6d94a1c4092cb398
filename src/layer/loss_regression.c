/* Losses on numbers: squared, absolute and Huber's error. */
#include <math.h>
#include <stdlib.h>

#include "loss_term.h"

node loss_term(struct loss_build *build, enum term term, double a)
{
    if (loss_target(build, TARGET_DENSE) < 0)
        return -1;
    const struct op_term_loss_settings op = {term, a, build->loss->reduction, build->loss->factor};
    return loss_node(build, &op_term_loss, "", (const node[]){build->prediction, build->target}, 2, &op);
}

enum target_form loss_term_form(const void *settings)
{
    (void)settings;
    return TARGET_DENSE;
}

const char *loss_term_expects(const void *settings)
{
    (void)settings;
    return "none";
}

/* ---- mse ---- */

static node build_mse(struct loss_build *build, const void *settings)
{
    (void)settings;
    return loss_term(build, TERM_mse, 0);
}

static double least_mse(const void *settings, double *targets, int64_t count)
{
    double mean = 0, sum = 0;
    (void)settings;
    for (int64_t i = 0; i < count; i++)
        mean += targets[i];
    mean /= (double)count;
    for (int64_t i = 0; i < count; i++)
        sum += (targets[i] - mean) * (targets[i] - mean);
    return sum;
}

static double floor_mse(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_mse, settings);
}

const struct loss_kind loss_mse = {
    .entry = {"mse", "Squared error, mean over all outputs",
              "(prediction - target)^2. On class data the target is one-hot, or the class's\n"
              "number if there is one output. One prediction for rows with equal inputs can\n"
              "do no better than their mean."},
    .form = loss_term_form,
    .build = build_mse,
    .floor_sum = floor_mse,
    .divisor = divisor_elements,
    .expects = loss_term_expects,
};

/* ---- l1 ---- */

static node build_l1(struct loss_build *build, const void *settings)
{
    (void)settings;
    return loss_term(build, TERM_l1, 0);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double least_l1(const void *settings, double *targets, int64_t count)
{
    double sum = 0;
    (void)settings;
    qsort(targets, (size_t)count, sizeof *targets, compare);
    for (int64_t i = 0; i < count; i++)
        sum += fabs(targets[i] - targets[count / 2]);
    return sum;
}

static double floor_l1(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_l1, settings);
}

const struct loss_kind loss_l1 = {
    .entry = {"l1", "Absolute error, mean over all outputs",
              "|prediction - target|: one far-off row weighs less than in mse. One prediction\n"
              "for rows with equal inputs can do no better than their median."},
    .form = loss_term_form,
    .build = build_l1,
    .floor_sum = floor_l1,
    .divisor = divisor_elements,
    .expects = loss_term_expects,
};

/* ---- huber ---- */

struct huber_settings {
    double delta;
};

static const struct option huber_options[] = {
    {.name = "delta",
     .type = OPTION_REAL,
     .offset = offsetof(struct huber_settings, delta),
     .fallback = "1",
     .min = 0,
     .max = (double)INFINITY,
     .above_min = true,
     .help = "errors beyond it count linearly"},
};

static node build_huber(struct loss_build *build, const void *at)
{
    const struct huber_settings *settings = at;
    return loss_term(build, TERM_huber, settings->delta);
}

static double huber_value(const void *context, double p)
{
    const struct column *column = context;
    double sum = 0;
    for (int64_t i = 0; i < column->count; i++) {
        double error = fabs(p - column->targets[i]);
        sum += error > column->a ? column->a * (error - column->a / 2) : error * error / 2;
    }
    return sum;
}

static double huber_slope(const void *context, double p)
{
    const struct column *column = context;
    double sum = 0;
    for (int64_t i = 0; i < column->count; i++)
        sum += fmax(-column->a, fmin(column->a, p - column->targets[i]));
    return sum;
}

static double least_huber(const void *at, double *targets, int64_t count)
{
    const struct huber_settings *settings = at;
    const struct column column = {targets, count, settings->delta};
    double low = targets[0], high = targets[0];
    for (int64_t i = 1; i < count; i++) {
        low = fmin(low, targets[i]);
        high = fmax(high, targets[i]);
    }
    return floor_convex(huber_value, huber_slope, &column, low, high);
}

static double floor_huber(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_huber, settings);
}

const struct loss_kind loss_huber = {
    .entry = {"huber", "Squared error near 0, absolute error beyond delta",
              "e^2 / 2 for errors up to delta, delta (|e| - delta / 2) beyond (Huber 1964),\n"
              "mean over all outputs."},
    .options = OPTION_TABLE(huber_options),
    .settings_size = sizeof(struct huber_settings),
    .form = loss_term_form,
    .build = build_huber,
    .floor_sum = floor_huber,
    .divisor = divisor_elements,
    .expects = loss_term_expects,
};
