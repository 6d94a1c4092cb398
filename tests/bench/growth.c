/*
 * Each curve is measured at four sizes, in turns with a smaller one, its base, whose time and size are taken
 * off: what is left is what grows. Start-up, and what a run does once whatever its size, falls out. A
 * straight line through the logarithms of the medians gives the exponent.
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
    TURNS_MOST = 15,
    COLUMNS = 8,      /* of the files that are read */
    EPOCH_STEPS = 100 /* of the trainings that become longer */
};
/* What grows is little beside the rest of a process at the small sizes, and noise: those take more turns. */
static const int turns[SIZES] = {TURNS_MOST, 9, 3, 1};

/* Where a curve is measured: a config named after the spot, "base" or "size". */
struct spot {
    const struct settings *settings;
    const struct workplace *workplace;
    struct peer *ours;
    const char *name;
};

typedef void prepare_fn(const struct spot *spot, double size);
/* In seconds; *size becomes what it really was. */
typedef double measure_fn(const struct spot *spot, double *size);

static const char config[] =
    "{\"name\": \"growth\", \"seed\": 1, \"data\": {\"train\": \"%s.csv\", \"label\": \"label\"},\n"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 32}, {\"type\": \"relu\"},\n"
    "           {\"type\": \"linear\", \"out_features\": 2}],\n"
    " \"loss\": \"cross_entropy\", \"optimizer\": {\"type\": \"adam\", \"lr\": 0.001},\n"
    " \"train\": {\"batch_size\": 32, \"epochs\": %d}}\n";

static const char *path_of(const struct spot *spot, const char *ending, char path[256])
{
    char name[32];

    snprintf(name, sizeof name, "%s%s", spot->name, ending);
    return workplace_path(spot->workplace, name, path);
}

static void write_files(const struct spot *spot, int64_t rows, int epochs)
{
    char text[sizeof config + 32], name[32];

    snprintf(name, sizeof name, "%s.csv", spot->name);
    workplace_numbers(spot->workplace, name, rows, COLUMNS);
    snprintf(text, sizeof text, config, spot->name, epochs);
    snprintf(name, sizeof name, "%s.json", spot->name);
    workplace_write(spot->workplace, name, text);
}

static void prepare_rows(const struct spot *spot, double size)
{
    write_files(spot, (int64_t)size, 1);
}

static void prepare_steps(const struct spot *spot, double size)
{
    write_files(spot, 32 * EPOCH_STEPS, (int)(size / EPOCH_STEPS));
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

static double read_rows(const struct spot *spot, double *size)
{
    char question[PEER_LINE + 8], path[256];

    snprintf(question, sizeof question, "read %s", path_of(spot, ".json", path));
    return ask(spot->ours, question, size);
}

static double step_parameters(const struct spot *spot, double *size)
{
    char question[PEER_LINE];

    /* The square of the width is most of them. */
    snprintf(question, sizeof question, "width %.0f", sqrt(*size));
    return 1e-3 * ask(spot->ours, question, size);
}

static double train(const struct spot *spot, double *size)
{
    char path[256], run[256];
    struct process process;

    (void)size;
    path_of(spot, ".json", path);
    workplace_path(spot->workplace, "run", run);
    process_run(&process, (const char *const[]){spot->settings->mldbg, "train", path, "-o", run, "--quiet",
                                                "--no-ledger", "--fail-on", "never", NULL});
    if (!process.good)
        stop("mldbg train failed; it said: %s", process.output);
    workplace_remove(spot->workplace, "run");
    return 1e-3 * process.ms;
}

static const struct curve {
    const char *name, *what;
    prepare_fn *prepare; /* or NULL */
    measure_fn *measure;
    bool process; /* needs the program */
    double base, sizes[SIZES];
} curves[] = {
    {"rows-read",
     "rows, reading a CSV file of 9 columns",
     prepare_rows,
     read_rows,
     false,
     100,
     {1e3, 1e4, 1e5, 1e6}},
    {"rows-train", "rows, `mldbg train` for one epoch", prepare_rows, train, true, 100, {2e3, 2e4, 2e5, 2e6}},
    {"steps-train",
     "steps, `mldbg train` of 3,200 rows",
     prepare_steps,
     train,
     true,
     100,
     {500, 5e3, 5e4, 5e5}},
    {"parameters",
     "parameters, one step of an MLP, batch 128",
     NULL,
     step_parameters,
     false,
     100,
     {1e4, 1e5, 1e6, 1e7}},
};

/* Least squares through the logarithms; *off: the largest factor by which a point lies off that line,
 * less 1. */
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

static void keep(struct json *list, struct arena *arena, const struct curve *curve, double base,
                 const double *sizes, const double *seconds, double power, double off)
{
    struct json *row = json_add(list, NULL, json_object(arena), arena);
    struct json *size_list, *second_list;

    json_add_string(row, "name", curve->name, arena);
    json_add_string(row, "what", curve->what, arena);
    json_add_number(row, "base", base, arena);
    size_list = json_add(row, "sizes", json_array(arena), arena);
    second_list = json_add(row, "seconds", json_array(arena), arena);
    for (int i = 0; i < SIZES; i++) {
        json_add_number(size_list, NULL, sizes[i], arena);
        json_add_number(second_list, NULL, round(1e7 * seconds[i]) / 1e7, arena);
    }
    json_add_number(row, "exponent", round(1e3 * power) / 1e3, arena);
    json_add_number(row, "off", round(1e3 * off) / 1e3, arena);
}

/* What one size takes more than the base: the median of turns; *more: by how much it is larger. */
static double grown(const struct curve *curve, const struct spot *base, const struct spot *spot, double size,
                    int count, double *base_size, double *more)
{
    double seconds[TURNS_MOST];

    if (curve->prepare)
        curve->prepare(spot, size);
    for (int i = 0; i < count; i++) {
        double from = curve->base, to = size;
        const double least = curve->measure(base, &from);

        seconds[i] = curve->measure(spot, &to) - least;
        *base_size = from;
        *more = to - from;
    }
    return fmax(median(seconds, count), 1e-7); /* noise may leave nothing */
}

static void measure(struct json *list, struct arena *arena, const struct curve *curve,
                    const struct settings *settings, const struct workplace *workplace, struct peer *ours)
{
    const struct spot base = {settings, workplace, ours, "base"}, spot = {settings, workplace, ours, "size"};
    double sizes[SIZES], seconds[SIZES], base_size = 0, off;

    if (curve->prepare)
        curve->prepare(&base, curve->base);
    for (int i = 0; i < SIZES; i++)
        seconds[i] = grown(curve, &base, &spot, curve->sizes[i], turns[i], &base_size, &sizes[i]);
    const double power = exponent(sizes, seconds, &off);
    keep(list, arena, curve, base_size, sizes, seconds, power, off);
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
                "\nhow time grows, seconds at four sizes over three decades, less those of a smaller one in "
                "turns\n\n%-42s %39s %8s %8s\n",
                "", "the smallest ... the largest", "exponent", "off");
        begun = true;
        measure(list, arena, &curves[i], settings, workplace, &ours);
    }
    peer_close(&ours);
}
