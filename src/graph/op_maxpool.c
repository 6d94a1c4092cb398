/* maxpool: the largest number under a sliding window; a NaN wins over all. */
#include "pooling.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    if (!pooling_plan(plan, err))
        return false;
    plan->saved_bytes = size_product(shape_count(&plan->output), (int64_t)sizeof(int32_t));
    return true;
}

static void forward(const struct op_call *call)
{
    struct pool pool = pooling_of(call);
    call->kernels->maxpool(&pool, call->x[0]->data, call->y->data, call->saved);
}

static void backward(const struct op_call *call)
{
    struct pool pool = pooling_of(call);
    if (call->dx[0])
        call->kernels->maxpool_grad(&pool, call->saved, call->dy->data, call->add[0], call->dx[0]->data);
}

static uint64_t pieces(const struct op_call *call)
{
    const int32_t *winner = call->saved;
    uint64_t hash = PIECES_NONE;
    int64_t count = tensor_count(call->y);
    for (int64_t i = 0; i < count; i++)
        hash = pieces_add(hash, (uint64_t)winner[i]);
    return hash;
}

static const struct op_pool_settings two = {.kernel = {2, 2}};
static const struct op_pool_settings overlapping = {
    .kernel = {3, 2}, .stride = {2, 1}, .pad_before = {1, 0}, .pad_after = {1, 1}};
static const struct op_pool_settings nine = {.kernel = {9, 9}};
static const struct op_pool_settings wide_padding = {.kernel = {2, 2}, .pad_before = {2, 2}};

static const struct op_example examples[] = {
    {.name = "2 x 2", .input = {AXES(2, 3, 4, 6)}, .input_count = 1, .settings = &two},
    {.name = "overlapping, padded", .input = {AXES(2, 2, 5, 4)}, .input_count = 1, .settings = &overlapping},
    {.name = "sequence, odd length", .input = {AXES(2, 3, 7)}, .input_count = 1, .settings = &two},
    {.name = "window too large",
     .input = {AXES(2, 3, 4, 4)},
     .input_count = 1,
     .settings = &nine,
     .refused = "the window's height is 9, but the input gives 4 = 4 + padding 0"},
    {.name = "padding as wide as the window",
     .input = {AXES(2, 3, 4, 4)},
     .input_count = 1,
     .settings = &wide_padding,
     .refused = "expected less than the kernel's height 2"},
    {.name = "rows, not images",
     .input = {AXES(2, 64)},
     .input_count = 1,
     .settings = &two,
     .refused = "the input is 64"},
};

const struct op op_maxpool = {
    .entry =
        {
            .name = "maxpool",
            .summary = "The largest number under a window that slides over the input",
            .explain = "Padding never wins. The gradient goes to the winner alone; among equals, to the\n"
                       "first. Places at the end that do not fill a window are left out.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_pool_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
