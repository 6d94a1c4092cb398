/* Questions in, times out; the only part of the bench that computes. */
#include "serve.h"

#include <cblas.h>
#include <math.h>
#include <mldbg/base/cache.h>
#include <mldbg/data.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "network.h"
#include "timing.h"

enum {
    WARM_UP = 10,     /* steps before the clock starts, but no more than WARM_SECONDS of them ... */
    WARM_LEAST = 3,   /* ... and no fewer than these */
    LEAST = 7,        /* steps that make a median, however slow */
    MOST = 2000,      /* steps of one turn; more would memorize the batch and train on denormal gradients */
    PEAK_SIDE = 1024, /* of the square product that gives the peak: large enough for the packing to vanish */
    PEAK_TURNS = 5,
    WIDTH_BATCH = 128 /* of "width": products, not the memory of the parameters, take most of a step */
};
static const double WARM_SECONDS = 0.1;
static const double WIDTH_SECONDS = 0.3; /* of a turn of "width" */

static double time_steps(struct trainer *trainer, double seconds)
{
    static double times[MOST];
    struct moment moment;
    int count = 0;
    double begin = now();

    for (int i = 0; i < WARM_UP && (i < WARM_LEAST || now() - begin < WARM_SECONDS); i++)
        trainer_step(trainer, &moment);
    for (begin = now(); count < MOST && (count < LEAST || now() - begin < seconds); count++) {
        const double start = now();
        trainer_step(trainer, &moment);
        times[count] = now() - start;
    }
    if (!moment.finite)
        stop("the training is not finite");
    return 1e3 * median(times, count);
}

static bool answer_step(const struct backend *backend, const char *line)
{
    char name[32], optimizer[16];
    double seconds;
    struct trainer trainer;
    struct arena arena;

    if (sscanf(line, "step %31s %15s %lf", name, optimizer, &seconds) != 3)
        return false;
    const struct workload *workload = workload_find(name);
    const int choice = optimizer_choice(optimizer);
    if (!workload || choice < 0)
        return false;
    arena_init(&arena, "bench");
    network_make(&trainer, &arena, workload, (enum optimizer_choice)choice, backend);
    printf("%.6f", time_steps(&trainer, seconds));
    printf(" %.6f\n", 1e-9 * network_work(&trainer));
    arena_release(&arena);
    return true;
}

static bool answer_cost(const struct backend *backend, const char *line)
{
    char name[32];
    double seconds;
    struct trainer trainer;
    struct arena arena;
    struct cost cost;

    if (sscanf(line, "cost %31s %lf", name, &seconds) != 2 || !workload_find(name))
        return false;
    arena_init(&arena, "bench");
    network_make(&trainer, &arena, workload_find(name), CHOICE_SGD, backend);
    cost_measure(&trainer, seconds, &cost);
    arena_release(&arena);
    printf("%.6f %.6f %.6f %.6f\n", cost.step, cost.sparse, cost.every, cost.finite);
    return true;
}

static bool answer_width(const struct backend *backend, const char *line)
{
    int width;
    struct trainer trainer;
    struct arena arena;

    if (sscanf(line, "width %d", &width) != 1)
        return false;
    arena_init(&arena, "bench");
    const struct workload workload = {
        .name = "width",
        .batch = WIDTH_BATCH,
        .input = {1, {64}},
        .model = arena_print(&arena,
                             "[{'type': 'linear', 'out_features': %d}, {'type': 'relu'}, "
                             "{'type': 'linear', 'out_features': %d}, {'type': 'relu'}, "
                             "{'type': 'linear', 'out_features': 10}]",
                             width, width),
    };
    network_make(&trainer, &arena, &workload, CHOICE_SGD, backend);
    printf("%.6f", time_steps(&trainer, WIDTH_SECONDS));
    printf(" %lld\n", (long long)trainer.model.parameters.length);
    arena_release(&arena);
    return true;
}

static bool answer_read(const char *line)
{
    char path[PEER_LINE];
    struct arena arena;
    struct problems problems;
    struct config config = {0};
    struct data data = {0};

    if (sscanf(line, "read %255s", path) != 1)
        return false;
    arena_init(&arena, "bench");
    problems_init(&problems, &arena);
    if (!config_read(&arena, path, &config, &problems))
        stop("%s", problems.count ? problems.at[0].sentence : path);
    const double start = now();
    if (!data_load(&arena, config.data, config.seed, NULL, &data, &problems))
        stop("%s", problems.count ? problems.at[0].sentence : path);
    printf("%.6f", now() - start);
    printf(" %lld\n", (long long)data.splits[SPLIT_train].rows);
    arena_release(&arena);
    return true;
}

int serve(int threads)
{
    const struct backend *backend;
    struct arena arena;
    struct error err = {0};
    char line[PEER_LINE];

    arena_init(&arena, "bench");
    if (!backend_cpu(threads, &backend, &err))
        stop("%s", err.sentence);
    cache_allow(true); /* where MLDBG_CACHE says */
    printf("%s, kernels %s\n", backend_blas(&arena), backend->kernels[DTYPE_F32]->isa);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (!answer_step(backend, line) && !answer_cost(backend, line) && !answer_width(backend, line) &&
            !answer_read(line))
            stop("this question is not known: %s", line);
        fflush(stdout);
    }
    arena_release(&arena);
    return 0;
}

/* GFLOP/s, the best of a few: what this processor could do if a step were nothing else. */
static double peak(void)
{
    static float a[PEAK_SIDE * PEAK_SIDE], b[PEAK_SIDE * PEAK_SIDE], c[PEAK_SIDE * PEAK_SIDE];
    double best = HUGE_VAL;

    for (int i = 0; i < PEAK_SIDE * PEAK_SIDE; i++)
        a[i] = b[i] = (float)(i % 17) - 8;
    for (int i = 0; i < PEAK_TURNS; i++) {
        const double start = now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, PEAK_SIDE, PEAK_SIDE, PEAK_SIDE, 1, a,
                    PEAK_SIDE, b, PEAK_SIDE, 0, c, PEAK_SIDE);
        best = fmin(best, now() - start);
    }
    return 2e-9 * pow(PEAK_SIDE, 3) / best;
}

int serve_peak(int threads)
{
    char line[PEER_LINE];

    openblas_set_num_threads(threads);
    printf("%s\n", openblas_get_corename());
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        printf("%.3f\n", peak());
        fflush(stdout);
    }
    return 0;
}

void serve_open(struct peer *peer, const char *option, int threads, const char *const *environment)
{
    char number[16];

    snprintf(number, sizeof number, "%d", threads);
    if (!peer_open(peer, (const char *const[]){"/proc/self/exe", option, number, NULL}, environment))
        stop("cannot start itself with %s", option);
}
