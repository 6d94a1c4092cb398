/* avgpool: the mean under a sliding window. */
#include "pooling.h"

static void forward(const struct op_call *call)
{
    struct pool pool = pooling_of(call);
    call->kernels->avgpool(&pool, call->x[0]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    struct pool pool = pooling_of(call);
    if (call->dx[0])
        call->kernels->avgpool_grad(&pool, call->dy->data, call->add[0], call->dx[0]->data);
}

static const struct op_pool_settings two = {.kernel = {2, 2}};
static const struct op_pool_settings padded = {
    .kernel = {3, 3}, .stride = {2, 1}, .pad_before = {1, 1}, .pad_after = {1, 1}};
static const struct op_pool_settings padded_counted = {
    .kernel = {3, 3}, .stride = {2, 1}, .pad_before = {1, 1}, .pad_after = {1, 0}, .count_pad = true};
static const struct op_pool_settings none = {.stride = {1, 1}};

static const struct op_example examples[] = {
    {.name = "2 x 2", .input = {AXES(2, 3, 4, 6)}, .input_count = 1, .settings = &two},
    {.name = "padding not counted", .input = {AXES(2, 2, 5, 4)}, .input_count = 1, .settings = &padded},
    {.name = "padding counted", .input = {AXES(1, 2, 5, 4)}, .input_count = 1, .settings = &padded_counted},
    {.name = "sequence", .input = {AXES(2, 3, 7)}, .input_count = 1, .settings = &two},
    {.name = "no window",
     .input = {AXES(2, 3, 4, 4)},
     .input_count = 1,
     .settings = &none,
     .refused = "kernel_size is 0"},
};

const struct op op_avgpool = {
    .entry =
        {
            .name = "avgpool",
            .summary = "The mean under a window that slides over the input",
            .explain = "With count_pad, padded zeros count in the divisor; without it, the divisor is the\n"
                       "number of places inside the input. Places at the end that do not fill a window\n"
                       "are left out.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_pool_settings),
    .plan = pooling_plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
