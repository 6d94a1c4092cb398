/*
 * How long things take, beside what a user would take instead: training steps, whole commands, reading, what
 * probes add to a step, how cost grows. Prints tables, or with --json one document. Judges nothing: times of
 * a shared machine are not compared with constants.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "growth.h"
#include "processes.h"
#include "reading.h"
#include "serve.h"
#include "steps.h"
#include "timing.h"
#include "workloads.h"

static const char usage[] =
    "usage: bench [--python PROGRAM] [--mldbg PROGRAM] [--threads 1,2] [--rounds N] [--seconds S]\n"
    "             [--only PARTS] [--json]\n"
    "PARTS, by commas, are searched for in steps/NAME, processes/NAME, reading/csv, probes/NAME, "
    "growth/NAME\n";

bool settings_select(const struct settings *settings, const char *part, const char *name)
{
    char path[128], only[256], *rest = only;

    if (!settings->only)
        return true;
    snprintf(path, sizeof path, "%s/%s", part, name);
    snprintf(only, sizeof only, "%s", settings->only);
    for (char *piece = strsep(&rest, ","); piece; piece = strsep(&rest, ","))
        if (*piece && strstr(path, piece))
            return true;
    return false;
}

/* ---- What probes add ---- */

static void print_cost(const char *name, const double *cost, bool first)
{
    if (first)
        printf("\nwhat is added to a step, sgd, one thread: probes at their default cadence, probes at every "
               "step,\nthe passes that look for NaN and infinity; plain and probed steps in turns\n\n"
               "%-16s %9s %9s %9s %9s\n",
               "workload", "step, ms", "default", "every", "finite");
    printf("%-16s %9.3f %7.2f %% %7.2f %% %7.2f %%\n", name, cost[0], 100 * cost[1], 100 * cost[2],
           100 * cost[3]);
    fflush(stdout);
}

static void probes_run(struct json *document, struct arena *arena, const struct settings *settings)
{
    static const char *const keys[] = {"step_ms", "default_share", "every_share", "finite_share"};
    struct json *list = json_add(document, "probes", json_array(arena), arena);
    struct peer ours = {0};

    for (int i = 0; i < workload_count; i++) {
        char question[PEER_LINE], answer[PEER_LINE], *at = answer;
        double cost[4];

        if (!settings_select(settings, "probes", workloads[i].name))
            continue;
        const bool first = !ours.to;
        if (first)
            serve_open(&ours, "--serve", 1, NULL);
        snprintf(question, sizeof question, "cost %s %g", workloads[i].name,
                 settings->rounds * settings->seconds);
        if (!peer_ask(&ours, question, answer))
            stop("no answer to \"%s\"", question);
        struct json *row = json_add(list, NULL, json_object(arena), arena);
        json_add_string(row, "workload", workloads[i].name, arena);
        for (int k = 0; k < 4; k++) {
            cost[k] = strtod(at, &at);
            add_number(row, keys[k], cost[k], arena);
        }
        if (!settings->json)
            print_cost(workloads[i].name, cost, first);
    }
    peer_close(&ours);
}

/* ---- The command line ---- */

