/* Initializations: distributions against PyTorch's formulas, orthogonality, fans of convolutions, and what is
 * chosen. */
#include "network.h"

enum { ROWS = 200, COLUMNS = 300, COUNT = ROWS * COLUMNS };

/* A spread estimated from 60,000 numbers is right to 1 % in all but one of 10,000 draws. */
#define SPREAD_TOLERANCE 0.012

static struct init_target weight_of(const char *activation)
{
    return (struct init_target){
        .shape = SHAPE(ROWS, COLUMNS),
        .fan_in = COLUMNS,
        .fan_out = ROWS,
        .activation = activation,
        .activation_a = 0.2,
        .role = "weight",
        .layer = "linear",
        .what = "weight",
        .gates = 1,
        .key = {3, PURPOSE_INIT},
        .number = 1,
    };
}

static struct init_choice read_init(struct arena *arena, const char *text)
{
    struct problems problems;
    struct init_choice choice;
    struct json *value;
    struct error err;

    problems_init(&problems, arena);
    if (!json_parse(arena, "init", text, strlen(text), &value, &err))
        fail_msg("%s", err.sentence);
    if (!init_read(arena, value, &choice, &problems))
        fail_msg("%s: %s", text, problems.at[0].sentence);
    return choice;
}

struct spread {
    double mean, std, least, most;
};

static struct spread spread_of(const double *values, int64_t count)
{
    struct spread s = {0, 0, values[0], values[0]};
    for (int64_t i = 0; i < count; i++) {
        s.mean += values[i] / (double)count;
        s.least = fmin(s.least, values[i]);
        s.most = fmax(s.most, values[i]);
    }
    for (int64_t i = 0; i < count; i++)
        s.std += (values[i] - s.mean) * (values[i] - s.mean) / (double)count;
    s.std = sqrt(s.std);
    return s;
}

static struct spread filled(const char *text, const struct init_target *target)
{
    static double values[COUNT];
    struct arena arena;
    arena_init(&arena, "test");
    struct init_choice choice = read_init(&arena, text);
    choice.kind->fill(choice.settings, target, values);
    arena_release(&arena);
    return spread_of(values, shape_count(&target->shape));
}

