/* multiply: the product of inputs of one shape, number by number. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    for (int i = 1; i < plan->input_count; i++) {
        if (!shape_equal(&plan->input[0], &plan->input[i]))
            return fail(err, ERROR_REQUEST, "input %d is %s, but the first is %s; expected the same shape",
                        i + 1, words_of(&plan->input[i]).at, words_of(&plan->input[0]).at);
    }
    plan->output = plan->input[0];
    if (plan->input_count > 2)
        plan->workspace_bytes =
            2 * size_aligned(size_product(shape_count(&plan->output), (int64_t)plan->real_size));
    plan->multiply_adds = size_product(plan->input_count - 1, shape_count(&plan->output));
    return true;
}

/* to (+)= first times all inputs but one (skip -1: all but x[0], which is first). */
static void chain(const struct op_call *call, const void *first, int skip, bool add, void *to)
{
    int64_t count = tensor_count(call->y);
    int64_t bytes = size_aligned(count * (int64_t)dtype_size(call->kernels->dtype));
    int last = call->input_count - 1 == skip ? call->input_count - 2 : call->input_count - 1;
    const void *product = first;
    bool second = false;
    for (int i = skip < 0 ? 1 : 0; i <= last; i++) {
        if (i == skip)
            continue;
        void *next = i == last ? to : (char *)call->workspace + (second ? bytes : 0);
        call->kernels->product(count, product, call->x[i]->data, i == last && add, next);
        product = next;
        second = !second;
    }
}

static void forward(const struct op_call *call)
{
    chain(call, call->x[0]->data, -1, false, call->y->data);
}

static void backward(const struct op_call *call)
{
    for (int i = 0; i < call->input_count; i++) {
        if (call->dx[i])
            chain(call, call->dy->data, i, call->add[i], call->dx[i]->data);
    }
}

static const struct op_example examples[] = {
    {.name = "two", .input = {AXES(2, 3, 4), AXES(2, 3, 4)}, .input_count = 2},
    {.name = "three", .input = {AXES(7), AXES(7), AXES(7)}, .input_count = 3},
    {.name = "five", .input = {AXES(3), AXES(3), AXES(3), AXES(3), AXES(3)}, .input_count = 5},
    {.name = "shapes differ",
     .input = {AXES(2, 3), AXES(2, 1)},
     .input_count = 2,
     .refused = "input 2 is 2 x 1, but the first is 2 x 3"},
};

const struct op op_multiply = {
    .entry =
        {
            .name = "multiply",
            .summary = "The product of inputs of one shape, number by number",
            .explain = "Multiplies two or more inputs, as in a gate.\n",
        },
    .inputs_least = 2,
    .inputs_most = OP_INPUTS_MOST,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
