/* Floors of losses: what remains when rows with equal inputs must share one prediction. Reads targets, never
 * a network. */
#include <math.h>

#include "loss_floor.h"

/* Halvings of the interval: enough to come down to neighbouring numbers from any start. */
enum { BISECTIONS = 200 };

struct groups groups_gather(struct arena *arena, const struct floor_question *question)
{
    struct groups groups = {
        .start = arena_array(arena, (size_t)question->groups + 2, sizeof *groups.start),
        .row = arena_array(arena, (size_t)question->rows + 1, sizeof *groups.row),
    };

    for (int64_t i = 0; i < question->rows; i++)
        groups.start[question->group[i] + 2]++;
    for (int64_t g = 2; g < question->groups + 2; g++)
        groups.start[g] += groups.start[g - 1];
    for (int64_t i = 0; i < question->rows; i++)
        groups.row[groups.start[question->group[i] + 1]++] = i;
    return groups;
}

double floor_by_element(const struct floor_question *question, least_fn *least, const void *settings)
{
    struct arena scratch;
    double sum = 0;

    arena_init(&scratch, "floor of the loss");
    struct groups groups = groups_gather(&scratch, question);
    double *targets = arena_array(&scratch, (size_t)question->rows + 1, sizeof *targets);
    for (int64_t g = 0; g < question->groups; g++) {
        int64_t first = groups.start[g], count = groups.start[g + 1] - first;
        for (int64_t column = 0; column < question->width && count > 0; column++) {
            for (int64_t i = 0; i < count; i++)
                targets[i] = question->targets[groups.row[first + i] * question->width + column];
            sum += least(settings, targets, count);
        }
    }
    arena_release(&scratch);
    return sum;
}

double floor_by_row(const struct floor_question *question, const double *column_weight, least_row_fn *least,
                    const void *settings)
{
    struct arena scratch;
    double sum = 0;

    arena_init(&scratch, "floor of the loss");
    struct groups groups = groups_gather(&scratch, question);
    double *mass = arena_array(&scratch, (size_t)question->width + 1, sizeof *mass);
    for (int64_t g = 0; g < question->groups; g++) {
        for (int64_t k = 0; k < question->width; k++)
            mass[k] = 0;
        for (int64_t i = groups.start[g]; i < groups.start[g + 1]; i++)
            for (int64_t k = 0; k < question->width; k++)
                mass[k] += question->targets[groups.row[i] * question->width + k] *
                           (column_weight ? column_weight[k] : 1);
        if (groups.start[g + 1] > groups.start[g])
            sum += least(settings, mass, question->width);
    }
    arena_release(&scratch);
    return sum;
}

double floor_entropy(const double *a, int64_t count)
{
    double all = 0, sum = 0;

    for (int64_t i = 0; i < count; i++) {
        if (a[i] < 0)
            return -(double)INFINITY;
        all += a[i];
    }
    for (int64_t i = 0; i < count; i++)
        if (a[i] > 0)
            sum -= a[i] * log(a[i] / all);
    return sum;
}

double floor_convex(double (*value)(const void *context, double p),
                    double (*slope)(const void *context, double p), const void *context, double low,
                    double high)
{
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = low + (high - low) / 2, at = slope(context, middle);
        if (at == 0)
            return value(context, middle);
        if (at < 0)
            low = middle;
        else
            high = middle;
    }
    return fmin(value(context, low), value(context, high));
}

double divisor_elements(const void *settings, const struct floor_question *question)
{
    (void)settings;
    return (double)question->rows * (double)question->width;
}

double divisor_rows(const void *settings, const struct floor_question *question)
{
    (void)settings;
    return (double)question->rows;
}
