/* unary: a function of each number by itself; the functions stand in backend/unary.def. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_unary_settings *settings = plan->settings;
    if (settings->kind >= UNARY_COUNT)
        return fail(err, ERROR_REQUEST, "there is no function with number %d", (int)settings->kind);
    plan->output = plan->input[0];
    plan->multiply_adds = shape_count(&plan->output);
    return true;
}

static void forward(const struct op_call *call)
{
    const struct op_unary_settings *settings = call->settings;
    call->kernels->unary(settings->kind, settings->a, tensor_count(call->y), call->x[0]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    const struct op_unary_settings *settings = call->settings;
    if (call->dx[0])
        call->kernels->unary_grad(settings->kind, settings->a, tensor_count(call->y), call->x[0]->data,
                                  call->y->data, call->dy->data, call->add[0], call->dx[0]->data);
}

/*
 * Which piece of its function a number is on; functions without a kink have one piece. elu and softsign are
 * smooth at 0 to the first derivative only, which a difference of high order sees.
 */
static uint64_t piece(enum unary kind, double x)
{
    switch (kind) {
    case UNARY_relu:
    case UNARY_leaky_relu:
    case UNARY_selu:
    case UNARY_elu:
    case UNARY_softsign: return x <= 0;
    case UNARY_hard_sigmoid: return x <= -3 ? 0 : x >= 3 ? 2 : 1;
    default: return 0;
    }
}

static uint64_t pieces(const struct op_call *call)
{
    uint64_t hash = PIECES_NONE;
    const struct op_unary_settings *settings = call->settings;
    int64_t count = tensor_count(call->x[0]);
    for (int64_t i = 0; i < count; i++)
        hash = pieces_add(hash, piece(settings->kind, tensor_get(call->x[0], i)));
    return hash;
}

static const struct op_unary_settings kinds[] = {
#define UNARY(name, summary, parameter, fallback, ...) {UNARY_##name, fallback},
#include <mldbg/backend/unary.def>
#undef UNARY
};
static const struct op_unary_settings elu_half = {UNARY_elu, 0.5}, missing = {UNARY_COUNT, 0};

static const struct op_example examples[] = {
#define UNARY(id, ...)      \
    {.name = #id,           \
     .input = {AXES(5, 7)}, \
     .input_count = 1,      \
     .low = -4,             \
     .high = 4,             \
     .settings = &kinds[UNARY_##id]},
#include <mldbg/backend/unary.def>
#undef UNARY
    {.name = "elu with a kink", .input = {AXES(2, 3, 4)}, .input_count = 1, .settings = &elu_half},
    {.name = "no such function",
     .input = {AXES(2, 3)},
     .input_count = 1,
     .settings = &missing,
     .refused = "there is no function"},
};

const struct op op_unary = {
    .entry =
        {
            .name = "unary",
            .summary = "A function of each number by itself: relu, tanh, gelu and others",
            .explain = "The activation functions. The output has the shape of the input.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_unary_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
