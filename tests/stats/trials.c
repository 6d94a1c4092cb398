/*
 * How well the luck of the best of k trials is known: trials with an accuracy of 85 % and a known spread,
 * right and wrong on the same n rows, some of which are hard for all (correlation 0.7 of what decides).
 * Prints how far the best error lies below its truth (naive), how far the corrected one does, from rows and
 * from errors alone, and how often the interval of the luck holds the truth.
 */
#include "stats.h"

#include <math.h>
#include <stdio.h>
#include <mldbg/base/random.h>
#include <mldbg/rule/trials.h>

enum { STREAM_TRIALS = 131, STREAM_SHARED = 132, STREAM_OWN = 133, REPLICAS = 300 };

static const double ACCURACY = 0.85, SHARED = 0.7;

/* Goals: points off on the average; an upper bound (errors only) may lie higher, not lower. Intervals hold
 * the truth, and those of the upper bound as well. */
static const double BIAS_MOST = 1.0, HELD_LEAST = 0.90;

struct tally {
    double naive, naive_squares, rows, rows_squares, rates, real;
    int held, luck_held;
};

/* Share of a normal below x, and its inverse by bisection: accuracy is given, the threshold wanted. */
static double below(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double threshold(double share)
{
    double low = -8, high = 8;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (below(middle) < share)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void fill(double *each, double *error, const double *truth, int64_t k, int64_t n, uint64_t replica)
{
    const struct random shared = {replica, STREAM_SHARED}, own = {replica, STREAM_OWN};

    for (int64_t i = 0; i < k; i++) {
        double limit = threshold(1 - truth[i]);
        error[i] = 0;
        for (int64_t row = 0; row < n; row++) {
            double number = sqrt(SHARED) * random_normal(shared, 0, (uint64_t)row) +
                            sqrt(1 - SHARED) * random_normal(own, (uint64_t)i, (uint64_t)row);
            each[row * k + i] = number < limit ? 0 : 1;
            error[i] += each[row * k + i] / (double)n;
        }
    }
}

/* together: how far the rows moved all trials alike, which is not what choosing did. */
static void judge(struct tally *tally, const struct luck *rows, const struct luck *rates, double truth,
                  double together)
{
    double naive = rows->read - truth, off = rows->expected - truth;

    tally->naive += 100 * naive;
    tally->naive_squares += 1e4 * naive * naive;
    tally->rows += 100 * off;
    tally->rows_squares += 1e4 * off * off;
    tally->rates += 100 * (rates->expected - truth);
    tally->real += 100 * rows->real;
    tally->luck_held += rows->on_luck.low <= together - naive && together - naive <= rows->on_luck.high;
    tally->held += rows->on_expected.low <= truth && truth <= rows->on_expected.high;
}

static struct tally simulate(double deviation, int64_t n, int64_t k, int replicas)
{
    struct tally tally = {0};

    for (int replica = 0; replica < replicas; replica++) {
        const struct random key = {(uint64_t)replica, STREAM_TRIALS};
        struct arena arena;
        struct error err;
        struct luck rows, rates;
        double together = 0;

        arena_init(&arena, "a simulation of trials");
        double *each = arena_array(&arena, (size_t)(n * k), sizeof *each);
        double *error = arena_array(&arena, (size_t)k, sizeof *error);
        double *truth = arena_array(&arena, (size_t)k, sizeof *truth);
        for (int64_t i = 0; i < k; i++)
            truth[i] =
                fmin(fmax(1 - ACCURACY + deviation * random_normal(key, 0, (uint64_t)i), 0.001), 0.999);
        fill(each, error, truth, k, n, (uint64_t)replica);
        for (int64_t i = 0; i < k; i++)
            together += (error[i] - truth[i]) / (double)k;
        struct trials trials = {.count = k, .rows = n, .error = error, .each = each}, plain = trials;
        plain.each = NULL;
        if (trials_judge(&arena, &trials, 1, &rows, &err) && trials_judge(&arena, &plain, 1, &rates, &err))
            judge(&tally, &rows, &rates, truth[rows.best], together);
        arena_release(&arena);
    }
    return tally;
}

int print_trials(int share)
{
    static const struct {
        double deviation;
        int64_t n, k;
    } cells[] = {{0, 100, 30},      {0, 300, 100},   {0.01, 300, 30},  {0.01, 1000, 30},
                 {0.01, 3000, 100}, {0.03, 300, 30}, {0.03, 3000, 30}, {0.03, 100, 100}};
    int missed = 0, replicas = REPLICAS / share;

    printf("\nthe best of k trials on n rows; points, in brackets root mean square\n");
    printf("%8s %6s %5s %16s %16s %12s %8s %8s %8s\n", "spread", "rows", "k", "as read", "corrected",
           "errors only", "real", "held", "luck");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct tally t = simulate(cells[i].deviation, cells[i].n, cells[i].k, replicas);
        double r = replicas, held = t.held / r;
        printf("%8.2f %6lld %5lld %+9.1f (%4.1f) %+9.1f (%4.1f) %+12.1f %6.0f %% %6.1f %% %6.1f %%\n",
               100 * cells[i].deviation, (long long)cells[i].n, (long long)cells[i].k, t.naive / r,
               sqrt(t.naive_squares / r), t.rows / r, sqrt(t.rows_squares / r), t.rates / r, t.real / r,
               100 * held, 100 * t.luck_held / r);
        fflush(stdout);
        missed += fabs(t.rows / r) > BIAS_MOST;
        missed += fmin(held, t.luck_held / r) < HELD_LEAST - 2 * sqrt(0.05 * 0.95 / r);
    }
    printf("goals: corrected at most %.1f points off on the average, held at least %.0f %%\n", BIAS_MOST,
           100 * HELD_LEAST);
    return missed;
}
