/* The table of layers: every row builds from its example, trains, has right gradients, and says where it does
 * not fit. */
#include "network.h"

enum { EXAMPLE_INDICES = 10, BATCH = 3, OTHER_BATCH = 5 };

static void config_of(char *out, size_t size, const char *layer)
{
    snprintf(out, size, "{\"model\": [%s], \"loss\": \"mse\"}", layer);
}

static const struct layer_kind *kind_at(size_t i)
{
    return ENTRY_OF(layer_catalog.at[i], struct layer_kind);
}

static void make_example(struct network *net, const struct layer_kind *kind, char *text, size_t size,
                         bool gradient)
{
    config_of(text, size, kind->example);
    network_make(net, text, kind->example_input, kind->example_integer, 0, DTYPE_F64, BATCH, gradient);
    network_fill(net, 11, EXAMPLE_INDICES);
}

static void every_layer_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < layer_catalog.count; i++) {
        const struct entry *entry = layer_catalog.at[i];
        assert_true(strlen(entry->summary) > 0 && strlen(entry->summary) <= 72);
        assert_non_null(entry->explain);
        for (const char *line = entry->explain; line;) {
            const char *end = strchr(line, '\n');
            size_t length = end ? (size_t)(end - line) : strlen(line);
            if (length > 80)
                fail_msg("%s: a line of %zu columns", entry->name, length);
            line = end ? end + 1 : NULL;
        }
    }
}

static void every_layer_trains_the_same_way_twice(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < layer_catalog.count; i++) {
        struct network nets[2];
        double losses[2][3];
        for (int run = 0; run < 2; run++) {
            make_example(&nets[run], kind_at(i), text, sizeof text, false);
            for (int step = 0; step < 3; step++) {
                losses[run][step] = network_step(&nets[run], (uint64_t)step, 0.05);
                if (!isfinite(losses[run][step]))
                    fail_msg("%s: loss %g", text, losses[run][step]);
            }
        }
        assert_memory_equal(losses[0], losses[1], sizeof losses[0]);
        const struct parameters *a = &nets[0].model.parameters, *b = &nets[1].model.parameters;
        assert_int_equal(a->length, b->length);
        if (a->length) {
            assert_memory_equal(a->value, b->value, (size_t)a->length * sizeof(double));
            if (parameters_total(a, true) && !(losses[0][2] < losses[0][0]) && kind_at(i) != &layer_dropout)
                fail_msg("%s: three steps raised the loss from %g to %g", text, losses[0][0], losses[0][2]);
        }
        network_release(&nets[0]);
        network_release(&nets[1]);
    }
}

static void every_gradient_is_right(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < layer_catalog.count; i++) {
        struct network net;
        make_example(&net, kind_at(i), text, sizeof text, true);
        network_gradcheck(&net, 1e-8);
        network_release(&net);
    }
}

