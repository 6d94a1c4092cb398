/*
 * batchnorm: normalizes every channel by its mean and variance over batch and space, in training by those of
 * the batch (and moves the running ones), else by the running ones. Ioffe and Szegedy 2015.
 */
#include "operator.h"

/* Inputs: x, then gamma and beta if affine, then the running statistics. */
enum { GAMMA = 1, BETA = 2 };

static int first_statistic(const struct op_batchnorm_settings *settings)
{
    return settings->affine ? 3 : 1;
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_batchnorm_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    int expected = first_statistic(settings) + 2;
    if (plan->input_count != expected)
        return fail(err, ERROR_REQUEST, "batchnorm %s gamma and beta takes %d inputs, but was given %d",
                    settings->affine ? "with" : "without", expected, plan->input_count);
    if (x->rank < 2)
        return fail(err, ERROR_REQUEST, "the input is %s, expected batch x channels", words_of(x).at);
    for (int i = 1; i < plan->input_count; i++) {
        const struct shape *vector = &plan->input[i];
        if (vector->rank != 1 || vector->size[0] != x->size[1])
            return fail(err, ERROR_REQUEST,
                        "num_features is %s, but the input gives %lld channels (%s without the batch)",
                        words_of(vector).at, (long long)x->size[1], words_of_axes(x, 1, x->rank).at);
    }
    if (!(settings->eps >= 0) || !(settings->momentum >= 0 && settings->momentum <= 1))
        return fail(err, ERROR_REQUEST,
                    "eps is %g and momentum %g, expected eps of at least 0 and momentum from 0 to 1",
                    settings->eps, settings->momentum);
    plan->output = *x;
    plan->saved_bytes = 2 * size_aligned(size_product(x->size[1], (int64_t)plan->real_size));
    plan->multiply_adds = size_product(2, shape_count(x));
    return true;
}

static struct batchnorm norm_of(const struct op_call *call)
{
    const struct op_batchnorm_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    return (struct batchnorm){
        .outer = x->size[0],
        .channels = x->size[1],
        .inner = shape_span(x, 2, x->rank),
        .eps = settings->eps,
        .momentum = settings->momentum,
        .unbiased = settings->unbiased,
        .training = call->training && !settings->frozen,
    };
}

/* Saved: the mean of each channel, then the reciprocal of its deviation. */
static void *saved_rstd(const struct op_call *call)
{
    int64_t channels = call->x[0]->shape.size[1];
    return (char *)call->saved + size_aligned(channels * (int64_t)dtype_size(call->kernels->dtype));
}

static void forward(const struct op_call *call)
{
    const struct op_batchnorm_settings *settings = call->settings;
    struct batchnorm norm = norm_of(call);
    int statistic = first_statistic(settings);
    call->kernels->batchnorm(&norm, call->x[0]->data, settings->affine ? call->x[GAMMA]->data : NULL,
                             settings->affine ? call->x[BETA]->data : NULL, call->x[statistic]->data,
                             call->x[statistic + 1]->data, call->saved, saved_rstd(call), call->y->data);
}

static void backward(const struct op_call *call)
{
    const struct op_batchnorm_settings *settings = call->settings;
    struct batchnorm norm = norm_of(call);
    const void *gamma = settings->affine ? call->x[GAMMA]->data : NULL;
    void *dgamma = settings->affine && call->dx[GAMMA] ? call->dx[GAMMA]->data : NULL;
    void *dbeta = settings->affine && call->dx[BETA] ? call->dx[BETA]->data : NULL;
    void *dx = call->dx[0] ? call->dx[0]->data : NULL;
    bool together = call->add[GAMMA] == call->add[BETA];
    call->kernels->batchnorm_grad(&norm, call->x[0]->data, gamma, call->saved, saved_rstd(call),
                                  call->dy->data, call->add[0], dx, call->add[GAMMA], dgamma,
                                  together ? dbeta : NULL);
    if (!together && dbeta)
        call->kernels->batchnorm_grad(&norm, call->x[0]->data, gamma, call->saved, saved_rstd(call),
                                      call->dy->data, false, NULL, call->add[BETA], NULL, dbeta);
}

static const struct op_batchnorm_settings affine = {
    .eps = 1e-5, .momentum = 0.1, .unbiased = true, .affine = true};
static const struct op_batchnorm_settings plain = {.eps = 1e-3, .momentum = 0.01};
static const struct op_batchnorm_settings frozen = {
    .eps = 1e-5, .momentum = 0.1, .frozen = true, .affine = true};

static const struct op_example examples[] = {
    {.name = "images",
     .input = {AXES(3, 2, 2, 3), AXES(2), AXES(2), AXES(2), AXES(2)},
     .input_count = 5,
     .constant = {[3] = true, [4] = true},
     .low = 0.2,
     .high = 2,
     .settings = &affine},
    {.name = "rows, without gamma and beta",
     .input = {AXES(6, 3), AXES(3), AXES(3)},
     .input_count = 3,
     .constant = {[1] = true, [2] = true},
     .low = 0.2,
     .high = 2,
     .settings = &plain},
    {.name = "frozen",
     .input = {AXES(4, 3, 5), AXES(3), AXES(3), AXES(3), AXES(3)},
     .input_count = 5,
     .constant = {[3] = true, [4] = true},
     .low = 0.2,
     .high = 2,
     .settings = &frozen},
    {.name = "wrong channels",
     .input = {AXES(3, 2, 4, 4), AXES(3), AXES(3), AXES(3), AXES(3)},
     .input_count = 5,
     .settings = &affine,
     .refused = "num_features is 3, but the input gives 2 channels (2 x 4 x 4 without the batch)"},
    {.name = "inputs missing",
     .input = {AXES(3, 2), AXES(2), AXES(2)},
     .input_count = 3,
     .settings = &affine,
     .refused = "takes 5 inputs, but was given 3"},
};

const struct op op_batchnorm = {
    .entry =
        {
            .name = "batchnorm",
            .summary = "Normalizes every channel over the batch",
            .explain = "In training each channel gets mean 0 and variance 1 over the batch and all\n"
                       "places, then a scale gamma and a shift beta; running statistics follow slowly.\n"
                       "Outside of training, or when frozen, the running statistics are used, so a row's\n"
                       "result no longer depends on its neighbours in the batch.\n",
        },
    .inputs_least = 3,
    .inputs_most = 5,
    .settings_size = sizeof(struct op_batchnorm_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
