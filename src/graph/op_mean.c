/* mean: over a range of neighbouring axes, which disappear. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_mean_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    if (settings->from < 0 || settings->from >= settings->to || settings->to > x->rank)
        return fail(err, ERROR_REQUEST, "the mean is over axes %d to %d, but the input (%s) has axes 0 to %d",
                    settings->from, settings->to - 1, words_of(x).at, x->rank - 1);
    for (int i = 0; i < x->rank; i++) {
        if (i < settings->from || i >= settings->to)
            plan->output.size[plan->output.rank++] = x->size[i];
    }
    plan->multiply_adds = shape_count(x);
    return true;
}

static void forward(const struct op_call *call)
{
    const struct op_mean_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    call->kernels->mean(shape_span(x, 0, settings->from), shape_span(x, settings->from, settings->to),
                        shape_span(x, settings->to, x->rank), call->x[0]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    const struct op_mean_settings *settings = call->settings;
    const struct shape *x = &call->x[0]->shape;
    if (call->dx[0])
        call->kernels->mean_grad(
            shape_span(x, 0, settings->from), shape_span(x, settings->from, settings->to),
            shape_span(x, settings->to, x->rank), call->dy->data, call->add[0], call->dx[0]->data);
}

static const struct op_mean_settings image = {2, 4}, middle = {1, 2}, all = {0, 2}, beyond = {1, 3};

static const struct op_example examples[] = {
    {.name = "height and width", .input = {AXES(2, 3, 4, 5)}, .input_count = 1, .settings = &image},
    {.name = "time", .input = {AXES(2, 5, 3)}, .input_count = 1, .settings = &middle},
    {.name = "everything", .input = {AXES(3, 4)}, .input_count = 1, .settings = &all},
    {.name = "axis missing",
     .input = {AXES(2, 5)},
     .input_count = 1,
     .settings = &beyond,
     .refused = "over axes 1 to 2, but the input (2 x 5) has axes 0 to 1"},
};

const struct op op_mean = {
    .entry =
        {
            .name = "mean",
            .summary = "The mean over some axes",
            .explain = "Averages over a range of neighbouring axes, which disappear from the shape.\n"
                       "Over height and width it is global average pooling.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_mean_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
