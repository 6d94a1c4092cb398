/*
 * Scaling: learned from the rows of train in double, applied to every split. Constant columns are only
 * shifted, one-hot columns and indices are left alone. Rounds to float once, at the end.
 */
#include "source.h"

#include <math.h>
#include <string.h>

#include <mldbg/base/text.h>

/* What a column or target looks like in train. */
struct moments {
    double min, max, mean, spread; /* spread: sum of squared distances from the mean */
};

static void gather(struct moments *moments, const double *values, int64_t width, int64_t row)
{
    for (int64_t i = 0; i < width; i++) {
        struct moments *m = &moments[i];
        double value = values[i];
        if (row == 0)
            *m = (struct moments){value, value, 0, 0};
        m->min = value < m->min ? value : m->min;
        m->max = value > m->max ? value : m->max;
        m->mean += value;
    }
}

static void spread(struct moments *moments, const double *values, int64_t width)
{
    for (int64_t i = 0; i < width; i++) {
        double distance = values[i] - moments[i].mean;
        moments[i].spread += distance * distance;
    }
}

static void divide(struct moments *moments, int64_t width, int64_t rows)
{
    for (int64_t i = 0; i < width; i++)
        moments[i].mean /= (double)rows;
}

/* shift and divisor such that scaled = (value - shift) / divisor. */
static void choose(const struct scale_spec *scale, const struct moments *moments, int64_t rows, double *shift,
                   double *divisor)
{
    double range = moments->max - moments->min;
    *shift = 0;
    *divisor = 1;
    if (scale->kind == SCALE_DIVIDE)
        *divisor = scale->divide;
    if (scale->kind == SCALE_STANDARD) {
        /* Squares of numbers below 1e-160 are 0; then the range tells what the numbers differ by. */
        double deviation = sqrt(moments->spread / (double)rows);
        *shift = range == 0 ? moments->min : moments->mean;
        *divisor = range == 0 ? 1 : deviation > 0 ? deviation : range;
    }
    if (scale->kind == SCALE_MINMAX) {
        *shift = moments->min;
        *divisor = range == 0 ? 1 : range;
    }
}

static bool any_fitted(const struct scale_spec *scale)
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (scale[s].kind == SCALE_STANDARD || scale[s].kind == SCALE_MINMAX)
            return true;
    return false;
}

static void fit_features(struct loading *loading, const struct part *train, struct moments *moments)
{
    const struct plan *plan = &loading->plan;
    double *raw = arena_array(loading->scratch, (size_t)train->source->columns, sizeof *raw);
    double *row = arena_array(loading->scratch, (size_t)plan->width, sizeof *row);
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < train->count; i++) {
            source_features(train->source, plan, train->rows[i], raw, row);
            if (pass == 0)
                gather(moments, row, plan->width, i);
            else
                spread(moments, row, plan->width);
        }
        if (pass == 0)
            divide(moments, plan->width, train->count);
    }
}

static void fit_targets(struct loading *loading, const struct part *train)
{
    struct data *data = loading->out;
    int64_t width = data->target_width;
    struct moments *moments = arena_array(loading->scratch, (size_t)width, sizeof *moments);
    double *shift = arena_array(loading->arena, (size_t)width, sizeof *shift);
    double *factor = arena_array(loading->arena, (size_t)width, sizeof *factor);
    for (int64_t i = 0; i < train->count; i++)
        gather(moments, train->source->y + train->rows[i] * width, width, i);
    divide(moments, width, train->count);
    for (int64_t i = 0; i < train->count; i++)
        spread(moments, train->source->y + train->rows[i] * width, width);
    loading->target_moments = moments;
    loading->train_rows = train->count;
    for (int64_t i = 0; i < width; i++)
        choose(&loading->spec->scale_target[SPLIT_train], &moments[i], train->count, &shift[i], &factor[i]);
    data->target_shift = shift;
    data->target_factor = factor;
}

static const char *scale_name(struct arena *arena, const struct scale_spec *scale)
{
    static const char *const names[] = {"none", "standard", "minmax"};
    return scale->kind == SCALE_DIVIDE ? arena_print(arena, "divide by %s", text_double(arena, scale->divide))
                                       : names[scale->kind];
}

