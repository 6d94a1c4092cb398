/*
 * Every operator of the table, by its own examples: gradients against differences, float against double, NaN
 * in and NaN out, the same bytes twice, gradients that add up, gradients that are not wanted, refusals.
 * Broken operators at the end prove that each of these checks can fail.
 */
#include <mldbg/graph/ops.h>

#include "check.h"

static const double gradient_limit = 1e-8;  /* analytic against differences, in double, norm-relative */
static const double precision_limit = 1e-6; /* float against double, norm-relative */

/* ---- A number from any output: its product with fixed weights. ---- */

static bool weigh_plan(struct op_plan *plan, struct error *err)
{
    (void)err;
    plan->output = (struct shape){.rank = 0};
    return true;
}

static void weigh_forward(const struct op_call *call)
{
    *call->scalar = call->kernels->dot(tensor_count(call->x[0]), call->x[0]->data, call->x[1]->data);
    tensor_set((struct tensor *)(uintptr_t)call->y, 0, *call->scalar);
}

static void weigh_backward(const struct op_call *call)
{
    call->kernels->axpby(tensor_count(call->x[0]), call->scalar_gradient, call->x[1]->data,
                         call->add[0] ? 1 : 0, call->dx[0]->data);
}

static const struct op weigh = {
    .entry = {.name = "weigh"},
    .inputs_least = 2,
    .inputs_most = 2,
    .stops = 1u << 1,
    .plan = weigh_plan,
    .forward = weigh_forward,
    .backward = weigh_backward,
};

/* ---- A graph of one example ---- */

struct fixture {
    struct arena arena;
    struct graph *graph;
    node inputs[OP_INPUTS_MOST];
    node outputs[2], weights, loss;
    const struct op_example *example;
    struct error err;
};

static const struct backend *backend(void)
{
    static const struct backend *cpu;
    struct error err = {0};
    if (!cpu && !backend_cpu(1, &cpu, &err))
        fail_msg("%s", err.sentence);
    return cpu;
}

enum { EVERY_GRADIENT = -1 };

/* copies of the operator read the same inputs. only: the one input whose gradient is wanted, or all. */
static bool fixture_open(struct fixture *f, const struct op *op, const struct op_example *example,
                         enum dtype dtype, int copies, int only)
{
    *f = (struct fixture){.example = example};
    arena_init(&f->arena, "test");
    f->graph = graph_new(&f->arena, backend(), dtype, NULL);
    for (int i = 0; i < example->input_count; i++) {
        bool integer = example->integer_below[i] > 0;
        bool wanted = !integer && !example->constant[i] && (only == EVERY_GRADIENT || only == i);
        f->inputs[i] = graph_input(f->graph, arena_print(&f->arena, "input %d", i),
                                   integer ? DTYPE_I32 : dtype, example->input[i], wanted);
    }
    node scalars[2];
    for (int c = 0; c < copies; c++) {
        f->outputs[c] =
            graph_add(f->graph, op, "output", f->inputs, example->input_count, example->settings, &f->err);
        if (f->outputs[c] < 0)
            return false;
        scalars[c] = f->outputs[c];
        if (graph_shape(f->graph, f->outputs[c]).rank == 0)
            continue;
        if (c == 0)
            f->weights = graph_input(f->graph, "weights", dtype, graph_shape(f->graph, f->outputs[c]), false);
        scalars[c] =
            graph_add(f->graph, &weigh, "weighed", (node[]){f->outputs[c], f->weights}, 2, NULL, &f->err);
    }
    f->loss = copies == 1 ? scalars[0] : graph_add(f->graph, &op_add, "both", scalars, 2, NULL, &f->err);
    graph_plan(f->graph, f->loss);
    graph_allocate(f->graph);
    return true;
}

static void fixture_close(struct fixture *f)
{
    arena_release(&f->arena);
}

/* Values that float holds exactly, so that float and double see the same numbers. */
static double value_of(const struct op_example *example, int input, int64_t index)
{
    struct random key = {.seed = 11, .purpose = PURPOSE_CHECK};
    bool usual = example->low == 0 && example->high == 0;
    double low = usual ? -1.5 : example->low, high = usual ? 1.5 : example->high;
    return (double)(float)(low + (high - low) * random_uniform(key, (uint64_t)input, (uint64_t)index));
}

