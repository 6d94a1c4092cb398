/* select: one position of axis 1, for instance the last step of a sequence. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_select_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    if (x->rank < 2)
        return fail(err, ERROR_REQUEST, "the input is %s, expected batch x positions", words_of(x).at);
    if (settings->index < -x->size[1] || settings->index >= x->size[1])
        return fail(err, ERROR_REQUEST, "the index is %lld, but the input (%s) has positions 0 to %lld",
                    (long long)settings->index, words_of(x).at, (long long)x->size[1] - 1);
    plan->output.rank = x->rank - 1;
    plan->output.size[0] = x->size[0];
    for (int i = 2; i < x->rank; i++)
        plan->output.size[i - 1] = x->size[i];
    return true;
}

struct place_of_rows {
    int64_t rows, width, stride, first;
};

static struct place_of_rows place_of(const struct op_call *call)
{
    const struct op_select_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    int64_t width = shape_span(x, 2, x->rank);
    int64_t index = settings->index < 0 ? settings->index + x->size[1] : settings->index;
    return (struct place_of_rows){x->size[0], width, x->size[1] * width, index * width};
}

static void forward(const struct op_call *call)
{
    struct place_of_rows p = place_of(call);
    call->kernels->copy_rows(p.rows, p.width, op_number(call, call->x[0]->data, p.first), p.stride, false,
                             call->y->data, p.width);
}

static void backward(const struct op_call *call)
{
    if (!call->dx[0])
        return;
    struct place_of_rows p = place_of(call);
    if (!call->add[0])
        call->kernels->fill(tensor_count(call->dx[0]), 0, call->dx[0]->data);
    call->kernels->copy_rows(p.rows, p.width, call->dy->data, p.width, true,
                             op_number(call, call->dx[0]->data, p.first), p.stride);
}

static const struct op_select_settings last = {-1}, second = {1}, fifth = {5};

static const struct op_example examples[] = {
    {.name = "last step", .input = {AXES(3, 4, 5)}, .input_count = 1, .settings = &last},
    {.name = "second of a matrix", .input = {AXES(3, 4)}, .input_count = 1, .settings = &second},
    {.name = "too far",
     .input = {AXES(2, 4, 3)},
     .input_count = 1,
     .settings = &fifth,
     .refused = "the index is 5, but the input (2 x 4 x 3) has positions 0 to 3"},
};

const struct op op_select = {
    .entry =
        {
            .name = "select",
            .summary = "One position of the second axis, such as the last time step",
            .explain = "Takes one position of the axis after the batch. A negative index counts from the\n"
                       "end.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_select_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
