/* The gradient check itself: it finds wrong gradients, names the worst element, tells kinks from mistakes. */
#include <mldbg/graph/ops.h>

#include "check.h"

static const struct backend *backend(void)
{
    static const struct backend *cpu;
    struct error err = {0};
    if (!cpu && !backend_cpu(1, &cpu, &err))
        fail_msg("%s", err.sentence);
    return cpu;
}

/* y = f(x w' + b), loss = mse(y, t); x holds multiples of 1/4, w and b are set by each test. */
struct net {
    struct arena arena;
    struct parameters parameters;
    struct graph *graph;
    struct tensor w, b, x;
    node loss;
    struct gradcheck_settings settings;
    struct gradcheck_row *rows;
    size_t count;
};

enum { ROWS = 5, IN = 4, OUT = 6 };

static void net_open(struct net *net, const struct op *activation, const void *settings)
{
    struct error err = {0};
    struct random key = {.seed = 9, .purpose = PURPOSE_CHECK};
    *net = (struct net){.settings = {.step = 1e-5}};
    arena_init(&net->arena, "test");
    parameters_init(&net->parameters, &net->arena, DTYPE_F64);
    int w = parameters_add(&net->parameters, "w", SHAPE(OUT, IN), true, false);
    int b = parameters_add(&net->parameters, "b", SHAPE(OUT), true, false);
    struct graph *g = net->graph = graph_new(&net->arena, backend(), DTYPE_F64, &net->parameters);
    static const struct op_term_loss_settings mse = {.term = TERM_mse, .factor = 1};
    node x = graph_input(g, "x", DTYPE_F64, SHAPE(ROWS, IN), true);
    node t = graph_input(g, "t", DTYPE_F64, SHAPE(ROWS, OUT), false);
    node line = graph_add(g, &op_linear, "line", (node[]){x, graph_parameter(g, w), graph_parameter(g, b)}, 3,
                          NULL, &err);
    node y = graph_add(g, activation, "y", &line, 1, settings, &err);
    net->loss = graph_add(g, &op_term_loss, "loss", (node[]){y, t}, 2, &mse, &err);
    if (net->loss < 0)
        fail_msg("%s", err.sentence);
    graph_plan(g, net->loss);
    parameters_allocate(&net->parameters);
    graph_allocate(g);
    net->w = parameter_value(&net->parameters, w);
    net->b = parameter_value(&net->parameters, b);
    net->x = *graph_value(g, x);
    struct tensor target = *graph_value(g, t);
    for (int64_t i = 0; i < ROWS * IN; i++)
        tensor_set(&net->x, i, (double)(i * 7 % 11 - 5) / 4);
    for (int64_t i = 0; i < OUT * IN; i++)
        tensor_set(&net->w, i, random_normal(key, 1, (uint64_t)i));
    for (int64_t i = 0; i < OUT; i++)
        tensor_set(&net->b, i, random_normal(key, 2, (uint64_t)i));
    for (int64_t i = 0; i < ROWS * OUT; i++)
        tensor_set(&target, i, random_normal(key, 3, (uint64_t)i));
}

static void net_check(struct net *net)
{
    net->rows = graph_gradcheck(net->graph, net->loss, &net->settings, &net->arena, &net->count);
}

static void net_close(struct net *net)
{
    arena_release(&net->arena);
}

static const struct op_unary_settings relu = {UNARY_relu, 0}, tanh_settings = {UNARY_tanh, 0};

/* ---- An activation whose gradient is wrong in ways that tests choose ---- */

static int wrong_at;      /* element whose gradient is off */
static double wrong_by;   /* factor on it */
static double wrong_knee; /* derivative at exactly 0 */

static bool odd_plan(struct op_plan *plan, struct error *err)
{
    (void)err;
    plan->output = plan->input[0];
    return true;
}

static void odd_forward(const struct op_call *call)
{
    call->kernels->unary(UNARY_relu, 0, tensor_count(call->y), call->x[0]->data, call->y->data);
}