static const char *scale_names(struct loading *loading)
{
    const struct scale_spec *scale = loading->spec->scale;
    struct text text;
    text_init(&text, loading->arena);
    text_add(&text, scale_name(loading->arena, &scale[SPLIT_train]));
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
        if (scale[s].kind != scale[SPLIT_train].kind || scale[s].divide != scale[SPLIT_train].divide)
            text_print(&text, ", %s %s", split_name((enum split)s), scale_name(loading->arena, &scale[s]));
    return text.at;
}

void scale_fit(struct loading *loading, const struct part *train)
{
    struct plan *plan = &loading->plan;
    struct moments *moments = arena_array(loading->scratch, (size_t)plan->width, sizeof *moments);
    if (any_fitted(loading->spec->scale))
        fit_features(loading, train, moments);
    for (int64_t i = 0; i < plan->width; i++) {
        struct feature *feature = &plan->features[i];
        if (feature->category >= 0 || feature->index)
            continue;
        for (int s = 0; s < SPLIT_COUNT; s++)
            choose(&loading->spec->scale[s], &moments[i], train->count, &feature->shift[s],
                   &feature->divisor[s]);
    }
    if (!loading->out->classification)
        fit_targets(loading, train);
    loading->out->scale = scale_names(loading);
}

/* The shifts and divisors of a split, each together. False: they change nothing. */
static bool gather_scale(const struct plan *plan, enum split split, double *shift, double *divisor)
{
    bool any = false;
    for (int64_t i = 0; i < plan->width; i++) {
        shift[i] = plan->features[i].shift[split];
        divisor[i] = plan->features[i].divisor[split];
        any = any || shift[i] != 0 || divisor[i] != 1;
    }
    return any;
}

static void fill_inputs(struct loading *loading, const struct part *part, struct dataset *set)
{
    const struct plan *plan = &loading->plan;
    double *raw = arena_array(loading->scratch, (size_t)part->source->columns, sizeof *raw);
    double *row = arena_array(loading->scratch, (size_t)plan->width, sizeof *row);
    double *shift = arena_array(loading->scratch, (size_t)plan->width, sizeof *shift);
    double *divisor = arena_array(loading->scratch, (size_t)plan->width, sizeof *divisor);
    const bool scaled = gather_scale(plan, set->split, shift, divisor);
    for (int64_t i = 0; i < part->count; i++) {
        source_features(part->source, plan, part->rows[i], raw, row);
        for (int input = 0; input < loading->out->input_count; input++) {
            int64_t first = plan->first[input], width = plan->first[input + 1] - first;
            if (loading->out->inputs[input].dtype == DTYPE_I32) {
                int32_t *to = (int32_t *)set->inputs[input].data + i * width;
                for (int64_t k = 0; k < width; k++)
                    to[k] = (int32_t)row[first + k];
                continue;
            }
            float *to = (float *)set->inputs[input].data + i * width;
            for (int64_t k = first; k < first + width; k++)
                to[k - first] = (float)(scaled ? (row[k] - shift[k]) / divisor[k] : row[k]);
        }
    }
}

static void fill_answers(struct loading *loading, const struct part *part, struct dataset *set)
{
    int64_t width = loading->answers;
    const double *y = part->source->y;
    if (loading->out->classification) {
        set->labels = arena_array(loading->arena, (size_t)part->count, sizeof *set->labels);
        for (int64_t i = 0; i < part->count; i++)
            set->labels[i] = (int32_t)y[part->rows[i]];
        return;
    }
    set->targets = arena_numbers(loading->arena, (size_t)part->count * (size_t)width * sizeof *set->targets);
    for (int64_t k = 0; k < width; k++) {
        double shift, divisor;
        choose(&loading->spec->scale_target[set->split], &loading->target_moments[k], loading->train_rows,
               &shift, &divisor);
        for (int64_t i = 0; i < part->count; i++)
            set->targets[i * width + k] = (float)((y[part->rows[i] * width + k] - shift) / divisor);
    }
}

void scale_fill(struct loading *loading, const struct part *part, struct dataset *set)
{
    for (int input = 0; input < loading->out->input_count; input++) {
        const struct data_input *in = &loading->out->inputs[input];
        int64_t size[RANK_MOST] = {part->count};
        memcpy(size + 1, in->shape.size, (size_t)in->shape.rank * sizeof *size);
        set->inputs[input] =
            tensor_make(loading->arena, in->dtype, shape_make(in->shape.rank + 1, size), NULL);
    }
    fill_inputs(loading, part, set);
    fill_answers(loading, part, set);
}
