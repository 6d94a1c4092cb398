/*
 * Negative log-likelihood of log-probabilities against one-hot (or soft) targets, with the operator that it
 * needs: minus the sum of target times prediction, whatever the predictions are.
 */
#include <mldbg/layer/build.h>

#include "loss_floor.h"

struct nll_op_settings {
    enum reduction reduction;
    double factor;
};

static int64_t width_of(const struct shape *shape)
{
    return shape->size[shape->rank - 1];
}

/* x [..., C], target [..., C], optional class weights [C]. */
static bool plan_nll(struct op_plan *plan, struct error *err)
{
    const struct shape *x = &plan->input[0];
    if (!shape_equal(x, &plan->input[1]))
        return fail(err, ERROR_REQUEST, "nll needs a target of the prediction's shape");
    if (plan->input_count == 3 && (plan->input[2].rank != 1 || plan->input[2].size[0] != width_of(x)))
        return fail(err, ERROR_REQUEST, "nll needs one weight per class");
    plan->output = (struct shape){0};
    plan->row_losses = shape_span(x, 0, x->rank - 1);
    plan->saved_bytes = plan->input_count == 3 ? shape_count(x) * (int64_t)plan->real_size : 0;
    return true;
}

static void *number_at(const struct op_call *call, void *data, int64_t index)
{
    return (char *)data + index * (int64_t)dtype_size(call->kernels->dtype);
}

/* The targets, times the class weights where there are some; and the sum of them, by which the mean divides.
 */
static void *weigh_targets(const struct op_call *call)
{
    int64_t width = width_of(&call->x[0]->shape), rows = tensor_count(call->x[0]) / width;
    if (call->input_count < 3)
        return call->x[1]->data;
    for (int64_t r = 0; r < rows; r++)
        call->kernels->product(width, number_at(call, call->x[1]->data, r * width), call->x[2]->data, false,
                               number_at(call, call->saved, r * width));
    return call->saved;
}

static double scale_of(const struct op_call *call)
{
    const struct nll_op_settings *settings = call->settings;
    int64_t width = width_of(&call->x[0]->shape), rows = tensor_count(call->x[0]) / width;
    double weights = (double)rows;

    if (settings->reduction == REDUCTION_sum)
        return settings->factor;
    if (call->input_count == 3) {
        weights = 0;
        for (int64_t r = 0; r < rows; r++)
            weights +=
                call->kernels->dot(width, number_at(call, call->x[1]->data, r * width), call->x[2]->data);
    }
    return settings->factor / weights;
}

static void forward_nll(const struct op_call *call)
{
    int64_t width = width_of(&call->x[0]->shape), rows = tensor_count(call->x[0]) / width;
    void *target = weigh_targets(call);
    double sum = 0;

    for (int64_t r = 0; r < rows; r++) {
        double loss = -call->kernels->dot(width, number_at(call, call->x[0]->data, r * width),
                                          number_at(call, target, r * width));
        if (call->row_loss)
            call->row_loss[r] = loss;
        sum += loss;
    }
    *call->scalar = sum * scale_of(call);
    struct tensor y = *call->y;
    tensor_set(&y, 0, *call->scalar);
}

static void backward_nll(const struct op_call *call)
{
    void *target = call->input_count == 3 ? call->saved : call->x[1]->data;
    if (call->dx[0])
        call->kernels->axpby(tensor_count(call->x[0]), -call->scalar_gradient * scale_of(call), target,
                             call->add[0] ? 1 : 0, call->dx[0]->data);
}

static const struct op op_nll = {
    .entry = {"nll", "Minus the sum of target times prediction",
              "Inputs: log-probabilities [..., C], targets [..., C], optional weights [C]."},
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct nll_op_settings),
    .stops = 6,
    .plan = plan_nll,
    .forward = forward_nll,
    .backward = backward_nll,
};

/* ---- The loss ---- */

static enum target_form form(const void *settings)
{
    (void)settings;
    return TARGET_DENSE;
}

static const char *expects(const void *settings)
{
    (void)settings;
    return "log_softmax";
}

static node build(struct loss_build *build, const void *settings)
{
    const struct reals *weights = &build->loss->class_weights;
    (void)settings;
    if (build->classes == 0)
        return loss_refuse_hint(build,
                                "mse is the usual loss for numbers; or set \"task\": \"classification\"",
                                "expects classes, but the label is a number");
    if (build->loss->broadcast)
        return loss_refuse(build, "\"broadcast\" is not for nll");
    if (build->shape.size[build->shape.rank - 1] == 1 && build->classes > 1)
        return loss_refuse(build, "\"%s\" gives 1 output, but the data has %lld classes",
                           build->prediction_name, (long long)build->classes);
    if (loss_target(build, TARGET_DENSE) < 0)
        return -1;
    const struct nll_op_settings op = {build->loss->reduction, build->loss->factor};
    node inputs[3] = {build->prediction, build->target};
    int count = 2;
    if (weights->count)
        inputs[count++] = loss_constant(build, "class_weights", SHAPE((int64_t)weights->count), weights->at);
    return loss_node(build, &op_nll, "", inputs, count, &op);
}

static double least(const void *settings, const double *mass, int64_t width)
{
    (void)settings;
    return floor_entropy(mass, width);
}

static double floor_sum(const void *settings, const struct floor_question *question)
{
    return floor_by_row(question, question->class_weight, least, settings);
}

static double divisor(const void *settings, const struct floor_question *question)
{
    double sum = 0;
    (void)settings;
    if (!question->class_weight)
        return (double)question->rows;
    for (int64_t i = 0; i < question->rows * question->width; i++)
        sum += question->targets[i] * question->class_weight[i % question->width];
    return sum;
}

const struct loss_kind loss_nll = {
    .entry = {"nll", "Minus the right class's log-probability",
              "For a last layer log_softmax: minus the output of the right class, as PyTorch's\n"
              "NLLLoss. It takes the outputs as they are: on logits it has no lower bound."},
    .form = form,
    .build = build,
    .floor_sum = floor_sum,
    .divisor = divisor,
    .expects = expects,
    .classification = true,
    .weighted = true,
};