/* Settings that the examples leave out. */
static void other_settings_have_right_gradients(void **state)
{
    static const char *const cases[][2] = {
        {"[3, 8]", "{\"type\": \"conv1d\", \"out_channels\": 2, \"kernel_size\": 4, \"padding\": \"same\", "
                   "\"stride\": 2}"},
        {"[1, 7, 6]", "{\"type\": \"conv2d\", \"out_channels\": 2, \"kernel_size\": 3, \"padding\": "
                      "\"same\", \"stride\": 2, \"bias\": false}"},
        {"[1, 7, 6]", "{\"type\": \"conv2d\", \"out_channels\": 2, \"kernel_size\": 2, \"dilation\": [2, 3], "
                      "\"padding\": [1, 0]}"},
        {"[2, 5, 5]", "{\"type\": \"maxpool2d\", \"kernel_size\": 3, \"padding\": \"same\"}"},
        {"[4, 3]", "{\"type\": \"global_avgpool\", \"axis\": \"time\"}"},
        {"[4, 3]", "{\"type\": \"linear\", \"out_features\": 2, \"bias\": false}"},
        {"[4, 3]", "{\"type\": \"rnn\", \"hidden_size\": 2, \"nonlinearity\": \"relu\", \"bias\": false, "
                   "\"reverse\": true, \"return_sequences\": true}"},
        {"[4, 3]", "{\"type\": \"lstm\", \"hidden_size\": 2, \"bias\": false}"},
        {"[4, 3]", "{\"type\": \"gru\", \"hidden_size\": 2, \"return_sequences\": true}"},
        {"[4, 6]", "{\"type\": \"attention\", \"num_heads\": 3, \"bias\": false}"},
        {"[4, 6]", "{\"type\": \"attention\", \"num_heads\": 3, \"from\": [\"input\", \"input\"]}"},
        {"[4, 6]", "{\"type\": \"positional\", \"encoding\": \"sinusoidal\"}"},
        {"[3, 2]", "{\"type\": \"concat\", \"dim\": 0, \"from\": [\"input\", \"input\", \"input\"]}"},
        {"[5]", "{\"type\": \"batchnorm\", \"affine\": false, \"defaults\": \"keras\"}"},
        {"[5]", "{\"type\": \"batchnorm\", \"frozen\": true}"},
        {"[5]", "{\"type\": \"layernorm\", \"affine\": false}"},
        {"[5]", "{\"type\": \"linear\", \"out_features\": 3, \"l1\": 0.01, \"l2\": 0.1}"},
        {"[5]", "{\"type\": \"leaky_relu\", \"negative_slope\": 0.3}"},
        {"[5]", "{\"type\": \"elu\", \"alpha\": 0.5}"},
    };
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct network net;
        config_of(text, sizeof text, cases[i][1]);
        network_make(&net, text, cases[i][0], false, 0, DTYPE_F64, BATCH, true);
        network_fill(&net, 12, EXAMPLE_INDICES);
        network_gradcheck(&net, 1e-8);
        network_release(&net);
    }
}

static void another_batch_size_has_the_same_parameters(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < layer_catalog.count; i++) {
        struct network net;
        make_example(&net, kind_at(i), text, sizeof text, false);
        network_step(&net, 0, 0.05);
        struct parameters before = net.model.parameters;
        int64_t bytes = before.length * (int64_t)sizeof(double);
        void *copy = arena_numbers(&net.arena, (size_t)bytes + 1);
        memcpy(copy, before.length ? before.value : copy, (size_t)bytes);
        if (!network_build(&net, DTYPE_F64, OTHER_BATCH, false)) {
            network_show(&net);
            fail_msg("%s: refused for another batch size", text);
        }
        assert_int_equal(net.model.parameters.count, before.count);
        assert_ptr_equal(net.model.parameters.value, before.value);
        if (bytes)
            assert_memory_equal(net.model.parameters.value, copy, (size_t)bytes);
        network_fill(&net, 13, EXAMPLE_INDICES);
        assert_true(isfinite(network_step(&net, 1, 0.05)));
        assert_int_equal(net.graph.layers[0].shape.size[0], OTHER_BATCH);
        network_release(&net);
    }
}

/* The shape that a layer gives, batch left out. */
static void assert_gives(const char *input, const char *layer, const char *shape)
{
    char text[512];
    struct network net;
    config_of(text, sizeof text, layer);
    network_make(&net, text, input, false, 0, DTYPE_F32, 2, false);
    assert_string_equal(shape_print(&net.arena, &net.graph.layers[0].shape, false), shape);
    network_release(&net);
}

