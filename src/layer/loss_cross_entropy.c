/*
 * Cross-entropy: on logits with class ids as torch.nn.CrossEntropyLoss, or on probabilities with dense
 * targets as Keras does it: rows divided by their sum, cut to [clip, 1 - clip].
 */
#include <math.h>
#include <mldbg/layer/build.h>

#include "loss_floor.h"

struct cross_entropy_settings {
    int from;   /* of sources[] */
    int target; /* of targets[] */
    bool normalize;
    double clip, label_smoothing;
};

static const char *const sources[] = {"logits", "probabilities", NULL};
enum { FROM_LOGITS, FROM_PROBABILITIES };
static const char *const targets[] = {"auto", "dense", NULL};
enum { TARGET_AUTO, TARGET_IS_DENSE };

static const struct option options[] = {
    {.name = "from",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct cross_entropy_settings, from),
     .fallback = "logits",
     .choices = sources,
     .help = "what the last layer gives; logits: the loss applies the softmax"},
    {.name = "label_smoothing",
     .type = OPTION_REAL,
     .offset = offsetof(struct cross_entropy_settings, label_smoothing),
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "share of each label that is spread over all classes (logits)"},
    {.name = "normalize",
     .type = OPTION_BOOL,
     .offset = offsetof(struct cross_entropy_settings, normalize),
     .fallback = "true",
     .help = "probabilities are divided by the sum of their row, as Keras does"},
    {.name = "clip",
     .type = OPTION_REAL,
     .offset = offsetof(struct cross_entropy_settings, clip),
     .fallback = "1e-7",
     .min = 0,
     .max = 0.5,
     .help = "probabilities are cut to [clip, 1 - clip]; 0: not cut"},
    {.name = "target",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct cross_entropy_settings, target),
     .fallback = "auto",
     .choices = targets,
     .help = "dense: real numbers per output; always so from probabilities"},
};

static enum target_form form(const void *at)
{
    const struct cross_entropy_settings *settings = at;
    return settings->from == FROM_PROBABILITIES ? TARGET_DENSE : TARGET_CLASS;
}

static const char *expects(const void *at)
{
    const struct cross_entropy_settings *settings = at;
    return settings->from == FROM_PROBABILITIES ? "softmax" : "none";
}

/* ---- Building ---- */

static node build_logits(struct loss_build *build, const struct cross_entropy_settings *settings)
{
    const struct reals *weights = &build->loss->class_weights;
    if (settings->target == TARGET_IS_DENSE)
        return loss_refuse(build, "\"target\": \"dense\" goes with \"from\": \"probabilities\"");
    if (loss_target(build, TARGET_CLASS) < 0)
        return -1;
    const struct op_cross_entropy_settings op = {build->loss->reduction, settings->label_smoothing,
                                                 build->loss->factor};
    node inputs[3] = {build->prediction, build->target};
    int count = 2;
    if (weights->count)
        inputs[count++] = loss_constant(build, "class_weights", SHAPE((int64_t)weights->count), weights->at);
    return loss_node(build, &op_cross_entropy, "", inputs, count, &op);
}

/* One label column against several outputs: minus target times logarithm, summed over the row, mean over
 * rows. */
static node build_broadcast(struct loss_build *build, const struct cross_entropy_settings *settings)
{
    double width = (double)build->shape.size[build->shape.rank - 1];
    bool mean = build->loss->reduction == REDUCTION_mean;
    const struct op_term_loss_settings op = {
        .term = TERM_negative_log,
        .a = settings->clip,
        .reduction = build->loss->reduction,
        .factor = build->loss->factor *
                  (mean ? width : 1), /* the term's mean is over elements, Keras's over rows */
    };
    return loss_node(build, &op_term_loss, "", (const node[]){build->prediction, build->target}, 2, &op);
}

static node build_probabilities(struct loss_build *build, const struct cross_entropy_settings *settings)
{
    if (settings->label_smoothing > 0)
        return loss_refuse(build, "label_smoothing goes with \"from\": \"logits\"");
    if (build->loss->class_weights.count)
        return loss_refuse(build, "class_weights go with \"from\": \"logits\"");
    if (loss_target(build, TARGET_DENSE) < 0)
        return -1;
    struct shape target = graph_shape(build->graph, build->target);
    if (!shape_equal(&target, &build->shape))
        return build_broadcast(build, settings);
    const struct op_probability_loss_settings op = {build->loss->reduction, settings->normalize,
                                                    settings->clip, build->loss->factor};
    node inputs[2] = {build->prediction, build->target};
    return loss_node(build, &op_probability_loss, "", inputs, 2, &op);
}