/* What the user's shell holds for BLAS, threads and allocators must not decide the result. */
static void clean_environment(void)
{
    static const char *const names[] = {
        "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",    "OPENBLAS_VERBOSE",        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",   "MKL_NUM_THREADS",     "MALLOC_MMAP_THRESHOLD_",  "MALLOC_TRIM_THRESHOLD_",
        "MLDBG_SEED",        "ATEN_CPU_CAPABILITY", "PYTHONDONTWRITEBYTECODE",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    setenv("MLDBG_LEDGER", "off", 1);
    setenv("MLDBG_CACHE", "off", 1);
}

static bool read_threads(struct settings *settings, const char *list)
{
    char copy[64], *rest = copy;

    snprintf(copy, sizeof copy, "%s", list);
    settings->thread_counts = 0;
    for (char *piece = strsep(&rest, ","); piece; piece = strsep(&rest, ",")) {
        const double count = strtod(piece, NULL);
        if (!(count >= 1 && count <= 1024) || settings->thread_counts == THREAD_COUNTS_MOST)
            return false;
        settings->threads[settings->thread_counts++] = (int)count;
    }
    return true;
}

static bool read_options(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (!strcmp(argv[i], "--json")) {
            settings->json = true;
            continue;
        }
        if (!value)
            return false;
        if (!strcmp(argv[i], "--python"))
            settings->python = value;
        else if (!strcmp(argv[i], "--mldbg"))
            settings->mldbg = value;
        else if (!strcmp(argv[i], "--only"))
            settings->only = value;
        else if (!strcmp(argv[i], "--rounds"))
            settings->rounds = (int)fmin(fmax(strtod(value, NULL), 1), ROUNDS_MOST);
        else if (!strcmp(argv[i], "--seconds"))
            settings->seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--threads") != 0 || !read_threads(settings, value))
            return false;
        i++;
    }
    return true;
}

/* ---- All of it ---- */

static bool wants_steps(const struct settings *settings)
{
    for (int i = 0; i < workload_count; i++)
        if (settings_select(settings, "steps", workloads[i].name))
            return true;
    return false;
}

/* What stands on both sides, as the head of the output and of the document. */
static void introduce(struct json *document, struct arena *arena, const struct settings *settings,
                      const struct contest *first)
{
    const char *torch = first->has_torch ? first->torch[STOCK].greeting : "no PyTorch";

    json_add_string(document, "engine", first->ours.greeting, arena);
    json_add_string(document, "blas_core", first->peak.greeting, arena);
    json_add_string(document, "peer", torch, arena);
    json_add_integer(document, "rounds", settings->rounds, arena);
    json_add_number(document, "seconds", settings->seconds, arena);
    if (settings->json)
        return;
    printf("%s; sgemm's core: %s\nbeside: %s\n", first->ours.greeting, first->peak.greeting, torch);
    printf("medians of %d rounds in turns; sgemm: share of a large product's rate in the same run; PyTorch's "
           "best of\n"
           "stock, and memory kept with foreach or fused optimizers; t: threads\n\n",
           settings->rounds);
}

static void run(struct arena *arena, const struct settings *settings)
{
    struct json *document = json_object(arena);
    struct contest contests[THREAD_COUNTS_MOST];
    struct workplace workplace;
    struct table table;
    struct text text;
    const bool steps = wants_steps(settings);

    workplace_open(&workplace);
    for (int i = 0; i < (steps ? settings->thread_counts : 0); i++)
        contest_open(&contests[i], settings, settings->threads[i]);
    if (steps)
        introduce(document, arena, settings, &contests[0]);
    table_init(&table, arena, document, settings->json);
    if (steps)
        steps_run(&table, settings, contests);
    for (int i = 0; i < (steps ? settings->thread_counts : 0); i++)
        contest_close(&contests[i]);
    processes_run(&table, settings, &workplace);
    reading_run(&table, settings, &workplace);
    table_end(&table);
    probes_run(document, arena, settings);
    growth_run(document, arena, settings, &workplace);
    workplace_close(&workplace);
    if (settings->json) {
        text_init(&text, arena);
        json_write(&text, document, true);
        fputs(text.at, stdout);
    }
}

int main(int argc, char **argv)
{
    struct settings settings = {.threads = {1, 2}, .thread_counts = 2, .rounds = 5, .seconds = 0.2};
    struct arena arena;

    if (argc == 3 && !strcmp(argv[1], "--serve"))
        return serve((int)strtol(argv[2], NULL, 10));
    if (argc == 3 && !strcmp(argv[1], "--peak"))
        return serve_peak((int)strtol(argv[2], NULL, 10));
    if (!read_options(&settings, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    clean_environment();
    arena_init(&arena, "bench");
    run(&arena, &settings);
    arena_release(&arena);
    return 0;
}
