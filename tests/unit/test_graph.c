/* The graph: parameters, memory plan, who writes a gradient first, partial passes, the search for NaN. */
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

static void fill_normal(const struct tensor *tensor, uint64_t stream)
{
    struct random key = {.seed = 3, .purpose = PURPOSE_CHECK};
    struct tensor to = *tensor;
    for (int64_t i = 0; i < tensor_count(&to); i++)
        tensor_set(&to, i, random_normal(key, stream, (uint64_t)i) / 2);
}

/* An input, two linear layers with relu and dropout between, batch-norm, a loss with a penalty. */
struct network {
    struct arena arena;
    struct parameters parameters;
    struct graph *graph;
    int w1, b1, w2, gamma, beta, mean, variance;
    node x, labels, hidden, norm, logits, cross_entropy, loss;
};

static node must(node n, const struct error *err)
{
    if (n < 0)
        fail_msg("%s", err->sentence);
    return n;
}

static void network_build(struct network *net)
{
    struct error err = {0};
    struct graph *g = net->graph;
    static const struct op_unary_settings relu = {UNARY_relu, 0};
    static const struct op_dropout_settings half = {0.5};
    static const struct op_batchnorm_settings norm = {.eps = 1e-5, .momentum = 0.1, .affine = true};
    static const struct op_cross_entropy_settings mean = {.factor = 1};
    static const struct op_penalty_settings l2 = {.l2 = 0.01};
    net->x = graph_input(g, "x", graph_dtype(g), SHAPE(6, 2, 2), false);
    net->labels = graph_input(g, "labels", DTYPE_I32, SHAPE(6), false);
    struct op_reshape_settings flat = {SHAPE(6, 4)};
    node flatten = must(graph_add(g, &op_reshape, "flatten", &net->x, 1, &flat, &err), &err);
    node w1 = graph_parameter(g, net->w1);
    net->hidden = must(
        graph_add(g, &op_linear, "fc1", (node[]){flatten, w1, graph_parameter(g, net->b1)}, 3, NULL, &err),
        &err);
    node act = must(graph_add(g, &op_unary, "relu", &net->hidden, 1, &relu, &err), &err);
    node drop = must(graph_add(g, &op_dropout, "drop", &act, 1, &half, &err), &err);
    node inputs[] = {drop, graph_parameter(g, net->gamma), graph_parameter(g, net->beta),
                     graph_parameter(g, net->mean), graph_parameter(g, net->variance)};
    net->norm = must(graph_add(g, &op_batchnorm, "norm", inputs, 5, &norm, &err), &err);
    net->logits =
        must(graph_add(g, &op_linear, "fc2", (node[]){net->norm, graph_parameter(g, net->w2)}, 2, NULL, &err),
             &err);
    net->cross_entropy = must(
        graph_add(g, &op_cross_entropy, "cross_entropy", (node[]){net->logits, net->labels}, 2, &mean, &err),
        &err);
    node penalty = must(graph_add(g, &op_penalty, "penalty", &w1, 1, &l2, &err), &err);
    net->loss =
        must(graph_add(g, &op_add, "loss", (node[]){net->cross_entropy, penalty}, 2, NULL, &err), &err);
}

static void network_open(struct network *net, enum dtype dtype)
{
    *net = (struct network){0};
    arena_init(&net->arena, "test");
    struct parameters *p = &net->parameters;
    parameters_init(p, &net->arena, dtype);
    net->w1 = parameters_add(p, "fc1/weight", SHAPE(5, 4), true, false);
    net->b1 = parameters_add(p, "fc1/bias", SHAPE(5), false, false);
    net->gamma = parameters_add(p, "norm/weight", SHAPE(5), true, false);
    net->beta = parameters_add(p, "norm/bias", SHAPE(5), true, false);
    net->mean = parameters_add(p, "norm/running_mean", SHAPE(5), false, true);
    net->variance = parameters_add(p, "norm/running_var", SHAPE(5), false, true);
    net->w2 = parameters_add(p, "fc2/weight", SHAPE(3, 5), true, false);
    net->graph = graph_new(&net->arena, backend(), dtype, p);
    network_build(net);
    graph_plan(net->graph, net->loss);
    parameters_allocate(p);
    graph_allocate(net->graph);
    for (int i = 0; i < (int)p->count; i++) {
        struct tensor value = parameter_value(p, i);
        fill_normal(&value, (uint64_t)i);
    }
    struct tensor variance = parameter_value(p, net->variance);
    for (int64_t i = 0; i < 5; i++)
        tensor_set(&variance, i, 1);
    fill_normal(graph_value(net->graph, net->x), 50);
    int32_t *labels = graph_value(net->graph, net->labels)->data;
    for (int i = 0; i < 6; i++)
        labels[i] = i % 3;
}

