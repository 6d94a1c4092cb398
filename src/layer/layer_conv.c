/* Convolutions over maps and sequences. */
#include <string.h>

#include "window.h"

struct conv_settings {
    int64_t out_channels, in_channels, groups;
    struct sizes kernel, stride, dilation;
    const struct json *padding;
    bool bias;
};

#define UNITS_MOST 2147483647 /* what a matrix product can count */

#define CONV_OPTIONS(padding_help)                                                           \
    {.name = "out_channels",                                                                 \
     .type = OPTION_INTEGER,                                                                 \
     .offset = offsetof(struct conv_settings, out_channels),                                 \
     .min = 1,                                                                               \
     .max = UNITS_MOST,                                                                      \
     .required = true,                                                                       \
     .help = "kernels, each of which gives one channel"},                                    \
        {.name = "kernel_size",                                                              \
         .type = OPTION_SIZES,                                                               \
         .offset = offsetof(struct conv_settings, kernel),                                   \
         .min = 1,                                                                           \
         .max = UNITS_MOST,                                                                  \
         .required = true,                                                                   \
         .help = "of the window"},                                                           \
        {.name = "stride",                                                                   \
         .type = OPTION_SIZES,                                                               \
         .offset = offsetof(struct conv_settings, stride),                                   \
         .fallback = "1",                                                                    \
         .min = 1,                                                                           \
         .max = UNITS_MOST,                                                                  \
         .help = "steps from one window to the next"},                                       \
        WINDOW_PADDING(struct conv_settings, padding_help),                                  \
        {.name = "dilation",                                                                 \
         .type = OPTION_SIZES,                                                               \
         .offset = offsetof(struct conv_settings, dilation),                                 \
         .fallback = "1",                                                                    \
         .min = 1,                                                                           \
         .max = UNITS_MOST,                                                                  \
         .help = "steps between the elements of the window"},                                \
        {.name = "groups",                                                                   \
         .type = OPTION_INTEGER,                                                             \
         .offset = offsetof(struct conv_settings, groups),                                   \
         .fallback = "1",                                                                    \
         .min = 1,                                                                           \
         .max = UNITS_MOST,                                                                  \
         .help = "channels are cut into so many groups that do not see each other"},         \
        {.name = "in_channels",                                                              \
         .type = OPTION_INTEGER,                                                             \
         .offset = offsetof(struct conv_settings, in_channels),                              \
         .min = 1,                                                                           \
         .max = UNITS_MOST,                                                                  \
         .help = "channels of the input; checked if given"},                                 \
    {                                                                                        \
        .name = "bias", .type = OPTION_BOOL, .offset = offsetof(struct conv_settings, bias), \
        .fallback = "true", .help = "adds one number per channel"                            \
    }

static const struct option conv1d_options[] = {
    CONV_OPTIONS("zeros at both ends: a number, \"same\", \"valid\" (0) or \"causal\" (all before)")};
static const struct option conv2d_options[] = {
    CONV_OPTIONS("zeros around the map: a number, [height, width], \"same\" or \"valid\" (0)")};

static bool channels_fit(struct layer_build *build, const struct conv_settings *settings)
{
    int64_t channels = build->shape[0].size[1];

    if (settings->in_channels > 0 && settings->in_channels != channels) {
        layer_refuse_hint(build, "in_channels",
                          layer_print(build, "%lld, or leave it out", (long long)channels),
                          "in_channels is %lld, but %s: %lld channels", (long long)settings->in_channels,
                          layer_gives(build, 0), (long long)channels);
        return false;
    }
    if (channels % settings->groups != 0) {
        layer_refuse(build, "groups", "groups is %lld, but %s: %lld channels are not divisible by %lld",
                     (long long)settings->groups, layer_gives(build, 0), (long long)channels,
                     (long long)settings->groups);
        return false;
    }
    if (settings->out_channels % settings->groups != 0) {
        layer_refuse(
            build, "groups", "groups is %lld, but out_channels is %lld, which is not divisible by %lld",
            (long long)settings->groups, (long long)settings->out_channels, (long long)settings->groups);
        return false;
    }
    return true;
}

static node build_conv(struct layer_build *build, const struct conv_settings *settings, int axes)
{
    const struct window_settings declared = {settings->kernel, settings->stride, settings->dilation,
                                             settings->padding};
    struct window window;
    if (!window_fit(build, WINDOW_CONV, axes, &declared, &window))
        return -1;
    build->guess = window_output(build, &window, settings->out_channels);
    if (!channels_fit(build, settings))
        return -1;

    int64_t in = build->shape[0].size[1] / settings->groups, area = window.kernel[0] * window.kernel[1];
    struct shape weight = {.rank = axes + 2, .size = {settings->out_channels, in}};
    memcpy(&weight.size[2], &window.kernel[2 - axes], (size_t)axes * sizeof *weight.size);
    const struct shape columns = SHAPE(in, window.kernel[0], window.kernel[1], window.out[0], window.out[1]);
    if (layer_too_large(&columns))
        return layer_refuse_size(build, "kernel_size",
                                 "%s channels, kernel and windows are more than a machine can hold",
                                 shape_print(build->problems->arena, &columns, true));

    node inputs[3] = {build->input[0]};
    int count = 2;
    inputs[1] =
        layer_parameter(build, "weight", weight, "weight", in * area, settings->out_channels * area, 1);
    if (settings->bias)
        inputs[count++] =
            layer_parameter(build, "bias", SHAPE(settings->out_channels), "bias", in * area, 0, 1);
    struct op_conv_settings op = {.groups = settings->groups};
    for (int i = 0; i < 2; i++) {
        op.stride[i] = window.stride[i];
        op.dilation[i] = window.dilation[i];
        op.pad_before[i] = window.before[i];
        op.pad_after[i] = window.after[i];
    }
    return layer_node(build, &op_conv, "", inputs, count, &op);
}

static node build_conv1d(struct layer_build *build, const void *settings)
{
    return build_conv(build, settings, 1);
}

static node build_conv2d(struct layer_build *build, const void *settings)
{
    return build_conv(build, settings, 2);
}

const struct layer_kind layer_conv1d = {
    .entry = {"conv1d", "Convolution over a sequence of channels",
              "Slides out_channels kernels over [channels, length]. The output has\n"
              "(length + padding - dilation (kernel_size - 1) - 1) / stride + 1 steps,\n"
              "rounded down. \"same\" pads so that the output has ceil(length / stride)\n"
              "steps; \"causal\" pads before the first step only, so that no output sees a\n"
              "later input. For sequences of [time, features] put a transpose before it."},
    .options = OPTION_TABLE(conv1d_options),
    .settings_size = sizeof(struct conv_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_conv1d,
    .example_input = "[3, 9]",
    .example = "{\"type\": \"conv1d\", \"out_channels\": 4, \"kernel_size\": 3, \"padding\": \"causal\", "
               "\"dilation\": 2}",
};

const struct layer_kind layer_conv2d = {
    .entry = {"conv2d", "Convolution over a map of channels",
              "Slides out_channels kernels over [channels, height, width]. The output has\n"
              "(height + padding - dilation (kernel_size - 1) - 1) / stride + 1 rows, rounded\n"
              "down, and columns likewise; padding counts both sides. \"same\" pads so that\n"
              "the output has ceil(height / stride) rows."},
    .options = OPTION_TABLE(conv2d_options),
    .settings_size = sizeof(struct conv_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_conv2d,
    .example_input = "[4, 6, 5]",
    .example = "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": [3, 2], \"stride\": [2, 1], "
               "\"padding\": 1, \"groups\": 2}",
};
