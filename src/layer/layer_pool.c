/* Pools: windows that keep the largest or the mean element, and the mean of whole maps and sequences. */
#include "window.h"

struct pool_settings {
    struct sizes kernel, stride;
    const struct json *padding;
    bool count_include_pad;
};

#define POOL_OPTIONS                                                         \
    {.name = "kernel_size",                                                  \
     .type = OPTION_SIZES,                                                   \
     .offset = offsetof(struct pool_settings, kernel),                       \
     .min = 1,                                                               \
     .max = 2147483647,                                                      \
     .required = true,                                                       \
     .help = "of the window"},                                               \
        {.name = "stride",                                                   \
         .type = OPTION_SIZES,                                               \
         .offset = offsetof(struct pool_settings, stride),                   \
         .min = 1,                                                           \
         .max = 2147483647,                                                  \
         .help = "steps from one window to the next; default: kernel_size"}, \
        WINDOW_PADDING(                                                      \
            struct pool_settings,                                            \
            "empty places around the map: a number up to half of the kernel, \"same\" or \"valid\"")

static const struct option maxpool_options[] = {POOL_OPTIONS};
static const struct option avgpool_options[] = {
    POOL_OPTIONS,
    {.name = "count_include_pad",
     .type = OPTION_BOOL,
     .offset = offsetof(struct pool_settings, count_include_pad),
     .fallback = "true",
     .help = "padded zeros count in the mean"},
};

static node build_pool(struct layer_build *build, const struct pool_settings *settings, int axes,
                       const struct op *op)
{
    const struct window_settings declared = {
        .kernel = settings->kernel, .stride = settings->stride, .padding = settings->padding};
    struct window window;
    if (!window_fit(build, WINDOW_POOL, axes, &declared, &window))
        return -1;
    build->guess = window_output(build, &window, build->shape[0].size[1]);
    struct op_pool_settings pool = {.count_pad = settings->count_include_pad};
    for (int i = 0; i < 2; i++) {
        if (window.before[i] > window.kernel[i] / 2)
            return layer_refuse_hint(
                build, "padding", layer_print(build, "at most %lld", (long long)(window.kernel[i] / 2)),
                "padding is %lld, more than half of kernel_size %lld: some windows would see nothing",
                (long long)window.before[i], (long long)window.kernel[i]);
        pool.kernel[i] = window.kernel[i];
        pool.stride[i] = window.stride[i];
        pool.pad_before[i] = window.before[i];
        pool.pad_after[i] = window.after[i];
    }
    return layer_node(build, op, "", build->input, 1, &pool);
}

static node build_maxpool1d(struct layer_build *build, const void *settings)
{
    return build_pool(build, settings, 1, &op_maxpool);
}

static node build_maxpool2d(struct layer_build *build, const void *settings)
{
    return build_pool(build, settings, 2, &op_maxpool);
}

static node build_avgpool1d(struct layer_build *build, const void *settings)
{
    return build_pool(build, settings, 1, &op_avgpool);
}

static node build_avgpool2d(struct layer_build *build, const void *settings)
{
    return build_pool(build, settings, 2, &op_avgpool);
}

#define MAX_EXPLAIN                                                                  \
    "Keeps the largest element of every window, channel by channel. A window that\n" \
    "would stick out at the end is left out. A NaN in a window wins."
#define AVG_EXPLAIN                                                                    \
    "The mean of every window, channel by channel. A window that would stick out at\n" \
    "the end is left out. Keras leaves padded zeros out of the mean:\n"                \
    "\"count_include_pad\": false."

const struct layer_kind layer_maxpool1d = {
    .entry = {"maxpool1d", "Largest element of every window of a sequence", MAX_EXPLAIN},
    .options = OPTION_TABLE(maxpool_options),
    .settings_size = sizeof(struct pool_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_maxpool1d,
    .example_input = "[2, 7]",
    .example = "{\"type\": \"maxpool1d\", \"kernel_size\": 2}",
    .passes = true,
};

const struct layer_kind layer_maxpool2d = {
    .entry = {"maxpool2d", "Largest element of every window of a map", MAX_EXPLAIN},
    .options = OPTION_TABLE(maxpool_options),
    .settings_size = sizeof(struct pool_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_maxpool2d,
    .example_input = "[2, 5, 6]",
    .example = "{\"type\": \"maxpool2d\", \"kernel_size\": 3, \"stride\": 2, \"padding\": 1}",
    .passes = true,
};

const struct layer_kind layer_avgpool1d = {
    .entry = {"avgpool1d", "Mean of every window of a sequence", AVG_EXPLAIN},
    .options = OPTION_TABLE(avgpool_options),
    .settings_size = sizeof(struct pool_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_avgpool1d,
    .example_input = "[2, 7]",
    .example = "{\"type\": \"avgpool1d\", \"kernel_size\": 3, \"stride\": 2}",
    .passes = true,
};

const struct layer_kind layer_avgpool2d = {
    .entry = {"avgpool2d", "Mean of every window of a map", AVG_EXPLAIN},
    .options = OPTION_TABLE(avgpool_options),
    .settings_size = sizeof(struct pool_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_avgpool2d,
    .example_input = "[2, 5, 6]",
    .example =
        "{\"type\": \"avgpool2d\", \"kernel_size\": 2, \"padding\": \"same\", \"count_include_pad\": false}",
    .passes = true,
};

/* ---- The mean of everything ---- */

struct global_settings {
    int axis; /* of axis_names */
};

static const char *const axis_names[] = {"channels", "time", NULL};
enum { AXIS_CHANNELS, AXIS_TIME };

static const struct option global_options[] = {
    {.name = "axis",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct global_settings, axis),
     .fallback = "channels",
     .choices = axis_names,
     .help = "channels: [C, ...] gives [C]; time: [T, D] gives the mean step [D]"},
};

static node build_global(struct layer_build *build, const void *at)
{
    const struct global_settings *settings = at;
    bool time = settings->axis == AXIS_TIME;
    const struct shape *shape = &build->shape[0];

    build->guess = SHAPE(shape->size[0], shape->size[time ? shape->rank - 1 : 1]);
    if (shape->rank < 3 || (time && shape->rank != 3))
        return layer_refuse(build, time ? "axis" : "", "global_avgpool reads %s, but %s",
                            time ? "a sequence [time, features]" : "a map [channels, ...]",
                            layer_gives(build, 0));
    const struct op_mean_settings op = {time ? 1 : 2, time ? 2 : shape->rank};
    return layer_node(build, &op_mean, "", build->input, 1, &op);
}

const struct layer_kind layer_global_avgpool = {
    .entry = {"global_avgpool", "Mean of each channel, or of all steps of a sequence",
              "[channels, height, width] gives [channels]. With \"axis\": \"time\" a sequence\n"
              "[time, features] gives the mean step [features]."},
    .options = OPTION_TABLE(global_options),
    .settings_size = sizeof(struct global_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_global,
    .example_input = "[3, 4, 5]",
    .example = "{\"type\": \"global_avgpool\"}",
    .passes = true,
};