static void spreads_follow_the_formulas(void **state)
{
    static const struct row {
        const char *init, *activation;
        double std;
        bool uniform;
    } rows[] = {
        {"\"kaiming_normal\"", "relu", 0.08164965809277261 /* sqrt(2 / 300) */, false},
        {"\"kaiming_uniform\"", "relu", 0.08164965809277261, true},
        {"\"kaiming_normal\"", "", 0.05773502691896258 /* sqrt(1 / 300) */, false},
        {"\"kaiming_normal\"", "selu", 0.04330127018922193 /* 3/4 sqrt(1 / 300) */, false},
        {"\"kaiming_normal\"", "tanh", 0.09622504486493763 /* 5/3 sqrt(1 / 300) */, false},
        {"\"kaiming_normal\"", "leaky_relu", 0.08006407690254358 /* sqrt(2 / 1.04 / 300) */, false},
        {"{\"type\": \"kaiming_normal\", \"nonlinearity\": \"relu\"}", "", 0.08164965809277261, false},
        {"{\"type\": \"kaiming_uniform\", \"nonlinearity\": \"leaky_relu\", \"a\": 2.23606797749979}", "relu",
         0.03333333333333333 /* 1 / sqrt(3 x 300) */, true},
        {"{\"type\": \"kaiming_normal\", \"mode\": \"fan_out\"}", "relu", 0.1 /* sqrt(2 / 200) */, false},
        {"\"xavier_uniform\"", "relu", 0.06324555320336758 /* sqrt(2 / 500) */, true},
        {"{\"type\": \"xavier_normal\", \"gain\": 2}", "", 0.12649110640673517, false},
        {"\"lecun_normal\"", "", 0.05773502691896258, false},
        {"\"lecun_uniform\"", "", 0.05773502691896258, true},
        {"\"normal\"", "", 0.05, false},
        {"{\"type\": \"normal\", \"std\": 2}", "", 2, false},
        {"\"uniform\"", "", 0.02886751345948129 /* 0.05 / sqrt 3 */, true},
        {"\"pytorch\"", "relu", 0.03333333333333333 /* U(+-1 / sqrt 300) */, true},
        {"\"keras\"", "relu", 0.06324555320336758, true},
        {"{\"type\": \"truncated_normal\", \"std\": 1}", "", 0.8796256610342398, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct init_target target = weight_of(rows[i].activation);
        struct spread s = filled(rows[i].init, &target);
        if (!check_near(s.std, rows[i].std, SPREAD_TOLERANCE, 0))
            fail_msg("%s before \"%s\": spread %g, expected %g", rows[i].init, rows[i].activation, s.std,
                     rows[i].std);
        assert_near(s.mean / rows[i].std, 0, 0, 0.02);
        double bound = rows[i].uniform                 ? sqrt(3) * rows[i].std
                       : strstr(rows[i].init, "trunc") ? 2
                                                       : (double)INFINITY;
        assert_true(s.most <= bound && s.least >= -bound);
        if (rows[i].uniform)
            assert_true(s.most > 0.999 * bound && s.least < -0.999 * bound);
        else
            assert_true(s.most > 1.9 * rows[i].std);
    }
}

static void plain_values_are_exact(void **state)
{
    struct init_target target = weight_of("");
    (void)state;
    struct spread s = filled("\"zeros\"", &target);
    assert_true(s.least == 0 && s.most == 0);
    s = filled("\"ones\"", &target);
    assert_true(s.least == 1 && s.most == 1);
    s = filled("{\"type\": \"constant\", \"value\": -0.25}", &target);
    assert_true(s.least == -0.25 && s.most == -0.25);
    s = filled("{\"type\": \"uniform\", \"low\": 2, \"high\": 3}", &target);
    assert_true(s.least >= 2 && s.most < 3);
    assert_near(s.mean, 2.5, 0.01, 0);
}

/* Whether blocks of rows have orthonormal rows (or columns, if they are fewer), times gain. */
static void assert_orthogonal(const double *values, int64_t rows, int64_t columns, double gain)
{
    bool by_row = rows <= columns;
    int64_t fewer = by_row ? rows : columns, longer = by_row ? columns : rows;
    for (int64_t i = 0; i < fewer; i++)
        for (int64_t j = 0; j <= i; j++) {
            double dot = 0;
            for (int64_t k = 0; k < longer; k++)
                dot += by_row ? values[i * columns + k] * values[j * columns + k]
                              : values[k * columns + i] * values[k * columns + j];
            assert_near(dot, i == j ? gain * gain : 0, 0, 1e-12);
        }
}

static void orthogonal_is_orthogonal(void **state)
{
    static double values[COUNT];
    struct arena arena;
    struct init_target target = weight_of("");
    (void)state;

    arena_init(&arena, "test");
    struct init_choice choice = read_init(&arena, "{\"type\": \"orthogonal\", \"gain\": 1.5}");
    choice.kind->fill(choice.settings, &target, values);
    assert_orthogonal(values, ROWS, COLUMNS, 1.5);
    target.shape = SHAPE(COLUMNS, ROWS);
    choice.kind->fill(choice.settings, &target, values);
    assert_orthogonal(values, COLUMNS, ROWS, 1.5);
    target.shape = SHAPE(40, 6, 5, 5);
    choice.kind->fill(choice.settings, &target, values);
    assert_orthogonal(values, 40, 150, 1.5);

    /* One matrix per gate of an lstm. */
    target.shape = SHAPE(80, 20);
    target.role = "recurrent";
    target.gates = 4;
    const struct init_choice *automatic = init_automatic(&target);
    automatic->kind->fill(automatic->settings, &target, values);
    for (int gate = 0; gate < 4; gate++)
        assert_orthogonal(values + gate * 400, 20, 20, 1);
    assert_true(values[0] != values[400]);
    arena_release(&arena);
}

static void the_choice_follows_role_and_activation(void **state)
{
    static const struct row {
        const char *role, *activation;
        const struct init_kind *kind;
    } rows[] = {
        {"weight", "relu", &init_kaiming_uniform},
        {"weight", "gelu", &init_kaiming_uniform},
        {"weight", "softplus", &init_kaiming_uniform},
        {"weight", "selu", &init_lecun_normal},
        {"weight", "tanh", &init_xavier_uniform},
        {"weight", "", &init_xavier_uniform},
        {"projection", "", &init_xavier_uniform},
        {"recurrent", "", &init_orthogonal},
        {"embedding", "relu", &init_normal},
        {"bias", "relu", &init_zeros},
        {"gain", "relu", &init_ones},
        {"position", "", &init_normal},
    };
    struct init_target target = weight_of("");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        target.role = rows[i].role;
        target.activation = rows[i].activation;
        if (init_automatic(&target)->kind != rows[i].kind)
            fail_msg("%s before \"%s\" is filled by %s", rows[i].role, rows[i].activation,
                     init_automatic(&target)->kind->entry.name);
    }
    target = weight_of("leaky_relu");
    static double values[COUNT];
    const struct init_choice *choice = init_automatic(&target);
    choice->kind->fill(choice->settings, &target, values);
    assert_near(spread_of(values, COUNT).std, sqrt(2.0 / 300), SPREAD_TOLERANCE, 0);
}

