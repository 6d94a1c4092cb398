/* Layers that compute nothing: they give the same numbers in another shape, or some of them. */
#include <mldbg/layer/build.h>

/* ---- flatten, reshape ---- */

static node reshape(struct layer_build *build, struct shape shape)
{
    const struct op_reshape_settings settings = {shape};
    build->guess = shape;
    return layer_node(build, &op_reshape, "", build->input, 1, &settings);
}

static node build_flatten(struct layer_build *build, const void *settings)
{
    const struct shape *shape = &build->shape[0];
    (void)settings;
    return reshape(build, SHAPE(shape->size[0], shape_span(shape, 1, shape->rank)));
}

const struct layer_kind layer_flatten = {
    .entry = {"flatten", "All axes in one: [16, 4, 4] gives [256]",
              "Gives the same numbers as one axis, the last axis fastest. Needed between maps\n"
              "and linear layers."},
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_flatten,
    .example_input = "[2, 3, 2]",
    .example = "{\"type\": \"flatten\"}",
    .passes = true,
};

struct reshape_settings {
    struct sizes shape;
};

static const struct option reshape_options[] = {
    {.name = "shape",
     .type = OPTION_SIZES,
     .offset = offsetof(struct reshape_settings, shape),
     .min = -1,
     .max = 2147483647,
     .required = true,
     .help = "sizes without the batch; one may be -1: what is left"},
};

/* The list as sizes; the free one is filled in. False if the counts cannot agree. */
static bool fill_free_size(const struct sizes *declared, int64_t count, struct shape *out)
{
    int64_t product = 1;
    int free_axis = -1;

    for (int i = 0; i < declared->count; i++) {
        out->size[i + 1] = declared->at[i];
        if (declared->at[i] == -1 && free_axis < 0)
            free_axis = i + 1;
        else if (declared->at[i] < 1 || product > count / declared->at[i])
            return false;
        else
            product *= declared->at[i];
    }
    if (free_axis >= 0)
        out->size[free_axis] = count / product;
    return free_axis >= 0 ? count % product == 0 : count == product;
}

static node build_reshape(struct layer_build *build, const void *at)
{
    const struct reshape_settings *settings = at;
    const struct shape *input = &build->shape[0];
    struct shape shape = {.rank = settings->shape.count + 1, .size = {input->size[0]}};
    int64_t count = shape_span(input, 1, input->rank);

    if (shape.rank > RANK_MOST)
        return layer_refuse(build, "shape", "shape has %d axes; expected at most %d", settings->shape.count,
                            RANK_MOST - 1);
    if (fill_free_size(&settings->shape, count, &shape))
        return reshape(build, shape);

    struct text sizes;
    double product = 1;
    text_init(&sizes, build->problems->arena);
    for (int i = 0; i < settings->shape.count; i++) {
        text_print(&sizes, i ? " x %lld" : "%lld", (long long)settings->shape.at[i]);
        product *= (double)settings->shape.at[i];
    }
    bool whole = product >= 1;
    if (whole && settings->shape.count > 1)
        text_print(&sizes, " = %.15g", product);
    if (whole)
        build->guess = shape;
    return layer_refuse(build, "shape", "shape is %s, but %s: %lld numbers", sizes.at, layer_gives(build, 0),
                        (long long)count);
}

const struct layer_kind layer_reshape = {
    .entry = {"reshape", "The same numbers in another shape",
              "Gives the numbers of its input, the last axis fastest, in the shape that is\n"
              "declared. One size may be -1 and is computed."},
    .options = OPTION_TABLE(reshape_options),
    .settings_size = sizeof(struct reshape_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_reshape,
    .example_input = "[12]",
    .example = "{\"type\": \"reshape\", \"shape\": [3, -1]}",
    .passes = true,
};

/* ---- transpose, select ---- */

static node build_transpose(struct layer_build *build, const void *settings)
{
    struct shape shape = build->shape[0];
    (void)settings;
    if (shape.rank < 3)
        return layer_refuse(build, "", "transpose swaps two axes, but %s", layer_gives(build, 0));
    shape.size[shape.rank - 1] = build->shape[0].size[shape.rank - 2];
    shape.size[shape.rank - 2] = build->shape[0].size[shape.rank - 1];
    build->guess = shape;
    return layer_node(build, &op_transpose, "", build->input, 1, NULL);
}

const struct layer_kind layer_transpose = {
    .entry = {"transpose", "Swaps the last two axes",
              "Turns [time, features] into [channels, length] and back, between recurrent\n"
              "layers and conv1d."},
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_transpose,
    .example_input = "[3, 4]",
    .example = "{\"type\": \"transpose\"}",
    .passes = true,
};

struct select_settings {
    int64_t index;
};

static const struct option select_options[] = {
    {.name = "index",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct select_settings, index),
     .fallback = "-1",
     .min = -2147483647,
     .max = 2147483647,
     .help = "the step, from 0; negative: from the end"},
};

static node build_select(struct layer_build *build, const void *at)
{
    const struct select_settings *settings = at;
    const struct shape *shape = &build->shape[0];

    if (shape->rank < 3)
        return layer_refuse(build, "", "select picks one step of a sequence, but %s", layer_gives(build, 0));
    build->guess = *shape;
    build->guess.rank--;
    for (int i = 1; i < build->guess.rank; i++)
        build->guess.size[i] = shape->size[i + 1];
    int64_t steps = shape->size[1], index = settings->index < 0 ? settings->index + steps : settings->index;
    if (index < 0 || index >= steps)
        return layer_refuse_hint(build, "index",
                                 layer_print(build, "0 to %lld, or -1 for the last", (long long)steps - 1),
                                 "index is %lld, but %s: %lld steps", (long long)settings->index,
                                 layer_gives(build, 0), (long long)steps);
    const struct op_select_settings op = {index};
    return layer_node(build, &op_select, "", build->input, 1, &op);
}

const struct layer_kind layer_select = {
    .entry = {"select", "One step of a sequence: [T, D] gives [D]",
              "Keeps one step of [time, features], the last by default. Recurrent layers do\n"
              "it on their own unless \"return_sequences\" is set."},
    .options = OPTION_TABLE(select_options),
    .settings_size = sizeof(struct select_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_select,
    .example_input = "[3, 4]",
    .example = "{\"type\": \"select\", \"index\": 1}",
    .passes = true,
};