static void fixture_fill(struct fixture *f)
{
    struct random key = {.seed = 11, .purpose = PURPOSE_CHECK};
    for (int i = 0; i < f->example->input_count; i++) {
        struct tensor input = *graph_value(f->graph, f->inputs[i]);
        for (int64_t j = 0; j < tensor_count(&input); j++) {
            if (f->example->integer_below[i] > 0)
                ((int32_t *)input.data)[j] = (int32_t)random_below(key, (uint64_t)i, (uint64_t)j,
                                                                   (uint64_t)f->example->integer_below[i]);
            else
                tensor_set(&input, j, value_of(f->example, i, j));
        }
    }
    if (graph_shape(f->graph, f->outputs[0]).rank > 0) {
        struct tensor weights = *graph_value(f->graph, f->weights);
        for (int64_t j = 0; j < tensor_count(&weights); j++)
            tensor_set(&weights, j, (double)(float)random_normal(key, 99, (uint64_t)j));
    }
}

static struct graph_step step_of(bool training)
{
    return (struct graph_step){.training = training, .seed = 5, .step = 3};
}

static void fixture_run(struct fixture *f, bool training)
{
    struct graph_step step = step_of(training);
    graph_forward(f->graph, &step);
    graph_backward(f->graph, &step);
}

/* The output and all gradients, as doubles, in one list. */
static double *results_of(struct fixture *f, struct arena *arena, int64_t *output_count, int64_t *count)
{
    *output_count = tensor_count(graph_value(f->graph, f->outputs[0]));
    *count = *output_count;
    for (int i = 0; i < f->example->input_count; i++) {
        const struct tensor *gradient = graph_gradient(f->graph, f->inputs[i]);
        *count += gradient ? tensor_count(gradient) : 0;
    }
    double *list = arena_array(arena, (size_t)*count, sizeof(double)), *at = list;
    for (int64_t j = 0; j < *output_count; j++)
        *at++ = tensor_get(graph_value(f->graph, f->outputs[0]), j);
    for (int i = 0; i < f->example->input_count; i++) {
        const struct tensor *gradient = graph_gradient(f->graph, f->inputs[i]);
        for (int64_t j = 0; gradient && j < tensor_count(gradient); j++)
            *at++ = tensor_get(gradient, j);
    }
    return list;
}

static double norm_relative(const double *a, const double *b, int64_t count)
{
    double difference = 0, norms = 0;
    for (int64_t i = 0; i < count; i++) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        norms += b[i] * b[i];
    }
    return norms == 0 && difference == 0 ? 0 : sqrt(difference) / sqrt(norms);
}

static bool any_nan(const double *list, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (isnan(list[i]))
            return true;
    }
    return false;
}

/* ---- The checks: each returns NULL, or what is wrong ---- */

static const char *check_gradients(struct arena *arena, const struct op *op, const struct op_example *example,
                                   bool training)
{
    struct fixture f;
    const char *wrong = NULL;
    fixture_open(&f, op, example, DTYPE_F64, 1, EVERY_GRADIENT);
    fixture_fill(&f);
    struct gradcheck_settings settings = {.step = 1e-5, .at = step_of(training)};
    size_t count;
    struct gradcheck_row *rows = graph_gradcheck(f.graph, f.loss, &settings, &f.arena, &count);
    if (count == 0)
        wrong = "gradient: there is none to check";
    for (size_t i = 0; i < count && !wrong; i++) {
        if (!(rows[i].error <= gradient_limit) || rows[i].kinks || rows[i].checked != rows[i].count)
            wrong = arena_print(arena,
                                "gradient of %s: error %g, at %lld analytic %.12g, numeric %.12g, %lld kinks",
                                rows[i].name, rows[i].error, (long long)rows[i].worst, rows[i].analytic,
                                rows[i].numeric, (long long)rows[i].kinks);
    }
    fixture_close(&f);
    return wrong;
}

