/* Activations: one layer for each line of backend/unary.def, and softmax, which looks at a whole axis. */
#include <mldbg/layer/build.h>

struct activation_settings {
    double a;
};

static node build_unary(struct layer_build *build, const void *at, enum unary kind)
{
    const struct activation_settings *settings = at;
    const struct op_unary_settings op = {kind, settings->a};
    build->guess = build->shape[0];
    return layer_node(build, &op_unary, "", build->input, 1, &op);
}

/* A line without a parameter has a table of no rows. */
#define UNARY(id, summary_text, parameter, fallback_value, ...)                                    \
    static node build_##id(struct layer_build *build, const void *settings)                        \
    {                                                                                              \
        return build_unary(build, settings, UNARY_##id);                                           \
    }                                                                                              \
    static const struct option options_##id[] = {                                                  \
        {.name = parameter,                                                                        \
         .type = OPTION_REAL,                                                                      \
         .offset = offsetof(struct activation_settings, a),                                        \
         .fallback = #fallback_value,                                                              \
         .help = "the setting of " #id},                                                           \
    };                                                                                             \
    const struct layer_kind layer_##id = {                                                         \
        .entry = {#id, summary_text,                                                               \
                  summary_text ".\nActs on every number alone and keeps the shape of its input."}, \
        .options = {options_##id, sizeof(parameter) > 1 ? 1 : 0},                                  \
        .settings_size = sizeof(struct activation_settings),                                       \
        .inputs_least = 1,                                                                         \
        .inputs_most = 1,                                                                          \
        .build = build_##id,                                                                       \
        .example_input = "[3, 4]",                                                                 \
        .example = "{\"type\": \"" #id "\"}",                                                      \
        .activation = true,                                                                        \
    };
#include <mldbg/backend/unary.def>
#undef UNARY

/* ---- softmax ---- */

struct softmax_settings {
    int64_t dim;
};

static const struct option softmax_options[] = {
    {.name = "dim",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct softmax_settings, dim),
     .fallback = "-1",
     .min = -5,
     .max = 4,
     .help = "the axis, counted without the batch; negative: from the end"},
};

static node softmax(struct layer_build *build, const void *at, bool logarithm)
{
    const struct softmax_settings *settings = at;
    int axes = build->shape[0].rank - 1, dim = (int)settings->dim;

    build->guess = build->shape[0];
    if (dim < -axes || dim >= axes)
        return layer_refuse(build, "dim", "dim is %d, but %s: its axes are 0 to %d without the batch", dim,
                            layer_gives(build, 0), axes - 1);
    const struct op_softmax_settings op = {dim < 0 ? dim + axes + 1 : dim + 1, logarithm};
    return layer_node(build, &op_softmax, "", build->input, 1, &op);
}

static node build_softmax(struct layer_build *build, const void *settings)
{
    return softmax(build, settings, false);
}

static node build_log_softmax(struct layer_build *build, const void *settings)
{
    return softmax(build, settings, true);
}

const struct layer_kind layer_softmax = {
    .entry = {"softmax", "Positive numbers that sum to 1 along an axis",
              "exp(x) divided by its sum along one axis, the last by default. The loss\n"
              "cross_entropy contains it already: put one of the two, or set \"from\":\n"
              "\"probabilities\" in the loss."},
    .options = OPTION_TABLE(softmax_options),
    .settings_size = sizeof(struct softmax_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_softmax,
    .example_input = "[3, 4]",
    .example = "{\"type\": \"softmax\", \"dim\": 0}",
    .activation = true,
};

const struct layer_kind layer_log_softmax = {
    .entry = {"log_softmax", "Logarithm of softmax, computed without overflow",
              "x minus log(sum(exp(x))) along one axis, the last by default. What the loss\n"
              "nll reads."},
    .options = OPTION_TABLE(softmax_options),
    .settings_size = sizeof(struct softmax_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_log_softmax,
    .example_input = "[4]",
    .example = "{\"type\": \"log_softmax\"}",
    .activation = true,
};
