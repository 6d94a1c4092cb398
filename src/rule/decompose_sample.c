/*
 * One rung of the ladder: its error, and how far it may be off. Rates by Agresti and Coull ("Approximate is
 * better than exact", 1998), means of rows by the bootstrap (Efron and Tibshirani, "An introduction to the
 * bootstrap", 1993), by whole groups where rows belong together.
 */
#include <mldbg/rule/decompose.h>

#include <assert.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/random.h>

enum {
    /* Two errors and two right answers are added to a rate, so that no errors at all is not certainty. */
    ADDED_ERRORS = 2,
    ADDED_ROWS = 4,
    /* Above this many rows (or groups) the mean is normal for all that matters, and drawing it is waste. */
    RESAMPLED_MOST = 20000,
    PURPOSE_RESAMPLE = 64, /* stream of random numbers of its own; step: rung and draw */
    PURPOSE_NORMAL = 65
};

struct sample sample_exact(double value)
{
    return (struct sample){.given = true, .value = value, .centre = value};
}

struct sample sample_unsure(double value)
{
    return (struct sample){.given = true, .value = value, .centre = value, .unsure = true};
}

struct sample sample_rate(double errors, int64_t rows)
{
    double all = (double)rows + ADDED_ROWS, rate = (errors + ADDED_ERRORS) / all;

    assert(rows >= 1 && errors >= 0 && errors <= (double)rows);
    return (struct sample){
        .given = true,
        .value = errors / (double)rows,
        .rows = rows,
        .centre = rate,
        .variance = rate * (1 - rate) / all,
        .bearing = (double)rows,
        .spread = rate * (1 - rate),
    };
}

/* What is drawn: rows, or whole groups of them. */
struct units {
    int64_t count;
    const int64_t *of; /* unit of each row; NULL: the row itself */
};

/* How often each unit comes in one draw with replacement. */
static void draw_units(const struct units *units, struct random key, uint64_t step, double *times)
{
    memset(times, 0, (size_t)units->count * sizeof *times);
    for (int64_t i = 0; i < units->count; i += 4) {
        uint32_t word[4];
        random_block(key, step, (uint64_t)(i / 4), word);
        for (int64_t j = 0; j < 4 && i + j < units->count; j++)
            times[((uint64_t)word[j] * (uint64_t)units->count) >> 32] += 1;
    }
}

static const double *draw_all(struct arena *arena, const struct statistic *statistic,
                              const struct units *units, const struct sample *sample, uint64_t seed,
                              enum rung stream)
{
    const struct random resample = {seed, PURPOSE_RESAMPLE}, normal = {seed, PURPOSE_NORMAL};
    double *draws = arena_array(arena, DECOMPOSE_DRAWS, sizeof *draws);
    double *times = arena_array(arena, (size_t)units->count, sizeof *times), *weight = times;

    if (units->of)
        weight = arena_array(arena, (size_t)statistic->rows, sizeof *weight);
    for (uint64_t i = 0; i < DECOMPOSE_DRAWS; i++) {
        if (units->count > RESAMPLED_MOST) {
            draws[i] = sample->value + sqrt(sample->variance) * random_normal(normal, (uint64_t)stream, i);
            continue;
        }
        draw_units(units, resample, (uint64_t)stream * DECOMPOSE_DRAWS + i, times);
        for (int64_t row = 0; units->of && row < statistic->rows; row++)
            weight[row] = times[units->of[row]];
        draws[i] = statistic->value(statistic, weight);
        if (isnan(draws[i])) /* a draw without one of the classes */
            draws[i] = sample->value;
    }
    return draws;
}

/* Variance and skewness of the value by the influence of every unit. */
static void judge_units(struct arena *arena, const struct statistic *statistic, const struct units *units,
                        struct sample *sample)
{
    double *row = arena_array(arena, (size_t)statistic->rows, sizeof *row), *unit = row;
    double squares = 0, cubes = 0, fourths = 0, alone = 0, count = (double)units->count;

    statistic->influence(statistic, row);
    for (int64_t i = 0; i < statistic->rows; i++)
        alone += row[i] * row[i];
    if (units->of) {
        unit = arena_array(arena, (size_t)units->count, sizeof *unit);
        for (int64_t i = 0; i < statistic->rows; i++)
            unit[units->of[i]] += row[i];
    }
    for (int64_t i = 0; i < units->count; i++) {
        squares += unit[i] * unit[i];
        cubes += unit[i] * unit[i] * unit[i];
        fourths += unit[i] * unit[i] * unit[i] * unit[i];
    }
    sample->bearing =
        alone > 0 && squares > alone ? (double)statistic->rows * alone / squares : (double)statistic->rows;
    sample->unsure = units->count < 2; /* one unit does not tell how units differ */
    if (units->count > 1)
        sample->variance = squares * count / (count - 1);
    if (squares > 0)
        sample->wobble = fmax(fourths / (squares * squares) - 1 / count, 0);
    sample->skew = cubes;
    sample->spread = sample->variance * (double)statistic->rows;
}

struct sample sample_statistic(struct arena *arena, const struct statistic *statistic, const int64_t *group,
                               int64_t groups, uint64_t seed, enum rung stream)
{
    const struct units units = {group ? groups : statistic->rows, group};
    double value = statistic->value(statistic, NULL);
    struct sample sample = {.given = true, .value = value, .rows = statistic->rows, .centre = value};

    assert(statistic->rows >= 1);
    judge_units(arena, statistic, &units, &sample);
    if (statistic->share && !(sample.variance > 0) && !sample.unsure) {
        /* All units alike: as a rate without errors, or without right answers. */
        int64_t least = statistic->least < units.count ? statistic->least : units.count;
        struct sample rate = sample_rate(value * (double)least, least);
        sample.centre = rate.centre;
        sample.variance = rate.variance;
        sample.bearing = rate.bearing;
        sample.spread = rate.variance * (double)sample.rows;
        return sample;
    }
    sample.draws = draw_all(arena, statistic, &units, &sample, seed, stream);
    return sample;
}

struct sample sample_rows(struct arena *arena, const double *each, int64_t rows, const int64_t *group,
                          int64_t groups, bool root, uint64_t seed, enum rung stream)
{
    struct statistic mean = statistic_mean(arena, each, rows, root, false);
    return sample_statistic(arena, &mean, group, groups, seed, stream);
}
