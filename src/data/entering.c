/* What enters the network, after scaling: each element of the inputs, each input as a whole, and the targets.
 */
#include "source.h"

#include <math.h>

static void add(struct summary *summary, double value, bool first)
{
    if (first)
        *summary = (struct summary){value, value, 0, 0};
    /* A NaN stays: it is what the network gets. */
    summary->min = value < summary->min || isnan(value) ? value : summary->min;
    summary->max = value > summary->max || isnan(value) ? value : summary->max;
    summary->mean += value;
}

/* Columns of a rows x width matrix of one type, row by row as they lie in memory. */
#define SUM_ROWS(name, type)                                                                \
    static void name(const type *numbers, int64_t rows, int64_t width, struct summary *out) \
    {                                                                                       \
        for (int64_t row = 0; row < rows; row++)                                            \
            for (int64_t i = 0; i < width; i++)                                             \
                add(&out[i], (double)numbers[row * width + i], row == 0);                   \
        for (int64_t i = 0; i < width; i++)                                                 \
            out[i].mean /= (double)rows;                                                    \
        for (int64_t row = 0; row < rows; row++)                                            \
            for (int64_t i = 0; i < width; i++) {                                           \
                double distance = (double)numbers[row * width + i] - out[i].mean;           \
                out[i].std += distance * distance;                                          \
            }                                                                               \
        for (int64_t i = 0; i < width; i++)                                                 \
            out[i].std = sqrt(out[i].std / (double)rows);                                   \
    }

SUM_ROWS(sum_floats, float)
SUM_ROWS(sum_indices, int32_t)

static void sum_columns(const void *numbers, enum dtype dtype, int64_t rows, int64_t width,
                        struct summary *out)
{
    if (dtype == DTYPE_I32)
        sum_indices(numbers, rows, width, out);
    else
        sum_floats(numbers, rows, width, out);
}

/* One heap of several of equal size. */
static struct summary join(const struct summary *parts, int64_t count)
{
    struct summary whole = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    for (int64_t i = 0; i < count; i++)
        add(&whole, parts[i].mean, i == 0);
    whole.mean /= (double)count;
    double square = 0;
    for (int64_t i = 0; i < count; i++) {
        double distance = parts[i].mean - whole.mean;
        whole.min = i == 0 || parts[i].min < whole.min || isnan(parts[i].min) ? parts[i].min : whole.min;
        whole.max = i == 0 || parts[i].max > whole.max || isnan(parts[i].max) ? parts[i].max : whole.max;
        square += parts[i].std * parts[i].std + distance * distance;
    }
    whole.std = sqrt(square / (double)count);
    return whole;
}

void measure_entering(struct arena *arena, const struct data *data, struct dataset *set)
{
    int64_t width[DATA_INPUTS_MOST], total = 0;
    for (int i = 0; i < data->input_count; i++) {
        width[i] = shape_count(&data->inputs[i].shape);
        total += width[i];
    }
    set->features = arena_array(arena, (size_t)total, sizeof *set->features);
    set->feature_count = total;
    for (int64_t i = 0, first = 0; i < data->input_count; first += width[i], i++) {
        sum_columns(set->inputs[i].data, set->inputs[i].dtype, set->rows, width[i], set->features + first);
        set->entering[i] = join(set->features + first, width[i]);
    }
    if (data->classification)
        return;
    struct arena scratch;
    arena_init(&scratch, "targets");
    struct summary *targets = arena_array(&scratch, (size_t)data->target_width, sizeof *targets);
    sum_columns(set->targets, DTYPE_F32, set->rows, data->target_width, targets);
    set->target = join(targets, data->target_width);
    arena_release(&scratch);
}
