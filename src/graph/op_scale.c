/* scale: the input times a number; a number of rank 0 (a loss) is multiplied in double. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    (void)err;
    plan->output = plan->input[0];
    plan->multiply_adds = shape_count(&plan->output);
    return true;
}

static double factor_of(const struct op_call *call)
{
    const struct op_scale_settings *settings = call->settings;
    return settings->factor;
}

static void forward(const struct op_call *call)
{
    if (call->x_scalar[0])
        op_set_scalar(call, factor_of(call) * *call->x_scalar[0]);
    else
        call->kernels->axpby(tensor_count(call->y), factor_of(call), call->x[0]->data, 0, call->y->data);
}

static void backward(const struct op_call *call)
{
    if (call->dx_scalar[0])
        *call->dx_scalar[0] =
            factor_of(call) * call->scalar_gradient + (call->add[0] ? *call->dx_scalar[0] : 0);
    else if (!call->x_scalar[0])
        op_pass(call, 0, tensor_count(call->y), factor_of(call), call->dy->data);
}

static const struct op_scale_settings half = {0.5}, minus = {-3};

static const struct op_example examples[] = {
    {.name = "half", .input = {AXES(2, 3, 4)}, .input_count = 1, .settings = &half},
    {.name = "minus three", .input = {AXES(5)}, .input_count = 1, .settings = &minus},
};

const struct op op_scale = {
    .entry =
        {
            .name = "scale",
            .summary = "The input times a fixed number",
            .explain = "Multiplies every number of the input by the same factor.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_scale_settings),
    .scalars = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
