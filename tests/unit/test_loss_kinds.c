/* The table of losses: gradients, reference values, floors against descent, and sentences where head and data
 * differ. */
#include "network.h"

static struct floor_question question_of(struct network *net, const int64_t *group, int64_t groups)
{
    const struct tensor *t = graph_value(net->graph.graph, net->graph.target);
    int64_t rows = t->shape.size[0], width = t->shape.rank > 1 ? t->shape.size[1] : 1;
    struct floor_question question = {.rows = rows, .width = width, .group = group, .groups = groups};
    const struct reals *weights = &model_loss(&net->spec)->class_weights;

    question.class_weight = weights->count ? weights->at : NULL;
    if (t->dtype == DTYPE_I32) {
        question.labels = t->data;
        question.width = net->spec.classes;
    } else {
        double *targets = arena_array(&net->arena, (size_t)(rows * width), sizeof *targets);
        for (int64_t i = 0; i < rows * width; i++)
            targets[i] = tensor_get(t, i);
        question.targets = targets;
    }
    return question;
}

/* ---- Every loss on both kinds of heads ---- */

static const struct head {
    const char *loss, *last; /* layer that gives what the loss expects */
    int outputs;
    int64_t classes;
} heads[] = {
    {"\"cross_entropy\"", "identity", 4, 4},
    {"{\"type\": \"cross_entropy\", \"label_smoothing\": 0.2}", "identity", 4, 4},
    {"{\"type\": \"cross_entropy\", \"label_smoothing\": 0.1, \"class_weights\": [1, 2, 0.5, 3], \"factor\": "
     "3}",
     "identity", 4, 4},
    {"{\"type\": \"cross_entropy\", \"class_weights\": [1, 2, 0.5, 3], \"reduction\": \"sum\"}", "identity",
     4, 4},
    {"{\"type\": \"cross_entropy\", \"from\": \"probabilities\"}", "softmax", 4, 4},
    {"{\"type\": \"cross_entropy\", \"from\": \"probabilities\", \"normalize\": false, \"clip\": 0, "
     "\"reduction\": \"sum\"}",
     "softmax", 4, 4},
    {"\"nll\"", "log_softmax", 4, 4},
    {"{\"type\": \"nll\", \"class_weights\": [1, 2, 0.5, 3]}", "log_softmax", 4, 4},
    {"{\"type\": \"nll\", \"class_weights\": [1, 2, 0.5, 3], \"reduction\": \"sum\", \"factor\": 0.5}",
     "log_softmax", 4, 4},
    {"\"bce\"", "sigmoid", 4, 4},
    {"\"bce\"", "sigmoid", 1, 2},
    {"{\"type\": \"bce\", \"clip\": 1e-7, \"reduction\": \"sum\"}", "sigmoid", 1, 2},
    {"{\"type\": \"bce\", \"clip\": 0}", "sigmoid", 3, 0},
    {"\"bce_with_logits\"", "identity", 1, 2},
    {"{\"type\": \"bce_with_logits\", \"factor\": 2}", "identity", 3, 0},
    {"\"mse\"", "identity", 3, 0},
    {"{\"type\": \"mse\", \"reduction\": \"sum\"}", "identity", 4, 4},
    {"{\"type\": \"mse\", \"broadcast\": true}", "identity", 3, 0},
    {"\"l1\"", "identity", 3, 0},
    {"{\"type\": \"huber\", \"delta\": 0.2}", "identity", 3, 0},
    {"\"hinge\"", "identity", 1, 2},
    {"\"hinge\"", "identity", 4, 4},
};

static void make_head(struct network *net, const struct head *head, const char *before, int64_t batch,
                      char *text, size_t size)
{
    snprintf(text, size, "{\"model\": [%s{\"type\": \"%s\"}], \"loss\": %s}", before, head->last, head->loss);
    char input[32];
    snprintf(input, sizeof input, "[%d]", *before ? 5 : head->outputs);
    network_make(net, text, input, false, head->classes, DTYPE_F64, batch, true);
    network_fill(net, 21, 0);
    if (model_loss(&net->spec)->kind->signed_classes) {
        struct tensor t = *graph_value(net->graph.graph, net->graph.target);
        for (int64_t i = 0; i < tensor_count(&t); i++)
            tensor_set(&t, i, 2 * tensor_get(&t, i) - 1);
    }
}

