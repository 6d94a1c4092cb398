/* Whole models: names and "from", many mistakes in one pass, plans without allocation, and random small
 * networks. */
#include "network.h"

/* Norms over few rows magnify rounding, so the two precisions are compared on a larger batch. */
enum { NETWORKS = 50, WIDE_BATCH = 16 };

static void add_input(struct network *net, const char *name, struct shape shape)
{
    struct model_input *input = &net->spec.inputs[net->spec.input_count++];
    *input = (struct model_input){.name = name, .dtype = DTYPE_F64, .shape = shape};
}

/* ---- Mistakes ---- */

static void twelve_mistakes_make_twelve_located_problems(void **state)
{
    static const char text[] =
        "{\"model\": [\n"
        "  {\"type\": \"conv2d\", \"out_channels\": 8, \"kernel_size\": 3, \"in_channels\": 3},\n"
        "  {\"type\": \"maxpool2d\", \"kernel_size\": 2},\n"
        "  {\"type\": \"conv2d\", \"out_channels\": 6, \"kernel_size\": 3, \"groups\": 4, \"name\": "
        "\"c2\"},\n"
        "  {\"type\": \"softmax\", \"dim\": 3, \"name\": \"s\"},\n"
        "  {\"type\": \"flatten\", \"name\": \"flat\"},\n"
        "  {\"type\": \"linear\", \"out_features\": 400, \"in_features\": 999, \"name\": \"fc1\"},\n"
        "  {\"type\": \"relu\", \"l2\": 0.1, \"name\": \"r\"},\n"
        "  {\"type\": \"reshape\", \"shape\": [20, 30], \"name\": \"shape\"},\n"
        "  {\"type\": \"lstm\", \"hidden_size\": 16, \"return_sequences\": true, \"input_size\": 10, "
        "\"name\": \"rec\"},\n"
        "  {\"type\": \"attention\", \"num_heads\": 3, \"name\": \"att\"},\n"
        "  {\"type\": \"add\", \"from\": [\"att\", \"flat\"], \"name\": \"sum\"},\n"
        "  {\"type\": \"select\", \"index\": 99, \"name\": \"step\"},\n"
        "  {\"type\": \"add\", \"from\": [\"step\", \"stepp\"], \"name\": \"sum2\"},\n"
        "  {\"type\": \"linear\", \"out_features\": 12, \"name\": \"fc3\", \"from\": \"step\"}\n"
        "], \"loss\": \"cross_entropy\"}";
    static const struct {
        int line;
        const char *code, *sentence;
    } expected[] = {
        {14, "ML101",
         "model[12] \"sum2\": reads \"stepp\", but no layer or input has this name; did you mean \"step\"?"},
        {2, "ML101", "model[0] \"conv2d1\": in_channels is 3, but the input is 1 x 20 x 20: 1 channels"},
        {4, "ML101", "model[2] \"c2\": groups is 4, but out_channels is 6, which is not divisible by 4"},
        {5, "ML101", "model[3] \"s\": dim is 3, but \"c2\" gives 6 x 7 x 7"},
        {7, "ML101", "model[5] \"fc1\": in_features is 999, but \"flat\" gives 294 = 6 x 7 x 7"},
        {8, "ML101", "model[6] \"r\": relu has no weight matrix that a penalty could work on"},
        {9, "ML101", "model[7] \"shape\": shape is 20 x 30 = 600, but \"r\" gives 400: 400 numbers"},
        {10, "ML101", "model[8] \"rec\": input_size is 10, but \"shape\" gives 20 x 30: 30 features"},
        {11, "ML101",
         "model[9] \"att\": num_heads is 3, but \"rec\" gives 20 x 16: the width 16 is not divisible by 3"},
        {12, "ML101",
         "model[10] \"sum\": add needs inputs of one shape, but \"att\" gives 20 x 16 and \"flat\" gives "
         "294"},
        {13, "ML101", "model[11] \"step\": index is 99, but \"sum\" gives 20 x 16: 20 steps"},
        {16, "ML102", "loss cross_entropy: \"fc3\" gives 12 outputs, but the data has 10 classes"},
    };
    struct network net;
    size_t count = sizeof expected / sizeof *expected;
    (void)state;

    network_read(&net, text, "[1, 20, 20]", false, 10);
    assert_false(network_build(&net, DTYPE_F32, 4, false));
    if (net.problems.count != count) {
        network_show(&net);
        fail_msg("%zu problems, expected %zu", net.problems.count, count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct error *err = &net.problems.at[i];
        if (err->line != expected[i].line || strcmp(err->code, expected[i].code) != 0 ||
            !strstr(err->sentence, expected[i].sentence))
            fail_msg("problem %zu is %lld %s \"%s\", expected line %d \"%s\"", i, (long long)err->line,
                     err->code, err->sentence, expected[i].line, expected[i].sentence);
        assert_true(err->column >= 3 && err->width > 0);
    }
    assert_string_equal(net.problems.at[4].hint, "294, or leave it out");
    assert_int_equal(net.model.parameters.count, 0);
    network_release(&net);
}

/* Behind a layer of unknown shape nothing is said, but linear behind flatten has a width of its own. */
static void what_follows_the_unknown_is_skipped(void **state)
{
    struct network net;
    (void)state;
    network_read(
        &net,
        "{\"model\": [{\"type\": \"conv2d\", \"out_channels\": 8, \"kernel_size\": 9},"
        "{\"type\": \"maxpool2d\", \"kernel_size\": 50}, {\"type\": \"relu\"}, {\"type\": \"flatten\"},"
        "{\"type\": \"linear\", \"out_features\": 7, \"in_features\": 5}, {\"type\": \"linear\", "
        "\"out_features\": 3, \"in_features\": 8}],"
        "\"loss\": \"cross_entropy\"}",
        "[1, 8, 8]", false, 10);
    assert_false(network_build(&net, DTYPE_F32, 4, false));
    assert_int_equal(net.problems.count, 3);
    assert_non_null(strstr(net.problems.at[0].sentence, "kernel_size is 9 x 9"));
    assert_non_null(strstr(net.problems.at[1].sentence, "in_features is 8, but \"linear1\" gives 7"));
    assert_non_null(strstr(net.problems.at[2].sentence, "\"linear2\" gives 3 outputs"));
    network_release(&net);
}

static void assert_problem(const char *text, const char *code, const char *sentence)
{
    struct network net;
    bool good = network_read(&net, text, "[4]", false, 0);
    if (good)
        good = network_build(&net, DTYPE_F32, 2, false);
    if (good || net.problems.count != 1) {
        network_show(&net);
        fail_msg("%s: %zu problems, expected one", text, net.problems.count);
    }
    const struct error *err = &net.problems.at[0];
    if (strcmp(err->code, code) != 0 || !strstr(err->sentence, sentence))
        fail_msg("%s \"%s\" is not %s \"%s\"", err->code, err->sentence, code, sentence);
    assert_true(err->line == 1 && err->column >= 1);
    network_release(&net);
}

static void names_and_links_are_checked(void **state)
{
    (void)state;
    assert_problem(
        "{\"model\": [{\"type\": \"relu\", \"name\": \"a\"}, {\"type\": \"relu\", \"name\": \"a\"}]}",
        "ML100", "the name \"a\" is taken by model[0] (line 1)");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"name\": \"a/b\"}]}", "ML100",
                   "cannot be the name of a layer");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"name\": \"\"}]}", "ML100",
                   "cannot be the name of a layer");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"name\": \"loss\"}]}", "ML100",
                   "cannot be the name of a layer");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"name\": \"input\"}]}", "ML101",
                   "an input of the data has the same name");
    assert_problem(
        "{\"model\": [{\"type\": \"relu\", \"from\": \"later\"}, {\"type\": \"relu\", \"name\": \"later\"}]}",
        "ML101", "reads \"later\", which comes later as model[1]");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"from\": \"x\", \"name\": \"x\"}]}", "ML101",
                   "reads itself");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"from\": \"inptu\"}]}", "ML101",
                   "did you mean \"input\"?");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"from\": []}]}", "ML101", "names 0 layers");
    assert_problem("{\"model\": [{\"type\": \"relu\"}, {\"type\": \"tanh\", \"from\": \"input\"}]}", "ML103",
                   "model[0] \"relu1\": nothing reads this layer");
    assert_problem("{\"model\": []}", "ML100", "the list is empty");
    assert_problem("{\"model\": {}}", "ML100", "expected a list of layers, found an object");
    assert_problem("{\"model\": [\"relu\"]}", "ML100", "model[0]: expected an object, found a string");
    assert_problem("{\"model\": [{\"name\": \"a\"}]}", "ML100", "the key \"type\" is missing");
    assert_problem("{\"model\": [{\"type\": \"dense\", \"units\": 3}]}", "ML100", "did you mean \"linear\"?");
    assert_problem("{\"model\": [{\"type\": \"BatchNorm2d\"}]}", "ML100", "did you mean \"batchnorm\"?");
    assert_problem("{\"model\": [{\"type\": \"linear\", \"out_feature\": 4, \"out_features\": 4}]}", "ML100",
                   "unknown key \"out_feature\"; did you mean \"out_features\"?");
    assert_problem("{\"model\": [{\"type\": \"relu\", \"trainabel\": false}]}", "ML100",
                   "did you mean \"trainable\"?");
    assert_problem("{\"model\": [{\"type\": \"linear\"}]}", "ML100", "the key \"out_features\" is missing");
    assert_problem("{\"model\": [{\"type\": \"linear\", \"out_features\": \"4\"}]}", "ML100",
                   "expected an integer");
    assert_problem("{\"loss\": \"mse\"}", "ML100", "the key \"model\" is missing");
}