static void network_close(struct network *net)
{
    arena_release(&net->arena);
}

static const struct graph_step training = {.training = true, .seed = 1, .step = 7}, evaluation = {.seed = 1};

static void test_parameters_lie_in_one_vector(void **state)
{
    (void)state;
    struct arena arena;
    struct parameters p;
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F32);
    char name[] = "first";
    assert_int_equal(parameters_add(&p, name, SHAPE(3, 5), true, false), 0);
    name[0] = 'x'; /* the name was copied */
    assert_int_equal(parameters_add(&p, "statistic", SHAPE(7), true, true), 1);
    assert_int_equal(parameters_add(&p, "second", SHAPE(20), false, false), 2);
    assert_int_equal(parameters_add(&p, "huge", SHAPE(INT64_C(1) << 40, INT64_C(1) << 40), true, false), -1);
    assert_int_equal(parameters_add(&p, "empty", SHAPE(3, 0), true, false), -1);
    parameters_allocate(&p);
    assert_int_equal(p.at[0].offset, 0);
    assert_int_equal(p.at[2].offset, 16);
    assert_int_equal(p.at[1].offset, 0);
    assert_int_equal(p.length, 48);
    assert_int_equal(p.state_length, 16);
    assert_false(p.at[1].trainable);
    assert_int_equal(parameters_find(&p, "first"), 0);
    assert_int_equal(parameters_find(&p, "second"), 2);
    assert_int_equal(parameters_find(&p, "third"), -1);
    assert_int_equal(parameters_total(&p, false), 35);
    assert_int_equal(parameters_total(&p, true), 15);
    assert_ptr_equal(parameter_value(&p, 2).data, (float *)p.value + 16);
    assert_ptr_equal(parameter_gradient(&p, 2).data, (float *)p.gradient + 16);
    assert_ptr_equal(parameter_value(&p, 1).data, p.state);
    assert_int_equal(parameter_value(&p, 0).shape.rank, 2);
    assert_int_equal((uintptr_t)p.value % 64, 0);
    arena_release(&arena);
}

/* What an arena counts for alignment when numbers follow numbers: nothing, but with a sanitizer. */
static size_t overhead_of_a_request(struct arena *arena)
{
    arena_numbers(arena, 64);
    size_t before = arena->used;
    arena_numbers(arena, 64);
    return arena->used - before - 64;
}

static void test_planned_memory_is_what_is_used(void **state)
{
    (void)state;
    for (enum dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++) {
        struct network net = {0};
        arena_init(&net.arena, "test");
        struct parameters *p = &net.parameters;
        parameters_init(p, &net.arena, dtype);
        net.w1 = parameters_add(p, "w1", SHAPE(5, 4), true, false);
        net.b1 = parameters_add(p, "b1", SHAPE(5), true, false);
        net.gamma = parameters_add(p, "gamma", SHAPE(5), true, false);
        net.beta = parameters_add(p, "beta", SHAPE(5), true, false);
        net.mean = parameters_add(p, "mean", SHAPE(5), false, true);
        net.variance = parameters_add(p, "variance", SHAPE(5), false, true);
        net.w2 = parameters_add(p, "w2", SHAPE(3, 5), true, false);
        net.graph = graph_new(&net.arena, backend(), dtype, p);
        network_build(&net);
        graph_plan(net.graph, net.loss);
        struct memory_plan plan = graph_memory(net.graph);
        size_t overhead = overhead_of_a_request(&net.arena), before = net.arena.used;
        parameters_allocate(p);
        assert_int_equal(net.arena.used - before,
                         plan.parameters + plan.parameter_gradients + plan.state + 3 * (int64_t)overhead);
        before = net.arena.used + overhead;
        graph_allocate(net.graph);
        int64_t of_graph = plan.inputs + plan.values + plan.value_gradients + plan.saved + plan.workspace;
        assert_int_equal(net.arena.used - before, of_graph);
        assert_int_equal(plan.total, plan.parameters + plan.parameter_gradients + plan.state + of_graph);
        assert_true(plan.inputs > 0 && plan.values > 0 && plan.value_gradients > 0 && plan.saved > 0);
        network_close(&net);
    }
}