static void every_gradient_is_right(void **state)
{
    char text[512], before[64];
    bool seen[16] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct network net;
        snprintf(before, sizeof before, "{\"type\": \"linear\", \"out_features\": %d}, ", heads[i].outputs);
        make_head(&net, &heads[i], before, 6, text, sizeof text);
        network_gradcheck(&net, 1e-8);
        double first = network_step(&net, 0, 0.01);
        assert_true(isfinite(first) && network_step(&net, 0, 0.01) < first);
        seen[catalog_index(&loss_catalog, model_loss(&net.spec)->kind->entry.name)] = true;
        assert_int_equal(model_target_form(&net.spec),
                         graph_value(net.graph.graph, net.graph.target)->dtype == DTYPE_I32 ? TARGET_CLASS
                                                                                            : TARGET_DENSE);
        network_release(&net);
    }
    for (size_t i = 0; i < loss_catalog.count; i++)
        if (!seen[i])
            fail_msg("the loss %s has no case", loss_catalog.at[i]->name);
}

/* ---- Values ---- */

/* The loss of given outputs and targets (class ids for integer targets). */
static double loss_of(const char *loss, int64_t classes, int64_t rows, int64_t width, const double *outputs,
                      const double *targets)
{
    char text[512], input[32];
    struct network net;
    snprintf(text, sizeof text, "{\"model\": [{\"type\": \"identity\"}], \"loss\": %s}", loss);
    snprintf(input, sizeof input, "[%d]", (int)width);
    network_make(&net, text, input, false, classes, DTYPE_F64, rows, true);
    struct tensor x = *graph_value(net.graph.graph, net.graph.inputs[0]);
    struct tensor t = *graph_value(net.graph.graph, net.graph.target);
    for (int64_t i = 0; i < tensor_count(&x); i++)
        tensor_set(&x, i, outputs[i]);
    for (int64_t i = 0; i < tensor_count(&t); i++)
        tensor_set(&t, i, targets[i]);
    double value = network_loss(&net, 0);
    network_release(&net);
    return value;
}

