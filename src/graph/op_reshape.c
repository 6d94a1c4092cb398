/* reshape: the same numbers under another shape. Nothing runs: value and gradient are those of the input. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_reshape_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0], *y = &settings->shape;
    if (y->rank == 0)
        return fail(err, ERROR_REQUEST, "a tensor cannot be reshaped to a single number");
    if (shape_count(x) != shape_count(y))
        return fail(err, ERROR_REQUEST, "the new shape %s has %lld numbers, but the input gives %lld = %s",
                    words_of(y).at, (long long)shape_count(y), (long long)shape_count(x), words_of(x).at);
    plan->output = *y;
    return true;
}

static const struct op_reshape_settings flat = {AXES(2, 12)}, deep = {AXES(2, 2, 3, 2)},
                                        wrong = {AXES(2, 13)};

static const struct op_example examples[] = {
    {.name = "flatten", .input = {AXES(2, 3, 4)}, .input_count = 1, .settings = &flat},
    {.name = "more axes", .input = {AXES(4, 6)}, .input_count = 1, .settings = &deep},
    {.name = "wrong count",
     .input = {AXES(2, 3, 4)},
     .input_count = 1,
     .settings = &wrong,
     .refused = "the new shape 2 x 13 has 26 numbers, but the input gives 24 = 2 x 3 x 4"},
};

const struct op op_reshape = {
    .entry =
        {
            .name = "reshape",
            .summary = "The same numbers under another shape",
            .explain = "Takes no memory and no time: the output is the input under another name.\n",
        },
    .inputs_least = 1,
    .inputs_most = 1,
    .settings_size = sizeof(struct op_reshape_settings),
    .alias = true,
    .plan = plan,
    EXAMPLES(examples),
};