/* Largest magnitude of a parameter of a model. */
static double reach_of(struct network *net, const char *name)
{
    int row = parameters_find(&net->model.parameters, name);
    if (row < 0)
        fail_msg("no parameter \"%s\"", name);
    struct tensor w = parameter_value(&net->model.parameters, row);
    double most = 0;
    for (int64_t i = 0; i < tensor_count(&w); i++)
        most = fmax(most, fabs(tensor_get(&w, i)));
    return most;
}

static void fans_and_followers_come_from_the_model(void **state)
{
    struct network net;
    (void)state;
    /* relu behind a norm and a pool decides: U(+-sqrt(6 / fan_in)), fan_in 8 / 2 x 25 */
    network_make(
        &net,
        "{\"model\": [{\"type\": \"conv2d\", \"out_channels\": 64, \"kernel_size\": 5, \"groups\": 2, "
        "\"name\": \"c\"},"
        "{\"type\": \"batchnorm\"}, {\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"relu\"},"
        "{\"type\": \"flatten\"}, {\"type\": \"linear\", \"out_features\": 50, \"name\": \"l\"}, {\"type\": "
        "\"tanh\"}],"
        "\"loss\": \"mse\"}",
        "[8, 8, 8]", false, 0, DTYPE_F64, 2, false);
    assert_near(reach_of(&net, "c/weight"), sqrt(6.0 / 100), 0.01, 0);
    assert_near(reach_of(&net, "l/weight"), sqrt(6.0 / (256 + 50)), 0.01, 0);
    assert_true(reach_of(&net, "c/bias") == 0);
    network_release(&net);

    network_make(&net,
                 "{\"init\": \"pytorch\", \"model\": [{\"type\": \"conv1d\", \"out_channels\": 64, "
                 "\"kernel_size\": 5, \"name\": \"c\"},"
                 "{\"type\": \"transpose\"}, {\"type\": \"attention\", \"num_heads\": 4, \"name\": \"a\"},"
                 "{\"type\": \"lstm\", \"hidden_size\": 25, \"name\": \"r\"}, {\"type\": \"layernorm\", "
                 "\"name\": \"n\"},"
                 "{\"type\": \"linear\", \"out_features\": 50, \"name\": \"l\", \"bias_init\": \"ones\"}], "
                 "\"loss\": \"mse\"}",
                 "[4, 16]", false, 0, DTYPE_F64, 2, false);
    assert_near(reach_of(&net, "c/weight"), 1 / sqrt(20), 0.01, 0);
    assert_near(reach_of(&net, "c/bias"), 1 / sqrt(20), 0.1, 0);
    assert_near(reach_of(&net, "a/q/weight"), sqrt(6.0 / 256), 0.01, 0); /* as one matrix of 192 x 64 */
    assert_true(reach_of(&net, "a/q/bias") == 0 && reach_of(&net, "a/out/bias") == 0);
    assert_near(reach_of(&net, "a/out/weight"), 1 / sqrt(64), 0.01, 0);
    assert_near(reach_of(&net, "r/weight_ih"), 0.2, 0.01, 0);
    assert_near(reach_of(&net, "r/weight_hh"), 0.2, 0.01, 0);
    assert_near(reach_of(&net, "r/bias_hh"), 0.2, 0.05, 0);
    assert_true(reach_of(&net, "n/weight") == 1 && reach_of(&net, "l/bias") == 1);
    network_release(&net);

    network_make(&net,
                 "{\"init\": \"keras\", \"model\": [{\"type\": \"lstm\", \"hidden_size\": 5, \"name\": "
                 "\"r\"}], \"loss\": \"mse\"}",
                 "[4, 16]", false, 0, DTYPE_F64, 2, false);
    struct tensor bias =
        parameter_value(&net.model.parameters, parameters_find(&net.model.parameters, "r/bias_ih"));
    for (int64_t i = 0; i < 20; i++)
        assert_true(tensor_get(&bias, i) == (i >= 5 && i < 10));
    assert_true(reach_of(&net, "r/bias_hh") == 0);
    network_release(&net);
}

