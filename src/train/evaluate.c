/*
 * A split in evaluation mode: the loss of its batches, and from the last layer's outputs one answer a row, as
 * probabilities of classes or as numbers in units of the file. Changes no parameter.
 */
#include <mldbg/train/epochs.h>

#include <math.h>
#include <string.h>

#include "epochs_inside.h"
#include "measures.h"
#include "trainer_inside.h"

/* What the outputs of the last layer are, by what the loss expects. */
enum outputs { OUTPUTS_scores, OUTPUTS_logits, OUTPUTS_logit, OUTPUTS_probabilities, OUTPUTS_logarithms };

static enum outputs outputs_of(const struct loss_spec *loss)
{
    const char *expects = loss->kind->expects(loss->settings);

    if (loss->kind == &loss_bce_with_logits)
        return OUTPUTS_logit;
    if (strcmp(expects, "softmax") == 0 || strcmp(expects, "sigmoid") == 0)
        return OUTPUTS_probabilities;
    if (strcmp(expects, "log_softmax") == 0)
        return OUTPUTS_logarithms;
    return loss->kind == &loss_cross_entropy ? OUTPUTS_logits : OUTPUTS_scores;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void softmax(int64_t count, double *values)
{
    double most = values[0], sum = 0;

    for (int64_t i = 1; i < count; i++)
        most = values[i] > most || isnan(values[i]) ? values[i] : most;
    for (int64_t i = 0; i < count; i++)
        sum += values[i] = exp(values[i] - most);
    for (int64_t i = 0; i < count; i++)
        values[i] /= sum;
}

/* Outputs of one row into the values of its classes. */
static void take_classes(const struct trainer *trainer, const struct tensor *output, enum outputs kind,
                         int64_t row, int64_t width, double *values)
{
    int64_t classes = trainer->data->classes;

    for (int64_t c = 0; c < classes; c++) {
        double y = tensor_get(output, row * width + (width == classes ? c : 0));

        values[c] = kind == OUTPUTS_logit ? sigmoid(y) : kind == OUTPUTS_logarithms ? exp(y) : y;
    }
    if (width == classes && kind == OUTPUTS_logits) {
        softmax(classes, values);
    } else if (width == 1 && classes == 2) {
        values[0] = trainer->coding == CODING_SIGNED ? -values[1] : 1 - values[1];
    } else if (width != classes) {
        for (int64_t c = 0; c < classes; c++)
            values[c] = (double)NAN;
    }
}

static void take_outputs(const struct trainer *trainer, int64_t first, struct evaluation *out)
{
    const struct tensor *output = graph_value(trainer->graph.graph, trainer->graph.output);
    const struct data *data = trainer->data;
    const enum outputs kind = outputs_of(model_loss(&trainer->config->model));
    int64_t rows = trainer->batch_rows, width = tensor_count(output) / rows;

    for (int64_t i = 0; i < rows; i++) {
        double *values = out->value + (first + i) * out->width;

        if (data->classification) {
            take_classes(trainer, output, kind, i, width, values);
            out->class_of[first + i] = (int32_t)trainer_predicted(trainer, i);
        } else {
            for (int64_t k = 0; k < width; k++)
                values[k] =
                    tensor_get(output, i * width + k) * data->target_factor[k] + data->target_shift[k];
        }
    }
}

/*
 * Row losses as parts of the loss: those of reduction "mean" have the loss as their mean, where no class
 * weighs more than another.
 */
static void take_losses(const struct trainer *trainer, const struct moment *moment, int64_t first,
                        struct evaluation *out)
{
    const struct loss_spec *loss = model_loss(&trainer->config->model);
    int64_t rows = trainer->batch_rows, count = 0, each;
    const double *at = trainer_row_losses(&trainer->graph, &count);
    double sum = 0, factor = 1;

    each = at && count % rows == 0 ? count / rows : 0;
    for (int64_t i = 0; i < rows; i++) {
        double *value = &out->row_loss[first + i];

        *value = each ? 0 : (double)NAN;
        for (int64_t k = 0; k < each; k++)
            *value += at[i * each + k];
        sum += *value;
    }
    if (loss->class_weights.count)
        return;
    if (isfinite(sum) && isfinite(moment->data_loss) && sum > 0)
        factor = moment->data_loss * (loss->reduction == REDUCTION_mean ? (double)rows : 1) / sum;
    for (int64_t i = 0; i < rows; i++)
        out->row_loss[first + i] *= factor;
}

int64_t evaluation_width(const struct data *data)
{
    return data->classification ? data->classes : data->target_width;
}

int64_t evaluation_bytes(const struct data *data, enum split split)
{
    const struct evaluation *out = NULL;
    int64_t row = evaluation_width(data) * (int64_t)sizeof *out->value + (int64_t)sizeof *out->class_of +
                  (int64_t)sizeof *out->row_loss;

    return data->splits[split].rows * row;
}

static void prepare(struct epochs *epochs, enum split split)
{
    struct trainer *trainer = &epochs->trainer;
    const struct data *data = trainer->data;
    const struct tensor *output = graph_value(trainer->graph.graph, trainer->graph.output);
    struct evaluation *out = &epochs->splits[split];
    size_t rows = (size_t)data->splits[split].rows;
    int64_t width = tensor_count(output) / trainer->graph.batch;

    if (out->set)
        return;
    out->set = &data->splits[split];
    out->width = evaluation_width(data);
    out->predicts = data->classification ? output->shape.rank <= 2 && width <= LAYERS_MOST &&
                                               output->shape.size[0] == trainer->graph.batch
                                         : width == data->target_width;
    out->value = arena_array(trainer->arena, rows * (size_t)out->width, sizeof *out->value);
    out->class_of = arena_array(trainer->arena, rows, sizeof *out->class_of);
    out->row_loss = arena_array(trainer->arena, rows, sizeof *out->row_loss);
}

bool epochs_evaluate(struct epochs *epochs, enum split split, bool (*stop)(void *context), void *context)
{
    struct trainer *trainer = &epochs->trainer;
    struct evaluation *out = &epochs->splits[split];
    struct arena scratch;
    double sum = 0;

    prepare(epochs, split);
    out->finite = true;
    for (int64_t first = 0; first < out->set->rows; first += epochs->batch_size) {
        int64_t left = out->set->rows - first;
        int64_t count = left < epochs->batch_size ? left : epochs->batch_size;
        struct moment moment;

        if (stop && stop(context))
            return false;
        for (int64_t i = 0; i < count; i++)
            epochs->rows[i] = first + i;
        epochs_choose(epochs, count);
        trainer_load(trainer, out->set, epochs->rows, count);
        trainer_evaluate(trainer, false, &moment);
        if (!moment.finite && out->finite)
            out->poisoned = moment;
        out->finite = out->finite && moment.finite;
        sum += moment.data_loss * (double)count;
        take_losses(trainer, &moment, first, out);
        if (out->predicts)
            take_outputs(trainer, first, out);
    }
    out->loss = sum / (double)out->set->rows;
    arena_init(&scratch, "measures of a split");
    measures_take(out, trainer->data, &scratch);
    arena_release(&scratch);
    return true;
}
