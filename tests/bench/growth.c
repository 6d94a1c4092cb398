/*
 * Each curve is measured at four sizes, each the best of a few; a straight line through the logarithms gives
 * the exponent. Whole processes have their start-up taken off, measured at a size that is nearly nothing.
 */
#include "growth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "peer.h"
#include "process.h"
#include "serve.h"
#include "timing.h"

enum {
    SIZES = 4,
    TURNS = 3,        /* of the three small sizes; the largest has one */
    COLUMNS = 8,      /* of the files that are read */
    FEW_ROWS = 32,    /* start-up: one batch */
    EPOCH_STEPS = 100 /* of the trainings that become longer */
};

/* Measures one size, in seconds; *size becomes what it really was. */
typedef double measure_fn(const struct settings *settings, const struct workplace *workplace,
                          struct peer *ours, double *size);

static const char config[] =
    "{\"name\": \"growth\", \"seed\": 1, \"data\": {\"train\": \"growth.csv\", \"label\": \"label\"},\n"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 32}, {\"type\": \"relu\"},\n"
    "           {\"type\": \"linear\", \"out_features\": 2}],\n"
    " \"loss\": \"cross_entropy\", \"optimizer\": {\"type\": \"adam\", \"lr\": 0.001},\n"
    " \"train\": {\"batch_size\": 32, \"epochs\": %d}}\n";

static void write_files(const struct workplace *workplace, int64_t rows, int epochs)
{
    char text[sizeof config + 16];

    workplace_numbers(workplace, "growth.csv", rows, COLUMNS);
    snprintf(text, sizeof text, config, epochs);
    workplace_write(workplace, "growth.json", text);
}

static double ask(struct peer *ours, const char *question, double *second)
{
    char answer[PEER_LINE], *end;

    if (!peer_ask(ours, question, answer))
        stop("no answer to \"%s\"", question);
    const double first = strtod(answer, &end);
    *second = strtod(end, NULL);
    return first;
}

static double read_rows(const struct settings *settings, const struct workplace *workplace, struct peer *ours,
                        double *size)
{
    char question[PEER_LINE + 8], path[256];

    (void)settings;
    write_files(workplace, (int64_t)*size, 1);
    snprintf(question, sizeof question, "read %s", workplace_path(workplace, "growth.json", path));
    return ask(ours, question, size);
}

static double step_parameters(const struct settings *settings, const struct workplace *workplace,
                              struct peer *ours, double *size)
{
    char question[PEER_LINE];

    (void)settings, (void)workplace;
    /* The square of the width is most of them. */
    snprintf(question, sizeof question, "width %.0f", sqrt(*size));
    return 1e-3 * ask(ours, question, size);
}

static double train_process(const struct settings *settings, const struct workplace *workplace, int64_t rows,
                            int epochs)
{
    char path[256], run[256];
    struct process process;

    write_files(workplace, rows, epochs);
    workplace_path(workplace, "growth.json", path);
    workplace_path(workplace, "run", run);
    process_run(&process, (const char *const[]){settings->mldbg, "train", path, "-o", run, "--quiet",
                                                "--no-ledger", "--fail-on", "never", NULL});
    if (!process.good)
        stop("mldbg train failed; it said: %s", process.output);
    workplace_remove(workplace, "run");
    return 1e-3 * process.ms;
}

static double start_up(const struct settings *settings, const struct workplace *workplace)
{
    static double found = -1;

    for (int i = 0; found < 0 || i < TURNS; i++) {
        const double time = train_process(settings, workplace, FEW_ROWS, 1);
        found = found < 0 ? time : fmin(found, time);
    }
    return found;
}

static double train_rows(const struct settings *settings, const struct workplace *workplace,
                         struct peer *ours, double *size)
{
    (void)ours;
    return train_process(settings, workplace, (int64_t)*size, 1) - start_up(settings, workplace);
}

static double train_steps(const struct settings *settings, const struct workplace *workplace,
                          struct peer *ours, double *size)
{
    (void)ours;
    return train_process(settings, workplace, 32 * EPOCH_STEPS, (int)(*size / EPOCH_STEPS)) -
           start_up(settings, workplace);
}

static const struct curve {
    const char *name, *what;
    measure_fn *measure;
    bool process; /* needs the program */
    double sizes[SIZES];
} curves[] = {
    {"rows-read", "rows, reading a CSV file of 9 columns", read_rows, false, {1e3, 1e4, 1e5, 1e6}},
    {"rows-train", "rows, `mldbg train` for one epoch", train_rows, true, {1e3, 1e4, 1e5, 1e6}},
    {"steps-train", "steps, `mldbg train` of 3,200 rows", train_steps, true, {1e2, 1e3, 1e4, 1e5}},
    {"parameters", "parameters, one step of an MLP, batch 32", step_parameters, false, {1e4, 1e5, 1e6, 1e7}},
};

/* Least squares through the logarithms; *off: the largest factor by which a point lies off that line, less 1.
 */
static double exponent(const double *sizes, const double *seconds, double *off)
{
    double x = 0, y = 0, xx = 0, xy = 0;

    for (int i = 0; i < SIZES; i++) {
        x += log(sizes[i]) / SIZES;
        y += log(seconds[i]) / SIZES;
    }
    for (int i = 0; i < SIZES; i++) {
        xx += (log(sizes[i]) - x) * (log(sizes[i]) - x);
        xy += (log(sizes[i]) - x) * (log(seconds[i]) - y);
    }
    *off = 0;
    for (int i = 0; i < SIZES; i++)
        *off = fmax(*off, expm1(fabs(log(seconds[i]) - y - xy / xx * (log(sizes[i]) - x))));
    return xy / xx;
}

static void keep(struct json *list, struct arena *arena, const struct curve *curve, const double *sizes,
                 const double *seconds, double power, double off)
{
    struct json *row = json_add(list, NULL, json_object(arena), arena);
    struct json *size_list, *second_list;

    json_add_string(row, "name", curve->name, arena);
    json_add_string(row, "what", curve->what, arena);
    size_list = json_add(row, "sizes", json_array(arena), arena);
    second_list = json_add(row, "seconds", json_array(arena), arena);
    for (int i = 0; i < SIZES; i++) {
        json_add_number(size_list, NULL, sizes[i], arena);
        json_add_number(second_list, NULL, round(1e7 * seconds[i]) / 1e7, arena);
    }
    json_add_number(row, "exponent", round(1e3 * power) / 1e3, arena);
    json_add_number(row, "off", round(1e3 * off) / 1e3, arena);
}

static void measure(struct json *list, struct arena *arena, const struct curve *curve,
                    const struct settings *settings, const struct workplace *workplace, struct peer *ours)
{
    double sizes[SIZES], seconds[SIZES], off;

    for (int i = 0; i < SIZES; i++) {
        seconds[i] = HUGE_VAL;
        for (int turn = 0; turn < TURNS && (turn == 0 || i < SIZES - 1); turn++) {
            sizes[i] = curve->sizes[i];
            seconds[i] = fmin(seconds[i], curve->measure(settings, workplace, ours, &sizes[i]));
        }
        seconds[i] = fmax(seconds[i], 1e-6); /* start-up taken off may leave nothing */
    }
    const double power = exponent(sizes, seconds, &off);
    keep(list, arena, curve, sizes, seconds, power, off);
    if (settings->json)
        return;
    printf("%-42s", curve->what);
    for (int i = 0; i < SIZES; i++)
        printf(" %9.4g", seconds[i]);
    printf(" %8.2f %6.0f %%\n", power, 100 * off);
    fflush(stdout);
}

void growth_run(struct json *document, struct arena *arena, const struct settings *settings,
                const struct workplace *workplace)
{
    struct json *list = json_add(document, "growth", json_array(arena), arena);
    struct peer ours = {0};
    bool begun = false;

    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        if (!settings_select(settings, "growth", curves[i].name) || (curves[i].process && !settings->mldbg))
            continue;
        if (!begun)
            serve_open(&ours, "--serve", 1, NULL);
        if (!begun && !settings->json)
            printf(
                "\nhow time grows, seconds at four sizes over three decades; whole processes without their "
                "start-up\n\n%-42s %39s %8s %8s\n",
                "", "the smallest ... the largest", "exponent", "off");
        begun = true;
        measure(list, arena, &curves[i], settings, workplace, &ours);
    }
    peer_close(&ours);
}
