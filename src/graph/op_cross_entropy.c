/* cross_entropy: of logits against class labels, softmax included, as torch.nn.CrossEntropyLoss. */
#include "operator.h"

enum { LOGITS, LABELS, WEIGHT };

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_cross_entropy_settings *settings = plan->settings;
    const struct shape *logits = &plan->input[LOGITS], *labels = &plan->input[LABELS];
    if (logits->rank < 2)
        return fail(err, ERROR_REQUEST, "the logits are %s, expected batch x classes", words_of(logits).at);
    int64_t classes = logits->size[logits->rank - 1];
    struct shape expected = *logits;
    expected.rank--;
    expected.size[expected.rank] = 0;
    if (shape_count(labels) != shape_count(&expected) || labels->size[0] != logits->size[0])
        return fail(err, ERROR_REQUEST, "the labels are %s, expected one for each row of the logits (%s): %s",
                    words_of(labels).at, words_of(logits).at, words_of(&expected).at);
    if (plan->input_count > WEIGHT &&
        (plan->input[WEIGHT].rank != 1 || plan->input[WEIGHT].size[0] != classes))
        return fail(err, ERROR_REQUEST, "the class weights are %s, expected %lld, one for each class",
                    words_of(&plan->input[WEIGHT]).at, (long long)classes);
    if (!(settings->label_smoothing >= 0 && settings->label_smoothing <= 1))
        return fail(err, ERROR_REQUEST, "label_smoothing is %g, expected 0 to 1", settings->label_smoothing);
    plan->row_losses = shape_count(&expected);
    plan->saved_bytes =
        size_aligned((int64_t)sizeof(double)) + size_product(shape_count(logits), (int64_t)plan->real_size);
    plan->multiply_adds = shape_count(logits);
    return true;
}

/* Saved: the sum of the weights, then the softmax. */
static void *saved_softmax(const struct op_call *call)
{
    return (char *)call->saved + size_aligned((int64_t)sizeof(double));
}

static const void *weight_of(const struct op_call *call)
{
    return call->input_count > WEIGHT ? call->x[WEIGHT]->data : NULL;
}

static void forward(const struct op_call *call)
{
    const struct op_cross_entropy_settings *settings = call->settings;
    int64_t rows = tensor_count(call->x[LABELS]), classes = tensor_count(call->x[LOGITS]) / rows;
    double *weight_sum = call->saved;
    double sum = call->kernels->cross_entropy(rows, classes, call->x[LOGITS]->data, call->x[LABELS]->data,
                                              weight_of(call), settings->label_smoothing, saved_softmax(call),
                                              call->row_loss, weight_sum);
    op_set_scalar(call, settings->factor * (settings->reduction == REDUCTION_mean ? sum / *weight_sum : sum));
}

static void backward(const struct op_call *call)
{
    const struct op_cross_entropy_settings *settings = call->settings;
    int64_t rows = tensor_count(call->x[LABELS]), classes = tensor_count(call->x[LOGITS]) / rows;
    const double *weight_sum = call->saved;
    double scale = call->scalar_gradient * settings->factor;
    if (settings->reduction == REDUCTION_mean)
        scale /= *weight_sum;
    if (call->dx[LOGITS])
        call->kernels->cross_entropy_grad(rows, classes, saved_softmax(call), call->x[LABELS]->data,
                                          weight_of(call), settings->label_smoothing, scale,
                                          call->add[LOGITS], call->dx[LOGITS]->data);
}

static const struct op_cross_entropy_settings mean = {.factor = 1},
                                              sum = {.reduction = REDUCTION_sum, .factor = 0.5};
static const struct op_cross_entropy_settings smooth = {.label_smoothing = 0.1, .factor = 1};
static const struct op_cross_entropy_settings too_smooth = {.label_smoothing = 2, .factor = 1};

static const struct op_example examples[] = {
    {.name = "mean",
     .input = {AXES(5, 3), AXES(5)},
     .input_count = 2,
     .integer_below = {0, 3},
     .settings = &mean},
    {.name = "sum over positions, halved",
     .input = {AXES(2, 3, 4), AXES(2, 3)},
     .input_count = 2,
     .integer_below = {0, 4},
     .settings = &sum},
    {.name = "weights and smoothing",
     .input = {AXES(6, 3), AXES(6), AXES(3)},
     .input_count = 3,
     .integer_below = {0, 3},
     .constant = {[2] = true},
     .low = 0.2,
     .high = 2,
     .settings = &smooth},
    {.name = "labels for another batch",
     .input = {AXES(5, 3), AXES(4)},
     .input_count = 2,
     .integer_below = {0, 3},
     .settings = &mean,
     .refused = "the labels are 4, expected one for each row of the logits (5 x 3): 5"},
    {.name = "real labels",
     .input = {AXES(5, 3), AXES(5)},
     .input_count = 2,
     .settings = &mean,
     .refused = "cross_entropy needs integers"},
    {.name = "smoothing out of range",
     .input = {AXES(5, 3), AXES(5)},
     .input_count = 2,
     .integer_below = {0, 3},
     .settings = &too_smooth,
     .refused = "label_smoothing is 2"},
};

const struct op op_cross_entropy = {
    .entry =
        {
            .name = "cross_entropy",
            .summary = "Softmax and negative log-likelihood of class labels, from logits",
            .explain = "log(sum(exp(logits))) - logits[label] for each row, in double, with optional\n"
                       "class weights and label smoothing. A label of -1 leaves its row out; any other\n"
                       "label that is no class gives NaN.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_cross_entropy_settings),
    .integers = 1u << LABELS,
    .stops = 1u << LABELS | 1u << WEIGHT,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
