/*
 * dropout: in training drops numbers at random and enlarges the others, else copies. The mask depends on
 * seed, step and node alone.
 */
#include "operator.h"

enum { INDEX_SHIFT = 40 }; /* the stream of a node begins at node << 40: room for 10^12 numbers each */

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_dropout_settings *settings = plan->settings;
    if (!(settings->p >= 0 && settings->p <= 1))
        return fail(err, ERROR_REQUEST, "p is %g, expected a probability from 0 to 1", settings->p);
    plan->output = plan->input[0];
    plan->saved_bytes = shape_count(&plan->output);
    return true;
}

static bool draws(const struct op_call *call)
{
    const struct op_dropout_settings *settings = call->settings;
    return call->training && settings->p > 0;
}

static void forward(const struct op_call *call)
{
    const struct op_dropout_settings *settings = call->settings;
    int64_t count = tensor_count(call->y);
    if (draws(call)) {
        struct random key = {.seed = call->seed, .purpose = PURPOSE_DROPOUT};
        call->kernels->dropout(count, settings->p, key, call->step, (uint64_t)call->node << INDEX_SHIFT,
                               call->x[0]->data, call->saved, call->y->data);
    } else {
        call->kernels->axpby(count, 1, call->x[0]->data, 0, call->y->data);
    }
}

static void backward(const struct op_call *call)
{
    const struct op_dropout_settings *settings = call->settings;
    int64_t count = tensor_count(call->y);
    if (!call->dx[0])
        return;
    if (draws(call))
        call->kernels->dropout_grad(count, settings->p, call->saved, call->dy->data, call->add[0],
                                    call->dx[0]->data);
    else
        op_pass(call, 0, count, 1, call->dy->data);
}

static const struct op_dropout_settings half = {0.5}, tenth = {0.1}, none = {0}, all = {1}, wrong = {1.5};

static const struct op_example examples[] = {
    {.name = "half", .input = {AXES(6, 7)}, .input_count = 1, .settings = &half},
    {.name = "a tenth", .input = {AXES(2, 3, 4)}, .input_count = 1, .settings = &tenth},
    {.name = "nothing", .input = {AXES(3, 4)}, .input_count = 1, .settings = &none},
    {.name = "everything", .input = {AXES(3, 4)}, .input_count = 1, .settings = &all},
    {.name = "no probability",
     .input = {AXES(3, 4)},
     .input_count = 1,
     .settings = &wrong,
     .refused = "p is 1.5, expected a probability from 0 to 1"},
};

const struct op op_dropout = {
    .entry =
        {
            .name = "dropout",
            .summary = "In training drops numbers at random and enlarges the rest",
            .explain = "Each number is dropped with probability p, and those that stay are divided by\n"
                       "1 - p (Srivastava et al. 2014, inverted form). Outside of training the input is\n"
                       "copied. The same seed, step and place in the network drop the same numbers.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_dropout_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