static node build(struct loss_build *build, const void *at)
{
    const struct cross_entropy_settings *settings = at;
    return settings->from == FROM_PROBABILITIES ? build_probabilities(build, settings)
                                                : build_logits(build, settings);
}

/* ---- The floor ---- */

/*
 * Rows of a group share one softmax p, and the sum over them is -sum a log p, where a gathers what label,
 * weight and smoothing put on each class. It is smallest for p = a / sum a.
 */
static double floor_logits(const struct cross_entropy_settings *settings,
                           const struct floor_question *question)
{
    double smoothing = settings->label_smoothing, sum = 0;
    int64_t classes = question->width;
    struct arena scratch;

    arena_init(&scratch, "floor of the loss");
    struct groups groups = groups_gather(&scratch, question);
    double *mass = arena_array(&scratch, (size_t)classes, sizeof *mass);
    for (int64_t g = 0; g < question->groups; g++) {
        int64_t counted = 0;
        for (int64_t k = 0; k < classes; k++)
            mass[k] = 0;
        for (int64_t i = groups.start[g]; i < groups.start[g + 1]; i++) {
            int32_t label = question->labels[groups.row[i]];
            if (label < 0)
                continue;
            counted++;
            mass[label] += (1 - smoothing) * (question->class_weight ? question->class_weight[label] : 1);
        }
        for (int64_t k = 0; k < classes && smoothing > 0; k++)
            mass[k] += (double)counted * smoothing / (double)classes *
                       (question->class_weight ? question->class_weight[k] : 1);
        sum += floor_entropy(mass, classes);
    }
    arena_release(&scratch);
    return sum;
}

/* One output: 1 after normalizing, else free between the cuts. */
static double least_single(const struct cross_entropy_settings *settings, double target)
{
    bool high = settings->normalize || target >= 0;
    return -target * log(high ? 1 - settings->clip : settings->clip);
}

/*
 * The entropy of the targets, less what cutting gives away: p is at least clip everywhere, so its sum may be
 * as much above 1. No term is below -t log(1 - clip).
 */
static double least_probabilities(const void *at, const double *mass, int64_t width)
{
    const struct cross_entropy_settings *settings = at;
    double all = 0, lowest = 0;

    if (width == 1)
        return mass[0] == 0 ? 0 : least_single(settings, mass[0]);
    for (int64_t k = 0; k < width; k++) {
        all += mass[k];
        if (mass[k] != 0)
            lowest -= mass[k] * log(mass[k] < 0 ? settings->clip : 1 - settings->clip);
    }
    return fmax(lowest, floor_entropy(mass, width) - all * log1p((double)width * settings->clip));
}

static double floor_sum(const void *at, const struct floor_question *question)
{
    const struct cross_entropy_settings *settings = at;
    if (settings->from == FROM_LOGITS)
        return floor_logits(settings, question);
    return floor_by_row(question, NULL, least_probabilities, settings);
}

static double divisor(const void *at, const struct floor_question *question)
{
    const struct cross_entropy_settings *settings = at;
    double sum = 0;

    if (settings->from == FROM_PROBABILITIES)
        return (double)question->rows;
    for (int64_t i = 0; i < question->rows; i++)
        if (question->labels[i] >= 0)
            sum += question->class_weight ? question->class_weight[question->labels[i]] : 1;
    return sum;
}

const struct loss_kind loss_cross_entropy = {
    .entry = {"cross_entropy", "Minus the logarithm of the right class's probability",
              "From logits (the default): softmax and logarithm in one, as PyTorch's\n"
              "CrossEntropyLoss; the last layer is linear, with one output per class.\n"
              "From probabilities: the last layer is a softmax; rows are divided by their sum\n"
              "and cut to [clip, 1 - clip], as Keras does, so with a single output the loss is\n"
              "0 whatever the network says. A softmax layer before the default makes training\n"
              "slow or stuck: that is softmax twice."},
    .options = OPTION_TABLE(options),
    .settings_size = sizeof(struct cross_entropy_settings),
    .form = form,
    .build = build,
    .floor_sum = floor_sum,
    .divisor = divisor,
    .expects = expects,
    .classification = true,
    .weighted = true,
};