/* Names come from kind and count; a number that is taken is left out. */
static void layers_without_a_name_get_one(void **state)
{
    static const char *const names[] = {"linear1", "relu1", "linear3", "linear4", "linear2"};
    struct network net;
    (void)state;
    network_make(&net,
                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"relu\"}, {\"type\": "
                 "\"linear\", \"out_features\": 4},"
                 "{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"linear\", \"out_features\": 4, "
                 "\"name\": \"linear2\"}]}",
                 "[4]", false, 0, DTYPE_F32, 2, false);
    assert_int_equal(net.spec.layer_count, 5);
    assert_string_equal(net.spec.layers[0].name, names[0]);
    assert_string_equal(net.spec.layers[1].name, names[1]);
    assert_string_equal(net.spec.layers[2].name, names[2]);
    assert_string_equal(net.spec.layers[4].name, names[4]);
    assert_string_not_equal(net.spec.layers[3].name, net.spec.layers[2].name);
    assert_string_equal(net.model.parameters.at[0].name, "linear1/weight");
    assert_ptr_equal(model_loss(&net.spec)->kind, &loss_mse);
    net.spec.classes = 3;
    assert_ptr_equal(model_loss(&net.spec)->kind, &loss_cross_entropy);
    network_release(&net);
}

/* ---- Several inputs, tables, plans ---- */