static const char *check_precision(struct arena *arena, const struct op *op, const struct op_example *example,
                                   bool training)
{
    double *results[2];
    int64_t output = 0, count = 0;
    for (int i = 0; i < 2; i++) {
        struct fixture f;
        fixture_open(&f, op, example, i ? DTYPE_F64 : DTYPE_F32, 1, EVERY_GRADIENT);
        fixture_fill(&f);
        fixture_run(&f, training);
        results[i] = results_of(&f, arena, &output, &count);
        fixture_close(&f);
    }
    double forward = norm_relative(results[0], results[1], output);
    double backward = norm_relative(results[0] + output, results[1] + output, count - output);
    if (forward <= precision_limit && backward <= precision_limit)
        return NULL;
    return arena_print(arena, "float against double: forward %g, backward %g", forward, backward);
}

/* Whether output or gradients depend on an element: they change when it changes. */
static bool depends_on(struct fixture *f, struct arena *arena, int input, int64_t index, bool training)
{
    int64_t output, count;
    fixture_fill(f);
    fixture_run(f, training);
    double *usual = results_of(f, arena, &output, &count);
    for (int sign = -1; sign <= 1; sign += 2) {
        struct tensor x = *graph_value(f->graph, f->inputs[input]);
        fixture_fill(f);
        tensor_set(&x, index, tensor_get(&x, index) + sign * 3.3);
        fixture_run(f, training);
        double *changed = results_of(f, arena, &output, &count);
        if (memcmp(usual, changed, (size_t)count * sizeof(double)) != 0)
            return true;
    }
    return false;
}

static const char *check_nan(struct arena *arena, const struct op *op, const struct op_example *example,
                             bool training)
{
    struct fixture f;
    const char *wrong = NULL;
    fixture_open(&f, op, example, DTYPE_F64, 1, EVERY_GRADIENT);
    for (int i = 0; i < example->input_count && !wrong; i++) {
        struct tensor x = *graph_value(f.graph, f.inputs[i]);
        for (int64_t j = 0; x.dtype != DTYPE_I32 && j < tensor_count(&x) && !wrong; j++) {
            int64_t output, count;
            fixture_fill(&f);
            tensor_set(&x, j, (double)NAN);
            fixture_run(&f, training);
            double *list = results_of(&f, &f.arena, &output, &count);
            if (!any_nan(list, count) && depends_on(&f, &f.arena, i, j, training))
                wrong = arena_print(arena, "NaN in element %lld of input %d is swallowed", (long long)j, i);
        }
    }
    fixture_close(&f);
    return wrong;
}

/* The second run begins with memory full of NaN, so what is read before it was written shows too. */
static const char *check_repeat(struct arena *arena, const struct op *op, const struct op_example *example,
                                bool training)
{
    struct fixture f;
    int64_t output, count;
    fixture_open(&f, op, example, DTYPE_F32, 1, EVERY_GRADIENT);
    fixture_fill(&f);
    fixture_run(&f, training);
    double *first = results_of(&f, arena, &output, &count);
    graph_spoil(f.graph);
    fixture_fill(&f);
    fixture_run(&f, training);
    double *second = results_of(&f, arena, &output, &count);
    fixture_close(&f);
    return memcmp(first, second, (size_t)count * sizeof(double)) == 0 ? NULL
                                                                      : "a second run gives other bytes";
}

/* Two operators on the same inputs have twice the gradient of one. */
static const char *check_adding(struct arena *arena, const struct op *op, const struct op_example *example)
{
    double *results[2];
    int64_t output = 0, count = 0;
    for (int i = 0; i < 2; i++) {
        struct fixture f;
        fixture_open(&f, op, example, DTYPE_F64, i + 1, EVERY_GRADIENT);
        fixture_fill(&f);
        fixture_run(&f, false);
        results[i] = results_of(&f, arena, &output, &count);
        fixture_close(&f);
    }
    for (int64_t j = output; j < count; j++)
        results[0][j] *= 2;
    double error = norm_relative(results[1] + output, results[0] + output, count - output);
    return error <= 1e-12 ? NULL : arena_print(arena, "gradients of two users do not add up: %g", error);
}

