/* linear: y = x w' + b on the last axis, as torch.nn.functional.linear. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct shape *x = &plan->input[0], *w = &plan->input[1];
    if (w->rank != 2)
        return fail(err, ERROR_REQUEST, "the weight is %s, expected out_features x in_features",
                    words_of(w).at);
    int64_t in = x->size[x->rank - 1], out = w->size[0];
    if (w->size[1] != in) {
        const struct shape *origin = &plan->origin[0];
        bool flattened = x->rank == 2 && origin->rank > 2 && origin->size[0] == x->size[0];
        if (x->rank > 2)
            return fail(err, ERROR_REQUEST,
                        "in_features is %lld, but the last axis of the input (%s without the batch) is %lld; "
                        "flattened it would give %lld",
                        (long long)w->size[1], words_of_axes(x, 1, x->rank).at, (long long)in,
                        (long long)shape_span(x, 1, x->rank));
        return fail(err, ERROR_REQUEST, "in_features is %lld, but the input gives %lld%s%s",
                    (long long)w->size[1], (long long)in, flattened ? " = " : "",
                    flattened ? words_of_axes(origin, 1, origin->rank).at : "");
    }
    if (plan->input_count > 2 && (plan->input[2].rank != 1 || plan->input[2].size[0] != out))
        return fail(err, ERROR_REQUEST, "the bias is %s, expected %lld, one for each of out_features",
                    words_of(&plan->input[2]).at, (long long)out);
    plan->output = *x;
    plan->output.size[x->rank - 1] = out;
    plan->multiply_adds = size_product(shape_count(x), out);
    return true;
}

struct sizes_of_linear {
    int64_t rows, in, out;
};

static struct sizes_of_linear sizes_of(const struct op_call *call)
{
    const struct shape *w = &call->x[1]->shape;
    return (struct sizes_of_linear){tensor_count(call->x[0]) / w->size[1], w->size[1], w->size[0]};
}

static void forward(const struct op_call *call)
{
    struct sizes_of_linear s = sizes_of(call);
    struct gemm product = gemm_of(false, true, s.rows, s.out, s.in);
    call->kernels->gemm(&product, call->x[0]->data, call->x[1]->data, call->y->data);
    if (call->input_count > 2)
        call->kernels->add_channels(s.rows, s.out, 1, call->y->data, call->x[2]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    struct sizes_of_linear s = sizes_of(call);
    if (call->dx[0]) {
        struct gemm product = gemm_of(false, false, s.rows, s.in, s.out);
        product.beta = call->add[0] ? 1 : 0;
        call->kernels->gemm(&product, call->dy->data, call->x[1]->data, call->dx[0]->data);
    }
    if (call->dx[1]) {
        struct gemm product = gemm_of(true, false, s.out, s.in, s.rows);
        product.beta = call->add[1] ? 1 : 0;
        call->kernels->gemm(&product, call->dy->data, call->x[0]->data, call->dx[1]->data);
    }
    if (call->input_count > 2 && call->dx[2])
        call->kernels->sum_channels(s.rows, s.out, 1, call->dy->data, call->add[2], call->dx[2]->data);
}

static const struct op_example examples[] = {
    {.name = "with bias", .input = {AXES(4, 5), AXES(3, 5), AXES(3)}, .input_count = 3},
    {.name = "on every position, without bias", .input = {AXES(2, 3, 5), AXES(4, 5)}, .input_count = 2},
    {.name = "one row, one output", .input = {AXES(1, 7), AXES(1, 7), AXES(1)}, .input_count = 3},
    {.name = "wrong width",
     .input = {AXES(2, 256), AXES(10, 400)},
     .input_count = 2,
     .refused = "in_features is 400, but the input gives 256"},
    {.name = "image not flattened",
     .input = {AXES(2, 16, 4, 4), AXES(10, 256)},
     .input_count = 2,
     .refused = "flattened it would give 256"},
    {.name = "wrong bias",
     .input = {AXES(2, 4), AXES(3, 4), AXES(4)},
     .input_count = 3,
     .refused = "expected 3"},
};

const struct op op_linear = {
    .entry =
        {
            .name = "linear",
            .summary = "Matrix product with a weight, plus a bias: y = x w' + b",
            .explain = "Every vector along the last axis of the input, in_features long, is multiplied\n"
                       "with the weight (out_features x in_features) and gets the bias added. All other\n"
                       "axes are kept.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
