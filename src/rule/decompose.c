/*
 * Takes an error apart into the steps of a ladder, with intervals for every step, and names the largest step
 * where the rows allow it. Reads rungs; knows no files.
 */
#include <mldbg/rule/decompose.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/random.h>

#include "quantile.h"

static const double CONFIDENCE = 0.95;

/*
 * Level of the test that names a term: so often at most one would be named if all were equal. By simulation
 * (irreducible error 5 %, four steps of 0 to 6 points) 3.9 % of samples of 500 rows a split get a name, 15 %
 * of these a wrong one; 7.6 % and 7 % at 1,000 rows, 15 % and 3 % at 2,000. A level of 20 % names twice as
 * often, 20 % and 11 % of it wrong; on errors near 30 % it would be 31 % and 21 %, this one 28 % and 17 %.
 * Rules by the posterior of the largest, with steps of a size drawn from or fitted to the errors, do not name
 * more at the same share of wrong names.
 */
static const double NAMED_WRONGLY = 0.10;

/*
 * Rows in groups that are alike tell less than as many rows alone, and of few rows the largest difference is
 * mostly noise: the level falls with this power of the share of rows that are independent. Of groups of 5,
 * half of whose rows copy the first, this share is 0.42 and the level 0.7 %.
 */
static const double DISTRUST = 3;

/* What is as clear as this may be named on any number of rows. */
static const double LEVEL_LEAST = 1e-4;

enum {
    /* Draws behind the quantile for all intervals together: it is right to about 0.02. */
    DRAWS_TOGETHER = 10000,
    PURPOSE_TOGETHER = 66 /* stream of random numbers of its own; step: rung */
};

/* The step that leads to each rung. */
static const struct {
    const char *rung, *step, *key;
} ladder[RUNG_COUNT] = {
    {"irreducible", "irreducible", "irreducible"},
    {"train", "avoidable bias", "avoidable_bias"},
    {"val", "variance", "variance"},
    {"testval", "distribution shift", "distribution_shift"},
    {"test", "validation overfit", "validation_overfit"},
};

const char *rung_name(enum rung rung)
{
    return ladder[rung].rung;
}

/* ---- Steps ---- */

/* The steps from behind `after` (-1: from the ground) up to `to`, as one term. */
static struct term make_term(struct arena *arena, const struct sample *rung, int after, enum rung to)
{
    struct term term = {.from = (enum rung)(after < 0 ? 0 : after), .to = to, .ground = after < 0, .on = -1};
    struct text name, key;

    for (int i = 0; rung[to].step && i < (int)to; i++)
        term.on = rung[i].given ? i : term.on;

    text_init(&name, arena);
    text_init(&key, arena);
    for (int i = term.on >= 0 && !term.ground ? (int)to : after + 1; i <= (int)to; i++) {
        text_print(&name, "%s%s", name.length ? " + " : "", ladder[i].step);
        text_print(&key, "%s%s", key.length ? "+" : "", ladder[i].key);
    }
    term.name = name.at;
    term.key = key.at;
    term.value = rung[to].value - (term.ground ? 0 : rung[term.from].value);
    term.exact = rung[to].variance <= 0 && !rung[to].unsure && rung[to].rows == 0 && term.ground;
    return term;
}

static void make_terms(struct arena *arena, struct decomposition *out)
{
    int after = -1;
    for (int i = 0; i < RUNG_COUNT; i++) {
        if (!out->rung[i].given)
            continue;
        out->term[out->count++] = make_term(arena, out->rung, after, (enum rung)i);
        after = i;
    }
    out->end = (enum rung)after;
    out->sum = make_term(arena, out->rung, -1, out->end);
    out->sum.name =
        out->sum.on >= 0 ? "error on new rows" : arena_print(arena, "%s error", rung_name(out->end));
    out->sum.key = "total";
    out->sum.exact = false;
}

/* ---- Combinations of rungs ---- */

/* Weights of the rungs in a term, or in the difference of two. */
struct weights {
    double at[RUNG_COUNT];
};