static const char *const two_inputs =
    "{\"model\": [{\"type\": \"conv2d\", \"out_channels\": 3, \"kernel_size\": 3, \"padding\": 1, \"from\": "
    "\"image\", \"name\": \"c1\"},"
    "{\"type\": \"relu\"}, {\"type\": \"conv2d\", \"out_channels\": 3, \"kernel_size\": 3, \"padding\": 1},"
    "{\"type\": \"add\", \"from\": [\"conv2d2\", \"c1\"]}, {\"type\": \"flatten\", \"name\": \"flat\"},"
    "{\"type\": \"linear\", \"out_features\": 4, \"from\": \"table\", \"name\": \"columns\", \"trainable\": "
    "false},"
    "{\"type\": \"concat\", \"from\": [\"flat\", \"columns\"]}, {\"type\": \"linear\", \"out_features\": "
    "5}]}";

static bool read_two_inputs(struct network *net, const char *text)
{
    bool good = network_read(net, text, "[1, 4, 4]", false, 5);
    net->spec.inputs[0].name = "image";
    add_input(net, "table", SHAPE(6));
    return good;
}

static void an_image_and_a_table_join(void **state)
{
    struct network net;
    (void)state;
    assert_true(read_two_inputs(&net, two_inputs) && network_build(&net, DTYPE_F64, 3, true));
    network_fill(&net, 4, 0);
    network_gradcheck(&net, 1e-8);
    const struct parameters *parameters = &net.model.parameters;
    int fixed = parameters_find(parameters, "columns/weight");
    assert_false(parameters->at[fixed].trainable);

    const struct layer_row *rows = net.graph.layers;
    assert_int_equal(rows[0].parameters, 3 * 9 + 3);
    assert_int_equal(rows[0].multiply_adds, 3 * 3 * 16 * 9);
    assert_int_equal(rows[5].parameters, 28);
    assert_int_equal(rows[5].trainable, 0);
    assert_int_equal(rows[6].shape.size[1], 52);
    assert_int_equal(rows[7].parameter_count, 2);
    int64_t all = 0, trainable = 0;
    for (int i = 0; i < 8; i++) {
        all += rows[i].parameters;
        trainable += rows[i].trainable;
        assert_true(i == 4 || rows[i].bytes > 0); /* flatten shares the memory of its input */
    }
    assert_int_equal(all, parameters_total(parameters, false));
    assert_int_equal(trainable, parameters_total(parameters, true));
    network_release(&net);

    assert_true(read_two_inputs(
        &net, "{\"model\": [{\"type\": \"flatten\"}, {\"type\": \"linear\", \"out_features\": 5}]}"));
    assert_false(network_build(&net, DTYPE_F64, 3, true));
    assert_int_equal(net.problems.count, 1);
    assert_string_equal(net.problems.at[0].code, "ML103");
    assert_non_null(strstr(net.problems.at[0].sentence, "nothing reads the input \"table\""));
    network_release(&net);
}