static void values_are_those_of_the_formulas(void **state)
{
    const double logits[] = {1, 2, 0, -1, 0.5, 3}, ids[] = {1, 0}, one_hot[] = {0, 1, 0, 1, 0, 0};
    const double p[] = {0.2, 0.5, 0.3, 0.1, 0.6, 0.4}, y[] = {1, 0.5, -1, 0, 2, 2};
    double lse0 = log(exp(1) + exp(2) + 1), lse1 = log(exp(-1) + exp(0.5) + exp(3));
    (void)state;

    assert_near(loss_of("\"cross_entropy\"", 3, 2, 3, logits, ids), (lse0 - 2 + lse1 + 1) / 2, 1e-14, 0);
    /* torch divides the mean by the sum of the weights of the labels */
    assert_near(loss_of("{\"type\": \"cross_entropy\", \"class_weights\": [3, 1, 1]}", 3, 2, 3, logits, ids),
                (lse0 - 2 + 3 * (lse1 + 1)) / 4, 1e-14, 0);
    assert_near(loss_of("{\"type\": \"nll\", \"class_weights\": [3, 1, 1]}", 3, 2, 3, logits, one_hot),
                (-2 + 3) / 4.0, 1e-14, 0);
    assert_near(
        loss_of("{\"type\": \"nll\", \"reduction\": \"sum\", \"factor\": 2}", 3, 2, 3, logits, one_hot), -2,
        1e-14, 0);
    assert_near(loss_of("{\"type\": \"cross_entropy\", \"from\": \"probabilities\"}", 3, 2, 3, p, one_hot),
                -(log(0.5) + log(0.1 / 1.1)) / 2, 1e-14, 0);
    assert_near(loss_of("{\"type\": \"cross_entropy\", \"from\": \"probabilities\", \"normalize\": false}", 3,
                        2, 3, p, one_hot),
                -(log(0.5) + log(0.1)) / 2, 1e-14, 0);
    /* One unit, Keras's way: 0 whatever the network says (but for the cut at 1 - 1e-7). */
    assert_near(loss_of("{\"type\": \"cross_entropy\", \"from\": \"probabilities\"}", 3, 2, 1, p, ids),
                0.5e-7, 1e-6, 0);
    /* One label column repeated over the outputs. */
    const double column[] = {1, 2};
    assert_near(loss_of("{\"type\": \"cross_entropy\", \"from\": \"probabilities\", \"broadcast\": true}", 3,
                        2, 3, p, column),
                -(log(0.2) + log(0.5) + log(0.3) + 2 * (log(0.1) + log(0.6) + log(0.4))) / 2, 1e-14, 0);
    assert_near(loss_of("{\"type\": \"mse\", \"broadcast\": true}", 3, 2, 3, y, column),
                (0 + 0.25 + 4 + 4 + 0 + 0) / 6, 1e-14, 0);
    /* One output repeated over a one-hot row. */
    assert_near(loss_of("{\"type\": \"bce\", \"broadcast\": true}", 3, 2, 1, p, one_hot),
                -(2 * log(0.8) + log(0.2) + log(0.5) * 3) / 6, 1e-14, 0);
    assert_near(loss_of("\"mse\"", 0, 2, 3, y, one_hot), (1 + 0.25 + 1 + 1 + 4 + 4) / 6, 1e-14, 0);
    assert_near(loss_of("\"l1\"", 0, 2, 3, y, one_hot), (1 + 0.5 + 1 + 1 + 2 + 2) / 6, 1e-14, 0);
    assert_near(loss_of("\"huber\"", 0, 2, 3, y, one_hot), (0.5 + 0.125 + 0.5 + 0.5 + 1.5 + 1.5) / 6, 1e-14,
                0);
    const double signs[] = {1, -1};
    assert_near(loss_of("\"hinge\"", 2, 2, 1, y, signs), (0 + 1.5) / 2, 1e-14, 0);
    const double above[] = {2, 0}, half[] = {0.9, 0.5};
    assert_true(loss_of("{\"type\": \"bce\", \"clip\": 1e-7}", 3, 2, 1, half, above) < 0);
}

/* ---- Floors ---- */

enum { FLOOR_ROWS = 12, FLOOR_GROUPS = 4 };

/* The same input for rows of one group, the target as random as network_fill made it. */
static void tie_rows(struct network *net, int64_t *group)
{
    struct tensor x = *graph_value(net->graph.graph, net->graph.inputs[0]);
    int64_t width = tensor_count(&x) / FLOOR_ROWS;
    for (int64_t i = 0; i < FLOOR_ROWS; i++) {
        group[i] = i % FLOOR_GROUPS;
        for (int64_t k = 0; k < width; k++)
            tensor_set(&x, i * width + k, tensor_get(&x, group[i] * width + k));
    }
}