static void odd_backward(const struct op_call *call)
{
    for (int64_t i = 0; i < tensor_count(call->y); i++) {
        double x = tensor_get(call->x[0], i);
        double slope = x > 0 ? 1 : x < 0 ? 0 : wrong_knee;
        tensor_set(call->dx[0], i, tensor_get(call->dy, i) * slope * (i == wrong_at ? wrong_by : 1));
    }
}

static uint64_t odd_pieces(const struct op_call *call)
{
    uint64_t hash = 1;
    for (int64_t i = 0; i < tensor_count(call->y); i++)
        hash = hash * 31 + (tensor_get(call->x[0], i) > 0);
    return hash;
}

static const struct op odd = {
    .entry = {.name = "odd"},
    .inputs_least = 1,
    .inputs_most = 1,
    .plan = odd_plan,
    .forward = odd_forward,
    .backward = odd_backward,
    .pieces = odd_pieces,
};

/* A kink behind which the slope falls from 2 to 1 within some BEND: units in front of a batch-norm do so. */
static const double BEND = 3e-4;

static void bent_forward(const struct op_call *call)
{
    for (int64_t i = 0; i < tensor_count(call->y); i++) {
        double x = tensor_get(call->x[0], i);
        ((double *)call->y->data)[i] = x > 0 ? x - BEND * expm1(-x / BEND) : 0;
    }
}

static void bent_backward(const struct op_call *call)
{
    for (int64_t i = 0; i < tensor_count(call->y); i++) {
        double x = tensor_get(call->x[0], i);
        double slope = x > 0 ? 1 + exp(-x / BEND) : 0;
        tensor_set(call->dx[0], i, tensor_get(call->dy, i) * slope * (i == wrong_at ? wrong_by : 1));
    }
}

static const struct op bent = {
    .entry = {.name = "bent"},
    .inputs_least = 1,
    .inputs_most = 1,
    .plan = odd_plan,
    .forward = bent_forward,
    .backward = bent_backward,
    .pieces = odd_pieces,
};

static void no_mistake(void)
{
    wrong_at = -1;
    wrong_by = 1;
    wrong_knee = 0;
}

/* ---- Tests ---- */

static void test_right_gradients_pass(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct net net;
        net_open(&net, &op_unary, i ? &relu : &tanh_settings);
        net_check(&net);
        assert_int_equal(net.count, 3);
        const char *const names[] = {"x", "w", "b"};
        for (size_t j = 0; j < 3; j++) {
            assert_string_equal(net.rows[j].name, names[j]);
            assert_int_equal(net.rows[j].checked, net.rows[j].count);
            assert_int_equal(net.rows[j].kinks, 0);
            assert_near(net.rows[j].error, 0, 0, 1e-8);
            assert_true(net.rows[j].noise > 0 && net.rows[j].noise < 1e-8);
        }
        net_close(&net);
    }
}

static void test_a_wrong_element_is_found_and_named(void **state)
{
    (void)state;
    struct net net;
    no_mistake();
    net_open(&net, &odd, NULL);
    net_check(&net);
    for (size_t j = 0; j < net.count; j++)
        assert_near(net.rows[j].error, 0, 0, 1e-8);

    /* An element that is on: row 2, output 3. Its gradient goes to b[3] and to row 2 of x. */
    graph_forward(net.graph, &net.settings.at);
    wrong_at = -1;
    for (int64_t i = 0; i < ROWS * OUT; i++) {
        if (tensor_get(graph_value(net.graph, graph_find(net.graph, "line")), i) > 0)
            wrong_at = (int)i;
    }
    assert_true(wrong_at >= 0);
    double wrongs[] = {-1, 2, 1 + 1e-5};
    for (int i = 0; i < 3; i++) {
        wrong_by = wrongs[i];
        net_check(&net);
        const struct gradcheck_row *x = &net.rows[0], *b = &net.rows[2];
        assert_true(x->error > 1e-8);
        assert_true(b->error > 1e-8);
        assert_int_equal(b->worst, wrong_at % OUT);
        assert_int_equal(x->worst / IN, wrong_at / OUT);
        assert_true(fabs(b->analytic - b->numeric) > 1e-8);
    }
    net_close(&net);
}