/* A gradient is the same whether or not the others are wanted. */
static const char *check_alone(struct arena *arena, const struct op *op, const struct op_example *example)
{
    struct fixture all, one;
    const char *wrong = NULL;
    fixture_open(&all, op, example, DTYPE_F64, 1, EVERY_GRADIENT);
    fixture_fill(&all);
    fixture_run(&all, true);
    for (int i = 0; i < example->input_count && !wrong; i++) {
        const struct tensor *expected = graph_gradient(all.graph, all.inputs[i]);
        if (!expected)
            continue;
        fixture_open(&one, op, example, DTYPE_F64, 1, i);
        fixture_fill(&one);
        fixture_run(&one, true);
        const struct tensor *gradient = graph_gradient(one.graph, one.inputs[i]);
        if (memcmp(gradient->data, expected->data, tensor_bytes(expected)) != 0)
            wrong = arena_print(arena, "the gradient of input %d alone differs", i);
        fixture_close(&one);
    }
    fixture_close(&all);
    return wrong;
}

static const char *check_refusal(struct arena *arena, const struct op *op, const struct op_example *example)
{
    struct fixture f;
    const char *wrong = NULL;
    if (fixture_open(&f, op, example, DTYPE_F64, 1, EVERY_GRADIENT))
        wrong = "wrong shapes were accepted";
    else if (!strstr(f.err.sentence, example->refused))
        wrong = arena_print(arena, "refused with \"%s\", expected \"%s\"", f.err.sentence, example->refused);
    fixture_close(&f);
    return wrong;
}

static const char *examine(struct arena *arena, const struct op *op, const struct op_example *example)
{
    const char *wrong = NULL;
    if (example->refused)
        return check_refusal(arena, op, example);
    for (int training = 0; training < 2 && !wrong; training++) {
        wrong = check_gradients(arena, op, example, training);
        if (!wrong)
            wrong = check_precision(arena, op, example, training);
        if (!wrong)
            wrong = check_nan(arena, op, example, training);
        if (!wrong)
            wrong = check_repeat(arena, op, example, training);
    }
    if (!wrong)
        wrong = check_adding(arena, op, example);
    return wrong ? wrong : check_alone(arena, op, example);
}

/* ---- Tests ---- */

static void test_every_operator(void **state)
{
    (void)state;
    struct arena arena;
    int failures = 0;
    arena_init(&arena, "test");
    assert_true(op_catalog.count >= 28);
    for (size_t i = 0; i < op_catalog.count; i++) {
        const struct op *op = ENTRY_OF(op_catalog.at[i], struct op);
        for (int j = 0; j < op->example_count; j++) {
            const char *wrong = examine(&arena, op, &op->examples[j]);
            if (wrong) {
                print_error("%s, example \"%s\": %s\n", op->entry.name, op->examples[j].name, wrong);
                failures++;
            }
        }
    }
    arena_release(&arena);
    assert_int_equal(failures, 0);
}

static void test_every_operator_has_examples_and_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < op_catalog.count; i++) {
        const struct op *op = ENTRY_OF(op_catalog.at[i], struct op);
        int good = 0;
        for (int j = 0; j < op->example_count; j++)
            good += op->examples[j].refused == NULL;
        if (good < 2)
            fail_msg("%s has %d good examples, expected at least 2", op->entry.name, good);
        assert_true(strlen(op->entry.summary) > 0 && strlen(op->entry.summary) <= 72);
        size_t width = 0;
        for (const char *at = op->entry.explain; *at; at++) {
            width = *at == '\n' ? 0 : width + 1;
            if (width > 86)
                fail_msg("the explanation of %s has a line over 86 columns", op->entry.name);
        }
        assert_ptr_equal(catalog_find(&op_catalog, op->entry.name), &op->entry);
    }
}

/* ---- Operators that are broken on purpose ---- */

static bool same_shape(struct op_plan *plan, struct error *err)
{
    (void)err;
    plan->output = plan->input[0];
    return true;
}

static void tanh_forward(const struct op_call *call)
{
    call->kernels->unary(UNARY_tanh, 0, tensor_count(call->y), call->x[0]->data, call->y->data);
}

static void tanh_backward(const struct op_call *call)
{
    call->kernels->unary_grad(UNARY_tanh, 0, tensor_count(call->y), call->x[0]->data, call->y->data,
                              call->dy->data, call->add[0], call->dx[0]->data);
}