/* Descends (by Adam) on the outputs themselves: rows of a group share one row of free numbers. */
static double descend(struct network *net, const int64_t *group, int steps)
{
    struct tensor x = *graph_value(net->graph.graph, net->graph.inputs[0]);
    int64_t width = tensor_count(&x) / FLOOR_ROWS;
    double best = (double)INFINITY, mean[FLOOR_GROUPS * 8] = {0}, square[FLOOR_GROUPS * 8] = {0};
    const struct graph_step at = {.training = true};

    for (int step = 1; step <= steps; step++) {
        double lr = step < 200 ? 0.2 : 0.2 * pow(200.0 / step, 3);
        best = fmin(best, network_loss(net, 0));
        graph_backward(net->graph.graph, &at);
        const struct tensor *dx = graph_gradient(net->graph.graph, net->graph.inputs[0]);
        double sum[FLOOR_GROUPS * 8] = {0};
        for (int64_t i = 0; i < FLOOR_ROWS * width; i++)
            sum[group[i / width] * width + i % width] += tensor_get(dx, i);
        for (int64_t i = 0; i < FLOOR_GROUPS * width; i++) {
            mean[i] = 0.9 * mean[i] + 0.1 * sum[i];
            square[i] = 0.99 * square[i] + 0.01 * sum[i] * sum[i];
        }
        for (int64_t i = 0; i < FLOOR_ROWS * width; i++) {
            int64_t at_group = group[i / width] * width + i % width;
            double m = mean[at_group] / (1 - pow(0.9, step)), v = square[at_group] / (1 - pow(0.99, step));
            tensor_set(&x, i, tensor_get(&x, i) - lr * m / (sqrt(v) + 1e-12));
        }
    }
    return best;
}

static void floors_are_reached_and_not_undercut(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int64_t group[FLOOR_ROWS];
        struct network net;
        make_head(&net, &heads[i], "", FLOOR_ROWS, text, sizeof text);
        tie_rows(&net, group);
        const struct loss_spec *loss = model_loss(&net.spec);
        struct floor_question question = question_of(&net, group, FLOOR_GROUPS);
        double floor_value = loss_floor(loss, &question);
        double best = descend(&net, group, 1500);
        double scale = fabs(best) + 1e-3;
        if (!(floor_value <= best + 1e-9 * scale))
            fail_msg("%s: the floor %.9g is above a loss that was reached, %.9g", text, floor_value, best);
        if (!(best - floor_value <= 0.01 * scale))
            fail_msg("%s: descent came down to %.9g, the floor is %.9g", text, best, floor_value);
        network_release(&net);
    }
}

static void floors_of_memorizable_data_are_nothing(void **state)
{
    char text[512];
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int64_t group[FLOOR_ROWS];
        struct network net;
        if (strstr(heads[i].loss, "smoothing"))
            continue;
        make_head(&net, &heads[i], "", FLOOR_ROWS, text, sizeof text);
        for (int64_t r = 0; r < FLOOR_ROWS; r++)
            group[r] = r;
        struct floor_question question = question_of(&net, group, FLOOR_ROWS);
        double value = loss_floor(model_loss(&net.spec), &question);
        bool binary = strncmp(heads[i].loss + 1, "bce", 3) == 0 || strstr(heads[i].loss, "\"bce");
        if (heads[i].classes || !binary)
            assert_near(value, 0, 0, 1e-5);
        else
            assert_true(value > 0.1); /* targets between 0 and 1 keep their own entropy */
        network_release(&net);
    }
}

static double floor_on(const char *text, const struct floor_question *question)
{
    struct network net;
    char config[256];
    snprintf(config, sizeof config, "{\"model\": [{\"type\": \"identity\"}], \"loss\": %s}", text);
    network_read(&net, config, "[1]", false, 0);
    double value = loss_floor(model_loss(&net.spec), question);
    network_release(&net);
    return value;
}

static void floors_without_bound_say_so(void **state)
{
    static const double above[] = {2, 2, 0, 1};
    static const int64_t group[] = {0, 1, 2, 3}, together[] = {0, 0, 0, 0};
    struct floor_question question = {.rows = 4, .width = 1, .targets = above, .group = group, .groups = 4};
    (void)state;
    assert_true(floor_on("\"bce_with_logits\"", &question) == -(double)INFINITY);
    assert_true(floor_on("{\"type\": \"bce\", \"clip\": 0}", &question) == -(double)INFINITY);
    assert_near(floor_on("\"bce\"", &question), -50, 1e-12, 0); /* two of four rows reach -100 */
    assert_near(floor_on("{\"type\": \"bce\", \"clip\": 1e-7}", &question), log(1e-7) / 2, 1e-6, 0);
    assert_true(floor_on("{\"type\": \"mse\", \"factor\": -1}", &question) == -(double)INFINITY);
    assert_true(floor_on("{\"type\": \"mse\", \"factor\": 0}", &question) == 0);
    question.group = together;
    question.groups = 1;
    assert_near(floor_on("\"mse\"", &question), 0.6875, 1e-12, 0);
    assert_near(floor_on("{\"type\": \"mse\", \"reduction\": \"sum\", \"factor\": 3}", &question), 8.25,
                1e-12, 0);
    assert_near(floor_on("\"l1\"", &question), 0.75, 1e-12, 0);
    static const double signs[] = {1, 1, 1, -1};
    question.targets = signs;
    assert_near(floor_on("\"hinge\"", &question), 0.5, 1e-12, 0);
    static const int32_t labels[] = {0, 0, 1, -1};
    question.labels = labels;
    question.width = 2;
    assert_near(floor_on("\"cross_entropy\"", &question), (2 * log(1.5) + log(3)) / 3, 1e-12,
                0); /* -1 is left out */
}