/* The values of a layer depend on its place among the parameters, not on the sizes of others. */
static void values_do_not_depend_on_other_layers(void **state)
{
    static const char *const config =
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"linear\", "
        "\"out_features\": %d}], \"loss\": \"mse\"}";
    double first[2];
    char text[256];
    (void)state;
    for (int run = 0; run < 2; run++) {
        struct network net;
        snprintf(text, sizeof text, config, 3 + run);
        network_make(&net, text, "[6]", false, 0, DTYPE_F64, 2, false);
        struct tensor w = parameter_value(&net.model.parameters, 0);
        first[run] = tensor_get(&w, 5);
        network_fill(&net, 1, 0);
        network_step(&net, 0, 0.1);
        assert_true(tensor_get(&w, 5) != first[run]);
        model_initialize(&net.model);
        assert_true(tensor_get(&w, 5) == first[run]);
        network_release(&net);
    }
    assert_true(first[0] == first[1]);
}

static void misspelt_names_get_a_suggestion(void **state)
{
    static const char *const cases[][2] = {
        {"{\"init\": \"he_normal\", \"model\": [{\"type\": \"flatten\"}]}",
         "did you mean \"kaiming_normal\"?"},
        {"{\"init\": \"glorot_uniform\", \"model\": [{\"type\": \"flatten\"}]}",
         "did you mean \"xavier_uniform\"?"},
        {"{\"init\": {\"type\": \"normal\", \"sdt\": 1}, \"model\": [{\"type\": \"flatten\"}]}",
         "did you mean \"std\"?"},
        {"{\"init\": {\"type\": \"normal\", \"std\": -1}, \"model\": [{\"type\": \"flatten\"}]}",
         "at least 0"},
        {"{\"init\": 3, \"model\": [{\"type\": \"flatten\"}]}", "expected the name of an initialization"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct network net;
        assert_false(network_read(&net, cases[i][0], "[4]", false, 0));
        assert_int_equal(net.problems.count, 1);
        if (!strstr(net.problems.at[0].sentence, cases[i][1]))
            fail_msg("\"%s\" has no \"%s\"", net.problems.at[0].sentence, cases[i][1]);
        network_release(&net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spreads_follow_the_formulas),
        cmocka_unit_test(plain_values_are_exact),
        cmocka_unit_test(orthogonal_is_orthogonal),
        cmocka_unit_test(the_choice_follows_role_and_activation),
        cmocka_unit_test(fans_and_followers_come_from_the_model),
        cmocka_unit_test(values_do_not_depend_on_other_layers),
        cmocka_unit_test(misspelt_names_get_a_suggestion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
