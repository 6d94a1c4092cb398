/* nll: minus the sum of target times log-probability, whatever the predictions are. */
#include "operator.h"

enum { PREDICTION, TARGET, CLASS_WEIGHT };

static int64_t width_of(const struct shape *shape)
{
    return shape->size[shape->rank - 1];
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct shape *x = &plan->input[PREDICTION], *t = &plan->input[TARGET];
    const struct shape *w = &plan->input[CLASS_WEIGHT];
    if (x->rank < 2)
        return fail(err, ERROR_REQUEST, "the log-probabilities are %s, expected batch x classes",
                    words_of(x).at);
    if (!shape_equal(x, t))
        return fail(err, ERROR_REQUEST,
                    "the targets are %s, but the log-probabilities %s; expected the same shape",
                    words_of(t).at, words_of(x).at);
    if (plan->input_count > CLASS_WEIGHT && (w->rank != 1 || w->size[0] != width_of(x)))
        return fail(err, ERROR_REQUEST, "the class weights are %s, expected %lld: one for each class",
                    words_of(w).at, (long long)width_of(x));
    plan->row_losses = shape_span(x, 0, x->rank - 1);
    if (plan->input_count > CLASS_WEIGHT)
        plan->saved_bytes = size_product(shape_count(x), (int64_t)plan->real_size);
    plan->multiply_adds = shape_count(x);
    return true;
}

struct rows_of_loss {
    int64_t rows, width;
    void *target; /* times the class weights, where there are some */
    double scale;
};

/* The weighted targets are saved; the mean divides by their sum, or by the rows where there are no weights.
 */
static struct rows_of_loss rows_of(const struct op_call *call)
{
    const struct op_nll_settings *settings = call->settings;
    const struct shape *shape = &call->x[PREDICTION]->shape;
    bool weighted = call->input_count > CLASS_WEIGHT;
    struct rows_of_loss r = {
        .rows = shape_span(shape, 0, shape->rank - 1),
        .width = width_of(shape),
        .target = weighted ? call->saved : call->x[TARGET]->data,
        .scale = settings->factor,
    };
    double weights = weighted ? 0 : (double)r.rows;
    for (int64_t i = 0; weighted && i < r.rows; i++)
        weights += call->kernels->dot(r.width, op_number(call, call->x[TARGET]->data, i * r.width),
                                      call->x[CLASS_WEIGHT]->data);
    if (settings->reduction == REDUCTION_mean)
        r.scale /= weights;
    return r;
}

static void weigh_targets(const struct op_call *call, const struct rows_of_loss *r)
{
    for (int64_t i = 0; i < r->rows; i++)
        call->kernels->product(r->width, op_number(call, call->x[TARGET]->data, i * r->width),
                               call->x[CLASS_WEIGHT]->data, false,
                               op_number(call, call->saved, i * r->width));
}

static void forward(const struct op_call *call)
{
    struct rows_of_loss r = rows_of(call);
    double sum = 0;
    if (call->input_count > CLASS_WEIGHT)
        weigh_targets(call, &r);
    for (int64_t i = 0; i < r.rows; i++) {
        double loss = -call->kernels->dot(r.width, op_number(call, call->x[PREDICTION]->data, i * r.width),
                                          op_number(call, r.target, i * r.width));
        if (call->row_loss)
            call->row_loss[i] = loss;
        sum += loss;
    }
    op_set_scalar(call, sum * r.scale);
}

static void backward(const struct op_call *call)
{
    struct rows_of_loss r = rows_of(call);
    op_pass(call, PREDICTION, r.rows * r.width, -call->scalar_gradient * r.scale, r.target);
}

static const struct op_nll_settings mean = {.factor = 1}, sum = {.reduction = REDUCTION_sum, .factor = 2};

static const struct op_example examples[] = {
    {.name = "mean",
     .input = {AXES(4, 3), AXES(4, 3)},
     .input_count = 2,
     .constant = {[TARGET] = true},
     .settings = &mean},
    {.name = "mean with class weights",
     .input = {AXES(5, 4), AXES(5, 4), AXES(4)},
     .input_count = 3,
     .constant = {[TARGET] = true, [CLASS_WEIGHT] = true},
     .low = 0.1,
     .high = 0.9,
     .settings = &mean},
    {.name = "sum over steps of sequences",
     .input = {AXES(2, 3, 2), AXES(2, 3, 2), AXES(2)},
     .input_count = 3,
     .constant = {[TARGET] = true, [CLASS_WEIGHT] = true},
     .settings = &sum},
    {.name = "labels instead of one-hot rows",
     .input = {AXES(4, 3), AXES(4)},
     .input_count = 2,
     .settings = &mean,
     .refused = "the targets are 4, but the log-probabilities 4 x 3"},
    {.name = "too few weights",
     .input = {AXES(4, 3), AXES(4, 3), AXES(2)},
     .input_count = 3,
     .settings = &mean,
     .refused = "the class weights are 2, expected 3"},
};

const struct op op_nll = {
    .entry =
        {
            .name = "nll",
            .summary = "Minus the sum of target times log-probability",
            .explain = "For each row minus the sum of weight times target times prediction. The mean\n"
                       "divides by the sum of weight times target, or by the rows without weights.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_nll_settings),
    .stops = 1u << TARGET | 1u << CLASS_WEIGHT,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
