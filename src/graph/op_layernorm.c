/* layernorm: normalizes every vector along the last axis. Ba, Kiros and Hinton 2016. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_layernorm_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    int64_t width = x->size[x->rank - 1];
    for (int i = 1; i < 3; i++) {
        if (plan->input[i].rank != 1 || plan->input[i].size[0] != width)
            return fail(err, ERROR_REQUEST,
                        "normalized_shape is %s, but the last axis of the input (%s) is %lld",
                        words_of(&plan->input[i]).at, words_of(x).at, (long long)width);
    }
    if (!(settings->eps >= 0))
        return fail(err, ERROR_REQUEST, "eps is %g, expected at least 0", settings->eps);
    plan->output = *x;
    plan->saved_bytes = 2 * size_aligned(size_product(shape_count(x) / width, (int64_t)plan->real_size));
    plan->multiply_adds = size_product(2, shape_count(x));
    return true;
}

struct saved_rows {
    int64_t rows, width;
    void *mean, *rstd;
};

static struct saved_rows saved_of(const struct op_call *call)
{
    int64_t width = call->x[1]->shape.size[0], rows = tensor_count(call->x[0]) / width;
    int64_t bytes = size_aligned(rows * (int64_t)dtype_size(call->kernels->dtype));
    return (struct saved_rows){rows, width, call->saved, (char *)call->saved + bytes};
}

static void forward(const struct op_call *call)
{
    const struct op_layernorm_settings *settings = call->settings;
    struct saved_rows s = saved_of(call);
    call->kernels->layernorm(s.rows, s.width, settings->eps, call->x[0]->data, call->x[1]->data,
                             call->x[2]->data, s.mean, s.rstd, call->y->data);
}

static void backward(const struct op_call *call)
{
    struct saved_rows s = saved_of(call);
    void *dx = call->dx[0] ? call->dx[0]->data : NULL, *dgamma = call->dx[1] ? call->dx[1]->data : NULL;
    void *dbeta = call->dx[2] ? call->dx[2]->data : NULL;
    bool together = call->add[1] == call->add[2];
    call->kernels->layernorm_grad(s.rows, s.width, call->x[0]->data, call->x[1]->data, s.mean, s.rstd,
                                  call->dy->data, call->add[0], dx, call->add[1], dgamma,
                                  together ? dbeta : NULL);
    if (!together && dbeta)
        call->kernels->layernorm_grad(s.rows, s.width, call->x[0]->data, call->x[1]->data, s.mean, s.rstd,
                                      call->dy->data, false, NULL, call->add[2], NULL, dbeta);
}

static const struct op_layernorm_settings usual = {1e-5}, large = {0.1};

static const struct op_example examples[] = {
    {.name = "rows", .input = {AXES(4, 6), AXES(6), AXES(6)}, .input_count = 3, .settings = &usual},
    {.name = "positions", .input = {AXES(2, 3, 5), AXES(5), AXES(5)}, .input_count = 3, .settings = &large},
    {.name = "wrong width",
     .input = {AXES(2, 3, 5), AXES(3), AXES(3)},
     .input_count = 3,
     .settings = &usual,
     .refused = "normalized_shape is 3, but the last axis of the input (2 x 3 x 5) is 5"},
};

const struct op op_layernorm = {
    .entry =
        {
            .name = "layernorm",
            .summary = "Normalizes every vector along the last axis",
            .explain = "Each vector gets mean 0 and variance 1, then a scale gamma and a shift beta.\n"
                       "Nothing depends on the batch, and training and evaluation are the same.\n",
        },
    .inputs_least = 3,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_layernorm_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
