/*
 * The luck of the best trial: the spread between trials, minus the noise that the rows put into it, is what
 * is real. Intervals are drawn from the fitted spread, its own uncertainty included: drawing rows anew would
 * add their noise a second time and call more of the spread real than there is.
 */
#include <mldbg/rule/trials.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/random.h>
#include <mldbg/base/text.h>

/* A trial so many robust standard deviations above the median went astray: chance does not reach there. */
static const double ASTRAY = 5;

/* Median absolute deviation of a normal distribution, in standard deviations. */
static const double NORMAL_DEVIATION = 0.6745;

enum {
    DRAWS = 2000,
    PURPOSE_TRIALS = 67 /* stream of random numbers of its own; step: draw */
};

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, int64_t count)
{
    qsort(numbers, (size_t)count, sizeof *numbers, compare_numbers);
    return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
}

/* The largest error that is not astray. */
static double limit_of(struct arena *arena, const struct trials *trials)
{
    double *sorted = arena_array(arena, (size_t)trials->count, sizeof *sorted);
    int64_t finite = 0;

    for (int64_t i = 0; i < trials->count; i++)
        if (isfinite(trials->error[i]))
            sorted[finite++] = trials->error[i];
    if (!finite)
        return -(double)INFINITY;
    double middle = median(sorted, finite);
    for (int64_t i = 0; i < finite; i++)
        sorted[i] = fabs(sorted[i] - middle);
    double deviation = median(sorted, finite) / NORMAL_DEVIATION;
    return deviation > 0 ? middle + ASTRAY * deviation : (double)INFINITY;
}

/* Trials that are judged, by number. */
struct kept {
    int64_t count;
    const int64_t *at;
};

static struct kept keep(struct arena *arena, const struct trials *trials)
{
    int64_t *at = arena_array(arena, (size_t)trials->count, sizeof *at), count = 0;
    double most = limit_of(arena, trials);

    for (int64_t i = 0; i < trials->count; i++)
        if (isfinite(trials->error[i]) && trials->error[i] <= most)
            at[count++] = i;
    return (struct kept){count, at};
}

/* Variances of the mean over rows: of one trial apart from the others, and of what all trials share. */
struct noise {
    double own, common;
};

static struct noise noise_of_rows(const struct trials *trials, struct kept kept)
{
    double within = 0, sum = 0, squares = 0, k = (double)kept.count, n = (double)trials->rows;

    for (int64_t row = 0; row < trials->rows; row++) {
        const double *each = trials->each + row * trials->count;
        double mean = 0, off = 0;
        for (int64_t i = 0; i < kept.count; i++)
            mean += each[kept.at[i]] / k;
        for (int64_t i = 0; i < kept.count; i++)
            off += (each[kept.at[i]] - mean) * (each[kept.at[i]] - mean);
        within += off / (k - 1);
        sum += mean;
        squares += mean * mean;
    }
    double between = n > 1 ? (squares - sum * sum / n) / (n - 1) : 0;
    double own = within / (n * n);
    return (struct noise){own, fmax(0, between / n - own / k)};
}

/* Of rates alone it is not known what is shared; either part is at most all of it. */
static struct noise noise_of_rates(double mean, int64_t rows)
{
    struct sample all = sample_rate(fmin(fmax(mean, 0), 1) * (double)rows, rows);
    return (struct noise){all.variance, all.variance};
}

/* Mean, variance and smallest of some errors, and what shrinking the smallest adds to it. */
struct spread {
    double mean, variance, least, real, luck;
};

static struct spread spread_of(const double *error, int64_t count, double noise)
{
    struct spread spread = {.least = (double)INFINITY};

    for (int64_t i = 0; i < count; i++) {
        spread.mean += error[i] / (double)count;
        spread.least = fmin(spread.least, error[i]);
    }
    for (int64_t i = 0; i < count; i++)
        spread.variance += (error[i] - spread.mean) * (error[i] - spread.mean) / (double)(count - 1);
    spread.real = spread.variance > noise ? 1 - noise / spread.variance : 0;
    spread.luck = (1 - spread.real) * (spread.mean - spread.least);
    return spread;
}

/* A chi-square number over its degrees of freedom (Wilson and Hilferty 1931). */
static double draw_chi_square(double normal, double freedom)
{
    double part = 2 / (9 * freedom), root = 1 - part + normal * sqrt(part);
    return fmax(root * root * root, 1e-3);
}

