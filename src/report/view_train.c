/* A run of training: what every split came to, and the losses as curves. */
#include <mldbg/report.h>

#include <math.h>
#include <string.h>

enum { SPARK_WIDTH = 32 };

/* Columns of the table, where they were measured. */
struct shown {
    const char *name, *title;
    double factor;
    const char *unit;
};

static const struct shown shown[] = {
    {"loss", "loss", 1, ""},
    {"accuracy", "accuracy", 100, " %"},
    {"macro_f1", "macro F1", 1, ""},
    {"auc", "AUC", 1, ""},
    {"rmse", "RMSE", 1, ""},
    {"mae", "MAE", 1, ""},
    {"r2", "R2", 1, ""},
};
enum { SHOWN = sizeof shown / sizeof *shown };

static void headline(const struct run *run, struct text *out)
{
    text_print(out, "%s · %s · loss %s · %s lr %s · batch %.0f · seed %llu", run->name,
               run_text(run, "data/task"), run_text(run, "train/loss"), run_text(run, "train/optimizer"),
               text_number(run->arena, run_number(run, "train/rate"), 6), run_number(run, "train/batch_size"),
               (unsigned long long)run->seed);
}

/* The measure at the end, else at the last epoch. */
static double measured(const struct run *run, const char *split, const char *name)
{
    const char *end = arena_print(run->arena, "end/%s/%s", split, name);
    const struct series *series = run_find(run, arena_print(run->arena, "%s/%s", split, name));

    if (run_has(run, end))
        return run_number(run, end);
    return series ? series->value[series->count - 1] : (double)NAN;
}

static bool occurs(const struct run *run, const char *name)
{
    for (size_t s = 0; s < run->split_count; s++)
        if (run_has(run, arena_print(run->arena, "end/%s/%s", run->splits[s].name, name)) ||
            run_find(run, arena_print(run->arena, "%s/%s", run->splits[s].name, name)))
            return true;
    return false;
}

static void table(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    const char *cells[2 + SHOWN];
    bool any[SHOWN];
    size_t columns = 0;
    struct grid grid;

    cells[columns++] = "split";
    cells[columns++] = "rows";
    for (int m = 0; m < SHOWN; m++)
        if ((any[m] = occurs(run, shown[m].name)))
            cells[columns++] = shown[m].title;
    grid_init(&grid, arena, columns, "lrrrrrrrr");
    grid_row(&grid, cells);
    for (size_t s = 0; s < run->split_count; s++) {
        const struct split_record *split = &run->splits[s];

        columns = 0;
        cells[columns++] = split->name;
        cells[columns++] = text_count(arena, split->rows);
        for (int m = 0; m < SHOWN; m++) {
            double value = any[m] ? measured(run, split->name, shown[m].name) : 0;

            if (any[m])
                cells[columns++] =
                    isnan(value) ? ""
                                 : arena_print(arena, "%s%s", text_number(arena, shown[m].factor * value, 4),
                                               shown[m].unit);
        }
        grid_row(&grid, cells);
    }
    grid_print(&grid, out, 2);
}

static double smallest(const struct series *series)
{
    double least = series->value[0];

    for (size_t i = 1; i < series->count; i++)
        least = series->value[i] < least ? series->value[i] : least;
    return least;
}

static void curve(const struct run *run, const struct series *series, const char *label, size_t width,
                  struct text *out)
{
    struct arena *arena = run->arena;

    text_print(out, "  %-*s  ", (int)width, label);
    text_sparkline(out, series->value, series->count, SPARK_WIDTH, false);
    text_print(out, "  %s to %s, least %s\n", text_number(arena, series->value[0], 3),
               text_number(arena, series->value[series->count - 1], 3),
               text_number(arena, smallest(series), 3));
}

static void curves(const struct run *run, struct text *out)
{
    bool any = false;

    for (size_t s = 0; s < run->split_count; s++) {
        const char *name = arena_print(run->arena, "%s/loss", run->splits[s].name);
        const struct series *series = run_find(run, name);

        if (!series)
            continue;
        if (!any)
            text_add(out, "\n");
        any = true;
        curve(run, series, name, 12, out);
    }
}

static void course(const struct run *run, struct text *out)
{
    struct arena *arena = run->arena;
    const struct series *time = run_find(run, "time");
    struct text words;

    if (!run_has(run, "train/epochs"))
        return;
    text_init(&words, arena);
    text_print(&words, "%s of %s, %s", text_count(arena, (int64_t)run_number(run, "train/epochs")),
               text_plural(arena, (int64_t)run_number(run, "train/epochs_wanted"), "epoch", "epochs"),
               text_plural(arena, (int64_t)run_number(run, "train/steps"), "step", "steps"));
    if (run_number(run, "train/best_epoch") > 0)
        text_print(&words, ", smallest %s at epoch %.0f", run_text(run, "train/watched"),
                   run_number(run, "train/best_epoch"));
    if (run_has(run, "train/predicted_step") &&
        run_number(run, "train/predicted_step") != run_number(run, "train/steps"))
        text_print(&words, "; the table and the predictions are of that epoch, step %s",
                   text_count(arena, run_integer(run, "train/predicted_step")));
    if (time)
        text_print(&words, "; %s s", text_number(arena, time->value[time->count - 1], 3));
    text_add(out, "\n  ");
    text_wrap(out, words.at, 2);
}

static void body(const struct run *run, struct text *out)
{
    table(run, out);
    curves(run, out);
    course(run, out);
}

const struct view view_train = {
    .entry = {"train", "A run of training", "What every split came to, and the losses as curves."},
    .headline = headline,
    .body = body,
};