/* ---- Sentences ---- */

static void assert_refused(const char *model, const char *loss, const char *input, int64_t classes,
                           int64_t columns, const char *sentence, const char *hint)
{
    char text[512];
    struct network net;
    snprintf(text, sizeof text, "{\"model\": [%s], \"loss\": %s}", model, loss);
    bool good = network_read(&net, text, input, false, classes);
    net.spec.label_columns = columns;
    if ((good && network_build(&net, DTYPE_F32, 2, false)) || net.problems.count != 1)
        fail_msg("%s: %zu problems, expected one", text, net.problems.count);
    const struct error *err = &net.problems.at[0];
    if (!strstr(err->sentence, sentence) || !strstr(err->hint, hint))
        fail_msg("\"%s\" (%s) has no \"%s\" (%s)", err->sentence, err->hint, sentence, hint);
    assert_true(err->line == 1 && err->column > 1);
    network_release(&net);
}

static void heads_that_do_not_fit_are_told(void **state)
{
    const char *fc = "{\"type\": \"linear\", \"out_features\": 12, \"name\": \"fc3\"}, {\"type\": \"relu\"}";
    const char *one = "{\"type\": \"linear\", \"out_features\": 1, \"name\": \"fc3\"}";
    const char *steps = "{\"type\": \"lstm\", \"hidden_size\": 10, \"return_sequences\": true}";
    (void)state;
    assert_refused(fc, "\"cross_entropy\"", "[4]", 10, 0,
                   "\"relu1\" gives 12 outputs, but the data has 10 classes",
                   "out_features of \"fc3\" should be 10");
    assert_refused(one, "\"cross_entropy\"", "[4]", 2, 1,
                   "\"fc3\" gives 1 output, but the data has 2 classes", "bce_with_logits");
    assert_refused(one, "\"cross_entropy\"", "[4]", 0, 1, "expects classes, but the label is a number",
                   "mse");
    assert_refused(fc, "\"mse\"", "[4]", 10, 1, "expected 10 (one-hot) or 1 (its number)", "should be 10");
    assert_refused(fc, "\"mse\"", "[4]", 0, 2, "\"relu1\" gives 12 outputs, but the label has 2 columns",
                   "should be 2");
    assert_refused(fc, "\"nll\"", "[4]", 10, 1, "12 outputs", "should be 10");
    assert_refused(one, "\"nll\"", "[4]", 10, 1, "1 output", "");
    assert_refused(steps, "\"cross_entropy\"", "[7, 3]", 10, 1,
                   "one answer per step, but the label has 1 column", "return_sequences");
    assert_refused(fc, "\"cross_entropy\"", "[4]", 12, 5, "one answer per row, but the label has 5 columns",
                   "");
    assert_refused("{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 1}", "\"cross_entropy\"",
                   "[1, 4, 4]", 4, 1, "a map, not one answer per row", "flatten");
    assert_refused(fc, "{\"type\": \"cross_entropy\", \"class_weights\": [1, 2]}", "[4]", 12, 1,
                   "class_weights has 2 numbers, but the data has 12 classes", "");
    assert_refused(fc, "{\"type\": \"bce\", \"class_weights\": [1, 2]}", "[4]", 12, 1,
                   "takes no class_weights", "");
    assert_refused(fc, "{\"type\": \"cross_entropy\", \"broadcast\": true}", "[4]", 12, 1,
                   "\"broadcast\" needs", "");
    assert_refused(fc, "{\"type\": \"cross_entropy\", \"from\": \"probabilities\", \"label_smoothing\": 0.1}",
                   "[4]", 12, 1, "label_smoothing goes with", "");
    assert_refused(fc, "\"crossentropy_los\"", "[4]", 12, 1, "unknown loss \"crossentropy_los\"", "");
    assert_refused(fc, "\"MAE\"", "[4]", 0, 12, "did you mean \"l1\"?", "");
    assert_refused(fc, "{\"type\": \"huber\", \"delta\": 0}", "[4]", 0, 12, "a number above 0", "");
    assert_refused(fc, "{\"type\": \"mse\", \"reduction\": \"mena\"}", "[4]", 0, 12, "did you mean \"mean\"?",
                   "");
}

