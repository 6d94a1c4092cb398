/* softmax: over one axis, or its logarithm. */
#include "operator.h"

static int axis_of(const struct op_softmax_settings *settings, const struct shape *x)
{
    return settings->axis < 0 ? settings->axis + x->rank : settings->axis;
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_softmax_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    int axis = axis_of(settings, x);
    if (axis < 0 || axis >= x->rank)
        return fail(err, ERROR_REQUEST, "the axis is %d, but the input (%s) has axes 0 to %d", settings->axis,
                    words_of(x).at, x->rank - 1);
    plan->output = *x;
    plan->multiply_adds = shape_count(x);
    return true;
}

static void forward(const struct op_call *call)
{
    const struct op_softmax_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    int axis = axis_of(settings, x);
    call->kernels->softmax(shape_span(x, 0, axis), x->size[axis], shape_span(x, axis + 1, x->rank),
                           settings->logarithm, call->x[0]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    const struct op_softmax_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    int axis = axis_of(settings, x);
    if (call->dx[0])
        call->kernels->softmax_grad(shape_span(x, 0, axis), x->size[axis], shape_span(x, axis + 1, x->rank),
                                    settings->logarithm, call->y->data, call->dy->data, call->add[0],
                                    call->dx[0]->data);
}

static const struct op_softmax_settings last = {-1, false}, channels = {1, false}, logarithm = {-1, true},
                                        third = {2, false};

static const struct op_example examples[] = {
    {.name = "classes", .input = {AXES(4, 5)}, .input_count = 1, .settings = &last},
    {.name = "channels of an image", .input = {AXES(2, 3, 2, 2)}, .input_count = 1, .settings = &channels},
    {.name = "logarithm",
     .input = {AXES(2, 3, 4)},
     .input_count = 1,
     .low = -4,
     .high = 4,
     .settings = &logarithm},
    {.name = "axis missing",
     .input = {AXES(2, 3)},
     .input_count = 1,
     .settings = &third,
     .refused = "the axis is 2"},
};

const struct op op_softmax = {
    .entry =
        {
            .name = "softmax",
            .summary = "Makes numbers along an axis positive with sum 1, or their logarithms",
            .explain = "exp(x) divided by the sum of exp(x) along one axis, with the largest x taken off\n"
                       "first so that nothing overflows.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_softmax_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
