/* Fits the window of a convolution or a pool on its input, with a sentence for every way in which it does not
 * fit. */
#include <math.h>
#include <string.h>

#include "window.h"

enum {
    PADDING_MOST = 1000000000, /* zeros on one side; sums with kernels and sizes stay countable */
    FOUND_SHOWN = 60           /* columns of a wrong value that are quoted */
};

static const char *const axis_words[] = {"", "channels x length", "channels x height x width"};

/* ---- The input ---- */

const char *window_map_of(struct layer_build *build, int64_t count, int axes)
{
    static const int64_t channels[] = {1, 3};
    if (axes == 1)
        return layer_print(build, "[1, %lld]", (long long)count);
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        int64_t area = count / channels[i], side = (int64_t)llround(sqrt((double)area));
        if (side > 1 && side * side == area && area * channels[i] == count)
            return layer_print(build, "[%lld, %lld, %lld]", (long long)channels[i], (long long)side,
                               (long long)side);
    }
    return NULL;
}

static const char *shape_hint(struct layer_build *build, int axes)
{
    const struct shape *shape = &build->shape[0];
    const char *sizes = shape_print(build->problems->arena, shape, false);
    const char *map = NULL;

    if (shape->rank == 2)
        map = window_map_of(build, shape->size[1], axes);
    else if (shape->rank == 3 && axes == 2)
        map = layer_print(build, "[1, %lld, %lld]", (long long)shape->size[1], (long long)shape->size[2]);
    else if (shape->rank == 4 && axes == 1)
        return "that is a map: the layer for it ends in 2d";
    if (!map)
        return layer_print(build, "%s are no %s", sizes, axis_words[axes]);
    return layer_print(
        build, build->from_data[0] ? "data.input_shape could be %s" : "a reshape to %s makes one of it", map);
}

static bool is_map(struct layer_build *build, int axes)
{
    if (build->shape[0].rank == axes + 2)
        return true;
    layer_refuse_hint(build, "", shape_hint(build, axes), "%s reads %s, but %s",
                      build->layer->kind->entry.name, axis_words[axes], layer_gives(build, 0));
    return false;
}

/* ---- The settings ---- */

/* One number for all axes, or one for each. */
static bool spread(struct layer_build *build, const char *key, const struct sizes *sizes, int axes,
                   int64_t fallback, int64_t out[2])
{
    if (sizes->count > 1 && sizes->count != axes) {
        layer_refuse(build, key, "%s has %d numbers; expected one%s", key, sizes->count,
                     axes == 2 ? ", or [height, width]" : "");
        return false;
    }
    out[0] = 1;
    for (int i = 2 - axes; i < 2; i++)
        out[i] = sizes->count == 0 ? fallback : sizes->at[sizes->count == 1 ? 0 : i];
    return true;
}

static bool refuse_padding(struct layer_build *build, int axes)
{
    struct text found;
    text_init(&found, build->problems->arena);
    json_write(&found, json_get(build->layer->json, "padding"), false);
    layer_refuse(build, "padding",
                 "padding: expected a whole number from 0 to %d%s, \"same\"%s or \"valid\", found %s",
                 PADDING_MOST, axes == 2 ? ", [height, width]" : "",
                 axes == 1 && build->layer->kind == &layer_conv1d ? ", \"causal\"" : "",
                 text_escape(build->problems->arena, found.at, found.length, FOUND_SHOWN));
    return false;
}

/* So much that the output has ceil(input / stride) steps; an odd number has one more behind, as TensorFlow
 * does it. */
static void pad_same(struct window *window, int i)
{
    int64_t reach = window->dilation[i] * (window->kernel[i] - 1) + 1;
    int64_t out = (window->in[i] + window->stride[i] - 1) / window->stride[i];
    int64_t all = (out - 1) * window->stride[i] + reach - window->in[i];
    if (all < 0)
        all = 0;
    window->before[i] = all / 2;
    window->after[i] = all - all / 2;
}

static bool pad_by_word(struct layer_build *build, const char *word, struct window *window)
{
    bool same = strcmp(word, "same") == 0;
    bool causal = strcmp(word, "causal") == 0 && build->layer->kind == &layer_conv1d;
    if (!same && !causal && strcmp(word, "valid") != 0)
        return refuse_padding(build, window->axes);
    for (int i = 2 - window->axes; i < 2; i++) {
        if (same)
            pad_same(window, i);
        else if (causal)
            window->before[i] = window->dilation[i] * (window->kernel[i] - 1);
    }
    return true;
}