static void test_a_step_allocates_nothing(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    size_t used = net.arena.used;
    for (int i = 0; i < 3; i++) {
        graph_forward(net.graph, &training);
        graph_backward(net.graph, &training);
        graph_forward_from(net.graph, net.x, &training);
        assert_false(graph_first_nonfinite(net.graph, true, NULL));
    }
    assert_int_equal(net.arena.used, used);
    network_close(&net);
}

static void test_values_are_apart_and_aligned(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    for (node n = 0; n < graph_count(net.graph); n++) {
        const struct tensor *a = graph_value(net.graph, n);
        assert_int_equal((uintptr_t)a->data % 64, 0);
        for (node m = 0; m < n; m++) {
            const struct tensor *b = graph_value(net.graph, m);
            const char *a_begin = a->data, *b_begin = b->data;
            bool overlap = a_begin < b_begin + tensor_bytes(b) && b_begin < a_begin + tensor_bytes(a);
            bool alias = graph_op(net.graph, n) == &op_reshape;
            assert_int_equal(overlap, alias && m == net.x);
        }
    }
    network_close(&net);
}

static void test_untrainable_parameters_have_no_gradient(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F64);
    graph_forward(net.graph, &training);
    graph_backward(net.graph, &training);
    assert_null(graph_gradient(net.graph, graph_find(net.graph, "fc1/bias")));
    assert_null(graph_gradient(net.graph, graph_find(net.graph, "norm/running_mean")));
    assert_null(graph_gradient(net.graph, net.x));
    assert_null(graph_gradient(net.graph, graph_find(net.graph, "flatten")));
    assert_null(graph_gradient(net.graph, net.labels));
    struct tensor bias = parameter_gradient(&net.parameters, net.b1);
    for (int64_t i = 0; i < 5; i++)
        assert_true(tensor_get(&bias, i) == 0);
    const struct tensor *weight = graph_gradient(net.graph, graph_find(net.graph, "fc1/weight"));
    assert_non_null(weight);
    assert_ptr_equal(weight->data, parameter_gradient(&net.parameters, net.w1).data);
    network_close(&net);
}

static void test_forward_from_equals_forward(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F64);
    node changed[] = {net.x, graph_find(net.graph, "fc1/weight"), graph_find(net.graph, "fc2/weight"),
                      graph_find(net.graph, "norm/bias")};
    graph_forward(net.graph, &evaluation);
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        struct tensor value = *graph_value(net.graph, changed[i]);
        tensor_set(&value, 1, tensor_get(&value, 1) + 0.5);
        double before = graph_scalar(net.graph, net.loss);
        graph_forward_from(net.graph, changed[i], &evaluation);
        double partial = graph_scalar(net.graph, net.loss);
        graph_forward(net.graph, &evaluation);
        assert_true(partial != before);
        assert_true(partial == graph_scalar(net.graph, net.loss));
    }
    network_close(&net);
}

static void test_forward_from_leaves_the_rest_alone(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F64);
    graph_forward(net.graph, &evaluation);
    struct tensor hidden = *graph_value(net.graph, net.hidden);
    tensor_set(&hidden, 0, 123);
    graph_forward_from(net.graph, graph_find(net.graph, "fc2/weight"), &evaluation);
    assert_true(tensor_get(&hidden, 0) == 123);
    network_close(&net);
}

static void test_running_statistics_move_in_training_only(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F64);
    struct tensor mean = parameter_value(&net.parameters, net.mean);
    double before = tensor_get(&mean, 2);
    graph_forward(net.graph, &evaluation);
    assert_true(tensor_get(&mean, 2) == before);
    graph_forward(net.graph, &training);
    assert_true(tensor_get(&mean, 2) != before);
    network_close(&net);
}

static void test_dropout_depends_on_the_step_alone(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    struct graph_step other = training;
    other.step++;
    graph_forward(net.graph, &training);
    double first = graph_scalar(net.graph, net.loss);
    graph_forward(net.graph, &other);
    assert_true(graph_scalar(net.graph, net.loss) != first);
    graph_forward(net.graph, &training);
    assert_true(graph_scalar(net.graph, net.loss) == first);
    network_close(&net);
}