static void shapes_follow_the_formulas(void **state)
{
    (void)state;
    assert_gives("[3, 8, 8]", "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 3}", "4 x 6 x 6");
    assert_gives("[3, 8, 9]",
                 "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 3, \"padding\": \"same\", "
                 "\"stride\": 2}",
                 "4 x 4 x 5");
    assert_gives(
        "[3, 8, 8]",
        "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 3, \"dilation\": 2, \"padding\": 1}",
        "4 x 6 x 6");
    assert_gives("[3, 8]",
                 "{\"type\": \"conv1d\", \"out_channels\": 4, \"kernel_size\": 3, \"padding\": \"causal\", "
                 "\"dilation\": 4}",
                 "4 x 8");
    assert_gives("[3, 9, 9]", "{\"type\": \"maxpool2d\", \"kernel_size\": 2}", "3 x 4 x 4");
    assert_gives("[3, 9, 9]", "{\"type\": \"maxpool2d\", \"kernel_size\": 2, \"padding\": \"same\"}",
                 "3 x 5 x 5");
    assert_gives("[3, 4, 5]", "{\"type\": \"flatten\"}", "60");
    assert_gives("[3, 4]", "{\"type\": \"global_avgpool\"}", "3");
    assert_gives("[3, 4]", "{\"type\": \"global_avgpool\", \"axis\": \"time\"}", "4");
    assert_gives("[7, 5]", "{\"type\": \"lstm\", \"hidden_size\": 6}", "6");
    assert_gives("[7, 5]", "{\"type\": \"lstm\", \"hidden_size\": 6, \"return_sequences\": true}", "7 x 6");
    assert_gives("[4, 5, 5]", "{\"type\": \"concat\", \"from\": [\"input\", \"input\"]}", "8 x 5 x 5");
    assert_gives("[4, 5]", "{\"type\": \"concat\", \"from\": [\"input\", \"input\"]}", "4 x 10");
    assert_gives("[4, 5]", "{\"type\": \"select\", \"index\": -2}", "5");
}

/* ---- Sentences ---- */

static void assert_refused(const char *input, bool integer, const char *layer, const char *sentence,
                           const char *hint)
{
    char text[512];
    struct network net;
    config_of(text, sizeof text, layer);
    bool good = network_read(&net, text, input, integer, 0) && network_build(&net, DTYPE_F32, 2, false);
    if (good || net.problems.count != 1)
        fail_msg("%s: %zu problems, expected one", layer, net.problems.count);
    const struct error *err = &net.problems.at[0];
    if (!strstr(err->sentence, sentence))
        fail_msg("\"%s\" has no \"%s\"", err->sentence, sentence);
    if (!strstr(err->hint, hint))
        fail_msg("the hint \"%s\" has no \"%s\"", err->hint, hint);
    assert_true(err->line == 1 && err->column > 1);
    network_release(&net);
}

