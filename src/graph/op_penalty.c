/* penalty: l1 sum |w| + l2 sum w^2 of a parameter, to be added to the loss. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_penalty_settings *settings = plan->settings;
    if (!(settings->l1 >= 0) || !(settings->l2 >= 0))
        return fail(err, ERROR_REQUEST, "l1 is %g and l2 is %g, expected at least 0", settings->l1,
                    settings->l2);
    plan->multiply_adds = shape_count(&plan->input[0]);
    return true;
}

static void forward(const struct op_call *call)
{
    const struct op_penalty_settings *settings = call->settings;
    op_set_scalar(
        call, call->kernels->penalty(tensor_count(call->x[0]), settings->l1, settings->l2, call->x[0]->data));
}

static void backward(const struct op_call *call)
{
    const struct op_penalty_settings *settings = call->settings;
    if (call->dx[0])
        call->kernels->penalty_grad(tensor_count(call->x[0]), settings->l1, settings->l2,
                                    call->scalar_gradient, call->x[0]->data, call->add[0], call->dx[0]->data);
}

static uint64_t pieces(const struct op_call *call)
{
    const struct op_penalty_settings *settings = call->settings;
    int64_t count = settings->l1 > 0 ? tensor_count(call->x[0]) : 0;
    uint64_t hash = PIECES_NONE;
    for (int64_t i = 0; i < count; i++) {
        double w = tensor_get(call->x[0], i);
        hash = pieces_add(hash, w > 0 ? 1 : w < 0 ? 2 : 0);
    }
    return hash;
}

static const struct op_penalty_settings both = {.l1 = 0.1, .l2 = 0.01}, squares = {.l2 = 0.5},
                                        negative = {.l2 = -1};

static const struct op_example examples[] = {
    {.name = "l1 and l2", .input = {AXES(4, 5)}, .input_count = 1, .settings = &both},
    {.name = "l2", .input = {AXES(7)}, .input_count = 1, .settings = &squares},
    {.name = "negative",
     .input = {AXES(7)},
     .input_count = 1,
     .settings = &negative,
     .refused = "l2 is -1, expected at least 0"},
};

const struct op op_penalty = {
    .entry =
        {
            .name = "penalty",
            .summary = "A price on large weights: l1 sum |w| + l2 sum w^2",
            .explain = "Added to the loss for layers with l1 or l2 set. Unlike weight decay it shows in\n"
                       "the loss, and every optimizer sees its gradient.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_penalty_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