static void test_row_losses_add_up(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    graph_forward(net.graph, &evaluation);
    int64_t rows;
    const double *row_loss = graph_row_loss(net.graph, net.cross_entropy, &rows);
    assert_int_equal(rows, 6);
    double sum = 0;
    for (int64_t i = 0; i < rows; i++)
        sum += row_loss[i];
    assert_near(sum / 6, graph_scalar(net.graph, net.cross_entropy), 1e-15, 0);
    assert_null(graph_row_loss(net.graph, net.logits, &rows));
    assert_int_equal(rows, 0);
    network_close(&net);
}

/* A gradient that several nodes give, some of them through a reshape, is their sum. */
static void test_gradients_of_aliases_and_shared_parameters_add_up(void **state)
{
    (void)state;
    struct arena arena;
    struct parameters p;
    struct error err = {0};
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F64);
    int shared = parameters_add(&p, "w", SHAPE(2, 3), true, false);
    int unused = parameters_add(&p, "unused", SHAPE(4), true, false);
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, &p);
    node w = graph_parameter(g, shared), idle = graph_parameter(g, unused);
    assert_int_equal(graph_parameter(g, shared), w);
    assert_int_equal(graph_parameter_of(g, w), shared);
    struct op_reshape_settings row = {SHAPE(6)}, tall = {SHAPE(3, 2)};
    struct op_mean_settings all_of_one = {0, 1}, all_of_two = {0, 2};
    struct op_scale_settings twice = {2};
    node flat = must(graph_add(g, &op_reshape, "flat", &w, 1, &row, &err), &err);
    node narrow = must(graph_add(g, &op_reshape, "narrow", &flat, 1, &tall, &err), &err);
    node square = must(graph_add(g, &op_multiply, "square", (node[]){flat, flat}, 2, NULL, &err), &err);
    node a = must(graph_add(g, &op_mean, "a", &square, 1, &all_of_one, &err), &err);
    node b = must(graph_add(g, &op_mean, "b", &narrow, 1, &all_of_two, &err), &err);
    node c = must(graph_add(g, &op_mean, "c", &w, 1, &all_of_two, &err), &err);
    node b2 = must(graph_add(g, &op_scale, "2b", &b, 1, &twice, &err), &err);
    node loss = must(graph_add(g, &op_add, "loss", (node[]){a, b2, c, c}, 4, NULL, &err), &err);
    graph_plan(g, loss);
    parameters_allocate(&p);
    graph_allocate(g);
    assert_ptr_equal(graph_value(g, narrow)->data, graph_value(g, w)->data);
    assert_ptr_equal(graph_gradient(g, narrow)->data, graph_gradient(g, w)->data);
    struct tensor value = *graph_value(g, w), idle_gradient = *graph_gradient(g, idle);
    for (int64_t i = 0; i < 6; i++)
        tensor_set(&value, i, (double)i - 2);
    for (int round = 0; round < 2; round++) {
        tensor_set(&idle_gradient, 1, 5); /* whatever stood there goes */
        graph_forward(g, &evaluation);
        graph_backward(g, &evaluation);
        for (int64_t i = 0; i < 6; i++)
            assert_near(tensor_get(graph_gradient(g, w), i), 2 * ((double)i - 2) / 6 + 4.0 / 6, 1e-15, 1e-15);
        assert_true(tensor_get(&idle_gradient, 1) == 0);
    }
    assert_near(graph_scalar(g, loss), (4 + 1 + 0 + 1 + 4 + 9) / 6.0 + 4 * 0.5, 1e-15, 0);
    arena_release(&arena);
}

