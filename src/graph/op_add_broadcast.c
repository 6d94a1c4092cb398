/* add_broadcast: one tensor of the shape of the last axes added to every row. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct shape *x = &plan->input[0], *b = &plan->input[1];
    int first = x->rank - b->rank;
    bool fits = first >= 0;
    for (int i = 0; fits && i < b->rank; i++)
        fits = b->size[i] == x->size[first + i];
    if (!fits)
        return fail(err, ERROR_REQUEST,
                    "what is added to every row is %s, expected the last axes of the input, %s",
                    words_of(b).at, words_of(x).at);
    plan->output = *x;
    plan->multiply_adds = shape_count(x);
    return true;
}

static void forward(const struct op_call *call)
{
    int64_t width = tensor_count(call->x[1]);
    call->kernels->add_channels(tensor_count(call->y) / width, width, 1, call->x[0]->data, call->x[1]->data,
                                call->y->data);
}

static void backward(const struct op_call *call)
{
    int64_t width = tensor_count(call->x[1]);
    op_pass(call, 0, tensor_count(call->y), 1, call->dy->data);
    if (call->dx[1])
        call->kernels->sum_channels(tensor_count(call->y) / width, width, 1, call->dy->data, call->add[1],
                                    call->dx[1]->data);
}

static const struct op_example examples[] = {
    {.name = "positions", .input = {AXES(3, 4, 2), AXES(4, 2)}, .input_count = 2},
    {.name = "vector", .input = {AXES(2, 3, 5), AXES(5)}, .input_count = 2},
    {.name = "same shape", .input = {AXES(2, 3), AXES(2, 3)}, .input_count = 2},
    {.name = "wrong length",
     .input = {AXES(3, 4, 2), AXES(5, 2)},
     .input_count = 2,
     .refused = "is 5 x 2, expected the last axes of the input, 3 x 4 x 2"},
};

const struct op op_add_broadcast = {
    .entry =
        {
            .name = "add_broadcast",
            .summary = "Adds the same tensor to every row of the batch",
            .explain = "The second input has the shape of the first without some leading axes, such as\n"
                       "learned positions added to every sequence.\n",
        },
    .inputs_least = 2,
    .inputs_most = 2,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
