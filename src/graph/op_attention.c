/*
 * attention: scaled dot-product attention of several heads, which are strided views of the same tensors.
 * Vaswani et al. 2017.
 */
#include <math.h>

#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_attention_settings *settings = plan->settings;
    const struct shape *q = &plan->input[0];
    if (q->rank != 3)
        return fail(err, ERROR_REQUEST, "the queries are %s, expected batch x steps x features",
                    words_of(q).at);
    for (int i = 1; i < 3; i++) {
        if (!shape_equal(q, &plan->input[i]))
            return fail(err, ERROR_REQUEST, "the queries are %s, but the %s are %s; expected the same",
                        words_of(q).at, i == 1 ? "keys" : "values", words_of(&plan->input[i]).at);
    }
    int64_t batch = q->size[0], time = q->size[1], width = q->size[2];
    if (settings->heads < 1 || width % settings->heads)
        return fail(err, ERROR_REQUEST, "num_heads is %lld, expected a number that divides the %lld features",
                    (long long)settings->heads, (long long)width);
    int64_t scores = size_product(size_product(batch, settings->heads), size_product(time, time));
    plan->output = *q;
    plan->saved_bytes = size_aligned(size_product(scores, (int64_t)plan->real_size));
    plan->workspace_bytes = 2 * plan->saved_bytes;
    plan->multiply_adds = size_product(2 * batch, size_product(size_product(time, time), width));
    return true;
}

struct heads {
    int64_t batch, time, width, heads, depth; /* width = heads x depth */
    int64_t scores;                           /* numbers in all score matrices */
    double scale;
    bool causal;
};

static struct heads heads_of(const struct op_call *call)
{
    const struct op_attention_settings *settings = call->settings;
    const struct shape *q = &call->x[0]->shape;
    struct heads h = {
        .batch = q->size[0],
        .time = q->size[1],
        .width = q->size[2],
        .heads = settings->heads,
        .depth = q->size[2] / settings->heads,
        .causal = settings->causal,
    };
    h.scores = h.batch * h.heads * h.time * h.time;
    h.scale = 1 / sqrt((double)h.depth);
    return h;
}

/* scores (T x T of each head) = alpha a b', a and b with heads side by side */
static void to_scores(const struct op_call *call, const struct heads *h, double alpha, const void *a,
                      const void *b, void *scores)
{
    struct gemm product = gemm_of(false, true, h->time, h->time, h->depth);
    product.alpha = alpha;
    product.lda = product.ldb = h->width;
    product.outer = h->batch;
    product.inner = h->heads;
    product.a_outer = product.b_outer = h->time * h->width;
    product.a_inner = product.b_inner = h->depth;
    product.c_outer = h->heads * h->time * h->time;
    product.c_inner = h->time * h->time;
    call->kernels->gemm(&product, a, b, scores);
}

/* y (heads side by side) (+)= alpha op(scores) b */
static void from_scores(const struct op_call *call, const struct heads *h, double alpha, bool transpose,
                        const void *scores, const void *b, bool add, void *y)
{
    struct gemm product = gemm_of(transpose, false, h->time, h->depth, h->time);
    product.alpha = alpha;
    product.beta = add ? 1 : 0;
    product.ldb = product.ldc = h->width;
    product.outer = h->batch;
    product.inner = h->heads;
    product.a_outer = h->heads * h->time * h->time;
    product.a_inner = h->time * h->time;
    product.b_outer = product.c_outer = h->time * h->width;
    product.b_inner = product.c_inner = h->depth;
    call->kernels->gemm(&product, scores, b, y);
}

static void forward(const struct op_call *call)
{
    struct heads h = heads_of(call);
    to_scores(call, &h, h.scale, call->x[0]->data, call->x[1]->data, call->workspace);
    if (h.causal)
        call->kernels->mask_causal(h.batch * h.heads, h.time, call->workspace);
    call->kernels->softmax(h.batch * h.heads * h.time, h.time, 1, false, call->workspace, call->saved);
    from_scores(call, &h, 1, false, call->saved, call->x[2]->data, false, call->y->data);
}

static void backward(const struct op_call *call)
{
    struct heads h = heads_of(call);
    const void *dy = call->dy->data;
    void *dprobability = call->workspace;
    void *dscore =
        (char *)call->workspace + size_aligned(h.scores * (int64_t)dtype_size(call->kernels->dtype));
    if (call->dx[0] || call->dx[1]) {
        to_scores(call, &h, 1, dy, call->x[2]->data, dprobability);
        call->kernels->softmax_grad(h.batch * h.heads * h.time, h.time, 1, false, call->saved, dprobability,
                                    false, dscore);
    }
    if (call->dx[0])
        from_scores(call, &h, h.scale, false, dscore, call->x[1]->data, call->add[0], call->dx[0]->data);
    if (call->dx[1])
        from_scores(call, &h, h.scale, true, dscore, call->x[0]->data, call->add[1], call->dx[1]->data);
    if (call->dx[2])
        from_scores(call, &h, 1, true, call->saved, dy, call->add[2], call->dx[2]->data);
}

static const struct op_attention_settings two = {.heads = 2}, causal = {.heads = 3, .causal = true},
                                          one = {.heads = 1};

static const struct op_example examples[] = {
    {.name = "two heads",
     .input = {AXES(2, 3, 4), AXES(2, 3, 4), AXES(2, 3, 4)},
     .input_count = 3,
     .settings = &two},
    {.name = "causal",
     .input = {AXES(2, 4, 6), AXES(2, 4, 6), AXES(2, 4, 6)},
     .input_count = 3,
     .settings = &causal},
    {.name = "one head",
     .input = {AXES(1, 5, 3), AXES(1, 5, 3), AXES(1, 5, 3)},
     .input_count = 3,
     .settings = &one},
    {.name = "heads do not divide",
     .input = {AXES(2, 3, 4), AXES(2, 3, 4), AXES(2, 3, 4)},
     .input_count = 3,
     .settings = &causal,
     .refused = "num_heads is 3, expected a number that divides the 4 features"},
    {.name = "keys differ",
     .input = {AXES(2, 3, 4), AXES(2, 5, 4), AXES(2, 3, 4)},
     .input_count = 3,
     .settings = &two,
     .refused = "the queries are 2 x 3 x 4, but the keys are 2 x 5 x 4"},
};

const struct op op_attention = {
    .entry =
        {
            .name = "attention",
            .summary = "Every step looks at all others, weighted by how well they match",
            .explain = "For each head softmax(q k' / sqrt(depth)) v, depth being features / heads. With\n"
                       "the causal mask a step sees itself and earlier steps only.\n",
        },
    .inputs_least = 3,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_attention_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