static void test_numbers_are_kept_in_double(void **state)
{
    (void)state;
    struct arena arena;
    struct error err = {0};
    arena_init(&arena, "test");
    struct graph *g = graph_new(&arena, backend(), DTYPE_F32, NULL);
    static const struct op_term_loss_settings mse = {.term = TERM_mse, .factor = 1},
                                              tiny = {.term = TERM_mse, .factor = 1e-12};
    static const struct op_scale_settings thrice = {3};
    node p = graph_input(g, "p", DTYPE_F32, SHAPE(1), true),
         t = graph_input(g, "t", DTYPE_F32, SHAPE(1), false);
    node one = must(graph_add(g, &op_term_loss, "one", (node[]){p, t}, 2, &mse, &err), &err);
    node small = must(graph_add(g, &op_term_loss, "small", (node[]){p, t}, 2, &tiny, &err), &err);
    node sum = must(graph_add(g, &op_add, "sum", (node[]){one, small}, 2, NULL, &err), &err);
    node loss = must(graph_add(g, &op_scale, "loss", &sum, 1, &thrice, &err), &err);
    graph_plan(g, loss);
    graph_allocate(g);
    struct tensor prediction = *graph_value(g, p);
    tensor_set(&prediction, 0, 1);
    graph_forward(g, &evaluation);
    graph_backward(g, &evaluation);
    assert_near(graph_scalar(g, loss), 3 + 3e-12, 1e-15, 0);
    assert_near(tensor_get(graph_value(g, loss), 0), 3, 1e-7, 0);
    assert_near(tensor_get(graph_gradient(g, sum), 0), 3, 1e-7, 0);
    assert_near(tensor_get(graph_gradient(g, p), 0), 6, 1e-6, 0);
    arena_release(&arena);
}

/* A number may itself be a parameter. */
static void test_a_parameter_of_rank_0(void **state)
{
    (void)state;
    struct arena arena;
    struct parameters p;
    struct error err = {0};
    arena_init(&arena, "test");
    parameters_init(&p, &arena, DTYPE_F64);
    int w = parameters_add(&p, "w", (struct shape){.rank = 0}, true, false);
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, &p);
    static const struct op_scale_settings half = {0.5};
    node n = graph_parameter(g, w);
    node scaled = must(graph_add(g, &op_scale, "scaled", &n, 1, &half, &err), &err);
    node loss = must(graph_add(g, &op_add, "loss", (node[]){n, scaled}, 2, NULL, &err), &err);
    graph_plan(g, loss);
    parameters_allocate(&p);
    graph_allocate(g);
    struct tensor value = *graph_value(g, n);
    tensor_set(&value, 0, 4);
    graph_forward(g, &evaluation);
    graph_backward(g, &evaluation);
    assert_near(graph_scalar(g, loss), 6, 1e-15, 0);
    assert_near(tensor_get(graph_gradient(g, n), 0), 1.5, 1e-15, 0);
    arena_release(&arena);
}

static void test_forward_only_graph_has_no_gradients(void **state)
{
    (void)state;
    struct network net = {0};
    arena_init(&net.arena, "test");
    struct graph *g = graph_new(&net.arena, backend(), DTYPE_F32, NULL);
    struct error err = {0};
    static const struct op_unary_settings relu = {UNARY_relu, 0};
    node x = graph_input(g, "x", DTYPE_F32, SHAPE(4), true);
    node y = must(graph_add(g, &op_unary, "relu", &x, 1, &relu, &err), &err);
    graph_plan(g, -1);
    assert_int_equal(graph_memory(g).value_gradients, 0);
    graph_allocate(g);
    graph_forward(g, &evaluation);
    assert_null(graph_gradient(g, x));
    assert_null(graph_gradient(g, y));
    network_close(&net);
}

/* What does not lead to the loss gets no gradient, and does not disturb. */
static void test_a_branch_beside_the_loss(void **state)
{
    (void)state;
    struct arena arena;
    struct error err = {0};
    arena_init(&arena, "test");
    struct graph *g = graph_new(&arena, backend(), DTYPE_F64, NULL);
    static const struct op_unary_settings relu = {UNARY_relu, 0};
    static const struct op_mean_settings all = {0, 1};
    node x = graph_input(g, "x", DTYPE_F64, SHAPE(4), true);
    node aside = must(graph_add(g, &op_unary, "aside", &x, 1, &relu, &err), &err);
    node loss = must(graph_add(g, &op_mean, "loss", &x, 1, &all, &err), &err);
    must(graph_add(g, &op_mean, "metric", &aside, 1, &all, &err), &err);
    graph_plan(g, loss);
    graph_allocate(g);
    graph_forward(g, &evaluation);
    graph_backward(g, &evaluation);
    assert_null(graph_gradient(g, aside));
    assert_near(tensor_get(graph_gradient(g, x), 3), 0.25, 1e-15, 0);
    arena_release(&arena);
}