static void test_values_and_statistics_are_put_back(void **state)
{
    (void)state;
    struct net net;
    net_open(&net, &op_unary, &relu);
    graph_forward(net.graph, &net.settings.at);
    double loss = graph_scalar(net.graph, net.loss), w = tensor_get(&net.w, 5), x = tensor_get(&net.x, 3);
    net_check(&net);
    assert_true(tensor_get(&net.w, 5) == w);
    assert_true(tensor_get(&net.x, 3) == x);
    assert_true(graph_scalar(net.graph, net.loss) == loss);
    net_close(&net);

    struct arena arena;
    struct parameters p;
    struct error err = {0};
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F64);
    int mean = parameters_add(&p, "mean", SHAPE(2), false, true),
        var = parameters_add(&p, "var", SHAPE(2), false, true);
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, &p);
    static const struct op_batchnorm_settings plain = {.eps = 1e-5, .momentum = 0.1};
    static const struct op_term_loss_settings huber = {.term = TERM_huber, .a = 0.5, .factor = 1};
    node input = graph_input(g, "x", DTYPE_F64, SHAPE(4, 2), true),
         t = graph_input(g, "t", DTYPE_F64, SHAPE(4), false);
    node y = graph_add(g, &op_batchnorm, "norm",
                       (node[]){input, graph_parameter(g, mean), graph_parameter(g, var)}, 3, &plain, &err);
    node huber_loss = graph_add(g, &op_term_loss, "loss", (node[]){y, t}, 2, &huber, &err);
    graph_plan(g, huber_loss);
    parameters_allocate(&p);
    graph_allocate(g);
    struct tensor values = *graph_value(g, input), running = parameter_value(&p, mean);
    for (int64_t i = 0; i < 8; i++)
        tensor_set(&values, i, (double)(i * i % 5));
    tensor_set(&running, 1, 0.75);
    struct gradcheck_settings settings = {.step = 1e-5, .at = {.training = true}};
    size_t count;
    graph_gradcheck(g, huber_loss, &settings, &arena, &count);
    assert_int_equal(count, 1);
    assert_true(tensor_get(&running, 1) == 0.75);
    arena_release(&arena);
}

/* A kink inside the step, but not at the element itself, is no excuse: the gradient is still checked. */
static void test_a_kink_within_the_step_is_resolved(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct net net;
        no_mistake();
        net_open(&net, &odd, NULL);
        /* Output 0 of the first row is 3e-6 above its kink, as seen from b[0] with a step of 1e-5. */
        double sum = 0;
        for (int64_t i = 0; i < IN; i++)
            sum += tensor_get(&net.x, i) * tensor_get(&net.w, i);
        tensor_set(&net.b, 0, 3e-6 - sum);
        wrong_at = wrong ? 0 : -1;
        wrong_by = 1.01;
        net_check(&net);
        const struct gradcheck_row *b = &net.rows[2];
        assert_int_equal(b->kinks, 0);
        if (wrong) {
            assert_true(b->error > 1e-6);
            assert_int_equal(b->worst, 0);
        } else {
            assert_near(b->error, 0, 0, 1e-8);
        }
        net_close(&net);
    }
}

/* Where the loss bends sharply behind that kink, the first step that is smooth is too long to believe. */
static void test_a_bend_behind_a_kink_is_no_mistake(void **state)
{
    (void)state;
    static const double factors[] = {1, 1.01, -1, 0};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        struct net net;
        double sum = 0;
        no_mistake();
        net_open(&net, &bent, NULL);
        for (int64_t j = 0; j < IN; j++)
            sum += tensor_get(&net.x, j) * tensor_get(&net.w, j);
        tensor_set(&net.b, 0, 3e-6 - sum);
        wrong_at = 0;
        wrong_by = factors[i];
        net_check(&net);
        const struct gradcheck_row *b = &net.rows[2];
        assert_int_equal(b->kinks, 0);
        if (i == 0) {
            assert_true(b->error <= 1e-8);
        } else {
            assert_true(b->error > 1e-4);
            assert_true(b->error > 100 * b->noise);
            assert_int_equal(b->worst, 0);
        }
        net_close(&net);
    }
}

