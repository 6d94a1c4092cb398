/* Matrix products with a table of weights: linear, and embedding, which picks rows of it. */
#include <string.h>

#include <mldbg/layer/build.h>

#define UNITS_MOST 2147483647 /* what a matrix product can count */

struct linear_settings {
    int64_t out_features, in_features;
    bool bias;
};

static const struct option linear_options[] = {
    {.name = "out_features",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct linear_settings, out_features),
     .min = 1,
     .max = UNITS_MOST,
     .required = true,
     .help = "units, each of which gives one number"},
    {.name = "in_features",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct linear_settings, in_features),
     .min = 1,
     .max = UNITS_MOST,
     .help = "numbers of the input's last axis; checked if given"},
    {.name = "bias",
     .type = OPTION_BOOL,
     .offset = offsetof(struct linear_settings, bias),
     .fallback = "true",
     .help = "adds one number per unit"},
};

static node build_linear(struct layer_build *build, const void *at)
{
    const struct linear_settings *settings = at;
    struct shape output = build->shape[0];
    int last = output.rank - 1;
    int64_t in = output.size[last];

    output.size[last] = settings->out_features;
    if (output.rank >= 4) {
        build->guess = SHAPE(output.size[0], settings->out_features);
        return layer_refuse_hint(build, "type", "put {\"type\": \"flatten\"} before it",
                                 "linear reads one axis of numbers, but %s", layer_gives(build, 0));
    }
    build->guess = output;
    if (settings->in_features > 0 && settings->in_features != in)
        return layer_refuse_hint(
            build, "in_features", layer_print(build, "%lld, or leave it out", (long long)in),
            "in_features is %lld, but %s", (long long)settings->in_features, layer_gives(build, 0));

    node inputs[3] = {build->input[0]};
    int count = 2;
    inputs[1] = layer_parameter(build, "weight", SHAPE(settings->out_features, in), "weight", in,
                                settings->out_features, 1);
    if (settings->bias)
        inputs[count++] = layer_parameter(build, "bias", SHAPE(settings->out_features), "bias", in, 0, 1);
    return layer_node(build, &op_linear, "", inputs, count, NULL);
}

const struct layer_kind layer_linear = {
    .entry = {"linear", "Every unit sums all inputs with weights of its own",
              "y = x W' + b on the last axis: [D] gives [out_features], a sequence [T, D] gives\n"
              "[T, out_features], each step with the same weights. A map needs a flatten\n"
              "before it. Keras calls it Dense."},
    .options = OPTION_TABLE(linear_options),
    .settings_size = sizeof(struct linear_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_linear,
    .example_input = "[5]",
    .example = "{\"type\": \"linear\", \"out_features\": 4}",
};

struct embedding_settings {
    int64_t num_embeddings, embedding_dim;
};

static const struct option embedding_options[] = {
    {.name = "num_embeddings",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct embedding_settings, num_embeddings),
     .min = 1,
     .max = UNITS_MOST,
     .required = true,
     .help = "rows of the table; indices are below it"},
    {.name = "embedding_dim",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct embedding_settings, embedding_dim),
     .min = 1,
     .max = UNITS_MOST,
     .required = true,
     .help = "numbers of each row"},
};

/* The largest index in the data, over all splits; -1 when it is not known. */
static int64_t largest_index(const struct layer_build *build)
{
    const struct model_spec *spec = build->model->spec;
    for (int i = 0; i < spec->input_count; i++)
        if (build->from_data[0] && strcmp(spec->inputs[i].name, build->input_name[0]) == 0)
            return spec->inputs[i].index_count - 1;
    return -1;
}

static node build_embedding(struct layer_build *build, const void *at)
{
    const struct embedding_settings *settings = at;
    struct shape table = SHAPE(settings->num_embeddings, settings->embedding_dim);

    build->guess = build->shape[0];
    if (build->guess.rank == RANK_MOST)
        return layer_refuse(build, "", "%s, too many axes for an embedding", layer_gives(build, 0));
    build->guess.size[build->guess.rank++] = settings->embedding_dim;
    int64_t largest = largest_index(build);
    if (largest >= settings->num_embeddings)
        return layer_refuse_hint(
            build, "num_embeddings", layer_print(build, "at least %lld", (long long)largest + 1),
            "num_embeddings is %lld, but the input \"%s\" holds indices up to %lld",
            (long long)settings->num_embeddings, build->input_name[0], (long long)largest);
    node weight = layer_parameter(build, "weight", table, "embedding", table.size[1], table.size[0], 1);
    return layer_node(build, &op_embedding, "", (const node[]){build->input[0], weight}, 2, NULL);
}

const struct layer_kind layer_embedding = {
    .entry = {"embedding", "Turns indices into rows of a learned table",
              "Reads indices from 0 to num_embeddings - 1 and gives the row of the table for\n"
              "each: [T] gives [T, embedding_dim]. Its input must hold indices\n"
              "(data.categorical: \"index\"). An index outside of the table gives NaN."},
    .options = OPTION_TABLE(embedding_options),
    .settings_size = sizeof(struct embedding_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_embedding,
    .example_input = "[4]",
    .example = "{\"type\": \"embedding\", \"num_embeddings\": 10, \"embedding_dim\": 3}",
    .example_integer = true,
};
