/* probability_loss: cross-entropy of probabilities against targets of the same shape, Keras's way. */
#include "row_weight.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_probability_loss_settings *settings = plan->settings;
    const struct shape *p = &plan->input[PREDICTION], *t = &plan->input[TARGET];
    if (p->rank < 2)
        return fail(err, ERROR_REQUEST, "the probabilities are %s, expected batch x classes", words_of(p).at);
    if (!shape_equal(p, t))
        return fail(err, ERROR_REQUEST,
                    "the targets are %s, but the probabilities %s; expected the same shape", words_of(t).at,
                    words_of(p).at);
    int64_t rows = shape_span(p, 0, p->rank - 1);
    if (!row_weight_fits(plan, rows, err))
        return false;
    if (!(settings->clip >= 0 && settings->clip < 0.5))
        return fail(err, ERROR_REQUEST, "clip is %g, expected 0 to less than 0.5", settings->clip);
    int64_t probabilities = size_aligned(size_product(shape_count(p), (int64_t)plan->real_size));
    plan->row_losses = rows;
    plan->saved_bytes =
        size_aligned(row_weight_bytes(plan, rows)) + (settings->normalize ? probabilities : 0);
    plan->workspace_bytes = settings->normalize ? probabilities : 0;
    plan->multiply_adds = size_product(2, shape_count(p));
    return true;
}

struct rows_of_loss {
    int64_t rows, width;
    void *p; /* the probabilities that the loss sees */
    double scale;
};

/* Saved: weights of the rows, then the normalized probabilities. */
static struct rows_of_loss rows_of(const struct op_call *call)
{
    const struct op_probability_loss_settings *settings = call->settings;
    const struct shape *shape = &call->x[PREDICTION]->shape;
    struct rows_of_loss r = {
        .rows = shape_span(shape, 0, shape->rank - 1),
        .width = shape->size[shape->rank - 1],
        .p = call->x[PREDICTION]->data,
        .scale = settings->factor,
    };
    if (settings->reduction == REDUCTION_mean)
        r.scale /= (double)r.rows;
    if (settings->normalize)
        r.p = (char *)call->saved +
              (call->input_count > ROW_WEIGHT ? size_aligned(r.rows * (int64_t)sizeof(double)) : 0);
    return r;
}

static void forward(const struct op_call *call)
{
    const struct op_probability_loss_settings *settings = call->settings;
    struct rows_of_loss r = rows_of(call);
    if (settings->normalize)
        call->kernels->normalize_rows(r.rows, r.width, call->x[PREDICTION]->data, r.p);
    double sum =
        call->kernels->terms(TERM_negative_log, settings->clip, r.rows, r.width, r.p, call->x[TARGET]->data,
                             r.width, row_weight_read(call, call->saved), call->row_loss);
    op_set_scalar(call, r.scale * sum);
}

static void backward(const struct op_call *call)
{
    const struct op_probability_loss_settings *settings = call->settings;
    struct rows_of_loss r = rows_of(call);
    const double *row_weight = call->input_count > ROW_WEIGHT ? call->saved : NULL;
    double scale = r.scale * call->scalar_gradient;
    if (!call->dx[PREDICTION])
        return;
    void *dx = call->dx[PREDICTION]->data;
    bool add = call->add[PREDICTION];
    call->kernels->terms_grad(TERM_negative_log, settings->clip, r.rows, r.width, r.p, call->x[TARGET]->data,
                              r.width, row_weight, scale, !settings->normalize && add,
                              settings->normalize ? call->workspace : dx);
    if (settings->normalize)
        call->kernels->normalize_rows_grad(r.rows, r.width, call->x[PREDICTION]->data, call->workspace, add,
                                           dx);
}

static uint64_t pieces(const struct op_call *call)
{
    const struct op_probability_loss_settings *settings = call->settings;
    struct rows_of_loss r = rows_of(call);
    struct tensor p = op_view(call, r.p, r.rows * r.width);
    uint64_t hash = PIECES_NONE;
    for (int64_t i = 0; i < r.rows * r.width; i++)
        hash = pieces_add(hash, term_piece(TERM_negative_log, settings->clip, tensor_get(&p, i),
                                           tensor_get(call->x[TARGET], i)));
    return hash;
}

static const struct op_probability_loss_settings keras = {.normalize = true, .clip = 1e-7, .factor = 1};
static const struct op_probability_loss_settings cut = {
    .reduction = REDUCTION_sum, .normalize = true, .clip = 0.3, .factor = 2};
static const struct op_probability_loss_settings plain = {.factor = 1};
static const struct op_probability_loss_settings wide = {.clip = 0.5, .factor = 1};

static const struct op_example examples[] = {
    {.name = "normalized and cut slightly",
     .input = {AXES(4, 3), AXES(4, 3)},
     .input_count = 2,
     .constant = {[1] = true},
     .low = 0.1,
     .high = 0.9,
     .settings = &keras},
    {.name = "weighted, cut deeply, sum",
     .input = {AXES(5, 4), AXES(5, 4), AXES(5)},
     .input_count = 3,
     .constant = {[1] = true, [2] = true},
     .low = 0.1,
     .high = 0.9,
     .settings = &cut},
    {.name = "as they are",
     .input = {AXES(2, 3, 2), AXES(2, 3, 2)},
     .input_count = 2,
     .constant = {[1] = true},
     .low = 0.1,
     .high = 0.9,
     .settings = &plain},
    {.name = "labels instead of one-hot rows",
     .input = {AXES(4, 3), AXES(4)},
     .input_count = 2,
     .settings = &keras,
     .refused = "the targets are 4, but the probabilities 4 x 3"},
    {.name = "clip too wide",
     .input = {AXES(4, 3), AXES(4, 3)},
     .input_count = 2,
     .settings = &wide,
     .refused = "clip is 0.5, expected 0 to less than 0.5"},
};

const struct op op_probability_loss = {
    .entry =
        {
            .name = "probability_loss",
            .summary = "Cross-entropy of probabilities, normalized and cut as in Keras",
            .explain = "For each row minus the sum of target log(p). p may be divided by the row's sum\n"
                       "and cut to [clip, 1 - clip] first; where it is cut there is no gradient. The mean\n"
                       "is over rows.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_probability_loss_settings),
    .stops = 1u << TARGET | 1u << ROW_WEIGHT,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
