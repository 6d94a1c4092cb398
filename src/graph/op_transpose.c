/* transpose: swaps the last two axes. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct shape *x = &plan->input[0];
    if (x->rank < 2)
        return fail(err, ERROR_REQUEST, "the input is %s, expected at least two axes to swap",
                    words_of(x).at);
    plan->output = *x;
    plan->output.size[x->rank - 1] = x->size[x->rank - 2];
    plan->output.size[x->rank - 2] = x->size[x->rank - 1];
    return true;
}

static void swap(const struct op_call *call, const struct tensor *from, bool add, const struct tensor *to)
{
    int rank = from->shape.rank;
    call->kernels->transpose(shape_span(&from->shape, 0, rank - 2), from->shape.size[rank - 2],
                             from->shape.size[rank - 1], from->data, add, to->data);
}

static void forward(const struct op_call *call)
{
    swap(call, call->x[0], false, call->y);
}

static void backward(const struct op_call *call)
{
    if (call->dx[0])
        swap(call, call->dy, call->add[0], call->dx[0]);
}

static const struct op_example examples[] = {
    {.name = "matrix", .input = {AXES(3, 5)}, .input_count = 1},
    {.name = "stack", .input = {AXES(2, 3, 4, 2)}, .input_count = 1},
    {.name = "one axis", .input = {AXES(5)}, .input_count = 1, .refused = "expected at least two axes"},
};

const struct op op_transpose = {
    .entry =
        {
            .name = "transpose",
            .summary = "Swaps the last two axes",
            .explain = "Turns channels x length into length x channels, and back.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
