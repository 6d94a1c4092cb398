/* embedding: a row of a table for every index; an index outside of the table gives NaN. */
#include "operator.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct shape *index = &plan->input[0], *table = &plan->input[1];
    if (table->rank != 2)
        return fail(err, ERROR_REQUEST, "the table is %s, expected entries x width", words_of(table).at);
    if (index->rank >= RANK_MOST)
        return fail(err, ERROR_REQUEST, "the indices have %d axes, expected at most %d", index->rank,
                    RANK_MOST - 1);
    plan->output = *index;
    plan->output.size[plan->output.rank++] = table->size[1];
    return true;
}

static void forward(const struct op_call *call)
{
    const struct shape *table = &call->x[1]->shape;
    call->kernels->gather(tensor_count(call->x[0]), table->size[1], table->size[0], call->x[0]->data,
                          call->x[1]->data, call->y->data);
}

static void backward(const struct op_call *call)
{
    const struct shape *table = &call->x[1]->shape;
    if (!call->dx[1])
        return;
    if (!call->add[1])
        call->kernels->fill(tensor_count(call->dx[1]), 0, call->dx[1]->data);
    call->kernels->scatter_add(tensor_count(call->x[0]), table->size[1], table->size[0], call->x[0]->data,
                               call->dy->data, call->dx[1]->data);
}

static const struct op_example examples[] = {
    {.name = "sequences", .input = {AXES(3, 4), AXES(5, 2)}, .input_count = 2, .integer_below = {5}},
    {.name = "one index each", .input = {AXES(6), AXES(3, 4)}, .input_count = 2, .integer_below = {3}},
    {.name = "real indices",
     .input = {AXES(3, 4), AXES(5, 2)},
     .input_count = 2,
     .refused = "embedding needs integers"},
    {.name = "table is no matrix",
     .input = {AXES(3, 4), AXES(5)},
     .input_count = 2,
     .integer_below = {5},
     .refused = "the table is 5, expected entries x width"},
};

const struct op op_embedding = {
    .entry =
        {
            .name = "embedding",
            .summary = "Looks up a row of a table for every index",
            .explain = "The table is a parameter of entries x width. An index outside of it gives a row\n"
                       "of NaN, which the checks for NaN then name.\n",
        },
    .inputs_least = 2,
    .inputs_most = 2,
    .integers = 1u << 0,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