static struct weights weights_of(const struct term *term, const struct term *minus)
{
    struct weights weights = {{0}};
    weights.at[term->to] += 1;
    if (term->on >= 0)
        weights.at[term->on] += 1;
    if (!term->ground)
        weights.at[term->from] -= 1;
    if (minus) {
        weights.at[minus->to] -= 1;
        if (minus->on >= 0)
            weights.at[minus->on] -= 1;
        if (!minus->ground)
            weights.at[minus->from] += 1;
    }
    return weights;
}

/* Where the interval has its middle. Of rates on few rows it is nearer to zero than the value. */
static double centre_of(const struct decomposition *all, const struct weights *weights)
{
    double centre = 0;
    for (int i = 0; i < RUNG_COUNT; i++)
        centre += weights->at[i] * all->rung[i].centre;
    return centre;
}

/* NaN when a rung of unknown rows has a part in it. */
static double variance_of(const struct decomposition *all, const struct weights *weights)
{
    double variance = 0;
    for (int i = 0; i < RUNG_COUNT; i++) {
        double square = weights->at[i] * weights->at[i];
        if (square > 0)
            variance += all->rung[i].unsure ? (double)NAN : square * all->rung[i].variance;
    }
    return variance;
}

static double spread_of(const struct decomposition *all, const struct weights *weights)
{
    double spread = 0;
    for (int i = 0; i < RUNG_COUNT; i++)
        spread += weights->at[i] * weights->at[i] * all->rung[i].spread;
    return spread;
}

/* ---- All intervals together ---- */

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far, in its own standard errors, the term that is farthest off lies in one draw of all rungs. */
static double farthest(const struct decomposition *all, const struct weights *weights, const double *error,
                       const double *draw)
{
    double most = 0;
    for (int t = 0; t <= all->count; t++) {
        double off = 0;
        for (int i = 0; i < RUNG_COUNT; i++)
            off += weights[t].at[i] * draw[i];
        if (error[t] > 0 && fabs(off) / error[t] > most)
            most = fabs(off) / error[t];
    }
    return most;
}

/* The quantile of the largest of all standardized terms and the sum; they share rungs, so they are drawn. */
static double together(struct arena *arena, const struct decomposition *all)
{
    const struct random key = {1, PURPOSE_TOGETHER};
    struct weights weights[RUNG_COUNT + 1];
    double error[RUNG_COUNT + 1];
    double *most = arena_array(arena, DRAWS_TOGETHER, sizeof *most);

    for (int t = 0; t <= all->count; t++) {
        weights[t] = weights_of(t < all->count ? &all->term[t] : &all->sum, NULL);
        error[t] = sqrt(variance_of(all, &weights[t]));
    }
    for (uint64_t draw = 0; draw < DRAWS_TOGETHER; draw++) {
        double moved[RUNG_COUNT] = {0};
        for (int i = 0; i < RUNG_COUNT; i++)
            if (all->rung[i].variance > 0)
                moved[i] = sqrt(all->rung[i].variance) * random_normal(key, (uint64_t)i, draw);
        most[draw] = farthest(all, weights, error, moved);
    }
    qsort(most, DRAWS_TOGETHER, sizeof *most, compare_numbers);
    return most[(int)(CONFIDENCE * DRAWS_TOGETHER)];
}

/* ---- Intervals ---- */

static bool has_draws(const struct decomposition *all, const struct weights *weights)
{
    for (int i = 0; i < RUNG_COUNT; i++)
        if (weights->at[i] < 0 || weights->at[i] > 0)
            if (all->rung[i].draws)
                return true;
    return false;
}

/* Sorted values of a term over the draws of the bootstrap; a rate beside means of rows is drawn as normal. */
static double *draws_of(struct arena *arena, const struct decomposition *all, const struct weights *weights)
{
    const struct random key = {2, PURPOSE_TOGETHER};
    double *draws = arena_array(arena, DECOMPOSE_DRAWS, sizeof *draws);

    for (int i = 0; i < RUNG_COUNT; i++) {
        const struct sample *rung = &all->rung[i];
        for (uint64_t draw = 0; draw < DECOMPOSE_DRAWS && rung->given; draw++) {
            double value = rung->centre;
            if (rung->draws)
                value = rung->draws[draw];
            else if (rung->variance > 0)
                value += sqrt(rung->variance) * random_normal(key, (uint64_t)i, draw);
            draws[draw] += weights->at[i] * value;
        }
    }
    qsort(draws, DECOMPOSE_DRAWS, sizeof *draws, compare_numbers);
    return draws;
}

