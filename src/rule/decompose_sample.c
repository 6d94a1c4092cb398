/*
 * One rung of the ladder: its error, and how far it may be off. Rates by Agresti and Coull ("Approximate is
 * better than exact", 1998), means of rows by the bootstrap (Efron and Tibshirani, "An introduction to the
 * bootstrap", 1993), by whole groups where rows belong together.
 */
#include <mldbg/rule/decompose.h>

#include <assert.h>
#include <math.h>
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
        .spread = rate * (1 - rate),
    };
}

/* Groups of rows as units that are drawn whole: the sum of each, and its rows. */
struct units {
    int64_t count;
    const double *sum;
    const double *rows; /* NULL: one each */
    double total_rows, mean;
};

static struct units gather(struct arena *arena, const double *each, int64_t rows, const int64_t *group,
                           int64_t groups)
{
    struct units units = {.count = group ? groups : rows, .sum = each, .total_rows = (double)rows};
    double total = 0;

    for (int64_t i = 0; i < rows; i++)
        total += each[i];
    units.mean = total / (double)rows;
    if (group) {
        double *sum = arena_array(arena, (size_t)groups, sizeof *sum);
        double *size = arena_array(arena, (size_t)groups, sizeof *size);
        for (int64_t i = 0; i < rows; i++) {
            sum[group[i]] += each[i];
            size[group[i]] += 1;
        }
        units.sum = sum;
        units.rows = size;
    }
    return units;
}

/* What the mean would be with the units drawn anew, with replacement. */
static double draw_mean(const struct units *units, struct random key, uint64_t step)
{
    double total = 0, rows = 0;

    for (int64_t i = 0; i < units->count; i += 4) {
        uint32_t word[4];
        random_block(key, step, (uint64_t)(i / 4), word);
        for (int64_t j = 0; j < 4 && i + j < units->count; j++) {
            int64_t unit = (int64_t)(((uint64_t)word[j] * (uint64_t)units->count) >> 32);
            total += units->sum[unit];
            rows += units->rows ? units->rows[unit] : 1;
        }
    }
    return total / rows;
}

static const double *draw_all(struct arena *arena, const struct units *units, const struct sample *sample,
                              bool root, uint64_t seed, enum rung stream)
{
    double *draws = arena_array(arena, DECOMPOSE_DRAWS, sizeof *draws);
    const struct random resample = {seed, PURPOSE_RESAMPLE}, normal = {seed, PURPOSE_NORMAL};

    for (uint64_t i = 0; i < DECOMPOSE_DRAWS; i++) {
        if (units->count > RESAMPLED_MOST) {
            draws[i] = sample->value + sqrt(sample->variance) * random_normal(normal, (uint64_t)stream, i);
        } else {
            double mean = draw_mean(units, resample, (uint64_t)stream * DECOMPOSE_DRAWS + i);
            draws[i] = root ? sqrt(mean) : mean;
        }
    }
    return draws;
}

struct sample sample_rows(struct arena *arena, const double *each, int64_t rows, const int64_t *group,
                          int64_t groups, bool root, uint64_t seed, enum rung stream)
{
    struct units units = gather(arena, each, rows, group, groups);
    double value = root ? sqrt(units.mean) : units.mean, slope = root && value > 0 ? 0.5 / value : 1;
    struct sample sample = {.given = true, .value = value, .rows = rows, .centre = value};
    double squares = 0, cubes = 0;

    assert(rows >= 1);
    for (int64_t i = 0; i < units.count; i++) {
        double size = units.rows ? units.rows[i] : 1;
        double influence = slope * (units.sum[i] - size * units.mean) / units.total_rows;
        squares += influence * influence;
        cubes += influence * influence * influence;
    }
    sample.unsure = units.count < 2; /* one unit does not tell how units differ */
    if (units.count > 1)
        sample.variance = squares * (double)units.count / (double)(units.count - 1);
    sample.skew = cubes;
    sample.spread = sample.variance * (double)rows;
    sample.draws = draw_all(arena, &units, &sample, root, seed, stream);
    return sample;
}