static void sequences_have_a_label_per_step(void **state)
{
    struct network net;
    (void)state;
    network_read(&net,
                 "{\"model\": [{\"type\": \"gru\", \"hidden_size\": 5, \"return_sequences\": true}], "
                 "\"loss\": \"cross_entropy\"}",
                 "[4, 3]", false, 5);
    net.spec.label_columns = 4;
    assert_true(network_build(&net, DTYPE_F64, 3, true));
    assert_string_equal(shape_print(&net.arena, &graph_value(net.graph.graph, net.graph.target)->shape, true),
                        "3 x 4");
    network_fill(&net, 2, 0);
    network_gradcheck(&net, 1e-8);
    network_release(&net);
}

/* With penalties the loss is the data loss plus l1 |w| + l2 w^2 over weight matrices alone. */
static void penalties_are_added(void **state)
{
    struct network net;
    (void)state;
    network_make(&net,
                 "{\"model\": [{\"type\": \"lstm\", \"hidden_size\": 3, \"l1\": 0.1, \"l2\": 0.01}, "
                 "{\"type\": \"layernorm\"},"
                 "{\"type\": \"linear\", \"out_features\": 2, \"l2\": 0.5}], \"loss\": \"mse\"}",
                 "[4, 3]", false, 0, DTYPE_F64, 3, true);
    network_fill(&net, 2, 0);
    double loss = network_loss(&net, 0), expected = graph_scalar(net.graph.graph, net.graph.data_loss);
    const struct parameters *parameters = &net.model.parameters;
    for (int i = 0; i < (int)parameters->count; i++) {
        if (!strstr(parameters->at[i].name, "weight") || strstr(parameters->at[i].name, "layernorm"))
            continue;
        bool lstm = strncmp(parameters->at[i].name, "lstm", 4) == 0;
        struct tensor w = parameter_value(parameters, i);
        for (int64_t j = 0; j < tensor_count(&w); j++)
            expected += (lstm ? 0.1 : 0) * fabs(tensor_get(&w, j)) +
                        (lstm ? 0.01 : 0.5) * tensor_get(&w, j) * tensor_get(&w, j);
    }
    assert_true(loss > graph_scalar(net.graph.graph, net.graph.data_loss) + 0.1);
    assert_near(loss, expected, 1e-13, 0);
    assert_string_equal(graph_name(net.graph.graph, net.graph.loss), "loss");
    network_gradcheck(&net, 1e-8);
    network_release(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gradient_is_right),
        cmocka_unit_test(values_are_those_of_the_formulas),
        cmocka_unit_test(floors_are_reached_and_not_undercut),
        cmocka_unit_test(floors_of_memorizable_data_are_nothing),
        cmocka_unit_test(floors_without_bound_say_so),
        cmocka_unit_test(heads_that_do_not_fit_are_told),
        cmocka_unit_test(sequences_have_a_label_per_step),
        cmocka_unit_test(penalties_are_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