/* How far the luck of the best lies above its estimate in one sample of such trials. */
static double draw_off(const struct luck *luck, double *error, uint64_t seed, uint64_t draw)
{
    const struct random key = {seed, PURPOSE_TRIALS};
    uint64_t count = (uint64_t)luck->count;
    double freedom = (double)luck->count - 1;
    double all = luck->spread / draw_chi_square(random_normal(key, draw, count), freedom);
    double truth = fmax(0, all - luck->noise), deviation = sqrt(truth + luck->noise);

    for (uint64_t i = 0; i < count; i++)
        error[i] = deviation * random_normal(key, draw, i);
    struct spread seen = spread_of(error, luck->count, luck->noise);
    double share = truth + luck->noise > 0 ? truth / (truth + luck->noise) : 1;
    /* What of the least error is noise, given how small it is. */
    double own = (1 - share) * seen.least + sqrt(share * luck->noise) * random_normal(key, draw, count + 1);
    return -own - seen.luck;
}

static struct interval middle_of(double *draws, double around)
{
    qsort(draws, DRAWS, sizeof *draws, compare_numbers);
    return (struct interval){around + draws[DRAWS / 40], around + draws[DRAWS - 1 - DRAWS / 40]};
}

static void draw_intervals(struct arena *arena, struct luck *luck, double common, uint64_t seed)
{
    const struct random key = {seed, PURPOSE_TRIALS};
    double *off = arena_array(arena, DRAWS, sizeof *off), *far = arena_array(arena, DRAWS, sizeof *far);
    double *error = arena_array(arena, (size_t)luck->count, sizeof *error);
    double mean = 0;

    for (int i = 0; i < DRAWS; i++) {
        off[i] = draw_off(luck, error, seed, (uint64_t)i);
        far[i] = off[i] + sqrt(common) * random_normal(key, (uint64_t)i, (uint64_t)luck->count + 2);
        mean += off[i] / DRAWS;
    }
    for (int i = 0; i < DRAWS; i++)
        luck->variance += (off[i] - mean) * (off[i] - mean) / (DRAWS - 1);
    luck->on_luck = middle_of(off, luck->luck);
    luck->on_expected = middle_of(far, luck->expected);
    if (luck->read >= 0 && luck->on_expected.low < 0)
        luck->on_expected.low = 0;
}

bool trials_judge(struct arena *arena, const struct trials *trials, uint64_t seed, struct luck *out,
                  struct error *err)
{
    struct kept kept = keep(arena, trials);
    double *error = arena_array(arena, (size_t)kept.count + 1, sizeof *error);
    double sum = 0;

    *out = (struct luck){.count = kept.count,
                         .dropped = trials->count - kept.count,
                         .rows = trials->rows,
                         .bound = !trials->each};
    if (kept.count < TRIALS_LEAST)
        return fail(err, ERROR_REQUEST, "%s; a choice is judged by the spread between at least %d",
                    kept.count == 1 ? "there is one trial"
                                    : arena_print(arena, "there are %d trials", (int)kept.count),
                    TRIALS_LEAST);
    out->best = kept.at[0];
    for (int64_t i = 0; i < kept.count; i++) {
        error[i] = trials->error[kept.at[i]];
        sum += error[i];
        if (error[i] < trials->error[out->best])
            out->best = kept.at[i];
    }
    struct noise noise =
        trials->each ? noise_of_rows(trials, kept) : noise_of_rates(sum / (double)kept.count, trials->rows);
    struct spread spread = spread_of(error, kept.count, noise.own);
    out->read = spread.least;
    out->mean = spread.mean;
    out->real = spread.real;
    out->luck = spread.luck;
    out->expected = out->read + out->luck;
    out->noise = noise.own;
    out->spread = spread.variance;
    draw_intervals(arena, out, noise.common, seed);
    return true;
}

bool trials_step(const struct luck *luck, struct sample rung[RUNG_COUNT])
{
    enum rung on = rung[RUNG_testval].given ? RUNG_testval : RUNG_val;

    if (rung[RUNG_test].given || !rung[on].given)
        return false;
    rung[RUNG_test] = (struct sample){
        .given = true,
        .step = true,
        .value = rung[on].value + luck->luck,
        .centre = (luck->on_luck.low + luck->on_luck.high) / 2,
        .variance = luck->variance,
        .spread = luck->variance * (double)luck->rows,
    };
    return true;
}
