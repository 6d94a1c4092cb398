/* Scores of answers: accuracy of classes, R2 of numbers. Sums run over the rows in their order. */
#include <mldbg/train/score.h>

#include <math.h>
#include <string.h>

#include "epochs_inside.h"

void tally_init(struct tally *tally, const struct data *data, struct arena *arena)
{
    size_t columns = data->classification ? 0 : (size_t)data->target_width;

    *tally = (struct tally){.columns = (int64_t)columns,
                            .mean = arena_array(arena, columns, sizeof(double)),
                            .spread = arena_array(arena, columns, sizeof(double)),
                            .off = arena_array(arena, columns, sizeof(double))};
}

void tally_clear(struct tally *tally)
{
    size_t bytes = (size_t)tally->columns * sizeof(double);

    tally->rows = tally->right = 0;
    tally->nonfinite = false;
    if (!bytes)
        return;
    memset(tally->mean, 0, bytes);
    memset(tally->spread, 0, bytes);
    memset(tally->off, 0, bytes);
}

static double mean_of(const struct tensor *output, int64_t first, int64_t width)
{
    double sum = 0;

    for (int64_t i = 0; i < width; i++)
        sum += tensor_get(output, first + i);
    return sum / (double)width;
}

/* Welford's sums, so that targets far from 0 lose no digits. */
static void add_numbers(struct tally *tally, const struct trainer *trainer, int64_t row)
{
    const struct tensor *output = graph_value(trainer->graph.graph, trainer->graph.output);
    const float *target = trainer->set->targets + trainer->batch[row] * tally->columns;
    int64_t width = tensor_count(output) / trainer->graph.batch;

    for (int64_t t = 0; t < tally->columns; t++) {
        double answer = width == tally->columns ? tensor_get(output, row * width + t)
                                                : mean_of(output, row * width, width);
        double wanted = (double)target[t], distance = wanted - tally->mean[t];

        tally->mean[t] += distance / (double)tally->rows;
        tally->spread[t] += distance * (wanted - tally->mean[t]);
        tally->off[t] += (answer - wanted) * (answer - wanted);
    }
}

void tally_add(struct tally *tally, const struct trainer *trainer)
{
    for (int64_t i = 0; i < trainer->batch_rows; i++) {
        tally->rows++;
        if (tally->columns) {
            add_numbers(tally, trainer, i);
        } else {
            int64_t answer = trainer_predicted(trainer, i);

            tally->right += answer == trainer->set->labels[trainer->batch[i]];
            tally->nonfinite = tally->nonfinite || answer < 0;
        }
    }
    for (int64_t t = 0; t < tally->columns; t++)
        tally->nonfinite = tally->nonfinite || !isfinite(tally->off[t]);
}

/* Where nothing varies, R2 says nothing: the constants are hit when no column is off by more than this share.
 */
static const double HIT = 0.01;

static bool constants_hit(const struct tally *tally)
{
    for (int64_t t = 0; t < tally->columns; t++)
        if (sqrt(tally->off[t] / (double)tally->rows) > HIT * fmax(1, fabs(tally->mean[t])))
            return false;
    return true;
}

/* Of several columns the mean; a column that does not vary is left out. */
double tally_score(const struct tally *tally)
{
    int64_t varying = 0;
    double sum = 0;

    if (!tally->rows)
        return (double)NAN;
    if (!tally->columns)
        return (double)tally->right / (double)tally->rows;
    if (tally->nonfinite)
        return SCORE_WORST;
    for (int64_t t = 0; t < tally->columns; t++) {
        if (!(tally->spread[t] > 0))
            continue;
        sum += 1 - tally->off[t] / tally->spread[t];
        varying++;
    }
    if (!varying)
        return constants_hit(tally) ? 1 : 0;
    sum /= (double)varying;
    return sum < SCORE_WORST ? SCORE_WORST : sum;
}

struct score epochs_score(struct epochs *epochs, enum split split, int64_t most)
{
    struct trainer *trainer = &epochs->trainer;
    const struct dataset *set = &trainer->data->splits[split];
    int64_t rows = set->rows, size = epochs->batch_size;
    struct tally tally;
    struct arena scratch;

    if (most > 0 && rows > most) /* in whole batches: there are graphs for those and the rest of a split */
        rows = most < size ? size : most / size * size;
    arena_init(&scratch, "a score");
    tally_init(&tally, trainer->data, &scratch);
    for (int64_t first = 0; first < rows; first += size) {
        int64_t count = rows - first < size ? rows - first : size;
        struct moment moment;

        for (int64_t i = 0; i < count; i++)
            epochs->rows[i] = first + i;
        epochs_choose(epochs, count);
        trainer_load(trainer, set, epochs->rows, count);
        trainer_evaluate(trainer, false, &moment);
        tally_add(&tally, trainer);
    }
    struct score score = {tally_score(&tally), tally.nonfinite, tally.rows, tally.right};
    arena_release(&scratch);
    return score;
}

/* The share of the first value in a moving average after so many steps; 1: it never moved. */
static double share_left(const struct graph *graph, const struct layer_row *row, int64_t steps)
{
    for (node n = row->first; n >= 0 && n <= row->last; n++)
        if (graph_op(graph, n) == &op_batchnorm) {
            const struct op_batchnorm_settings *settings = graph_settings(graph, n);

            return settings->frozen ? 1 : pow(1 - settings->momentum, (double)steps);
        }
    return 1;
}

bool trainer_settle(struct trainer *trainer, const void *began)
{
    const struct parameters *parameters = &trainer->model.parameters;
    const struct kernels *kernels = trainer->optimizer.kernels;
    size_t size = dtype_size(parameters->dtype);
    bool moved = false;

    for (size_t i = 0; i < trainer->config->model.layer_count; i++) {
        const struct layer_row *row = &trainer->graph.layers[i];
        double left =
            row->spec->kind == &layer_batchnorm ? share_left(trainer->graph.graph, row, trainer->step) : 1;

        for (int p = row->first_parameter; left < 1 && p < row->first_parameter + row->parameter_count; p++) {
            const struct parameter *state = &parameters->at[p];
            size_t at = (size_t)state->offset * size;

            if (!state->state)
                continue;
            kernels->axpby(state->count, -left / (1 - left), (const char *)began + at, 1 / (1 - left),
                           (char *)parameters->state + at);
            moved = true;
        }
    }
    return moved;
}
