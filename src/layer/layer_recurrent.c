/* Recurrent layers over sequences [time, features]: rnn, lstm, gru, with PyTorch's gates and two biases. */
#include <math.h>

#include <mldbg/layer/build.h>

struct recurrent_settings {
    int64_t hidden_size, input_size;
    int nonlinearity; /* of nonlinearities[], rnn only */
    bool return_sequences, bias, reverse;
};

static const char *const nonlinearities[] = {"tanh", "relu", NULL};

#define RECURRENT_OPTIONS                                                                               \
    {.name = "hidden_size",                                                                             \
     .type = OPTION_INTEGER,                                                                            \
     .offset = offsetof(struct recurrent_settings, hidden_size),                                        \
     .min = 1,                                                                                          \
     .max = 2147483647,                                                                                 \
     .required = true,                                                                                  \
     .help = "numbers of the state"},                                                                   \
        {.name = "return_sequences",                                                                    \
         .type = OPTION_BOOL,                                                                           \
         .offset = offsetof(struct recurrent_settings, return_sequences),                               \
         .fallback = "false",                                                                           \
         .help = "true: the state at every step [T, H]; false: the last one [H]"},                      \
        {.name = "input_size",                                                                          \
         .type = OPTION_INTEGER,                                                                        \
         .offset = offsetof(struct recurrent_settings, input_size),                                     \
         .min = 1,                                                                                      \
         .max = 2147483647,                                                                             \
         .help = "features of the input; checked if given"},                                            \
        {.name = "bias",                                                                                \
         .type = OPTION_BOOL,                                                                           \
         .offset = offsetof(struct recurrent_settings, bias),                                           \
         .fallback = "true",                                                                            \
         .help = "adds one number per gate and unit"},                                                  \
    {                                                                                                   \
        .name = "reverse", .type = OPTION_BOOL, .offset = offsetof(struct recurrent_settings, reverse), \
        .fallback = "false", .help = "reads the sequence from its end"                                  \
    }

static const struct option rnn_options[] = {
    RECURRENT_OPTIONS,
    {.name = "nonlinearity",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct recurrent_settings, nonlinearity),
     .fallback = "tanh",
     .choices = nonlinearities,
     .help = "of the state"},
};
static const struct option gated_options[] = {RECURRENT_OPTIONS};

static const char *sequence_hint(struct layer_build *build)
{
    const struct shape *shape = &build->shape[0];
    int64_t count = shape_span(shape, 1, shape->rank), side = (int64_t)llround(sqrt((double)count));
    int64_t width = side * side == count && side > 1 ? side : 1;
    const char *sizes = layer_print(build, "[%lld, %lld]", (long long)(count / width), (long long)width);
    return layer_print(
        build, build->from_data[0] ? "data.input_shape could be %s" : "a reshape to %s makes one of it",
        sizes);
}

static bool input_fits(struct layer_build *build, const struct recurrent_settings *settings)
{
    const struct shape *shape = &build->shape[0];
    if (shape->rank != 3) {
        layer_refuse_hint(build, "type", sequence_hint(build), "%s reads a sequence [time, features], but %s",
                          build->layer->kind->entry.name, layer_gives(build, 0));
        return false;
    }
    if (settings->input_size > 0 && settings->input_size != shape->size[2]) {
        layer_refuse_hint(build, "input_size",
                          layer_print(build, "%lld, or leave it out", (long long)shape->size[2]),
                          "input_size is %lld, but %s: %lld features", (long long)settings->input_size,
                          layer_gives(build, 0), (long long)shape->size[2]);
        return false;
    }
    return true;
}

static node build_recurrent(struct layer_build *build, const void *at, const struct op *op, int64_t gates)
{
    const struct recurrent_settings *settings = at;
    const struct shape *shape = &build->shape[0];
    int64_t hidden = settings->hidden_size, rows = gates * hidden;

    build->guess = settings->return_sequences
                       ? SHAPE(shape->size[0], shape->rank == 3 ? shape->size[1] : 0, hidden)
                       : SHAPE(shape->size[0], hidden);
    if (!input_fits(build, settings))
        return -1;
    int64_t features = shape->size[2];
    node inputs[5] = {build->input[0]};
    int count = 3;
    inputs[1] = layer_parameter(build, "weight_ih", SHAPE(rows, features), "weight", features, rows, gates);
    inputs[2] = layer_parameter(build, "weight_hh", SHAPE(rows, hidden), "recurrent", hidden, rows, gates);
    if (settings->bias) {
        inputs[count++] = layer_parameter(build, "bias_ih", SHAPE(rows), "bias", features, rows, gates);
        inputs[count++] = layer_parameter(build, "bias_hh", SHAPE(rows), "bias", hidden, rows, gates);
    }
    const struct op_recurrent_settings recurrent = {
        .activation = settings->nonlinearity == 1 ? UNARY_relu : UNARY_tanh,
        .reverse = settings->reverse,
    };
    node sequence =
        layer_node(build, op, settings->return_sequences ? "" : "sequence", inputs, count, &recurrent);
    if (settings->return_sequences || sequence < 0)
        return sequence;
    const struct op_select_settings last = {settings->reverse ? 0 : -1};
    return layer_node(build, &op_select, "", &sequence, 1, &last);
}

static node build_rnn(struct layer_build *build, const void *settings)
{
    return build_recurrent(build, settings, &op_rnn, 1);
}

static node build_lstm(struct layer_build *build, const void *settings)
{
    return build_recurrent(build, settings, &op_lstm, 4);
}

static node build_gru(struct layer_build *build, const void *settings)
{
    return build_recurrent(build, settings, &op_gru, 3);
}

const struct layer_kind layer_rnn = {
    .entry = {"rnn", "Plain recurrent network over a sequence",
              "h(t) = tanh(W_ih x(t) + b_ih + W_hh h(t-1) + b_hh), h before the first step 0\n"
              "(Elman 1990). Reads [time, features]; gives the last state, or all states with\n"
              "\"return_sequences\": true."},
    .options = OPTION_TABLE(rnn_options),
    .settings_size = sizeof(struct recurrent_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_rnn,
    .example_input = "[4, 3]",
    .example = "{\"type\": \"rnn\", \"hidden_size\": 5}",
};

const struct layer_kind layer_lstm = {
    .entry = {"lstm", "Long short-term memory over a sequence",
              "Hochreiter and Schmidhuber 1997, with PyTorch's gates i, f, g, o and two biases.\n"
              "Reads [time, features]; gives the last state, or all states with\n"
              "\"return_sequences\": true."},
    .options = OPTION_TABLE(gated_options),
    .settings_size = sizeof(struct recurrent_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_lstm,
    .example_input = "[4, 3]",
    .example = "{\"type\": \"lstm\", \"hidden_size\": 3, \"return_sequences\": true}",
};

const struct layer_kind layer_gru = {
    .entry = {"gru", "Gated recurrent unit over a sequence",
              "Cho et al. 2014, with PyTorch's gates r, z, n: the reset gate acts on the\n"
              "product with the state. Reads [time, features]; gives the last state, or all\n"
              "states with \"return_sequences\": true."},
    .options = OPTION_TABLE(gated_options),
    .settings_size = sizeof(struct recurrent_settings),
    .inputs_least = 1,
    .inputs_most = 1,
    .build = build_gru,
    .example_input = "[4, 3]",
    .example = "{\"type\": \"gru\", \"hidden_size\": 3, \"reverse\": true}",
};