/* Between two sorted values. */
static double quantile_of(const double *sorted, double share)
{
    double at = share * (DECOMPOSE_DRAWS - 1);
    int below = (int)at;
    if (!(at > 0))
        return sorted[0];
    if (below >= DECOMPOSE_DRAWS - 1)
        return sorted[DECOMPOSE_DRAWS - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/* Bias-corrected and accelerated (Efron, "Better bootstrap confidence intervals", 1987). */
struct correction {
    double bias, acceleration;
};

static struct correction correct(const struct decomposition *all, const struct weights *weights,
                                 const double *sorted, double value)
{
    double below = 0, cubes = 0, variance = variance_of(all, weights);

    for (int i = 0; i < DECOMPOSE_DRAWS; i++)
        below += sorted[i] < value ? 1 : sorted[i] > value ? 0 : 0.5;
    for (int i = 0; i < RUNG_COUNT; i++)
        cubes += weights->at[i] * weights->at[i] * weights->at[i] * all->rung[i].skew;
    below = fmin(fmax(below / DECOMPOSE_DRAWS, 0.5 / DECOMPOSE_DRAWS), 1 - 0.5 / DECOMPOSE_DRAWS);
    return (struct correction){normal_quantile(below),
                               variance > 0 ? cubes / (6 * variance * sqrt(variance)) : 0};
}

static double corrected(const double *sorted, const struct correction *by, double z)
{
    double shifted = by->bias + z;
    return quantile_of(sorted, normal_share(by->bias + shifted / (1 - by->acceleration * shifted)));
}

/*
 * A variance is an estimate, too, and a poor one where tails are long: the quantile of Student's t with the
 * degrees of freedom of Satterthwaite ("An approximate distribution of estimates of variance components",
 * 1946), by the first term of its expansion.
 */
static double widened(const struct decomposition *all, const struct weights *weights, double z)
{
    double wobble = 0, variance = variance_of(all, weights);

    for (int i = 0; i < RUNG_COUNT; i++) {
        double part = weights->at[i] * weights->at[i] * all->rung[i].variance;
        wobble += part * part * all->rung[i].wobble;
    }
    return variance > 0 ? z * (1 + (z * z + 1) / 8 * wobble / (variance * variance)) : z;
}

static void set_intervals(struct arena *arena, const struct decomposition *all, struct term *term)
{
    struct weights weights = weights_of(term, NULL);
    double z = widened(all, &weights, normal_quantile(0.5 + CONFIDENCE / 2));
    double wide = widened(all, &weights, all->critical);
    double error = sqrt(variance_of(all, &weights)), centre = centre_of(all, &weights);

    if (term->exact) {
        term->each = term->together = (struct interval){term->value, term->value};
    } else if (has_draws(all, &weights) && !isnan(error)) {
        double *draws = draws_of(arena, all, &weights);
        struct correction by = correct(all, &weights, draws, centre);
        term->each = (struct interval){corrected(draws, &by, -z), corrected(draws, &by, z)};
        term->together = (struct interval){corrected(draws, &by, -wide), corrected(draws, &by, wide)};
    } else {
        term->each = (struct interval){centre - z * error, centre + z * error};
        term->together = (struct interval){centre - wide * error, centre + wide * error};
    }
    if (term->ground && term->together.low < 0)
        term->together.low = 0;
    if (term->ground && term->each.low < 0)
        term->each.low = 0;
    term->above = term->together.low > 0;
    term->below = term->together.high < 0;
}

/* ---- The largest ---- */

/* An irreducible error that was given is there for comparison; nobody can work on it. */
static bool can_work_on(const struct term *term)
{
    return term->to != RUNG_irreducible;
}

static void find_two(struct decomposition *out)
{
    for (int t = 0; t < out->count; t++) {
        if (!can_work_on(&out->term[t]))
            continue;
        if (out->first < 0 || out->term[t].value > out->term[out->first].value) {
            out->second = out->first;
            out->first = t;
        } else if (out->second < 0 || out->term[t].value > out->term[out->second].value) {
            out->second = t;
        }
    }
}

/* Share of the rows of the weakest rung of a difference that are independent. */
static double independent(const struct decomposition *all, const struct weights *weights)
{
    double share = 1;
    for (int i = 0; i < RUNG_COUNT; i++)
        if ((weights->at[i] < 0 || weights->at[i] > 0) && all->rung[i].rows > 0)
            share = fmin(share, all->rung[i].bearing / (double)all->rung[i].rows);
    return share;
}

/* Standard errors that a difference must have, when so many share the level. */
static double quantile_at(const struct decomposition *all, const struct weights *weights, double sharers)
{
    double level = NAMED_WRONGLY * pow(independent(all, weights), DISTRUST);
    return -normal_quantile(fmax(level, LEVEL_LEAST) / sharers);
}

/* Whether the first term is above another (or zero) by more than noise. */
static bool is_above(const struct decomposition *all, const struct term *first, const struct term *other,
                     double sharers)
{
    struct weights weights = weights_of(first, other);
    return centre_of(all, &weights) > quantile_at(all, &weights, sharers) * sqrt(variance_of(all, &weights));
}

/* Rows in every split with which the difference would be above noise; NaN: none would do. */
static double rows_for(const struct decomposition *all, const struct term *first, const struct term *other,
                       double sharers)
{
    struct weights weights = weights_of(first, other);
    double apart = first->value - (other ? other->value : 0), z = quantile_at(all, &weights, sharers);

    if (!(apart > 0) || isnan(variance_of(all, &weights)))
        return (double)NAN;
    return ceil(z * z * spread_of(all, &weights) / (apart * apart));
}

static void name_largest(struct decomposition *out, double sharers)
{
    int comparisons = -1;
    bool clear = true;

    find_two(out);
    if (out->second < 0)
        return;
    for (int t = 0; t < out->count; t++)
        comparisons += can_work_on(&out->term[t]);
    sharers *= comparisons;
    const struct term *first = &out->term[out->first], *second = &out->term[out->second];
    for (int t = 0; t < out->count; t++) {
        struct term *term = &out->term[t];
        if (t == out->first || !can_work_on(term))
            continue;
        term->tied = !is_above(out, first, term, sharers);
        clear = clear && !term->tied;
    }
    bool shown = is_above(out, first, NULL, sharers);
    if (clear && shown) {
        out->largest = out->first;
        return;
    }
    out->term[out->first].tied = true;
    out->rows_needed = rows_for(out, first, second, sharers);
    if (!shown)
        out->rows_to_show = rows_for(out, first, NULL, sharers);
}

bool decompose(struct arena *arena, const struct sample *sample, struct decomposition *out, struct error *err)
{
    return decompose_among(arena, sample, 1, out, err);
}

bool decompose_among(struct arena *arena, const struct sample *sample, double sharers,
                     struct decomposition *out, struct error *err)
{
    int splits = 0;

    *out = (struct decomposition){
        .largest = -1, .first = -1, .second = -1, .rows_needed = (double)NAN, .rows_to_show = (double)NAN};
    for (int i = 0; i < RUNG_COUNT; i++) {
        out->rung[i] = sample[i];
        splits += sample[i].given && i != RUNG_irreducible;
    }
    if (splits < 2) {
        fail(err, ERROR_REQUEST,
             "%s; an error is taken apart by the steps between splits, of which two at "
             "least must be there",
             splits ? "only one split is given" : "no split is given");
        return fail_hint(err, "train, val, testval and test; mldbg split makes them from one file");
    }
    make_terms(arena, out);
    out->critical = together(arena, out);
    for (int t = 0; t < out->count; t++)
        set_intervals(arena, out, &out->term[t]);
    set_intervals(arena, out, &out->sum);
    name_largest(out, sharers);
    return true;
}
