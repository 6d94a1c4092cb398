/*
 * Time of a whole training step (forward, backward, checks for NaN, update) on one thread, for the networks
 * of workloads.c, with SGD with momentum and with Adam; in turns with PyTorch where the given Python has it.
 * Then what probes and the checks add to such a step. Prints two tables, or with --json one document. Judges
 * nothing: times of a shared machine are not compared with constants.
 */
#include <mldbg/train.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cost.h"
#include "peer.h"
#include "workloads.h"

enum {
    WARM_UP = 10, /* steps before the clock starts */
    LEAST = 15,   /* steps that make a median, however slow */
    MOST = 2000,  /* steps of one turn; more would memorize the batch and train on denormal gradients */
    ROUNDS_MOST = 99,
    GEMM_SIDE = 1024, /* of the square product that gives the peak: large enough for the packing to vanish */
};

static const char *const kinds[] = {"sgd", "adam"};
static const char *const optimizers[] = {"{'type': 'sgd', 'lr': 0.001, 'momentum': 0.9}",
                                         "{'type': 'adam', 'lr': 0.001}"};

struct settings {
    const char *python; /* NULL: no peer */
    const char *only;   /* part of a workload's name, or NULL */
    int rounds;
    double seconds; /* of one turn */
    bool json;
};

struct result {
    const struct workload *workload;
    const char *optimizer;
    double ours, torch; /* ms of a step: median of the rounds' medians; torch NaN without PyTorch */
    double rate, peak;  /* GFLOP/s of the step, and of a large product: the best seen so far */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* JSON is written here with single quotes; the engine reads strict JSON. */
static const struct json *parse(struct arena *arena, const char *text)
{
    struct json *document;
    struct error err = {0};
    char *strict = arena_copy(arena, text, strlen(text));

    for (char *c = strict; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (!json_parse(arena, "bench", strict, strlen(strict), &document, &err)) {
        fprintf(stderr, "bench: %s\n", err.sentence);
        exit(EXIT_FAILURE);
    }
    return document;
}

static void stop_on(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        fprintf(stderr, "bench: %s\n", problems->at[i].sentence);
    exit(EXIT_FAILURE);
}

/* A split of one batch of noise. */
static struct data *make_data(struct arena *arena, const struct workload *w)
{
    const struct random key = {.seed = 1};
    struct data *data = arena_alloc(arena, sizeof *data);
    struct dataset *set = &data->splits[SPLIT_train];
    struct shape shape = w->input;

    memmove(shape.size + 1, shape.size, (size_t)shape.rank * sizeof *shape.size);
    shape.size[0] = w->batch;
    shape.rank++;
    data->input_count = 1;
    data->inputs[0] = (struct data_input){.name = "input",
                                          .dtype = w->tokens ? DTYPE_I32 : DTYPE_F32,
                                          .shape = w->input,
                                          .index_count = w->tokens};
    data->classification = true;
    data->classes = WORKLOAD_CLASSES;
    set->split = SPLIT_train;
    set->name = "train";
    set->rows = w->batch;
    set->inputs[0] = tensor_make(arena, data->inputs[0].dtype, shape, NULL);
    set->labels = arena_array(arena, (size_t)w->batch, sizeof *set->labels);
    for (int64_t i = 0; i < tensor_count(&set->inputs[0]); i++)
        tensor_set(&set->inputs[0], i,
                   w->tokens ? (double)random_below(key, 0, (uint64_t)i, (uint64_t)w->tokens)
                             : random_normal(key, 1, (uint64_t)i));
    for (int64_t i = 0; i < w->batch; i++)
        set->labels[i] = (int32_t)random_below(key, 2, (uint64_t)i, WORKLOAD_CLASSES);
    return data;
}

static void make_trainer(struct trainer *trainer, struct arena *arena, const struct workload *w, int kind,
                         const struct backend *backend)
{
    struct config *config = arena_alloc(arena, sizeof *config);
    struct data *data = make_data(arena, w);
    struct problems problems;
    int64_t *rows = arena_array(arena, (size_t)w->batch, sizeof *rows);

    problems_init(&problems, arena);
    config->task = 0;
    config->seed = 1;
    if (!model_read(arena,
                    parse(arena, arena_print(arena, "{'model': %s, 'loss': 'cross_entropy'}", w->model)),
                    &config->model, &problems) ||
        !optimizer_read(arena, parse(arena, optimizers[kind]), &config->optimizer, &problems))
        stop_on(&problems);
    config_bind(config, data);
    *trainer = (struct trainer){0};
    if (!trainer_init(trainer, arena, config, data, backend, DTYPE_F32, 1, w->batch, &problems))
        stop_on(&problems);
    for (int64_t i = 0; i < w->batch; i++)
        rows[i] = i;
    trainer_load(trainer, &data->splits[SPLIT_train], rows, w->batch);
}

/* Floating-point operations of a step: forward, gradient by the weights, gradient by the input. */
static double work_of(const struct trainer *trainer)
{
    double first = 0, all = 0;

    for (size_t i = 0; i < trainer->config->model.layer_count; i++) {
        const double adds = (double)trainer->graph.layers[i].multiply_adds;
        if (first == 0 && trainer->config->model.inputs[0].dtype != DTYPE_I32)
            first = adds; /* no one asks for the gradient by the data */
        all += adds;
    }
    return 2 * (3 * all - first);
}

static double time_ours(struct trainer *trainer, double seconds)
{
    static double times[MOST];
    struct moment moment;
    int count = 0;
    double begin;

    model_initialize(&trainer->model);
    for (int i = 0; i < WARM_UP; i++)
        trainer_step(trainer, &moment);
    for (begin = now(); count < MOST && (count < LEAST || now() - begin < seconds); count++) {
        const double start = now();
        trainer_step(trainer, &moment);
        times[count] = now() - start;
    }
    if (!moment.finite) {
        fprintf(stderr, "bench: the training is not finite\n");
        exit(EXIT_FAILURE);
    }
    return 1e3 * median(times, count);
}

/* GFLOP/s of a large product, the best of a few: what this core could do if a step were nothing else. */
static double sgemm_rate(const struct kernels *kernels)
{
    static float a[GEMM_SIDE * GEMM_SIDE], b[GEMM_SIDE * GEMM_SIDE], c[GEMM_SIDE * GEMM_SIDE];
    const struct gemm gemm = {.m = GEMM_SIDE,
                              .n = GEMM_SIDE,
                              .k = GEMM_SIDE,
                              .lda = GEMM_SIDE,
                              .ldb = GEMM_SIDE,
                              .ldc = GEMM_SIDE,
                              .alpha = 1,
                              .outer = 1,
                              .inner = 1};
    double best = HUGE_VAL;

    for (int i = 0; i < GEMM_SIDE * GEMM_SIDE; i++)
        a[i] = b[i] = (float)(i % 17) - 8;
    for (int i = 0; i < 5; i++) {
        const double start = now();
        kernels->gemm(&gemm, a, b, c);
        best = fmin(best, now() - start);
    }
    return 2e-9 * pow(GEMM_SIDE, 3) / best;
}

static void measure(struct result *out, const struct settings *settings, const struct backend *backend,
                    struct peer *peer, int kind)
{
    double ours[ROUNDS_MOST], torch[ROUNDS_MOST], work;
    struct trainer trainer;
    struct arena arena;
    char question[128], answer[128];

    arena_init(&arena, "bench");
    make_trainer(&trainer, &arena, out->workload, kind, backend);
    work = work_of(&trainer);
    snprintf(question, sizeof question, "%s %s %g", out->workload->name, kinds[kind], settings->seconds);
    for (int i = 0; i < settings->rounds; i++) {
        out->peak = fmax(out->peak, sgemm_rate(backend->kernels[DTYPE_F32]));
        ours[i] = time_ours(&trainer, settings->seconds);
        out->peak = fmax(out->peak, sgemm_rate(backend->kernels[DTYPE_F32]));
        torch[i] = (double)NAN;
        if (peer && peer_ask(peer, question, answer, sizeof answer))
            torch[i] = strtod(answer, NULL);
    }
    out->ours = median(ours, settings->rounds);
    out->torch = peer ? median(torch, settings->rounds) : (double)NAN;
    out->rate = 1e-6 * work / out->ours;
    arena_release(&arena);
}

static void print_row(const struct result *r)
{
    char torch[16] = "-", ratio[16] = "-";

    if (isfinite(r->torch)) {
        snprintf(torch, sizeof torch, "%.3f", r->torch);
        snprintf(ratio, sizeof ratio, "%.2f", r->torch / r->ours);
    }
    printf("%-16s %-5s %9.3f %10s %7s %9.1f %7.0f %%\n", r->workload->name, r->optimizer, r->ours, torch,
           ratio, r->rate, 100 * r->rate / r->peak);
    fflush(stdout);
}

/* To four digits behind the point: what is measured holds no more. */
static double rounded(double value)
{
    return round(1e4 * value) / 1e4;
}

static void add_result(struct arena *arena, struct json *list, const struct result *r)
{
    struct json *row = json_add(list, NULL, json_object(arena), arena);

    json_add_string(row, "workload", r->workload->name, arena);
    json_add_string(row, "optimizer", r->optimizer, arena);
    json_add_number(row, "ours_ms", rounded(r->ours), arena);
    if (isfinite(r->torch))
        json_add_number(row, "torch_ms", rounded(r->torch), arena);
    json_add_number(row, "gflops", rounded(r->rate), arena);
    json_add_number(row, "peak_gflops", rounded(r->peak), arena);
}

/* What probes and checks add to a step, with SGD. */
static void run_costs(const struct settings *settings, const struct backend *backend, struct json *document,
                      struct arena *arena)
{
    struct json *list = json_add(document, "probes", json_array(arena), arena), *row;

    if (!settings->json)
        printf("\nwhat is added to a step, sgd: probes at their default cadence, probes at every step,\n"
               "the passes that look for NaN and infinity; plain and probed steps in turns\n\n"
               "%-16s %9s %9s %9s %9s\n",
               "workload", "step ms", "default", "every", "finite");
    for (int i = 0; i < workload_count; i++) {
        struct trainer trainer;
        struct arena scratch;
        struct cost cost;

        if (settings->only && !strstr(workloads[i].name, settings->only))
            continue;
        arena_init(&scratch, "bench");
        make_trainer(&trainer, &scratch, &workloads[i], 0, backend);
        cost_measure(&trainer, settings->rounds * settings->seconds, &cost);
        arena_release(&scratch);
        row = json_add(list, NULL, json_object(arena), arena);
        json_add_string(row, "workload", workloads[i].name, arena);
        json_add_number(row, "step_ms", rounded(cost.step), arena);
        json_add_number(row, "default_share", rounded(cost.sparse), arena);
        json_add_number(row, "every_share", rounded(cost.every), arena);
        json_add_number(row, "finite_share", rounded(cost.finite), arena);
        if (!settings->json)
            printf("%-16s %9.3f %7.2f %% %7.2f %% %7.2f %%\n", workloads[i].name, cost.step,
                   100 * cost.sparse, 100 * cost.every, 100 * cost.finite);
        fflush(stdout);
    }
}

static void run(struct arena *arena, const struct settings *settings, const struct backend *backend,
                struct peer *peer, const char *greeting)
{
    struct json *document = json_object(arena), *list;
    struct text text;
    double peak = sgemm_rate(backend->kernels[DTYPE_F32]);

    json_add_string(document, "blas", backend_blas(arena), arena);
    json_add_string(document, "kernels", backend->kernels[DTYPE_F32]->isa, arena);
    json_add_string(document, "peer", peer ? greeting : "none", arena);
    json_add_integer(document, "rounds", settings->rounds, arena);
    list = json_add(document, "steps", json_array(arena), arena);
    if (!settings->json) {
        printf("one thread, %s, kernels %s; medians of %d rounds in turns with %s\n\n", backend_blas(arena),
               backend->kernels[DTYPE_F32]->isa, settings->rounds,
               peer ? greeting : "nothing: no PyTorch here");
        printf("%-16s %-5s %9s %10s %7s %9s %9s\n", "workload", "", "ours ms", "PyTorch ms", "times",
               "GFLOP/s", "of sgemm");
    }
    for (int i = 0; i < workload_count; i++) {
        if (settings->only && !strstr(workloads[i].name, settings->only))
            continue;
        for (int kind = 0; kind < 2; kind++) {
            struct result result = {.workload = &workloads[i], .optimizer = kinds[kind], .peak = peak};

            measure(&result, settings, backend, peer, kind);
            peak = result.peak;
            add_result(arena, list, &result);
            if (!settings->json)
                print_row(&result);
        }
    }
    run_costs(settings, backend, document, arena);
    if (settings->json) {
        text_init(&text, arena);
        json_write(&text, document, true);
        fputs(text.at, stdout);
    }
}

/* OpenBLAS reads these when it is loaded, before main: what the user's shell holds must not decide the
 * result. */
static void clean_environment(char **argv)
{
    static const char *const names[] = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE"};
    bool dirty = false;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        dirty = dirty || getenv(names[i]);
        unsetenv(names[i]);
    }
    if (dirty)
        execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    struct settings settings = {.rounds = 5, .seconds = 0.3};
    const struct backend *backend;
    struct arena arena;
    struct error err = {0};
    struct peer peer;
    char greeting[64] = "";
    bool compared;

    clean_environment(argv);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            settings.json = true;
        else if (!strcmp(argv[i], "--python") && i + 1 < argc)
            settings.python = argv[++i];
        else if (!strcmp(argv[i], "--rounds") && i + 1 < argc)
            settings.rounds = (int)fmin(fmax(strtod(argv[++i], NULL), 1), ROUNDS_MOST);
        else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
            settings.seconds = strtod(argv[++i], NULL);
        else if (argv[i][0] != '-')
            settings.only = argv[i];
        else {
            fprintf(stderr, "usage: bench_steps [--python PROGRAM] [--rounds N] [--seconds S] [--json] "
                            "[PART-OF-A-NAME]\n");
            return 2;
        }
    }
    arena_init(&arena, "bench");
    if (!backend_cpu(1, &backend, &err)) {
        fprintf(stderr, "bench: %s\n", err.sentence);
        return 3;
    }
    compared = settings.python &&
               peer_open(&peer, settings.python, "tests/bench/torch_steps.py", greeting, sizeof greeting);
    run(&arena, &settings, backend, compared ? &peer : NULL, greeting);
    if (compared)
        peer_close(&peer);
    arena_release(&arena);
    return 0;
}
