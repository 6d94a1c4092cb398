/* add: the sum of inputs of one shape; numbers of rank 0 (losses) are added in double. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    for (int i = 1; i < plan->input_count; i++) {
        if (!shape_equal(&plan->input[0], &plan->input[i]))
            return fail(err, ERROR_REQUEST, "input %d is %s, but the first is %s; expected the same shape",
                        i + 1, words_of(&plan->input[i]).at, words_of(&plan->input[0]).at);
    }
    plan->output = plan->input[0];
    plan->multiply_adds = size_product(plan->input_count - 1, shape_count(&plan->output));
    return true;
}

static void forward_scalar(const struct op_call *call)
{
    double sum = 0;
    for (int i = 0; i < call->input_count; i++)
        sum += *call->x_scalar[i];
    op_set_scalar(call, sum);
}

static void forward(const struct op_call *call)
{
    int64_t count = tensor_count(call->y);
    if (call->x_scalar[0]) {
        forward_scalar(call);
        return;
    }
    call->kernels->sum(count, call->x[0]->data, call->x[1]->data, call->y->data);
    for (int i = 2; i < call->input_count; i++)
        call->kernels->axpby(count, 1, call->x[i]->data, 1, call->y->data);
}

static void backward(const struct op_call *call)
{
    for (int i = 0; i < call->input_count; i++) {
        if (call->dx_scalar[i])
            *call->dx_scalar[i] = call->scalar_gradient + (call->add[i] ? *call->dx_scalar[i] : 0);
        else if (!call->x_scalar[i])
            op_pass(call, i, tensor_count(call->y), 1, call->dy->data);
    }
}

static const struct op_example examples[] = {
    {.name = "two", .input = {AXES(2, 3, 4), AXES(2, 3, 4)}, .input_count = 2},
    {.name = "four", .input = {AXES(5), AXES(5), AXES(5), AXES(5)}, .input_count = 4},
    {.name = "shapes differ",
     .input = {AXES(2, 3, 4), AXES(2, 4, 3)},
     .input_count = 2,
     .refused = "input 2 is 2 x 4 x 3, but the first is 2 x 3 x 4"},
};

const struct op op_add = {
    .entry =
        {
            .name = "add",
            .summary = "The sum of inputs of one shape",
            .explain = "Adds two or more inputs number by number, as in a residual connection.\n",
        },
    .inputs_least = 2,
    .inputs_most = OP_INPUTS_MOST,
    .scalars = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