/* All of output 0 sits exactly on its kink. */
static void test_an_element_on_a_kink(void **state)
{
    (void)state;
    const struct {
        double knee; /* the derivative claimed at 0: any from 0 to 1 is a right answer */
        int64_t kinks, wrong;
    } cases[] = {{0, 0, 0}, {0.5, 1, 0}, {1, 1, 0}, {3, 1, 1}, {-1, 1, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct net net;
        no_mistake();
        net_open(&net, &odd, NULL);
        for (int64_t j = 0; j < IN; j++)
            tensor_set(&net.w, j, 0);
        tensor_set(&net.b, 0, 0);
        wrong_knee = cases[i].knee;
        net_check(&net);
        const struct gradcheck_row *b = &net.rows[2];
        assert_true(b->kinks >= cases[i].kinks);
        assert_int_equal(b->kinks_wrong, cases[i].wrong);
        assert_near(b->error, 0, 0, 1e-8);
        net_close(&net);
    }
}

/* A bias in front of a batch-norm has gradient zero; what differences show of it is rounding. */
static void test_a_zero_gradient_has_no_error(void **state)
{
    (void)state;
    struct arena arena;
    struct parameters p;
    struct error err = {0};
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F64);
    int w = parameters_add(&p, "w", SHAPE(OUT, IN), true, false),
        b = parameters_add(&p, "b", SHAPE(OUT), true, false);
    int unused = parameters_add(&p, "unused", SHAPE(3), true, false);
    int mean = parameters_add(&p, "mean", SHAPE(OUT), false, true);
    int variance = parameters_add(&p, "variance", SHAPE(OUT), false, true);
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, &p);
    static const struct op_batchnorm_settings norm = {.eps = 1e-5, .momentum = 0.1};
    static const struct op_term_loss_settings mse = {.term = TERM_mse, .factor = 1};
    node x = graph_input(g, "x", DTYPE_F64, SHAPE(ROWS, IN), false);
    node t = graph_input(g, "t", DTYPE_F64, SHAPE(ROWS), false);
    graph_parameter(g, unused);
    node line = graph_add(g, &op_linear, "line", (node[]){x, graph_parameter(g, w), graph_parameter(g, b)}, 3,
                          NULL, &err);
    node y =
        graph_add(g, &op_batchnorm, "norm",
                  (node[]){line, graph_parameter(g, mean), graph_parameter(g, variance)}, 3, &norm, &err);
    node loss = graph_add(g, &op_term_loss, "loss", (node[]){y, t}, 2, &mse, &err);
    assert_true(loss >= 0);
    graph_plan(g, loss);
    parameters_allocate(&p);
    graph_allocate(g);
    struct random key = {.seed = 2, .purpose = PURPOSE_CHECK};
    node filled[] = {x, t, graph_find(g, "w")};
    for (int n = 0; n < 3; n++) {
        struct tensor values = *graph_value(g, filled[n]);
        for (int64_t i = 0; i < tensor_count(&values); i++)
            tensor_set(&values, i, random_normal(key, (uint64_t)n, (uint64_t)i));
    }
    struct gradcheck_settings settings = {.step = 1e-5, .at = {.training = true}};
    size_t count;
    struct gradcheck_row *rows = graph_gradcheck(g, loss, &settings, &arena, &count);
    assert_int_equal(count, 3);
    assert_string_equal(rows[0].name, "unused");
    assert_true(rows[0].error == 0);
    assert_near(rows[1].error, 0, 0, 1e-8);
    assert_true(rows[1].error > 0);
    assert_true(rows[2].error == 0);
    assert_true(rows[2].analytic != rows[2].numeric);
    arena_release(&arena);
}

