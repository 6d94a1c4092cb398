/* Layers that join several inputs: residuals, gates, branches. */
#include <mldbg/layer/build.h>

/* "conv2" gives 16 x 8 x 8, "input" gives 3 x 8 x 8 */
static bool shapes_equal(struct layer_build *build)
{
    const char *kind = build->layer->kind->entry.name;
    for (int i = 1; i < build->input_count; i++) {
        if (shape_equal(&build->shape[i], &build->shape[0]))
            continue;
        layer_refuse(build, "from", "%s needs inputs of one shape, but %s and %s", kind,
                     layer_gives(build, 0), layer_gives(build, i));
        return false;
    }
    return true;
}

static node merge(struct layer_build *build, const struct op *op)
{
    build->guess = build->shape[0];
    return shapes_equal(build) ? layer_node(build, op, "", build->input, build->input_count, NULL) : -1;
}

static node build_add(struct layer_build *build, const void *settings)
{
    (void)settings;
    return merge(build, &op_add);
}

static node build_multiply(struct layer_build *build, const void *settings)
{
    (void)settings;
    return merge(build, &op_multiply);
}

const struct layer_kind layer_add = {
    .entry = {"add", "Sum of two or more inputs of one shape",
              "Adds the layers named in \"from\" element by element: a residual connection."},
    .inputs_least = 2,
    .inputs_most = OP_INPUTS_MOST,
    .build = build_add,
    .example_input = "[3, 2]",
    .example = "{\"type\": \"add\", \"from\": [\"input\", \"input\"]}",
    .passes = true,
};

const struct layer_kind layer_multiply = {
    .entry = {"multiply", "Product of two or more inputs of one shape",
              "Multiplies the layers named in \"from\" element by element: a gate."},
    .inputs_least = 2,
    .inputs_most = OP_INPUTS_MOST,
    .build = build_multiply,
    .example_input = "[3, 2]",
    .example = "{\"type\": \"multiply\", \"from\": [\"input\", \"input\"]}",
};

/* ---- concat ---- */

struct concat_settings {
    int64_t dim;
};

static const struct option concat_options[] = {
    {.name = "dim",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct concat_settings, dim),
     .min = -5,
     .max = 4,
     .help = "the axis, counted without the batch; negative: from the end; default: channels of maps, else "
             "the last"},
};

static node build_concat(struct layer_build *build, const void *at)
{
    const struct concat_settings *settings = at;
    int axes = build->shape[0].rank - 1;
    bool declared = json_get(build->layer->json, "dim") != NULL;
    int64_t dim = declared ? settings->dim : axes == 3 ? 0 : -1;

    if (dim < -axes || dim >= axes)
        return layer_refuse(build, "dim", "dim is %lld, but %s: its axes are 0 to %d without the batch",
                            (long long)dim, layer_gives(build, 0), axes - 1);
    int axis = (int)(dim < 0 ? dim + axes : dim) + 1;
    build->guess = build->shape[0];
    for (int i = 1; i < build->input_count; i++) {
        struct shape other = build->shape[i];
        if (other.rank == build->shape[0].rank)
            other.size[axis] = build->shape[0].size[axis];
        if (!shape_equal(&other, &build->shape[0]))
            return layer_refuse(
                build, "from",
                "concat along axis %d needs inputs that agree in all other axes, but %s and %s", axis - 1,
                layer_gives(build, 0), layer_gives(build, i));
        build->guess.size[axis] += build->shape[i].size[axis];
    }
    const struct op_concat_settings op = {axis};
    return layer_node(build, &op_concat, "", build->input, build->input_count, &op);
}

const struct layer_kind layer_concat = {
    .entry = {"concat", "Two or more inputs side by side",
              "Joins the layers named in \"from\" along one axis: the channels of maps\n"
              "[C, H, W], else the last axis. All other axes must agree."},
    .options = OPTION_TABLE(concat_options),
    .settings_size = sizeof(struct concat_settings),
    .inputs_least = 2,
    .inputs_most = OP_INPUTS_MOST,
    .build = build_concat,
    .example_input = "[3, 2]",
    .example = "{\"type\": \"concat\", \"from\": [\"input\", \"input\"]}",
    .passes = true,
};
