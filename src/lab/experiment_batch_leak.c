/* Whether the answer to a row depends on the other rows of its batch. */
#include <math.h>
#include <string.h>

#include "asking.h"

/* Changes one row of the inputs in the graph: other ids, or all numbers moved by one. */
static void change_row(struct asking *asking, int64_t row)
{
    const struct model_graph *graph = &asking->trainer.graph;

    for (int i = 0; i < asking->lab->data.input_count; i++) {
        struct tensor input = *graph_value(graph->graph, graph->inputs[i]);
        int64_t width = tensor_count(&input) / graph->batch;
        int64_t ids = asking->lab->data.inputs[i].index_count;

        for (int64_t c = row * width; c < (row + 1) * width; c++) {
            double value = tensor_get(&input, c) + 1;

            tensor_set(&input, c, input.dtype == DTYPE_I32 && value >= (double)ids ? 0 : value);
        }
    }
}

/* The largest change of an answer to the other rows, as a share of the largest answer; NaN: cannot be told.
 */
static double leak(struct asking *asking, bool training)
{
    struct trainer *trainer = &asking->trainer;
    int64_t width, count, changed = asking->count - 1;
    const struct tensor *output = asking_output(asking, &width);
    double *before, most = 0, size = 0;
    struct moment moment;

    if (output->shape.rank == 0 || output->shape.size[0] != asking->count)
        return (double)NAN;
    count = changed * width;
    before = arena_array(&asking->arena, (size_t)count, sizeof *before);
    trainer_load(trainer, asking->set, asking->rows, asking->count);
    trainer_evaluate(trainer, training, &moment);
    for (int64_t i = 0; i < count; i++) {
        before[i] = tensor_get(output, i);
        size = fmax(size, fabs(before[i]));
    }
    if (!moment.finite)
        return (double)NAN;
    change_row(asking, changed);
    trainer_evaluate(trainer, training, &moment);
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs(tensor_get(output, i) - before[i]));
    return size > 0 ? most / size : most > 0 ? 1 : 0;
}

static void measure(struct asking *asking)
{
    double evaluating, training;

    if (asking->count < 2)
        return;
    evaluating = leak(asking, false);
    training = leak(asking, true);
    if (!isnan(evaluating))
        run_set_number(asking->run, "experiment/batch_leak/evaluating", evaluating);
    if (!isnan(training))
        run_set_number(asking->run, "experiment/batch_leak/training", training);
    run_set_text(asking->run, "experiment/batch_leak/coupled_by", "%s",
                 asking_has(asking, &layer_batchnorm) ? "batchnorm" : "");
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    struct asking asking;
    bool good = asking_begin(&asking, lab, run, lab->dtype, NULL, 0, problems);

    if (good)
        measure(&asking);
    asking_end(&asking);
    return good;
}

const struct experiment experiment_batch_leak = {
    .entry = {"batch_leak", "Whether answers depend on the other rows of the batch",
              "The inputs of one row are changed, and the answers to all other rows are\n"
              "compared: the largest change as a share of the largest answer. In evaluation\n"
              "mode there should be none beyond rounding. In training mode batch\n"
              "normalization couples the rows by design.\n"},
    .cost = "four forward passes",
    .writes = "experiment/batch_leak/evaluating experiment/batch_leak/training "
              "experiment/batch_leak/coupled_by",
    .ask = ask,
};