/* One prediction, which is the parameter itself, against one target. */
static struct gradcheck_row check_term(const struct op_term_loss_settings *settings, double prediction,
                                       double target)
{
    struct arena arena;
    struct parameters p;
    struct error err = {0};
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F64);
    int w = parameters_add(&p, "w", SHAPE(1, 1), true, false);
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, &p);
    node t = graph_input(g, "t", DTYPE_F64, SHAPE(1, 1), false);
    node loss = graph_add(g, &op_term_loss, "loss", (node[]){graph_parameter(g, w), t}, 2, settings, &err);
    assert_true(loss >= 0);
    graph_plan(g, loss);
    parameters_allocate(&p);
    graph_allocate(g);
    struct tensor value = parameter_value(&p, w);
    tensor_set(&value, 0, prediction);
    struct tensor targets = *graph_value(g, t);
    tensor_set(&targets, 0, target);
    struct gradcheck_settings check = {.step = 1e-5};
    size_t count;
    struct gradcheck_row row = graph_gradcheck(g, loss, &check, &arena, &count)[0];
    arena_release(&arena);
    return row;
}

/* Where the parabola of huber meets its line the slope bends: an output of 0 against a target of 1. */
static void test_where_huber_bends(void **state)
{
    (void)state;
    static const struct op_term_loss_settings huber = {.term = TERM_huber, .a = 1, .factor = 1};
    struct gradcheck_row row = check_term(&huber, 0, 1);
    assert_near(row.analytic, -1, 0, 0);
    assert_near(row.error, 0, 0, 1e-8);
}

/* log(1 - p) bends within the steps when p is this near to 1; what two steps disagree by tells how much. */
static void test_noise_is_as_large_as_the_error(void **state)
{
    (void)state;
    static const struct op_term_loss_settings bce = {.term = TERM_bce_clip, .a = 0, .factor = 1};
    struct gradcheck_row row = check_term(&bce, 1 - 1e-3, 0);
    assert_true(row.error > 1e-8);
    assert_true(row.error <= row.noise);
    assert_true(row.noise < 1e-3);
}

static bool stop_at(void *context, int64_t done, int64_t all)
{
    int64_t *calls = context;
    ++*calls;
    assert_int_equal(*calls, done);
    assert_int_equal(all, ROWS * IN + OUT * IN + OUT);
    return done == 30;
}

static void test_it_can_be_stopped_and_thinned(void **state)
{
    (void)state;
    struct net net;
    int64_t calls = 0;
    net_open(&net, &op_unary, &tanh_settings);
    net.settings.stop = stop_at;
    net.settings.context = &calls;
    net_check(&net);
    assert_int_equal(calls, 30);
    assert_int_equal(net.count, 2);
    assert_int_equal(net.rows[0].checked, 20);
    assert_int_equal(net.rows[1].checked, 10);

    net.settings.stop = NULL;
    net.settings.most = 7;
    net_check(&net);
    assert_int_equal(net.count, 3);
    assert_int_equal(net.rows[0].checked, 7);
    assert_int_equal(net.rows[1].checked, 7);
    assert_int_equal(net.rows[2].checked, 6);
    assert_near(net.rows[1].error, 0, 0, 1e-8);
    net_close(&net);
}

static void test_a_nan_is_an_error(void **state)
{
    (void)state;
    struct net net;
    no_mistake();
    wrong_at = 0;
    wrong_by = (double)NAN;
    net_open(&net, &odd, NULL);
    net_check(&net);
    assert_is_nan(net.rows[2].error);
    assert_int_equal(net.rows[2].worst, 0);
    assert_is_nan(net.rows[2].analytic);
    net_close(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_gradients_pass),
        cmocka_unit_test(test_a_wrong_element_is_found_and_named),
        cmocka_unit_test(test_values_and_statistics_are_put_back),
        cmocka_unit_test(test_a_kink_within_the_step_is_resolved),
        cmocka_unit_test(test_a_bend_behind_a_kink_is_no_mistake),
        cmocka_unit_test(test_an_element_on_a_kink),
        cmocka_unit_test(test_a_zero_gradient_has_no_error),
        cmocka_unit_test(test_where_huber_bends),
        cmocka_unit_test(test_noise_is_as_large_as_the_error),
        cmocka_unit_test(test_it_can_be_stopped_and_thinned),
        cmocka_unit_test(test_a_nan_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
