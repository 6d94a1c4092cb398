/* Losses for yes or no, output by output: binary cross-entropy on probabilities and on logits, and hinge. */
#include <math.h>

#include "loss_term.h"

/* ---- bce ---- */

struct bce_settings {
    double clip; /* NaN: PyTorch's way */
};

#define CLAMP 100.0 /* PyTorch cuts the logarithms of bce at minus this */

static const struct option bce_options[] = {
    {.name = "clip",
     .type = OPTION_REAL,
     .offset = offsetof(struct bce_settings, clip),
     .min = 0,
     .max = 0.5,
     .help = "cuts outputs to [clip, 1 - clip] as Keras (1e-7), 0: not at all; default: PyTorch's clamp of "
             "the logarithm"},
};

static const char *expects_sigmoid(const void *settings)
{
    (void)settings;
    return "sigmoid";
}

static node build_bce(struct loss_build *build, const void *at)
{
    const struct bce_settings *settings = at;
    if (isnan(settings->clip))
        return loss_term(build, TERM_bce_clamp, 0);
    return loss_term(build, TERM_bce_clip, settings->clip);
}

/* The loss is linear in the target, so a group counts as its mean target, and that is the best prediction. */
static double mean_of(const double *targets, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += targets[i];
    return sum / (double)count;
}

/* -t log p, where a weight of 0 silences the logarithm of 0, and logarithms end at -limit. */
static double part(double t, double p, double limit)
{
    return t == 0 ? 0 : -t * fmax(log(p), -limit);
}

static double least_bce(const void *at, double *targets, int64_t count)
{
    const struct bce_settings *settings = at;
    bool clamped = isnan(settings->clip);
    double clip = clamped ? 0 : settings->clip, limit = clamped ? CLAMP : (double)INFINITY;
    double mean = mean_of(targets, count), p = fmax(clip, fmin(1 - clip, mean));
    return (double)count * (part(mean, p, limit) + part(1 - mean, 1 - p, limit));
}

static double floor_bce(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_bce, settings);
}

const struct loss_kind loss_bce = {
    .entry = {"bce", "Binary cross-entropy of probabilities",
              "-(t log p + (1 - t) log(1 - p)), mean over all outputs; the last layer is a\n"
              "sigmoid. By default the logarithms are cut at -100 as in PyTorch; \"clip\": 1e-7\n"
              "cuts the outputs as Keras does. Targets outside of 0 to 1 (class numbers above\n"
              "1) are taken as they are, and the loss can then be negative."},
    .options = OPTION_TABLE(bce_options),
    .settings_size = sizeof(struct bce_settings),
    .form = loss_term_form,
    .build = build_bce,
    .floor_sum = floor_bce,
    .divisor = divisor_elements,
    .expects = expects_sigmoid,
    .classification = true,
};

/* ---- bce_with_logits ---- */

static node build_logits(struct loss_build *build, const void *settings)
{
    (void)settings;
    return loss_term(build, TERM_bce_with_logits, 0);
}

/* Without a cut there is no bound once the mean target is outside of 0 to 1. */
static double least_logits(const void *settings, double *targets, int64_t count)
{
    double mean = mean_of(targets, count);
    (void)settings;
    if (mean < 0 || mean > 1)
        return -(double)INFINITY;
    return (double)count * (part(mean, mean, (double)INFINITY) + part(1 - mean, 1 - mean, (double)INFINITY));
}

static double floor_logits(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_logits, settings);
}

const struct loss_kind loss_bce_with_logits = {
    .entry = {"bce_with_logits", "Binary cross-entropy with the sigmoid inside",
              "Sigmoid and bce in one, exact for large outputs; the last layer is linear, with\n"
              "one output for two classes or one per label column."},
    .form = loss_term_form,
    .build = build_logits,
    .floor_sum = floor_logits,
    .divisor = divisor_elements,
    .expects = loss_term_expects,
    .classification = true,
};

/* ---- hinge ---- */

static node build_hinge(struct loss_build *build, const void *settings)
{
    (void)settings;
    return loss_term(build, TERM_hinge, 0);
}

static double hinge_value(const void *context, double p)
{
    const struct column *column = context;
    double sum = 0;
    for (int64_t i = 0; i < column->count; i++)
        sum += fmax(0, 1 - p * column->targets[i]);
    return sum;
}

static double hinge_slope(const void *context, double p)
{
    const struct column *column = context;
    double sum = 0;
    for (int64_t i = 0; i < column->count; i++)
        sum -= p * column->targets[i] < 1 ? column->targets[i] : 0;
    return sum;
}

/* Piecewise linear with bends at 1 / t: the smallest value lies between the outermost ones. */
static double least_hinge(const void *settings, double *targets, int64_t count)
{
    const struct column column = {targets, count, 0};
    double reach = 0;
    (void)settings;
    for (int64_t i = 0; i < count; i++)
        if (targets[i] != 0)
            reach = fmax(reach, fabs(1 / targets[i]));
    return floor_convex(hinge_value, hinge_slope, &column, -reach, reach);
}

static double floor_hinge(const void *settings, const struct floor_question *question)
{
    return floor_by_element(question, least_hinge, settings);
}

const struct loss_kind loss_hinge = {
    .entry = {"hinge", "max(0, 1 - target x prediction), targets -1 and 1",
              "The loss of support vector machines, mean over all outputs. Class data is\n"
              "written as -1 and 1, one output for two classes or one per class. The last\n"
              "layer is linear or tanh."},
    .form = loss_term_form,
    .build = build_hinge,
    .floor_sum = floor_hinge,
    .divisor = divisor_elements,
    .expects = loss_term_expects,
    .classification = true,
    .signed_classes = true,
};