/* A model of a terabyte is computed, not allocated. */
static void plans_allocate_nothing(void **state)
{
    const struct model_build_options plan = {.plan_only = true};
    struct network net;
    (void)state;
    network_read(&net,
                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4000000}, {\"type\": \"linear\", "
                 "\"out_features\": 70000}]}",
                 "[1000]", false, 0);
    model_init(&net.model, &net.arena, &net.spec, network_backend(), DTYPE_F32, 1);
    assert_true(model_build(&net.model, 32, &plan, &net.graph, &net.problems));
    struct memory_plan memory = graph_memory(net.graph.graph);
    assert_true(memory.parameters >= 4 * (4000000LL * 71000));
    assert_true(memory.total >= memory.parameters * 2);
    assert_int_equal(net.graph.layers[1].parameters, 4000000LL * 70000 + 70000);
    assert_true(net.arena.reserved < 1 << 24);
    assert_false(net.model.allocated);
    assert_null(net.model.parameters.value);
    network_release(&net);

    /* A plan first, the same model afterwards. */
    network_read(&net,
                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\"}]}",
                 "[5]", false, 0);
    model_init(&net.model, &net.arena, &net.spec, network_backend(), DTYPE_F32, 1);
    assert_true(model_build(&net.model, 32, &plan, &net.graph, &net.problems));
    int64_t predicted = graph_memory(net.graph.graph).total;
    assert_true(network_build(&net, DTYPE_F32, 32, false));
    assert_int_equal(graph_memory(net.graph.graph).total, predicted);
    assert_true(net.model.allocated);
    struct tensor w = parameter_value(&net.model.parameters, 0);
    assert_true(tensor_get(&w, 3) != 0);
    struct tensor variance = parameter_value(
        &net.model.parameters, parameters_find(&net.model.parameters, "batchnorm1/running_var"));
    assert_true(tensor_get(&variance, 2) == 1);
    network_release(&net);
}

/* A refused model leaves nothing behind; the same struct can build afterwards. */
static void a_refused_build_can_be_repeated(void **state)
{
    struct network net;
    (void)state;
    network_read(&net,
                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}], \"loss\": \"cross_entropy\"}",
                 "[5]", false, 3);
    assert_false(network_build(&net, DTYPE_F32, 2, false));
    assert_int_equal(net.model.parameters.count, 0);
    net.spec.classes = 4;
    assert_true(network_build(&net, DTYPE_F32, 2, false));
    assert_int_equal(net.model.parameters.count, 2);
    network_release(&net);
}

