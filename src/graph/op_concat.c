/* concat: inputs side by side along one axis. */
#include "operator.h"

static int axis_of(const struct op_call *call)
{
    const struct op_concat_settings *settings = call->settings;
    return settings->axis < 0 ? settings->axis + call->y->shape.rank : settings->axis;
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_concat_settings *settings = plan->settings;
    const struct shape *first = &plan->input[0];
    int axis = settings->axis < 0 ? settings->axis + first->rank : settings->axis;
    if (axis < 0 || axis >= first->rank)
        return fail(err, ERROR_REQUEST, "the axis is %d, but the first input (%s) has axes 0 to %d",
                    settings->axis, words_of(first).at, first->rank - 1);
    plan->output = *first;
    for (int i = 1; i < plan->input_count; i++) {
        struct shape other = plan->input[i];
        if (other.rank == first->rank) {
            plan->output.size[axis] += other.size[axis];
            other.size[axis] = first->size[axis];
        }
        if (!shape_equal(&other, first))
            return fail(err, ERROR_REQUEST,
                        "input %d is %s, but the first is %s; they may differ on axis %d only", i + 1,
                        words_of(&plan->input[i]).at, words_of(first).at, axis);
    }
    return true;
}

/* Rows of the output and of one input: everything from the axis on. */
static int64_t width_of(const struct tensor *tensor, int axis)
{
    return shape_span(&tensor->shape, axis, tensor->shape.rank);
}

static void forward(const struct op_call *call)
{
    int axis = axis_of(call);
    int64_t rows = shape_span(&call->y->shape, 0, axis), whole = width_of(call->y, axis), at = 0;
    for (int i = 0; i < call->input_count; i++) {
        int64_t width = width_of(call->x[i], axis);
        call->kernels->copy_rows(rows, width, call->x[i]->data, width, false,
                                 op_number(call, call->y->data, at), whole);
        at += width;
    }
}

static void backward(const struct op_call *call)
{
    int axis = axis_of(call);
    int64_t rows = shape_span(&call->y->shape, 0, axis), whole = width_of(call->y, axis), at = 0;
    for (int i = 0; i < call->input_count; i++) {
        int64_t width = width_of(call->x[i], axis);
        if (call->dx[i])
            call->kernels->copy_rows(rows, width, op_number(call, call->dy->data, at), whole, call->add[i],
                                     call->dx[i]->data, width);
        at += width;
    }
}

static const struct op_concat_settings channels = {1}, last = {-1}, third = {2};

static const struct op_example examples[] = {
    {.name = "channels",
     .input = {AXES(2, 3, 2, 2), AXES(2, 1, 2, 2)},
     .input_count = 2,
     .settings = &channels},
    {.name = "three on the last axis",
     .input = {AXES(2, 3, 1), AXES(2, 3, 4), AXES(2, 3, 2)},
     .input_count = 3,
     .settings = &last},
    {.name = "another axis differs",
     .input = {AXES(2, 3, 4), AXES(2, 2, 5)},
     .input_count = 2,
     .settings = &channels,
     .refused = "input 2 is 2 x 2 x 5, but the first is 2 x 3 x 4; they may differ on axis 1 only"},
    {.name = "axis missing",
     .input = {AXES(2, 3), AXES(2, 3)},
     .input_count = 2,
     .settings = &third,
     .refused = "the axis is 2, but the first input (2 x 3) has axes 0 to 1"},
};

const struct op op_concat = {
    .entry =
        {
            .name = "concat",
            .summary = "Inputs side by side along one axis",
            .explain = "All other axes must agree. Joins branches, such as an image's features with the\n"
                       "columns of a table.\n",
        },
    .inputs_least = 1,
    .inputs_most = OP_INPUTS_MOST,
    .settings_size = sizeof(struct op_concat_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
