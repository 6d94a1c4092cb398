/* Negative log-likelihood of log-probabilities against one-hot (or soft) targets. */
#include <mldbg/layer/build.h>

#include "loss_floor.h"

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
    const struct op_nll_settings op = {build->loss->reduction, build->loss->factor};
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