static void expect_refusal(struct graph *g, const struct op *op, const node *inputs, int count,
                           const void *settings, const char *sentence)
{
    struct error err = {0};
    int nodes = graph_count(g);
    assert_int_equal(graph_add(g, op, "refused", inputs, count, settings, &err), -1);
    if (!strstr(err.sentence, sentence))
        fail_msg("refused with \"%s\", expected \"%s\"", err.sentence, sentence);
    assert_int_equal(err.kind, ERROR_REQUEST);
    assert_int_equal(graph_count(g), nodes);
}

static void test_refusals_of_the_graph(void **state)
{
    (void)state;
    struct arena arena;
    struct error err = {0};
    arena_init(&arena, "test");
    struct graph *g = graph_new(&arena, backend(), DTYPE_F32, NULL);
    static const struct op_mean_settings all = {0, 2};
    static const struct op_unary_settings relu = {UNARY_relu, 0};
    node x = graph_input(g, "x", DTYPE_F32, SHAPE(2, 3), false),
         w = graph_input(g, "w", DTYPE_F32, SHAPE(4, 5), false);
    node i = graph_input(g, "index", DTYPE_I32, SHAPE(2), false);
    node number = must(graph_add(g, &op_mean, "number", &x, 1, &all, &err), &err);
    expect_refusal(g, &op_linear, &x, 1, NULL, "linear takes 2 to 3 inputs, but was given 1");
    expect_refusal(g, &op_transpose, (node[]){x, x}, 2, NULL, "transpose takes 1 input, but was given 2");
    expect_refusal(g, &op_linear, (node[]){x, -1}, 2, NULL, "input 2 of linear is missing");
    expect_refusal(g, &op_unary, &i, 1, &relu, "unary needs real numbers, but \"index\" holds integers");
    expect_refusal(g, &op_unary, &number, 1, &relu,
                   "unary needs a tensor, but \"number\" is a single number");
    expect_refusal(g, &op_embedding, (node[]){x, w}, 2, NULL, "but \"x\" holds real numbers");
    assert_int_equal(graph_input(g, "huge", DTYPE_F32, SHAPE(INT64_C(1) << 40, INT64_C(1) << 40), false), -1);
    assert_int_equal(graph_input(g, "empty", DTYPE_F32, SHAPE(0, 3), false), -1);

    node wide = graph_input(g, "wide", DTYPE_F32, SHAPE(INT64_C(1) << 30, 1), false);
    node many = graph_input(g, "many", DTYPE_F32, SHAPE(INT64_C(1) << 30, 1), false);
    expect_refusal(g, &op_linear, (node[]){wide, many}, 2, NULL, "larger than any machine can hold");

    /* The sentence knows what was flattened. */
    node image = graph_input(g, "image", DTYPE_F32, SHAPE(2, 16, 4, 4), false);
    node weight = graph_input(g, "weight", DTYPE_F32, SHAPE(10, 400), false);
    struct op_reshape_settings flat = {SHAPE(2, 256)};
    node flatten = must(graph_add(g, &op_reshape, "flatten", &image, 1, &flat, &err), &err);
    expect_refusal(g, &op_linear, (node[]){flatten, weight}, 2, NULL,
                   "in_features is 400, but the input gives 256 = 16 x 4 x 4");
    arena_release(&arena);
}

