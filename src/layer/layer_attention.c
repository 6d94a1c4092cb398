/* What a transformer is made of beside linear layers and norms: multi-head attention and tables of positions.
 */
#include <math.h>
#include <mldbg/layer/build.h>

/* ---- attention ---- */

struct attention_settings {
    int64_t num_heads, embed_dim;
    bool causal, bias;
};

static const struct option attention_options[] = {
    {.name = "num_heads",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct attention_settings, num_heads),
     .min = 1,
     .max = 2147483647,
     .required = true,
     .help = "the width is cut into so many heads"},
    {.name = "causal",
     .type = OPTION_BOOL,
     .offset = offsetof(struct attention_settings, causal),
     .fallback = "false",
     .help = "a step sees itself and earlier steps only"},
    {.name = "embed_dim",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct attention_settings, embed_dim),
     .min = 1,
     .max = 2147483647,
     .help = "width of the input; checked if given"},
    {.name = "bias",
     .type = OPTION_BOOL,
     .offset = offsetof(struct attention_settings, bias),
     .fallback = "true",
     .help = "of the four projections"},
};

static bool inputs_fit(struct layer_build *build, const struct attention_settings *settings)
{
    int64_t width = build->shape[0].size[build->shape[0].rank - 1];

    for (int i = 0; i < build->input_count; i++) {
        if (build->shape[i].rank == 3)
            continue;
        layer_refuse(build, "type", "attention reads sequences [time, width], but %s", layer_gives(build, i));
        return false;
    }
    if (settings->embed_dim > 0 && settings->embed_dim != width) {
        layer_refuse_hint(build, "embed_dim", layer_print(build, "%lld, or leave it out", (long long)width),
                          "embed_dim is %lld, but %s: width %lld", (long long)settings->embed_dim,
                          layer_gives(build, 0), (long long)width);
        return false;
    }
    if (width % settings->num_heads != 0) {
        layer_refuse(build, "num_heads", "num_heads is %lld, but %s: the width %lld is not divisible by %lld",
                     (long long)settings->num_heads, layer_gives(build, 0), (long long)width,
                     (long long)settings->num_heads);
        return false;
    }
    int64_t steps = build->shape[0].size[1];
    for (int i = 1; i < build->input_count; i++) {
        if (build->shape[i].size[1] == steps)
            continue;
        layer_refuse(build, "from", "%s, but %s: queries, keys and values must have the same number of steps",
                     layer_gives(build, 0), layer_gives(build, i));
        return false;
    }
    const struct shape weights = SHAPE(build->shape[0].size[0], settings->num_heads, steps, steps);
    if (layer_too_large(&weights)) {
        layer_refuse_size(build, "num_heads",
                          "%lld heads of %lld x %lld weights per row are more than a machine can hold",
                          (long long)settings->num_heads, (long long)steps, (long long)steps);
        return false;
    }
    return true;
}

/* One of the four linear maps; role "projection" for q, k and v, which PyTorch initializes as one matrix. */
static node project(struct layer_build *build, const char *which, node input, int64_t in, int64_t out,
                    bool bias, const char *role, const char *suffix)
{
    const char *weight = layer_print(build, "%s/weight", which),
               *offset = layer_print(build, "%s/bias", which);
    node inputs[3] = {input, layer_parameter(build, weight, SHAPE(out, in), role, in, out, 1)};
    if (bias)
        inputs[2] = layer_parameter(build, offset, SHAPE(out), "bias", in, 0, 1);
    return layer_node(build, &op_linear, suffix, inputs, bias ? 3 : 2, NULL);
}

static node build_attention(struct layer_build *build, const void *at)
{
    static const char *const names[] = {"q", "k", "v"};
    const struct attention_settings *settings = at;
    node heads[3];

    build->guess = build->shape[0];
    if (!inputs_fit(build, settings))
        return -1;
    int64_t width = build->shape[0].size[2];
    for (int i = 0; i < 3; i++) {
        int from = i < build->input_count ? i : build->input_count - 1;
        heads[i] = project(build, names[i], build->input[from], build->shape[from].size[2], width,
                           settings->bias, "projection", names[i]);
    }
    const struct op_attention_settings op = {settings->num_heads, settings->causal};
    node mixed = layer_node(build, &op_attention, "mixed", heads, 3, &op);
    return mixed < 0 ? -1 : project(build, "out", mixed, width, width, settings->bias, "weight", "");
}

const struct layer_kind layer_attention = {
    .entry = {"attention", "Multi-head attention over a sequence",
              "Vaswani et al. 2017. Projects [time, width] to queries, keys and values, mixes\n"
              "the values by softmax(q k' / sqrt(width / num_heads)) in each head, and projects\n"
              "the result. With two names in \"from\" the second gives keys and values, with\n"
              "three each has its own."},
    .options = OPTION_TABLE(attention_options),
    .settings_size = sizeof(struct attention_settings),
    .inputs_least = 1,
    .inputs_most = 3,
    .build = build_attention,
    .example_input = "[4, 6]",
    .example = "{\"type\": \"attention\", \"num_heads\": 2, \"causal\": true}",
};

/* ---- positional ---- */

struct positional_settings {
    int encoding; /* of encodings[] */
};

static const char *const encodings[] = {"learned", "sinusoidal", NULL};
enum { ENCODING_LEARNED, ENCODING_SINUSOIDAL };

static const struct option positional_options[] = {
    {.name = "encoding",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct positional_settings, encoding),
     .fallback = "learned",
     .choices = encodings,
     .help = "a learned table, or fixed sines and cosines"},
};

/* Vaswani et al. 2017, section 3.5: sine in even columns, cosine in odd ones, wavelengths from 2 pi to 10000
 * x 2 pi. */
static void fill_sinusoidal(const void *settings, const struct init_target *target, double *values)
{
    int64_t steps = target->shape.size[0], width = target->shape.size[1];
    (void)settings;
    for (int64_t t = 0; t < steps; t++)
        for (int64_t i = 0; i < width; i++) {
            double angle = (double)t / pow(10000, (double)(i / 2 * 2) / (double)width);
            values[t * width + i] = i % 2 ? cos(angle) : sin(angle);
        }
}

static const struct init_kind sinusoidal = {
    .entry = {"sinusoidal", "Sines and cosines of the position", "Vaswani et al. 2017, section 3.5."},
    .fill = fill_sinusoidal,
};

static node build_positional(struct layer_build *build, const void *at)
{
    const struct positional_settings *settings = at;
    const struct shape *shape = &build->shape[0];

    build->guess = *shape;
    if (shape->rank != 3)
        return layer_refuse(build, "type", "positional reads a sequence [time, width], but %s",
                            layer_gives(build, 0));
    struct shape table = SHAPE(shape->size[1], shape->size[2]);
    node weight = settings->encoding == ENCODING_SINUSOIDAL
                      ? layer_table(build, "weight", table, &sinusoidal)
                      : layer_parameter(build, "weight", table, "position", table.size[1], table.size[0], 1);
    return layer_node(build, &op_add_broadcast, "", (const node[]){build->input[0], weight}, 2, NULL);
}

const struct layer_kind layer_positional = {
    .entry = {"positional", "Adds a table that tells the steps of a sequence apart",
              "Adds a table [time, width] to every row. \"learned\": a parameter, normal of\n"
              "spread 0.02 unless \"init\" says otherwise; \"sinusoidal\": the fixed sines and\n"
              "cosines of Vaswani et al. 2017."},
    .options = OPTION_TABLE(positional_options),
    .settings_size = sizeof(struct positional_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_positional,
    .example_input = "[4, 6]",
    .example = "{\"type\": \"positional\"}",
};
