/* Layers that steady training: normalization over the batch or over the features, and dropout. */
#include <math.h>
#include <mldbg/layer/build.h>

/* ---- batchnorm ---- */

struct batchnorm_settings {
    double eps, momentum;
    bool affine, frozen;
    int defaults; /* of frameworks[] */
};

static const char *const frameworks[] = {"pytorch", "keras", NULL};
enum { DEFAULTS_PYTORCH, DEFAULTS_KERAS };

static const struct option batchnorm_options[] = {
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct batchnorm_settings, eps),
     .min = 0,
     .max = (double)INFINITY,
     .help = "added to the variance; default 1e-5 (Keras: 1e-3)"},
    {.name = "momentum",
     .type = OPTION_REAL,
     .offset = offsetof(struct batchnorm_settings, momentum),
     .min = 0,
     .max = 1,
     .help =
         "share of a batch in the running statistics; default 0.1 (Keras: 0.01, which it writes as 0.99)"},
    {.name = "affine",
     .type = OPTION_BOOL,
     .offset = offsetof(struct batchnorm_settings, affine),
     .fallback = "true",
     .help = "multiplies by a learned weight and adds a learned bias"},
    {.name = "frozen",
     .type = OPTION_BOOL,
     .offset = offsetof(struct batchnorm_settings, frozen),
     .fallback = "false",
     .help = "always normalizes by the running statistics, which do not move"},
    {.name = "defaults",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct batchnorm_settings, defaults),
     .fallback = "pytorch",
     .choices = frameworks,
     .help = "whose eps, momentum and running variance"},
};

static node build_batchnorm(struct layer_build *build, const void *at)
{
    const struct batchnorm_settings *settings = at;
    bool keras = settings->defaults == DEFAULTS_KERAS;
    struct shape channels = SHAPE(build->shape[0].size[1]);
    node inputs[5] = {build->input[0]};
    int count = 1;

    build->guess = build->shape[0];
    if (settings->affine) {
        inputs[count++] = layer_parameter(build, "weight", channels, "gain", 0, 0, 1);
        inputs[count++] = layer_parameter(build, "bias", channels, "bias", 0, 0, 1);
    }
    inputs[count++] = layer_state(build, "running_mean", channels, 0);
    inputs[count++] = layer_state(build, "running_var", channels, 1);
    const struct op_batchnorm_settings op = {
        .eps = !isnan(settings->eps) ? settings->eps
               : keras               ? 1e-3
                                     : 1e-5,
        .momentum = !isnan(settings->momentum) ? settings->momentum
                    : keras                    ? 0.01
                                               : 0.1,
        .unbiased = !keras,
        .frozen = settings->frozen,
        .affine = settings->affine,
    };
    return layer_node(build, &op_batchnorm, "", inputs, count, &op);
}

const struct layer_kind layer_batchnorm = {
    .entry = {"batchnorm", "Normalizes each channel over the batch",
              "Ioffe and Szegedy 2015. In training every channel (the first axis behind the\n"
              "batch) gets mean 0 and variance 1 over the batch and the map, and running\n"
              "statistics follow; else those are used. With a batch of one row and no map\n"
              "every output is the bias. \"defaults\": \"keras\" takes Keras's eps, momentum and\n"
              "biased running variance."},
    .options = OPTION_TABLE(batchnorm_options),
    .settings_size = sizeof(struct batchnorm_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_batchnorm,
    .example_input = "[3, 4, 2]",
    .example = "{\"type\": \"batchnorm\"}",
    .passes = true,
};

/* ---- layernorm ---- */

struct layernorm_settings {
    double eps;
    bool affine;
};

static const struct option layernorm_options[] = {
    {.name = "eps",
     .type = OPTION_REAL,
     .offset = offsetof(struct layernorm_settings, eps),
     .fallback = "1e-5",
     .min = 0,
     .max = (double)INFINITY,
     .help = "added to the variance"},
    {.name = "affine",
     .type = OPTION_BOOL,
     .offset = offsetof(struct layernorm_settings, affine),
     .fallback = "true",
     .help = "multiplies by a learned weight and adds a learned bias"},
};

static node build_layernorm(struct layer_build *build, const void *at)
{
    const struct layernorm_settings *settings = at;
    struct shape features = SHAPE(build->shape[0].size[build->shape[0].rank - 1]);
    node inputs[3] = {build->input[0]};

    build->guess = build->shape[0];
    if (settings->affine) {
        inputs[1] = layer_parameter(build, "weight", features, "gain", 0, 0, 1);
        inputs[2] = layer_parameter(build, "bias", features, "bias", 0, 0, 1);
    } else {
        inputs[1] = layer_table(build, "weight", features, &init_ones);
        inputs[2] = layer_table(build, "bias", features, &init_zeros);
    }
    const struct op_layernorm_settings op = {settings->eps};
    return layer_node(build, &op_layernorm, "", inputs, 3, &op);
}

const struct layer_kind layer_layernorm = {
    .entry = {"layernorm", "Normalizes the last axis of each row",
              "Ba, Kiros and Hinton 2016. Every row gets mean 0 and variance 1 over its last\n"
              "axis; the batch plays no part. Used in transformers."},
    .options = OPTION_TABLE(layernorm_options),
    .settings_size = sizeof(struct layernorm_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_layernorm,
    .example_input = "[3, 4]",
    .example = "{\"type\": \"layernorm\"}",
    .passes = true,
};

/* ---- dropout ---- */

struct dropout_settings {
    double p;
};

static const struct option dropout_options[] = {
    {.name = "p",
     .type = OPTION_REAL,
     .offset = offsetof(struct dropout_settings, p),
     .fallback = "0.5",
     .min = 0,
     .max = 1,
     .help = "share of the numbers that are set to 0 in training"},
};

static node build_dropout(struct layer_build *build, const void *at)
{
    const struct dropout_settings *settings = at;
    const struct op_dropout_settings op = {settings->p};
    build->guess = build->shape[0];
    return layer_node(build, &op_dropout, "", build->input, 1, &op);
}

const struct layer_kind layer_dropout = {
    .entry = {"dropout", "Sets a random share of the numbers to 0 in training",
              "Srivastava et al. 2014. In training each number is 0 with probability p and\n"
              "divided by 1 - p otherwise; else it passes as it is. Memorizing one batch is\n"
              "tested with dropout off."},
    .options = OPTION_TABLE(dropout_options),
    .settings_size = sizeof(struct dropout_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_dropout,
    .example_input = "[6]",
    .example = "{\"type\": \"dropout\", \"p\": 0.25}",
    .passes = true,
};