static bool pad_by_number(struct layer_build *build, const struct json *padding, struct window *window)
{
    size_t count = padding->type == JSON_ARRAY ? json_count(padding) : 1;
    if (count != 1 && count != (size_t)window->axes)
        return refuse_padding(build, window->axes);
    for (int i = 2 - window->axes; i < 2; i++) {
        const struct json *item = padding;
        if (padding->type == JSON_ARRAY)
            item = json_at(padding, count == 1 ? 0 : (size_t)i);
        if (item->type != JSON_NUMBER || item->number != floor(item->number) || item->number < 0 ||
            item->number > PADDING_MOST)
            return refuse_padding(build, window->axes);
        window->before[i] = window->after[i] = (int64_t)item->number;
    }
    return true;
}

static bool read_padding(struct layer_build *build, const struct json *padding, struct window *window)
{
    if (!padding)
        return true;
    if (padding->type == JSON_STRING)
        return pad_by_word(build, padding->string, window);
    return pad_by_number(build, padding, window);
}

/* ---- The fit ---- */

static const char *sizes_of(struct layer_build *build, int axes, const int64_t size[2])
{
    if (axes == 1)
        return layer_print(build, "%lld", (long long)size[1]);
    return layer_print(build, "%lld x %lld", (long long)size[0], (long long)size[1]);
}

static const char *kernel_of(struct layer_build *build, const struct window *window)
{
    const char *kernel = sizes_of(build, window->axes, window->kernel);
    if (window->dilation[0] == 1 && window->dilation[1] == 1)
        return kernel;
    int64_t reach[2];
    for (int i = 0; i < 2; i++)
        reach[i] = window->dilation[i] * (window->kernel[i] - 1) + 1;
    return layer_print(build, "%s (with its dilation it spans %s)", kernel,
                       sizes_of(build, window->axes, reach));
}

static bool refuse_large(struct layer_build *build, enum window_kind kind, const struct window *window)
{
    int axes = window->axes;
    int64_t padded[2] = {1, 1}, least = INT64_MAX;
    for (int i = 2 - axes; i < 2; i++) {
        padded[i] = window->in[i] + window->before[i] + window->after[i];
        if (padded[i] < least)
            least = padded[i];
    }
    bool is_padded = padded[1] != window->in[1] || (axes == 2 && padded[0] != window->in[0]);
    const char *with =
        is_padded ? layer_print(build, ", %s with its padding", sizes_of(build, axes, padded)) : "";
    const struct shape *shape = &build->shape[0];
    const char *hint = kind == WINDOW_CONV
                           ? layer_print(build, "at most %lld, or \"padding\": \"same\"", (long long)least)
                           : layer_print(build, "at most %lld", (long long)least);

    if (kind == WINDOW_CONV && axes == 2 && build->from_data[0] && shape->size[3] <= 4 && shape->size[1] > 4)
        hint = layer_print(build, "channels come first: data.input_shape could be [%lld, %lld, %lld]",
                           (long long)shape->size[3], (long long)shape->size[1], (long long)shape->size[2]);
    else if (kind == WINDOW_POOL && least == 1)
        hint = "the map is already 1 wide: leave this pool out, or pool less before it";
    layer_refuse_hint(build, "kernel_size", hint, "kernel_size is %s, but %s%s: %s", kernel_of(build, window),
                      layer_gives(build, 0), with,
                      kind == WINDOW_POOL ? "nothing of the map would be left" : "the kernel does not fit");
    return false;
}

bool window_fit(struct layer_build *build, enum window_kind kind, int axes,
                const struct window_settings *settings, struct window *out)
{
    *out = (struct window){.axes = axes, .in = {1, 1}, .out = {1, 1}};
    if (!is_map(build, axes))
        return false;
    memcpy(&out->in[2 - axes], &build->shape[0].size[2], (size_t)axes * sizeof *out->in);
    if (!spread(build, "kernel_size", &settings->kernel, axes, 1, out->kernel) ||
        !spread(build, "stride", &settings->stride, axes, 1, out->stride) ||
        !spread(build, "dilation", &settings->dilation, axes, 1, out->dilation))
        return false;
    if (kind == WINDOW_POOL && settings->stride.count == 0)
        memcpy(out->stride, out->kernel, sizeof out->stride);
    if (!read_padding(build, settings->padding, out))
        return false;
    for (int i = 2 - axes; i < 2; i++) {
        int64_t reach = out->dilation[i] * (out->kernel[i] - 1) + 1;
        int64_t room = out->in[i] + out->before[i] + out->after[i] - reach;
        if (room < 0)
            return refuse_large(build, kind, out);
        out->out[i] = room / out->stride[i] + 1;
    }
    return true;
}

struct shape window_output(const struct layer_build *build, const struct window *window, int64_t channels)
{
    struct shape shape = {.rank = window->axes + 2, .size = {build->shape[0].size[0], channels}};
    memcpy(&shape.size[2], &window->out[2 - window->axes], (size_t)window->axes * sizeof *window->out);
    return shape;
}
