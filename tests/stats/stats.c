/*
 * How good the intervals of `mldbg decompose` are: seeded simulations with known truth. Prints a table: the
 * share of samples in which each term lies in its own interval, in which all lie in their joint ones, how
 * often a largest term is named, and how often it is the wrong one. Ends with what missed its goal; the
 * status says so, too.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <mldbg/base/random.h>
#include <mldbg/base/text.h>
#include <mldbg/rule/decompose.h>

#include "stats.h"

enum {
    STREAM_RATES = 128,
    STREAM_ROWS = 129,
    STREAM_GROUPS = 130,
    STREAM_ANSWERS = 131,
    TERMS = 5,
    GROUP_ROWS = 5
};

enum { QUICK = 50, QUICK_TRIALS = 6 }; /* of how many samples --quick draws one */

/* Goals: coverage of every term and of all together, and wrong names among the named. */
static const double COVERED_LEAST = 0.93, COVERED_MOST = 0.97;
static const double WRONG_500 = 0.25, WRONG_1000 = 0.15;

struct tally {
    int replicas, covered[TERMS], together, named, wrong;
};

/* One world: an error on each rung. The irreducible error is known; the gaps are drawn. */
struct world {
    double error[RUNG_COUNT];
};

static struct world draw_world(uint64_t replica)
{
    const struct random key = {7, STREAM_RATES};
    struct world world = {{0.05}};
    for (int i = 1; i < RUNG_COUNT; i++)
        world.error[i] = world.error[i - 1] + 0.06 * random_uniform(key, replica, (uint64_t)i);
    return world;
}

/* The z below which a share of a standard normal lies, by halving. */
static double quantile(double share)
{
    double low = -10, high = 10;
    while (high - low > 1e-12) {
        double middle = (low + high) / 2;
        *(erfc(-middle / sqrt(2)) / 2 < share ? &low : &high) = middle;
    }
    return low;
}

typedef struct sample sampler_fn(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                 enum rung rung);

static struct sample sample_of_rates(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                     enum rung rung)
{
    const struct random key = {(uint64_t)rung + 1, STREAM_ROWS};
    double errors = 0;
    (void)arena;
    for (int64_t i = 0; i < rows; i++)
        errors += random_uniform(key, replica, (uint64_t)i) < error;
    return sample_rate(errors, rows);
}

/* Losses with a long tail: a square of a normal number, with the error as mean. */
static struct sample sample_of_losses(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                      enum rung rung)
{
    const struct random key = {(uint64_t)rung + 1, STREAM_ROWS};
    double *each = arena_array(arena, (size_t)rows, sizeof *each);
    for (int64_t i = 0; i < rows; i++) {
        double normal = random_normal(key, replica, (uint64_t)i);
        each[i] = error * normal * normal;
    }
    return sample_rows(arena, each, rows, NULL, 0, false, replica, rung);
}

/* Normal distances whose root mean square is the error. */
static struct sample sample_of_distances(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                         enum rung rung)
{
    const struct random key = {(uint64_t)rung + 1, STREAM_ROWS};
    double *each = arena_array(arena, (size_t)rows, sizeof *each);
    for (int64_t i = 0; i < rows; i++) {
        double normal = random_normal(key, replica, (uint64_t)i);
        each[i] = error * error * normal * normal;
    }
    return sample_rows(arena, each, rows, NULL, 0, true, replica, rung);
}

/* Right and wrong answers of groups: half of the rows of a group copy its first one. */
static struct sample sample_of_groups(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                      enum rung rung)
{
    const struct random key = {(uint64_t)rung + 1, STREAM_ROWS}, copied = {(uint64_t)rung + 1, STREAM_GROUPS};
    double *each = arena_array(arena, (size_t)rows, sizeof *each);
    int64_t *group = arena_array(arena, (size_t)rows, sizeof *group);
    for (int64_t i = 0; i < rows; i++) {
        group[i] = i / GROUP_ROWS;
        each[i] = random_uniform(key, replica, (uint64_t)i) < error;
        if (i % GROUP_ROWS && random_uniform(copied, replica, (uint64_t)i) < 0.5)
            each[i] = each[i - i % GROUP_ROWS];
    }
    struct statistic share = statistic_mean(arena, each, rows, false, true);
    return sample_statistic(arena, &share, group, (rows + GROUP_ROWS - 1) / GROUP_ROWS, replica, rung);
}

/* Two classes of equal size; the answer is wrong by chance, or the score is a normal number around its class.
 */
static struct sample sample_of_classes(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                       enum rung rung, enum measure measure)
{
    static const char *const names[] = {"0", "1"};
    const struct random key = {(uint64_t)rung + 1, STREAM_ROWS},
                        answer = {(uint64_t)rung + 1, STREAM_ANSWERS};
    double apart = -sqrt(2) * quantile(error);
    struct predictions set = {.path = "", .rows = rows, .classes = 2};
    struct statistic statistic = {0};
    struct error err;

    set.label = arena_array(arena, (size_t)rows, sizeof *set.label);
    set.given = arena_array(arena, (size_t)rows, sizeof *set.given);
    set.probability = arena_array(arena, 2 * (size_t)rows, sizeof *set.probability);
    for (int64_t i = 0; i < rows; i++) {
        bool one = random_uniform(key, replica, (uint64_t)i) < 0.5;
        bool wrong = random_uniform(answer, replica, (uint64_t)i) < error;
        set.label[i] = names[one];
        set.given[i] = names[one != wrong];
        set.probability[2 * i + 1] = random_normal(answer, replica, (uint64_t)(rows + i)) + (one ? apart : 0);
    }
    if (!measure_prepare(arena, &set, measure, &statistic, &err))
        fprintf(stderr, "stats: %s\n", err.sentence);
    return sample_statistic(arena, &statistic, NULL, 0, replica, rung);
}