/* ---- Random small networks ---- */

struct draw {
    struct random key;
    uint64_t step, next;
};

static int draw(struct draw *draw, int below)
{
    return (int)random_below(draw->key, draw->step, draw->next++, (uint64_t)below);
}

static const char *draw_activation(struct draw *d)
{
    const struct entry *at[32];
    size_t count = 0;
    for (size_t i = 0; i < layer_catalog.count; i++)
        if (ENTRY_OF(layer_catalog.at[i], struct layer_kind)->activation &&
            strcmp(layer_catalog.at[i]->name, "exponential") != 0)
            at[count++] = layer_catalog.at[i];
    return at[draw(d, (int)count)]->name;
}

static void add_maps(struct draw *d, struct text *text)
{
    int blocks = 1 + draw(d, 2);
    for (int i = 0; i < blocks; i++) {
        text_print(text,
                   "{\"type\": \"conv2d\", \"out_channels\": %d, \"kernel_size\": %d, \"padding\": \"same\", "
                   "\"stride\": %d, \"name\": \"c%d\"}, ",
                   2 + 2 * draw(d, 2), 1 + draw(d, 3), 1 + draw(d, 2), i);
        if (draw(d, 2))
            text_add(text, "{\"type\": \"batchnorm\"}, ");
        text_print(text, "{\"type\": \"%s\", \"name\": \"a%d\"}, ", draw_activation(d), i);
        if (draw(d, 2))
            text_print(text, "{\"type\": \"add\", \"from\": [\"a%d\", \"c%d\"]}, ", i, i);
        if (draw(d, 3) == 0)
            text_print(text, "{\"type\": \"%s\", \"kernel_size\": 2, \"padding\": \"same\"}, ",
                       draw(d, 2) ? "maxpool2d" : "avgpool2d");
    }
    text_add(text, draw(d, 3) ? "{\"type\": \"flatten\"}, " : "{\"type\": \"global_avgpool\"}, ");
}

static void add_sequences(struct draw *d, struct text *text)
{
    static const char *const cells[] = {"rnn", "lstm", "gru"};
    int blocks = 1 + draw(d, 2);
    if (draw(d, 2))
        text_add(text, "{\"type\": \"positional\"}, ");
    for (int i = 0; i < blocks; i++) {
        if (draw(d, 2))
            text_print(
                text, "{\"type\": \"%s\", \"hidden_size\": 4, \"return_sequences\": true, \"reverse\": %s}, ",
                cells[draw(d, 3)], draw(d, 2) ? "true" : "false");
        else
            text_print(text,
                       "{\"type\": \"linear\", \"out_features\": 4, \"name\": \"e%d\"}, {\"type\": "
                       "\"attention\", \"num_heads\": 2, \"causal\": %s, \"name\": \"t%d\"}, "
                       "{\"type\": \"add\", \"from\": [\"e%d\", \"t%d\"]}, ",
                       i, draw(d, 2) ? "true" : "false", i, i, i);
        if (draw(d, 2))
            text_add(text, "{\"type\": \"layernorm\"}, ");
    }
    text_add(text, draw(d, 2) ? "{\"type\": \"select\"}, "
                              : "{\"type\": \"global_avgpool\", \"axis\": \"time\"}, ");
}

static void add_flat(struct draw *d, struct text *text)
{
    int layers = 1 + draw(d, 2);
    for (int i = 0; i < layers; i++) {
        text_print(text, "{\"type\": \"linear\", \"out_features\": %d%s}, ", 6 + draw(d, 4),
                   draw(d, 3) ? "" : ", \"l2\": 0.01, \"l1\": 0.001");
        if (draw(d, 2))
            text_print(text, "{\"type\": \"%s\"}, ", draw(d, 2) ? "batchnorm" : "layernorm");
        text_print(text, "{\"type\": \"%s\"}, ", draw_activation(d));
        if (draw(d, 3) == 0)
            text_add(text, "{\"type\": \"dropout\", \"p\": 0.3}, ");
    }
}

