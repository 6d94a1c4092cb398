/* The one-batch test as a grid of steps: loss, accuracy, gradient norm, and the loss as a sparkline. */
#include <mldbg/report.h>

#include <math.h>

enum { STEPS_SHOWN = 7, SPARK_WIDTH = 24 };

static void headline(const struct run *run, struct text *out)
{
    const char *off = run_text(run, "overfit/off");

    text_print(out, "%s · one batch of %.0f · %s lr %s · seed %llu", run->name,
               run_number(run, "overfit/batch"), run_text(run, "train/optimizer"),
               text_number(run->arena, run_number(run, "train/rate"), 6), (unsigned long long)run->seed);
    if (*off)
        text_print(out, "\n         off for this test: %s", off);
}

/* The value that a series has at a step, or NaN. */
static double value_at(const struct series *series, int64_t step)
{
    if (!series)
        return (double)NAN;
    for (size_t i = 0; i < series->count; i++)
        if (series->step[i] == step)
            return series->value[i];
    return (double)NAN;
}

/* Steps spread evenly on a logarithmic scale from the first to the last. */
static size_t choose_steps(const struct series *loss, size_t *at)
{
    size_t count = 0, last = loss->count - 1;

    at[count++] = 0;
    for (int i = 1; i < STEPS_SHOWN && last > 0; i++) {
        size_t next = (size_t)llround(pow((double)(last + 1), (double)i / (STEPS_SHOWN - 1))) - 1;

        if (next > at[count - 1] && next <= last)
            at[count++] = next;
    }
    if (at[count - 1] != last)
        at[count++] = last;
    return count;
}

static const char *percent(struct arena *arena, double share)
{
    return isnan(share) ? "" : arena_print(arena, "%.1f %%", 100 * share);
}

/* The curve on its own scale, unless all of it moves less than this share of the way from chance to floor:
 * then flat. */
static const double FLAT = 0.02;

static void draw(const struct run *run, const struct series *loss, struct text *out)
{
    double gap = run_number(run, "overfit/chance") - run_number(run, "overfit/floor");
    double *values = arena_array(out->arena, loss->count, sizeof *values);
    double low = loss->value[0], high = low;

    for (size_t i = 0; i < loss->count; i++) {
        values[i] = loss->value[i];
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    for (size_t i = 0; i < loss->count && high - low < FLAT * gap; i++)
        values[i] = isfinite(values[i]) ? low : values[i];
    text_sparkline(out, values, loss->count, SPARK_WIDTH, false);
}

static void body(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    const struct series *loss = run_find(run, "overfit/loss"), *accuracy = run_find(run, "overfit/accuracy"),
                        *norm = run_find(run, "overfit/gradient_norm");
    size_t at[STEPS_SHOWN + 2], shown;
    struct grid grid;

    if (!loss || !loss->count)
        return;
    shown = choose_steps(loss, at);
    grid_init(&grid, arena, accuracy ? 4 : 3, "rrrr");
    grid_row(&grid, accuracy ? (const char *[]){"step", "loss", "accuracy", "gradient norm"}
                             : (const char *[]){"step", "loss", "gradient norm"});
    for (size_t i = 0; i < shown; i++) {
        int64_t step = loss->step[at[i]];
        const char *number = arena_print(arena, "%lld", (long long)step);
        const char *height = text_number(arena, loss->value[at[i]], 5);
        const char *size = isnan(value_at(norm, step)) ? "" : text_number(arena, value_at(norm, step), 3);

        grid_row(&grid, accuracy
                            ? (const char *[]){number, height, percent(arena, value_at(accuracy, step)), size}
                            : (const char *[]){number, height, size});
    }
    grid_print(&grid, out, 2);
    text_add(out, "\n  loss  ");
    draw(run, loss, out);
    text_print(out, "  floor %s, best constant answer %s\n",
               text_number(arena, run_number(run, "overfit/floor"), 4),
               text_number(arena, run_number(run, "overfit/chance"), 4));
}

const struct view view_overfit = {
    .entry = {"overfit", "The one-batch test", "Steps on a logarithmic scale, and the loss as a sparkline."},
    .headline = headline,
    .body = body,
};
