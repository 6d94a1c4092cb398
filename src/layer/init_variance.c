/* Initializations that keep the variance of values or gradients from layer to layer: Kaiming, Xavier, LeCun.
 */
#include <math.h>
#include <string.h>

#include "init.h"

static const char *const fans[] = {"fan_in", "fan_out", NULL};
static const char *const gains[] = {"auto", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu", NULL};

static const struct option kaiming_options[] = {
    {.name = "mode",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct variance_settings, mode),
     .fallback = "fan_in",
     .choices = fans,
     .help = "fan_in keeps the variance of values, fan_out that of gradients"},
    {.name = "nonlinearity",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct variance_settings, nonlinearity),
     .fallback = "auto",
     .choices = gains,
     .help = "sets the gain; auto: the activation that follows the layer"},
    {.name = "a",
     .type = OPTION_REAL,
     .offset = offsetof(struct variance_settings, a),
     .help = "slope of leaky_relu; default: that of the layer that follows, else 0.01"},
};

static const struct option gain_options[] = {
    {.name = "gain",
     .type = OPTION_REAL,
     .offset = offsetof(struct variance_settings, gain),
     .fallback = "1",
     .help = "the values are multiplied by it"},
};

/* The gain that belongs to the activation that follows: PyTorch's table, and the relu family as relu. */
static int gain_of_activation(const char *activation)
{
    static const struct row {
        const char *activation;
        int gain;
    } rows[] = {
        {"relu", GAIN_RELU}, {"leaky_relu", GAIN_LEAKY_RELU}, {"elu", GAIN_RELU},  {"silu", GAIN_RELU},
        {"gelu", GAIN_RELU}, {"softplus", GAIN_RELU},         {"tanh", GAIN_TANH}, {"selu", GAIN_SELU},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].activation, activation) == 0)
            return rows[i].gain;
    return GAIN_LINEAR;
}

static double kaiming_gain(const struct variance_settings *settings, const struct init_target *target)
{
    int kind = settings->nonlinearity;
    double slope = settings->a;

    if (kind == GAIN_AUTO)
        kind = gain_of_activation(target->activation);
    if (isnan(slope))
        slope = strcmp(target->activation, "leaky_relu") == 0 ? target->activation_a : 0.01;
    switch (kind) {
    case GAIN_TANH: return 5.0 / 3;
    case GAIN_RELU: return sqrt(2);
    case GAIN_LEAKY_RELU: return sqrt(2 / (1 + slope * slope));
    case GAIN_SELU: return 0.75;
    default: return 1;
    }
}

static double at_least_one(int64_t fan)
{
    return fan < 1 ? 1 : (double)fan;
}

/* Standard deviations; a uniform draw of the same one has the bound sqrt(3) std. */
static double kaiming_std(const void *at, const struct init_target *target)
{
    const struct variance_settings *settings = at;
    return kaiming_gain(settings, target) /
           sqrt(at_least_one(settings->mode == FAN_OUT ? target->fan_out : target->fan_in));
}

static double xavier_std(const void *at, const struct init_target *target)
{
    const struct variance_settings *settings = at;
    return settings->gain * sqrt(2 / at_least_one(target->fan_in + target->fan_out));
}

static double lecun_std(const struct init_target *target)
{
    return sqrt(1 / at_least_one(target->fan_in));
}

static void uniform(const struct init_target *target, double std, double *values)
{
    fill_uniform(target, -sqrt(3) * std, sqrt(3) * std, values);
}

static void fill_kaiming_uniform(const void *settings, const struct init_target *target, double *values)
{
    uniform(target, kaiming_std(settings, target), values);
}

static void fill_kaiming_normal(const void *settings, const struct init_target *target, double *values)
{
    fill_normal(target, 0, kaiming_std(settings, target), values);
}

static void fill_xavier_uniform(const void *settings, const struct init_target *target, double *values)
{
    uniform(target, xavier_std(settings, target), values);
}

static void fill_xavier_normal(const void *settings, const struct init_target *target, double *values)
{
    fill_normal(target, 0, xavier_std(settings, target), values);
}

static void fill_lecun_uniform(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    uniform(target, lecun_std(target), values);
}

static void fill_lecun_normal(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    fill_normal(target, 0, lecun_std(target), values);
}

#define KAIMING_EXPLAIN                                                                 \
    "He et al., \"Delving deep into rectifiers\", 2015. The standard deviation is\n"    \
    "gain / sqrt(fan). The gain follows the activation behind the layer: sqrt 2 for\n"  \
    "relu and its kin, sqrt(2 / (1 + slope^2)) for leaky_relu, 5/3 for tanh, 3/4 for\n" \
    "selu, 1 for none. Pooling, flatten, dropout and norms in between are looked\n"     \
    "through. fan_in of a convolution is in_channels / groups times kernel area."
#define XAVIER_EXPLAIN                                                                 \
    "Glorot and Bengio, \"Understanding the difficulty of training deep feedforward\n" \
    "neural networks\", 2010. The standard deviation is gain sqrt(2 / (fan_in +\n"     \
    "fan_out)). Meant for tanh, sigmoid and linear layers."
#define LECUN_EXPLAIN                                                         \
    "LeCun et al., \"Efficient backprop\", 1998. The standard deviation is\n" \
    "sqrt(1 / fan_in). Meant for selu."

const struct init_kind init_kaiming_uniform = {
    .entry = {"kaiming_uniform", "Uniform, variance gain^2 / fan (He et al. 2015)",
              KAIMING_EXPLAIN "\nUniform in +-sqrt(3) standard deviations."},
    .options = OPTION_TABLE(kaiming_options),
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_kaiming_uniform,
};

const struct init_kind init_kaiming_normal = {
    .entry = {"kaiming_normal", "Normal, variance gain^2 / fan (He et al. 2015)", KAIMING_EXPLAIN},
    .options = OPTION_TABLE(kaiming_options),
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_kaiming_normal,
};

const struct init_kind init_xavier_uniform = {
    .entry = {"xavier_uniform", "Uniform, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
              XAVIER_EXPLAIN "\nUniform in +-sqrt(3) standard deviations."},
    .options = OPTION_TABLE(gain_options),
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_xavier_uniform,
};

const struct init_kind init_xavier_normal = {
    .entry = {"xavier_normal", "Normal, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010)",
              XAVIER_EXPLAIN},
    .options = OPTION_TABLE(gain_options),
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_xavier_normal,
};

const struct init_kind init_lecun_uniform = {
    .entry = {"lecun_uniform", "Uniform, variance 1 / fan_in (LeCun et al. 1998)",
              LECUN_EXPLAIN "\nUniform in +-sqrt(3) standard deviations."},
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_lecun_uniform,
};

const struct init_kind init_lecun_normal = {
    .entry = {"lecun_normal", "Normal, variance 1 / fan_in (LeCun et al. 1998)", LECUN_EXPLAIN},
    .settings_size = sizeof(struct variance_settings),
    .fill = fill_lecun_normal,
};
