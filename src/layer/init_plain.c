/* Initializations that look at nothing but their settings. */
#include <math.h>

#include "init.h"

/* Draws beyond this many standard deviations are drawn again, as in Keras's and PyTorch's truncated normal.
 */
#define CUT_STD 2.0
/* After so many draws the value is set to the middle; the chance of coming here is 0.05 to the power of it.
 */
enum { DRAWS_MOST = 64 };

static const struct option normal_options[] = {
    {.name = "mean",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, mean),
     .fallback = "0",
     .help = "middle of the distribution"},
    {.name = "std",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, std),
     .fallback = "0.05",
     .min = 0,
     .max = (double)INFINITY,
     .help = "standard deviation"},
};

static const struct option uniform_options[] = {
    {.name = "low",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, low),
     .fallback = "-0.05",
     .help = "lower bound"},
    {.name = "high",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, high),
     .fallback = "0.05",
     .help = "upper bound"},
};

static const struct option constant_options[] = {
    {.name = "value",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, value),
     .fallback = "0",
     .help = "of every number"},
};

static void fill_plain_normal(const void *at, const struct init_target *target, double *values)
{
    const struct plain_settings *settings = at;
    fill_normal(target, settings->mean, settings->std, values);
}

static void fill_truncated_normal(const void *at, const struct init_target *target, double *values)
{
    const struct plain_settings *settings = at;
    int64_t count = shape_count(&target->shape);

    for (int64_t i = 0; i < count; i++) {
        double z = CUT_STD + 1;
        for (int draw = 0; draw < DRAWS_MOST && fabs(z) > CUT_STD; draw++)
            z = random_normal(target->key, target->number, (uint64_t)(i + draw * count));
        values[i] = settings->mean + settings->std * (fabs(z) > CUT_STD ? 0 : z);
    }
}

static void fill_plain_uniform(const void *at, const struct init_target *target, double *values)
{
    const struct plain_settings *settings = at;
    fill_uniform(target, settings->low, settings->high, values);
}

static void fill_constant(const void *at, const struct init_target *target, double *values)
{
    const struct plain_settings *settings = at;
    fill_value(target, settings->value, values);
}

static void fill_zeros(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    fill_value(target, 0, values);
}

static void fill_ones(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    fill_value(target, 1, values);
}

const struct init_kind init_normal = {
    .entry = {"normal", "Normal, mean 0, standard deviation 0.05",
              "Numbers from a normal distribution, the same for every layer. Too wide or too\n"
              "narrow for most deep networks: kaiming_normal and xavier_normal look at the\n"
              "size of the layer."},
    .options = OPTION_TABLE(normal_options),
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_plain_normal,
};

const struct init_kind init_truncated_normal = {
    .entry = {"truncated_normal", "Normal, draws beyond 2 standard deviations drawn again",
              "As normal, but no number is farther than 2 std from the mean. The standard\n"
              "deviation of the result is 0.88 std."},
    .options = OPTION_TABLE(normal_options),
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_truncated_normal,
};

const struct init_kind init_uniform = {
    .entry = {"uniform", "Uniform between low and high, -0.05 and 0.05",
              "Numbers from a uniform distribution, the same for every layer. Too narrow for\n"
              "most deep networks: kaiming_uniform and xavier_uniform look at the size of\n"
              "the layer."},
    .options = OPTION_TABLE(uniform_options),
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_plain_uniform,
};

const struct init_kind init_constant = {
    .entry = {"constant", "The same value everywhere",
              "Weights that are all equal stay equal in training: every unit of the layer\n"
              "computes the same. Of use for biases."},
    .options = OPTION_TABLE(constant_options),
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_constant,
};

const struct init_kind init_zeros = {
    .entry = {"zeros", "0 everywhere",
              "The default of biases. Weights of 0 pass no gradient back, and all units of\n"
              "the layer stay equal."},
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_zeros,
};

const struct init_kind init_ones = {
    .entry = {"ones", "1 everywhere",
              "The default of the gains of norms. Weights that are all 1 make all units of\n"
              "the layer equal, and they stay so."},
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_ones,
};