/* Where a NaN began is found, not where it was carried to. */
static void test_first_nonfinite_in_the_order_of_computation(void **state)
{
    (void)state;
    struct network net;
    struct nonfinite found;
    network_open(&net, DTYPE_F32);
    struct tensor x = *graph_value(net.graph, net.x), w2 = parameter_value(&net.parameters, net.w2);
    struct tensor variance = parameter_value(&net.parameters, net.variance);
    struct tensor hidden = *graph_value(net.graph, net.hidden), logits = *graph_value(net.graph, net.logits);
    graph_forward(net.graph, &training);
    graph_backward(net.graph, &training);
    assert_false(graph_first_nonfinite(net.graph, true, &found));

    const struct tensor *w1_gradient = graph_gradient(net.graph, graph_find(net.graph, "fc1/weight"));
    tensor_set((struct tensor *)(uintptr_t)w1_gradient, 3, (double)INFINITY);
    assert_false(graph_first_nonfinite(net.graph, false, &found));
    assert_true(graph_first_nonfinite(net.graph, true, &found));
    assert_string_equal(found.what, "gradient");
    assert_string_equal(found.name, "fc1/weight");
    assert_int_equal(found.index, 3);

    struct tensor hidden_gradient = *graph_gradient(net.graph, net.hidden),
                  norm_gradient = *graph_gradient(net.graph, net.norm);
    tensor_set(&hidden_gradient, 0, (double)NAN);
    tensor_set(&norm_gradient, 1, (double)NAN);
    assert_true(graph_first_nonfinite(net.graph, true, &found));
    assert_string_equal(found.name, "norm");

    tensor_set(&logits, 4, (double)NAN);
    assert_true(graph_first_nonfinite(net.graph, true, &found));
    assert_string_equal(found.what, "value");
    assert_string_equal(found.name, "fc2");
    tensor_set(&hidden, 2, -(double)INFINITY);
    assert_true(graph_first_nonfinite(net.graph, false, &found));
    assert_string_equal(found.name, "fc1");
    assert_int_equal(found.index, 2);
    assert_true(isinf(found.value) && found.value < 0);
    tensor_set(&variance, 1, (double)NAN);
    assert_true(graph_first_nonfinite(net.graph, false, &found));
    assert_string_equal(found.what, "parameter");
    assert_string_equal(found.name, "norm/running_var");
    tensor_set(&w2, 7, (double)NAN);
    tensor_set(&x, 5, (double)NAN);
    assert_true(graph_first_nonfinite(net.graph, false, &found));
    assert_string_equal(found.what, "input");
    assert_int_equal(found.node, net.x);
    assert_int_equal(found.index, 5);
    assert_is_nan(found.value);
    network_close(&net);
}

static void test_a_nan_reaches_the_loss(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    struct tensor x = *graph_value(net.graph, net.x);
    tensor_set(&x, 5, (double)NAN);
    graph_forward(net.graph, &training);
    graph_backward(net.graph, &training);
    assert_is_nan(graph_scalar(net.graph, net.loss));
    network_close(&net);
}

static void test_looking_at_a_graph(void **state)
{
    (void)state;
    struct network net;
    network_open(&net, DTYPE_F32);
    node inputs[OP_INPUTS_MOST];
    assert_int_equal(graph_find(net.graph, "fc2"), net.logits);
    assert_int_equal(graph_find(net.graph, "fc3"), -1);
    assert_ptr_equal(graph_op(net.graph, net.logits), &op_linear);
    assert_null(graph_op(net.graph, net.x));
    assert_int_equal(graph_parameter_of(net.graph, net.x), -1);
    assert_int_equal(graph_inputs(net.graph, net.logits, inputs), 2);
    assert_int_equal(inputs[0], net.norm);
    assert_int_equal(graph_multiply_adds(net.graph, net.logits), 6 * 5 * 3);
    assert_int_equal(graph_shape(net.graph, net.logits).size[1], 3);
    const struct op_dropout_settings *settings = graph_settings(net.graph, graph_find(net.graph, "drop"));
    assert_near(settings->p, 0.5, 0, 0);
    network_close(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters_lie_in_one_vector),
        cmocka_unit_test(test_planned_memory_is_what_is_used),
        cmocka_unit_test(test_a_step_allocates_nothing),
        cmocka_unit_test(test_values_are_apart_and_aligned),
        cmocka_unit_test(test_untrainable_parameters_have_no_gradient),
        cmocka_unit_test(test_forward_from_equals_forward),
        cmocka_unit_test(test_forward_from_leaves_the_rest_alone),
        cmocka_unit_test(test_running_statistics_move_in_training_only),
        cmocka_unit_test(test_dropout_depends_on_the_step_alone),
        cmocka_unit_test(test_row_losses_add_up),
        cmocka_unit_test(test_gradients_of_aliases_and_shared_parameters_add_up),
        cmocka_unit_test(test_numbers_are_kept_in_double),
        cmocka_unit_test(test_a_parameter_of_rank_0),
        cmocka_unit_test(test_forward_only_graph_has_no_gradients),
        cmocka_unit_test(test_a_branch_beside_the_loss),
        cmocka_unit_test(test_refusals_of_the_graph),
        cmocka_unit_test(test_first_nonfinite_in_the_order_of_computation),
        cmocka_unit_test(test_a_nan_reaches_the_loss),
        cmocka_unit_test(test_looking_at_a_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
