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

/* The scores or the features of one sample. */
static void *scores_of(const struct op_call *call, const struct heads *h, void *scores, int64_t sample)
{
    return op_number(call, scores, sample * h->heads * h->time * h->time);
}

static void *features_of(const struct op_call *call, const struct heads *h, void *features, int64_t sample)
{
    return op_number(call, features, sample * h->time * h->width);
}

/* scores (T x T of each head) = alpha a b', a and b with heads side by side */
static void to_scores(const struct op_call *call, const struct heads *h, double alpha, const void *a,
                      const void *b, void *scores)
{
    struct gemm product = gemm_of(false, true, h->time, h->time, h->depth);
    product.alpha = alpha;
    product.lda = product.ldb = h->width;
    product.inner = h->heads;
    product.a_inner = product.b_inner = h->depth;
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
    product.inner = h->heads;
    product.a_inner = h->time * h->time;
    product.b_inner = product.c_inner = h->depth;
    call->kernels->gemm(&product, scores, b, y);
}

/* Sample by sample, while its scores are in the cache. */
struct pass {
    const struct op_call *call;
    struct heads heads;
};

static void forward_sample(void *context, int64_t sample)
{
    const struct pass *pass = context;
    const struct op_call *call = pass->call;
    const struct heads *h = &pass->heads;
    void *scores = scores_of(call, h, call->workspace, sample),
         *probability = scores_of(call, h, call->saved, sample);
    to_scores(call, h, h->scale, features_of(call, h, call->x[0]->data, sample),
              features_of(call, h, call->x[1]->data, sample), scores);
    if (h->causal)
        call->kernels->mask_causal(h->heads, h->time, scores);
    call->kernels->softmax(h->heads * h->time, h->time, 1, false, scores, probability);
    from_scores(call, h, 1, false, probability, features_of(call, h, call->x[2]->data, sample), false,
                features_of(call, h, call->y->data, sample));
}

static void backward_sample(void *context, int64_t sample)
{
    const struct pass *pass = context;
    const struct op_call *call = pass->call;
    const struct heads *h = &pass->heads;
    const int64_t all_scores = size_aligned(h->scores * (int64_t)dtype_size(call->kernels->dtype));
    void *dprobability = scores_of(call, h, call->workspace, sample),
         *dscore = scores_of(call, h, (char *)call->workspace + all_scores, sample),
         *probability = scores_of(call, h, call->saved, sample);
    const void *dy = features_of(call, h, call->dy->data, sample);
    void *x[3], *dx[3];
    for (int i = 0; i < 3; i++) {
        x[i] = features_of(call, h, call->x[i]->data, sample);
        dx[i] = call->dx[i] ? features_of(call, h, call->dx[i]->data, sample) : NULL;
    }
    if (dx[0] || dx[1]) {
        to_scores(call, h, 1, dy, x[2], dprobability);
        call->kernels->softmax_grad(h->heads * h->time, h->time, 1, false, probability, dprobability, false,
                                    dscore);
    }
    if (dx[0])
        from_scores(call, h, h->scale, false, dscore, x[1], call->add[0], dx[0]);
    if (dx[1])
        from_scores(call, h, h->scale, true, dscore, x[0], call->add[1], dx[1]);
    if (dx[2])
        from_scores(call, h, 1, true, probability, dy, call->add[2], dx[2]);
}

/* products: how many of time x time x width there are for each sample */
static void run_pass(const struct op_call *call, int products, void (*sample)(void *context, int64_t index))
{
    struct pass pass = {call, heads_of(call)};
    const struct heads *h = &pass.heads;
    const double multiply_adds = (double)(products * h->batch * h->time) * (double)(h->time * h->width);
    call->kernels->parallel(h->batch, multiply_adds, sample, &pass);
}

static void forward(const struct op_call *call)
{
    run_pass(call, 2, forward_sample);
}

static void backward(const struct op_call *call)
{
    run_pass(call, 4, backward_sample);
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