static void wrong_sign(const struct op_call *call)
{
    tanh_backward(call);
    call->kernels->axpby(tensor_count(call->y), 0, call->y->data, -1, call->dx[0]->data);
}

static void slightly_wrong(const struct op_call *call)
{
    tanh_backward(call);
    double first = tensor_get(call->dx[0], 0);
    tensor_set(call->dx[0], 0, first * (1 + 1e-5));
}

static void swallow_nan(const struct op_call *call)
{
    for (int64_t i = 0; i < tensor_count(call->y); i++) {
        double x = tensor_get(call->x[0], i);
        tensor_set((struct tensor *)(uintptr_t)call->y, i, x > -3 ? tanh(x) : tanh(-3));
    }
}

static void swallow_nan_backward(const struct op_call *call)
{
    for (int64_t i = 0; i < tensor_count(call->y); i++) {
        double y = tensor_get(call->y, i), old = call->add[0] ? tensor_get(call->dx[0], i) : 0;
        tensor_set(call->dx[0], i, old + tensor_get(call->dy, i) * (1 - y * y));
    }
}

static void never_add(const struct op_call *call)
{
    struct op_call changed = *call;
    changed.add[0] = false;
    tanh_backward(&changed);
}

static void read_before_written(const struct op_call *call)
{
    call->kernels->axpby(tensor_count(call->y), 0, call->y->data, 0, call->workspace);
    double before = tensor_get(call->y, 0);
    tanh_forward(call);
    if (isnan(before))
        tensor_set((struct tensor *)(uintptr_t)call->y, 0, 0.25);
}

static bool with_workspace(struct op_plan *plan, struct error *err)
{
    plan->workspace_bytes = shape_count(&plan->input[0]) * 8;
    return same_shape(plan, err);
}

static void single_precision(const struct op_call *call)
{
    tanh_forward(call);
    for (int64_t i = 0; i < tensor_count(call->y); i++)
        tensor_set((struct tensor *)(uintptr_t)call->y, i, (double)(float)tensor_get(call->y, i));
}

static void test_broken_operators_are_noticed(void **state)
{
    (void)state;
    static const struct op_example example = {
        .name = "broken", .input = {{.rank = 2, .size = {3, 4}}}, .input_count = 1};
    static const struct op_example not_refused = {.name = "broken",
                                                  .input = {{.rank = 1, .size = {3}}},
                                                  .input_count = 1,
                                                  .refused = "expected two axes"};
    const struct {
        void (*forward)(const struct op_call *call);
        void (*backward)(const struct op_call *call);
        const struct op_example *example;
        const char *noticed;
    } broken[] = {
        {tanh_forward, tanh_backward, &example, NULL}, /* and the sound one is not */
        {tanh_forward, wrong_sign, &example, "gradient of input 0: error 1"},
        {tanh_forward, slightly_wrong, &example, "gradient of input 0"},
        {single_precision, tanh_backward, &example, "gradient of input 0"},
        {swallow_nan, swallow_nan_backward, &example, "NaN in element 0 of input 0 is swallowed"},
        {tanh_forward, never_add, &example, "do not add up"},
        {read_before_written, tanh_backward, &example, "a second run gives other bytes"},
        {tanh_forward, tanh_backward, &not_refused, "wrong shapes were accepted"},
    };
    struct arena arena;
    arena_init(&arena, "test");
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct op op = {
            .entry = {.name = "broken"}, .inputs_least = 1, .inputs_most = 1, .plan = with_workspace};
        op.forward = broken[i].forward;
        op.backward = broken[i].backward;
        const char *wrong = examine(&arena, &op, broken[i].example);
        if (!broken[i].noticed != !wrong || (wrong && !strstr(wrong, broken[i].noticed)))
            fail_msg("broken operator %zu: noticed \"%s\", expected \"%s\"", i, wrong ? wrong : "nothing",
                     broken[i].noticed ? broken[i].noticed : "nothing");
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator),
        cmocka_unit_test(test_every_operator_has_examples_and_words),
        cmocka_unit_test(test_broken_operators_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
