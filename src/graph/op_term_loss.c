/* term_loss: a sum or mean of one term for every element; the terms stand in backend/terms.def. */
#include "row_weight.h"

/* Axes of size 1 at the end say nothing: [N, 1] is [N]. */
static int rank_without_ones(const struct shape *shape)
{
    int rank = shape->rank;
    while (rank > 1 && shape->size[rank - 1] == 1)
        rank--;
    return rank;
}

static bool same_elements(const struct shape *a, const struct shape *b)
{
    struct shape short_a = *a, short_b = *b;
    short_a.rank = rank_without_ones(a);
    short_b.rank = rank_without_ones(b);
    return shape_equal(&short_a, &short_b);
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_term_loss_settings *settings = plan->settings;
    const struct shape *p = &plan->input[PREDICTION], *t = &plan->input[TARGET];
    if (settings->term >= TERM_COUNT)
        return fail(err, ERROR_REQUEST, "there is no loss term with number %d", (int)settings->term);
    bool repeats = rank_without_ones(t) == 1 && t->size[0] == p->size[0];
    if (!same_elements(p, t) && !repeats)
        return fail(err, ERROR_REQUEST,
                    "the targets are %s, but the predictions %s; expected the same shape, or %lld",
                    words_of(t).at, words_of(p).at, (long long)p->size[0]);
    if (!row_weight_fits(plan, p->size[0], err))
        return false;
    plan->row_losses = p->size[0];
    plan->saved_bytes = row_weight_bytes(plan, p->size[0]);
    plan->multiply_adds = shape_count(p);
    return true;
}

struct elements {
    int64_t rows, width, target_width;
    double scale;
};

static struct elements elements_of(const struct op_call *call)
{
    const struct op_term_loss_settings *settings = call->settings;
    const struct tensor *p = call->x[PREDICTION];
    int64_t rows = p->shape.size[0], count = tensor_count(p);
    double divisor = settings->reduction == REDUCTION_mean ? (double)count : 1;
    return (struct elements){rows, count / rows, tensor_count(call->x[TARGET]) / rows,
                             settings->factor / divisor};
}

static void forward(const struct op_call *call)
{
    const struct op_term_loss_settings *settings = call->settings;
    struct elements e = elements_of(call);
    double sum = call->kernels->terms(settings->term, settings->a, e.rows, e.width, call->x[PREDICTION]->data,
                                      call->x[TARGET]->data, e.target_width,
                                      row_weight_read(call, call->saved), call->row_loss);
    for (int64_t i = 0; settings->reduction == REDUCTION_mean && i < e.rows; i++)
        call->row_loss[i] /= (double)e.width;
    op_set_scalar(call, e.scale * sum);
}

static void backward(const struct op_call *call)
{
    const struct op_term_loss_settings *settings = call->settings;
    struct elements e = elements_of(call);
    const double *row_weight = call->input_count > ROW_WEIGHT ? call->saved : NULL;
    if (call->dx[PREDICTION])
        call->kernels->terms_grad(settings->term, settings->a, e.rows, e.width, call->x[PREDICTION]->data,
                                  call->x[TARGET]->data, e.target_width, row_weight,
                                  e.scale * call->scalar_gradient, call->add[PREDICTION],
                                  call->dx[PREDICTION]->data);
}

static uint64_t pieces(const struct op_call *call)
{
    const struct op_term_loss_settings *settings = call->settings;
    struct elements e = elements_of(call);
    uint64_t hash = PIECES_NONE;
    for (int64_t i = 0; i < e.rows * e.width; i++) {
        int64_t target = e.target_width == e.width ? i : i / e.width;
        hash = pieces_add(hash, term_piece(settings->term, settings->a, tensor_get(call->x[PREDICTION], i),
                                           tensor_get(call->x[TARGET], target)));
    }
    return hash;
}

static const struct op_term_loss_settings kinds[] = {
#define TERM(name, ...) {.term = TERM_##name, .a = 0.15, .factor = 1},
#include <mldbg/backend/terms.def>
#undef TERM
};
static const struct op_term_loss_settings mse_sum = {
    .term = TERM_mse, .reduction = REDUCTION_sum, .factor = 0.5};
static const struct op_term_loss_settings hinge = {.term = TERM_hinge, .factor = 1},
                                          missing = {.term = TERM_COUNT};

static const struct op_example examples[] = {
#define TERM(id, ...)                   \
    {.name = #id,                       \
     .input = {AXES(4, 3), AXES(4, 3)}, \
     .input_count = 2,                  \
     .constant = {[1] = true},          \
     .low = 0.1,                        \
     .high = 0.9,                       \
     .settings = &kinds[TERM_##id]},
#include <mldbg/backend/terms.def>
#undef TERM
    {.name = "one target a row, weighted, sum",
     .input = {AXES(5, 2, 3), AXES(5, 1), AXES(5)},
     .input_count = 3,
     .constant = {[1] = true, [2] = true},
     .settings = &mse_sum},
    {.name = "on both sides of the margin",
     .input = {AXES(6, 1), AXES(6)},
     .input_count = 2,
     .constant = {[1] = true},
     .low = -2,
     .high = 2,
     .settings = &hinge},
    {.name = "targets for another width",
     .input = {AXES(4, 3), AXES(4, 2)},
     .input_count = 2,
     .settings = &mse_sum,
     .refused = "the targets are 4 x 2, but the predictions 4 x 3; expected the same shape, or 4"},
    {.name = "weights for another batch",
     .input = {AXES(4, 3), AXES(4, 3), AXES(3)},
     .input_count = 3,
     .settings = &mse_sum,
     .refused = "the row weights are 3, expected 4"},
    {.name = "no such term",
     .input = {AXES(4), AXES(4)},
     .input_count = 2,
     .settings = &missing,
     .refused = "there is no loss term"},
};

const struct op op_term_loss = {
    .entry =
        {
            .name = "term_loss",
            .summary = "A term for every element, added up: mse, l1, huber, bce, hinge",
            .explain = "The mean is over all elements. A target of one number for each row repeats along\n"
                       "the row; predictions and targets are never spread to a table of all pairs.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_term_loss_settings),
    .stops = 1u << TARGET | 1u << ROW_WEIGHT,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
