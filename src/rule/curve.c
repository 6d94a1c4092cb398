/*
 * Tells the shape of a loss curve from its numbers. Medians of a tenth of the points stand for "at the end"
 * and "in the middle", so that one odd step decides nothing. Reads the record, says nothing.
 */
#include "curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOWS = 10 /* the curve is read in stretches of a tenth */
};

/* A range smaller than this share of the chance loss is rounding: there is nothing to learn. */
static const double RANGE_LEAST = 1e-9;

/* A gradient norm below this share of the range cannot move the loss within any budget. */
static const double GRADIENT_LEAST = 1e-7;

const char *const curve_reads[] = {"overfit/loss", "overfit/reached", "overfit/chance", "overfit/floor",
                                   NULL};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of the finite values of a stretch; NaN if there are none. */
static double median(struct arena *arena, const double *value, size_t count)
{
    double *sorted = arena_array(arena, count, sizeof *sorted);
    size_t finite = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(value[i]))
            sorted[finite++] = value[i];
    if (finite == 0)
        return (double)NAN;
    qsort(sorted, finite, sizeof *sorted, ascending);
    return finite % 2 ? sorted[finite / 2] : (sorted[finite / 2 - 1] + sorted[finite / 2]) / 2;
}

static size_t window_of(const struct series *series)
{
    return series->count < WINDOWS ? 1 : series->count / WINDOWS;
}

static double median_at_end(struct arena *arena, const struct series *series)
{
    size_t window = window_of(series);
    return median(arena, series->value + series->count - window, window);
}

static void read_extremes(struct curve *curve, const struct series *loss)
{
    curve->best = (double)INFINITY;
    curve->worst = (double)-INFINITY;
    for (size_t i = 0; i < loss->count; i++) {
        if (!isfinite(loss->value[i]))
            continue;
        if (loss->value[i] < curve->best) {
            curve->best = loss->value[i];
            curve->best_step = loss->step[i];
        }
        if (loss->value[i] > curve->worst) {
            curve->worst = loss->value[i];
            curve->worst_step = loss->step[i];
        }
    }
}

/* Mean movement a step over the second half, and whether most of it leads nowhere. */
static bool read_swing(struct curve *curve, const struct series *loss, double range)
{
    size_t half = loss->count / 2;
    double path = 0;
    if (loss->count - half < WINDOWS / 2)
        return false;
    for (size_t i = half + 1; i < loss->count; i++)
        path += fabs(loss->value[i] - loss->value[i - 1]);
    curve->swing = path / (double)(loss->count - half - 1) / range;
    return curve->swing >= SHARE(SWING_PERCENT) && path > SWING_WASTE * fabs(curve->last - curve->middle);
}

/* The layer with the largest share at the end of the run, if that is enough. */
static bool read_inactive(struct curve *curve, const struct run *run, const char *pattern)
{
    const struct series *series;
    size_t at = 0;

    curve->share = 0;
    curve->layer = "";
    while ((series = run_match(run, pattern, &at)) != NULL) {
        double share = series->count ? series->value[series->count - 1] : 0;
        if (share > curve->share) {
            curve->share = share;
            curve->layer = series->name;
            curve->from_start = series->value[0] >= SHARE(INACTIVE_PERCENT);
        }
    }
    if (curve->share < SHARE(INACTIVE_PERCENT))
        return false;

    /* "overfit/activation/relu1/zero_share" is about "relu1". */
    const char *start = strstr(curve->layer, "activation/") + strlen("activation/");
    const char *end = strrchr(start, '/');
    curve->layer = arena_copy(run->arena, start, (size_t)(end - start));
    return true;
}

/* What a curve that no longer moves is stuck at. */
static enum curve_shape plateau(struct curve *curve, const struct run *run, double range)
{
    if (read_inactive(curve, run, "*activation/*/zero_share"))
        return CURVE_DEAD;
    if (read_inactive(curve, run, "*activation/*/saturated_share"))
        return CURVE_SATURATED;
    if (curve->gradient <= GRADIENT_LEAST * range) {
        curve->layer = "";
        return CURVE_DEAD;
    }
    if (curve->last > fmax(curve->first, curve->chance) + SHARE(RISEN_PERCENT) * range)
        return CURVE_RISES;
    if (fabs(curve->way) <= SHARE(CHANCE_PERCENT))
        return curve->classification ? CURVE_AT_CHANCE : CURVE_AT_MEAN;
    return CURVE_PARTIAL;
}

static enum curve_shape tell(struct curve *curve, const struct run *run, const struct series *loss)
{
    double range = curve->chance - curve->floor, reference = fmax(curve->first, curve->chance);
    bool finite = strcmp(run_text(run, "overfit/stopped"), "nonfinite") != 0;

    for (size_t i = 0; i < loss->count; i++)
        finite = finite && isfinite(loss->value[i]);
    if (curve->worst > reference + (GROWTH - 1) * fmax(reference, range) && (!finite || !(curve->way > 0.5)))
        return CURVE_EXPLODES;
    if (!finite)
        return CURVE_NONFINITE;
    if (read_swing(curve, loss, range))
        return CURVE_OSCILLATES;
    if (fabs(curve->last - curve->middle) <= SHARE(FLAT_PERCENT) * range)
        return plateau(curve, run, range);
    return curve->last > curve->middle ? CURVE_RISES : CURVE_SLOW;
}

static bool is_class_run(const struct run *run)
{
    const struct series *accuracy = run_find(run, "overfit/accuracy");
    return accuracy && isfinite(accuracy->value[0]);
}

struct curve curve_read(const struct run *run)
{
    const struct series *loss = run_find(run, "overfit/loss"), *gradient;
    double reached = run_number(run, "overfit/reached");
    struct curve curve = {
        .layer = "",
        .gradient = (double)NAN,
        .chance = run_number(run, "overfit/chance"),
        .floor = run_number(run, "overfit/floor"),
    };
    double range = curve.chance - curve.floor;

    if (!loss || !isfinite(curve.chance) || !isfinite(curve.floor))
        return curve;
    read_extremes(&curve, loss);
    curve.classification = is_class_run(run);
    curve.steps =
        run_has(run, "overfit/steps") ? run_integer(run, "overfit/steps") : loss->step[loss->count - 1];
    curve.wanted = run_has(run, "overfit/wanted_progress") ? run_number(run, "overfit/wanted_progress")
                                                           : SHARE(NEEDED_PERCENT);
    curve.needed = curve.chance - curve.wanted * range;
    curve.first = loss->value[0];
    curve.middle = median(run->arena, loss->value + (loss->count - 1) / 2, window_of(loss));
    curve.last = median_at_end(run->arena, loss);
    curve.way = (curve.chance - curve.last) / range;
    gradient = run_find(run, "overfit/gradient_norm");
    if (gradient)
        curve.gradient = median_at_end(run->arena, gradient);
    if (range <= RANGE_LEAST * fmax(1, fabs(curve.chance)))
        curve.shape = CURVE_NOTHING;
    else if (reached < 0 && strcmp(run_text(run, "overfit/stopped"), "interrupted") != 0)
        curve.shape = tell(&curve, run, loss);
    return curve;
}

void curve_evidence(const struct curve *curve, struct finding *finding)
{
    finding_evidence(finding, "overfit/loss", curve->last, curve->needed, curve->steps);
    finding_evidence(finding, "overfit/progress", curve->way, curve->wanted, curve->steps);
}

const char *curve_number(const struct findings *findings, double value)
{
    return text_number(findings->arena, value, 5);
}
