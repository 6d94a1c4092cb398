/* matmul: one matrix product for each leading index, optionally the second one transposed, and a factor. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_matmul_settings *settings = plan->settings;
    const struct shape *a = &plan->input[0], *b = &plan->input[1];
    if (a->rank < 2 || b->rank != a->rank)
        return fail(err, ERROR_REQUEST, "the factors are %s and %s, expected two matrices or stacks of them",
                    words_of(a).at, words_of(b).at);
    for (int i = 0; i < a->rank - 2; i++) {
        if (a->size[i] != b->size[i])
            return fail(err, ERROR_REQUEST, "the factors are %s and %s: axis %d differs, %lld and %lld",
                        words_of(a).at, words_of(b).at, i, (long long)a->size[i], (long long)b->size[i]);
    }
    int row = a->rank - 2, column = a->rank - 1;
    int64_t k = b->size[settings->transpose_b ? column : row],
            n = b->size[settings->transpose_b ? row : column];
    if (a->size[column] != k)
        return fail(err, ERROR_REQUEST,
                    "the rows of the first factor (%s) have %lld numbers, but the %s of the "
                    "second (%s) have %lld",
                    words_of(a).at, (long long)a->size[column], settings->transpose_b ? "rows" : "columns",
                    words_of(b).at, (long long)k);
    plan->output = *a;
    plan->output.size[column] = n;
    plan->multiply_adds = size_product(shape_count(a), n);
    return true;
}

struct product {
    int64_t count, m, n, k;
    double factor;
    bool transpose_b;
};

static struct product product_of(const struct op_call *call)
{
    const struct op_matmul_settings *settings = call->settings;
    const struct shape *a = &call->x[0]->shape, *y = &call->y->shape;
    return (struct product){
        .count = shape_span(a, 0, a->rank - 2),
        .m = a->size[a->rank - 2],
        .n = y->size[y->rank - 1],
        .k = a->size[a->rank - 1],
        .factor = settings->factor == 0 ? 1 : settings->factor,
        .transpose_b = settings->transpose_b,
    };
}

/* The same product for each of count matrices that lie one behind the other. */
static struct gemm stacked(struct gemm gemm, const struct product *p, bool add)
{
    gemm.alpha = p->factor;
    gemm.beta = add ? 1 : 0;
    gemm.outer = p->count;
    gemm.a_outer = gemm.m * gemm.k;
    gemm.b_outer = gemm.k * gemm.n;
    gemm.c_outer = gemm.m * gemm.n;
    return gemm;
}

static void forward(const struct op_call *call)
{
    struct product p = product_of(call);
    struct gemm gemm = stacked(gemm_of(false, p.transpose_b, p.m, p.n, p.k), &p, false);
    call->kernels->gemm(&gemm, call->x[0]->data, call->x[1]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    struct product p = product_of(call);
    const void *a = call->x[0]->data, *b = call->x[1]->data, *dy = call->dy->data;
    if (call->dx[0]) {
        struct gemm gemm = stacked(gemm_of(false, !p.transpose_b, p.m, p.k, p.n), &p, call->add[0]);
        call->kernels->gemm(&gemm, dy, b, call->dx[0]->data);
    }
    if (call->dx[1] && p.transpose_b) {
        struct gemm gemm = stacked(gemm_of(true, false, p.n, p.k, p.m), &p, call->add[1]);
        call->kernels->gemm(&gemm, dy, a, call->dx[1]->data);
    } else if (call->dx[1]) {
        struct gemm gemm = stacked(gemm_of(true, false, p.k, p.n, p.m), &p, call->add[1]);
        call->kernels->gemm(&gemm, a, dy, call->dx[1]->data);
    }
}

static const struct op_matmul_settings plain = {0}, transposed = {.transpose_b = true, .factor = 0.5};

static const struct op_example examples[] = {
    {.name = "two matrices", .input = {AXES(3, 4), AXES(4, 5)}, .input_count = 2, .settings = &plain},
    {.name = "stack", .input = {AXES(2, 3, 4, 2), AXES(2, 3, 2, 3)}, .input_count = 2, .settings = &plain},
    {.name = "transposed, halved",
     .input = {AXES(2, 3, 4), AXES(2, 5, 4)},
     .input_count = 2,
     .settings = &transposed},
    {.name = "rows do not meet columns",
     .input = {AXES(3, 4), AXES(5, 4)},
     .input_count = 2,
     .settings = &plain,
     .refused = "have 4 numbers, but the columns of the second (5 x 4) have 5"},
    {.name = "stacks differ",
     .input = {AXES(2, 3, 4), AXES(3, 4, 5)},
     .input_count = 2,
     .settings = &plain,
     .refused = "axis 0 differs, 2 and 3"},
};

const struct op op_matmul = {
    .entry =
        {
            .name = "matmul",
            .summary = "Matrix product of two tensors: y = factor a b",
            .explain = "Both inputs are matrices, or stacks of matrices with the same leading axes.\n"
                       "The second may be given transposed.\n",
        },
    .inputs_least = 2,
    .inputs_most = 2,
    .settings_size = sizeof(struct op_matmul_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