static void misfits_are_told_with_their_arithmetic(void **state)
{
    (void)state;
    assert_refused(
        "[3, 4, 4]", false, "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 5}",
        "model[0] \"conv2d1\": kernel_size is 5 x 5, but the input is 3 x 4 x 4: the kernel does not fit",
        "at most 4, or \"padding\": \"same\"");
    assert_refused(
        "[3, 4, 4]", false,
        "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 3, \"dilation\": 3, \"padding\": 1}",
        "spans 7 x 7", "");
    assert_refused("[28, 28, 1]", false, "{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 5}",
                   "the kernel does not fit", "data.input_shape could be [1, 28, 28]");
    assert_refused("[3, 1, 1]", false, "{\"type\": \"maxpool2d\", \"kernel_size\": 2}",
                   "nothing of the map would be left", "leave this pool out");
    assert_refused("[4, 8, 8]", false,
                   "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3, \"groups\": 3}",
                   "4 channels are not divisible by 3", "");
    assert_refused("[4, 8, 8]", false,
                   "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3, \"in_channels\": 3}",
                   "in_channels is 3, but the input is 4 x 8 x 8: 4 channels", "4, or leave it out");
    assert_refused("[64]", false, "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3}",
                   "conv2d reads channels x height x width, but the input is 64",
                   "data.input_shape could be [1, 8, 8]");
    assert_refused("[27]", false, "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3}",
                   "conv2d reads channels", "could be [3, 3, 3]");
    assert_refused("[8, 8]", false, "{\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3}",
                   "the input is 8 x 8", "could be [1, 8, 8]");
    assert_refused("[64]", false, "{\"type\": \"lstm\", \"hidden_size\": 6}",
                   "reads a sequence [time, features]", "could be [8, 8]");
    assert_refused("[16, 10]", false, "{\"type\": \"attention\", \"num_heads\": 3}",
                   "width 10 is not divisible by 3", "");
    assert_refused("[3, 4, 4]", false, "{\"type\": \"linear\", \"out_features\": 6}",
                   "the input is 3 x 4 x 4", "flatten");
    assert_refused("[20]", false, "{\"type\": \"linear\", \"out_features\": 6, \"in_features\": 21}",
                   "in_features is 21, but the input is 20", "20, or leave it out");
    assert_refused("[20]", false, "{\"type\": \"embedding\", \"num_embeddings\": 6, \"embedding_dim\": 2}",
                   "embedding reads indices, but the input is 20", "index");
    assert_refused("[20]", true, "{\"type\": \"linear\", \"out_features\": 6}",
                   "linear reads real numbers, but the input \"input\" holds indices", "embedding");
    assert_refused("[20]", false, "{\"type\": \"reshape\", \"shape\": [4, 6]}",
                   "shape is 4 x 6 = 24, but the input is 20", "");
    assert_refused("[20]", false, "{\"type\": \"add\"}", "add needs at least 2 inputs", "from");
    assert_refused("[20]", false, "{\"type\": \"relu\", \"from\": [\"input\", \"input\"]}",
                   "relu reads one input", "");
    assert_refused("[20]", false, "{\"type\": \"relu\", \"l2\": 0.1}", "no weight matrix", "");
    assert_refused("[20]", false, "{\"type\": \"relu\", \"init\": \"zeros\"}", "nothing to initialize", "");
    assert_refused("[4, 4]", false, "{\"type\": \"select\", \"index\": 4}", "4 steps", "0 to 3");
    assert_refused("[4]", false, "{\"type\": \"softmax\", \"dim\": 2}", "dim is 2", "");
    assert_refused("[2, 6, 6]", false, "{\"type\": \"maxpool2d\", \"kernel_size\": 2, \"padding\": 2}",
                   "more than half of kernel_size", "at most 1");
    assert_refused("[2, 6, 6]", false,
                   "{\"type\": \"maxpool2d\", \"kernel_size\": 2, \"padding\": \"causal\"}",
                   "padding: expected", "");
}

static void sizes_without_end_are_refused(void **state)
{
    (void)state;
    assert_refused("[65536]", false, "{\"type\": \"linear\", \"out_features\": 2147483647}",
                   "its weight would be 2147483647 x 65536: 1.41e+14 numbers, 512 TiB", "");
    assert_refused("[4]", false, "{\"type\": \"linear\", \"out_features\": 2147483648}",
                   "from 1 to 2147483647", "");
    assert_refused("[4]", false, "{\"type\": \"linear\", \"out_features\": 0}", "from 1 to 2147483647", "");
    assert_refused("[4]", false, "{\"type\": \"linear\", \"out_features\": 1e300}", "from 1 to 2147483647",
                   "");
    assert_refused("[1, 2000000000]", false, "{\"type\": \"attention\", \"num_heads\": 1}", "", "");
    assert_refused("[2000000000, 1]", false, "{\"type\": \"attention\", \"num_heads\": 1}",
                   "are more than a machine can hold", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_has_words),
        cmocka_unit_test(every_layer_trains_the_same_way_twice),
        cmocka_unit_test(every_gradient_is_right),
        cmocka_unit_test(other_settings_have_right_gradients),
        cmocka_unit_test(another_batch_size_has_the_same_parameters),
        cmocka_unit_test(shapes_follow_the_formulas),
        cmocka_unit_test(misfits_are_told_with_their_arithmetic),
        cmocka_unit_test(sizes_without_end_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