static int64_t add_head(struct draw *d, struct text *text)
{
    static const struct {
        const char *last, *loss;
        int64_t classes;
    } heads[] = {
        {"identity", "\"cross_entropy\"", 3},
        {"identity", "{\"type\": \"cross_entropy\", \"label_smoothing\": 0.1, \"class_weights\": [1, 2, 3]}",
         3},
        {"softmax", "{\"type\": \"cross_entropy\", \"from\": \"probabilities\"}", 3},
        {"log_softmax", "\"nll\"", 3},
        {"sigmoid", "\"bce\"", 3},
        {"identity", "\"bce_with_logits\"", 3},
        {"identity", "{\"type\": \"mse\", \"reduction\": \"sum\"}", 0},
        {"identity", "\"l1\"", 0},
        {"identity", "\"huber\"", 0},
        {"tanh", "\"hinge\"", 3},
    };
    int head = draw(d, (int)(sizeof heads / sizeof *heads));
    text_print(
        text,
        "{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"%s\"}], \"loss\": %s, \"init\": \"%s\"}",
        heads[head].last, heads[head].loss, draw(d, 2) ? "kaiming_normal" : "xavier_normal");
    return heads[head].classes;
}

static int64_t random_config(uint64_t number, struct text *text, const char **input)
{
    struct draw d = {{17, PURPOSE_CHECK}, number, 0};
    int body = draw(&d, 3);
    text_add(text, "{\"model\": [");
    if (body == 0)
        add_maps(&d, text);
    else if (body == 1)
        add_sequences(&d, text);
    add_flat(&d, text);
    *input = body == 0 ? "[2, 5, 4]" : body == 1 ? "[4, 3]" : "[5]";
    return add_head(&d, text);
}

/* Both precisions from the same float weights and inputs; how far the gradients of all parameters are apart.
 */
static double float_against_double(const char *text, const char *input, int64_t classes)
{
    struct network nets[2];
    for (int i = 0; i < 2; i++) {
        network_make(&nets[i], text, input, false, classes, i ? DTYPE_F64 : DTYPE_F32, WIDE_BATCH, false);
        network_fill(&nets[i], 31, 0);
    }
    double apart = 0, size = 0;
    struct parameters *narrow = &nets[0].model.parameters, *wide = &nets[1].model.parameters;
    for (int i = 0; i < (int)wide->count; i++) {
        struct tensor from = parameter_value(narrow, i), to = parameter_value(wide, i);
        tensor_convert(&to, &from);
    }
    for (int i = 0; i < 2; i++) {
        network_loss(&nets[i], 0);
        graph_backward(nets[i].graph.graph, &(struct graph_step){.training = true, .seed = 5});
    }
    for (int i = 0; i < (int)wide->count; i++) {
        if (wide->at[i].state)
            continue;
        struct tensor a = parameter_gradient(narrow, i), b = parameter_gradient(wide, i);
        for (int64_t j = 0; j < tensor_count(&b); j++) {
            double difference = tensor_get(&a, j) - tensor_get(&b, j);
            apart += difference * difference;
            size += tensor_get(&b, j) * tensor_get(&b, j);
        }
    }
    network_release(&nets[0]);
    network_release(&nets[1]);
    return sqrt(apart / size);
}

static void random_networks_have_right_gradients(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        struct network net;
        struct arena arena;
        struct text text;
        const char *input;
        arena_init(&arena, "test");
        text_init(&text, &arena);
        int64_t classes = random_config(i, &text, &input);
        network_make(&net, text.at, input, false, classes, DTYPE_F64, 4, true);
        network_fill(&net, 31 + i, 0);
        network_gradcheck(&net, 1e-8);
        network_release(&net);
        double apart = float_against_double(text.at, input, classes);
        if (!(apart <= 1e-6))
            fail_msg("%s: float and double are %.3g apart", text.at, apart);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twelve_mistakes_make_twelve_located_problems),
        cmocka_unit_test(what_follows_the_unknown_is_skipped),
        cmocka_unit_test(names_and_links_are_checked),
        cmocka_unit_test(layers_without_a_name_get_one),
        cmocka_unit_test(an_image_and_a_table_join),
        cmocka_unit_test(plans_allocate_nothing),
        cmocka_unit_test(a_refused_build_can_be_repeated),
        cmocka_unit_test(random_networks_have_right_gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