static struct sample sample_of_areas(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                     enum rung rung)
{
    return sample_of_classes(arena, error, rows, replica, rung, MEASURE_auc);
}

static struct sample sample_of_f1(struct arena *arena, double error, int64_t rows, uint64_t replica,
                                  enum rung rung)
{
    return sample_of_classes(arena, error, rows, replica, rung, MEASURE_f1);
}

static bool holds(struct interval interval, double value)
{
    return interval.low <= value && value <= interval.high;
}

static void judge(struct tally *tally, const struct world *world, const struct decomposition *parts)
{
    bool all = true;
    int largest = 1;

    for (int t = 1; t <= RUNG_test; t++) {
        double truth = world->error[t] - world->error[t - 1];
        tally->covered[t - 1] += holds(parts->term[t].each, truth);
        all = all && holds(parts->term[t].together, truth);
        if (truth > world->error[largest] - world->error[largest - 1])
            largest = t;
    }
    tally->covered[TERMS - 1] += holds(parts->sum.each, world->error[RUNG_test]);
    tally->together += all && holds(parts->sum.together, world->error[RUNG_test]);
    tally->named += parts->largest >= 0;
    tally->wrong += parts->largest >= 0 && parts->largest != largest;
    tally->replicas++;
}

static struct tally simulate(sampler_fn *draw, int64_t rows, int replicas)
{
    struct tally tally = {0};

    for (int replica = 0; replica < replicas; replica++) {
        struct arena arena;
        struct error err;
        struct decomposition parts;
        struct sample rung[RUNG_COUNT];
        struct world world = draw_world((uint64_t)replica);

        arena_init(&arena, "a simulation");
        rung[0] = sample_exact(world.error[0]);
        for (int i = 1; i < RUNG_COUNT; i++)
            rung[i] = draw(&arena, world.error[i], rows, (uint64_t)replica, (enum rung)i);
        if (!decompose(&arena, rung, &parts, &err))
            fprintf(stderr, "stats: %s\n", err.sentence);
        else
            judge(&tally, &world, &parts);
        arena_release(&arena);
    }
    return tally;
}

static bool within(double share, int replicas)
{
    /* A simulation is itself a sample: two standard errors are forgiven. */
    double slack = 2 * sqrt(0.05 * 0.95 / replicas);
    return share >= COVERED_LEAST - slack && share <= COVERED_MOST + slack;
}

static bool few_enough(double wrong, double most, int named)
{
    return named == 0 || wrong <= most + 2 * sqrt(most * (1 - most) / named);
}

static int print_tally(const char *name, int64_t rows, const struct tally *tally)
{
    double all = tally->replicas, wrong = tally->named ? (double)tally->wrong / tally->named : 0;
    int missed = 0;

    printf("%-10s %5lld %7d ", name, (long long)rows, tally->replicas);
    for (int t = 0; t < TERMS; t++) {
        printf(" %6.1f %%", 100 * tally->covered[t] / all);
        missed += !within(tally->covered[t] / all, tally->replicas);
    }
    printf(" %8.1f %% %6.1f %% %6.1f %%  %d of %d\n", 100 * tally->together / all, 100 * tally->named / all,
           100 * wrong, tally->wrong, tally->named);
    fflush(stdout);
    missed += !within(tally->together / all, tally->replicas);
    missed += !few_enough(wrong, rows >= 1000 ? WRONG_1000 : WRONG_500, tally->named);
    return missed;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        sampler_fn *draw;
        int64_t rows;
        int replicas;
    } cases[] = {
        {"rates", sample_of_rates, 500, 4000},   {"rates", sample_of_rates, 1000, 4000},
        {"losses", sample_of_losses, 500, 600},  {"losses", sample_of_losses, 1000, 600},
        {"rmse", sample_of_distances, 500, 300}, {"rmse", sample_of_distances, 1000, 300},
        {"groups", sample_of_groups, 500, 2000}, {"groups", sample_of_groups, 1000, 1500},
        {"1 - AUC", sample_of_areas, 500, 300},  {"1 - F1", sample_of_f1, 500, 300},
    };
    bool quick = argc == 2 && strcmp(argv[1], "--quick") == 0;
    int missed = 0;

    if (argc > 1 && !quick) {
        fprintf(stderr, "usage: stats [--quick]\n");
        return 2;
    }
    printf("%-10s %5s %7s  %8s %8s %8s %8s %8s %10s %8s %8s\n", "", "rows", "samples", "bias", "variance",
           "shift", "val", "total", "together", "named", "wrong");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tally tally = simulate(cases[i].draw, cases[i].rows, cases[i].replicas / (quick ? QUICK : 1));
        missed += print_tally(cases[i].name, cases[i].rows, &tally);
    }
    printf("goals: coverage %.0f to %.0f %%; wrong among named at most %.0f %% (500 rows), %.0f %% (1,000 "
           "rows)\n",
           100 * COVERED_LEAST, 100 * COVERED_MOST, 100 * WRONG_500, 100 * WRONG_1000);
    missed += print_trials(quick ? QUICK_TRIALS : 1);
    printf(missed ? "%d of the figures missed their goal\n" : "all within their goals\n", missed);
    return missed != 0;
}
