/* The probes of a run by layer and parameter: where a series began, where it ended, and its course. */
#include <math.h>
#include <string.h>

#include <mldbg/report.h>

enum {
    SPARK_WIDTH = 16,
    NAME_MOST = 22, /* columns of a name */
    ROWS_MOST = 24  /* of one table; a deep network shows its first and last */
};

/* What is shown of one kind of thing: HEAD + name + TAIL. */
struct measure {
    const char *head, *tail, *title;
    double factor; /* 100: a share, in percent */
};

static const struct measure of_parameters[] = {
    {"gradient/", "/norm", "gradient norm", 1},
    {"weight/", "/norm", "weight norm", 1},
    {"update/", "/ratio", "update ratio", 1},
};

static const struct measure of_layers[] = {
    {"activation/", "/mean", "output mean", 1},
    {"activation/", "/std", "output std", 1},
    {"activation/", "/zero_share", "dead units", 100},
    {"activation/", "/saturated_share", "saturated", 100},
};

static const char *number(struct arena *arena, double value, const struct measure *measure)
{
    return arena_print(arena, "%s%s", text_number(arena, measure->factor * value, 3),
                       measure->factor > 1 ? " %" : "");
}

static void add_row(const struct series *series, const struct measure *measure, struct grid *grid,
                    struct arena *arena)
{
    size_t head = strlen(measure->head), length = strlen(series->name) - head - strlen(measure->tail);
    double low = series->value[0], high = series->value[0];
    struct text spark;
    const char *cells[6];

    for (size_t i = 1; i < series->count; i++) {
        low = series->value[i] < low ? series->value[i] : low;
        high = series->value[i] > high ? series->value[i] : high;
    }
    text_init(&spark, arena);
    text_sparkline(&spark, series->value, series->count, SPARK_WIDTH, false);
    cells[0] = text_escape(arena, series->name + head, length, NAME_MOST);
    cells[1] = number(arena, series->value[0], measure);
    cells[2] = number(arena, series->value[series->count - 1], measure);
    cells[3] = number(arena, low, measure);
    cells[4] = number(arena, high, measure);
    cells[5] = spark.at;
    grid_row(grid, cells);
}

static void table(const struct run *run, const struct measure *measure, struct text *out)
{
    struct arena *arena = out->arena;
    const char *pattern = arena_print(arena, "%s*%s", measure->head, measure->tail);
    const char *cells[6] = {measure->title, "first", "last", "least", "most", "course"};
    const struct series *series;
    size_t at = 0, all = 0, row = 0;
    struct grid grid;

    while ((series = run_match(run, pattern, &at)) != NULL)
        all += series->count > 0;
    if (all == 0)
        return;
    grid_init(&grid, arena, 6, "lrrrrl");
    grid_row(&grid, cells);
    for (at = 0; (series = run_match(run, pattern, &at)) != NULL;) {
        if (series->count == 0)
            continue;
        if (all <= ROWS_MOST || row < ROWS_MOST / 2 || row >= all - ROWS_MOST / 2)
            add_row(series, measure, &grid, arena);
        row++;
    }
    text_add(out, "\n");
    grid_print(&grid, out, 2);
    if (all > ROWS_MOST)
        text_print(out, "  and %s between the first %d and the last %d: probes.csv\n",
                   text_count(arena, (int64_t)(all - ROWS_MOST)), ROWS_MOST / 2, ROWS_MOST / 2);
}

const char *view_probes(const struct run *run, struct arena *arena)
{
    struct text out;

    text_init(&out, arena);
    for (size_t i = 0; i < sizeof of_parameters / sizeof *of_parameters; i++)
        table(run, &of_parameters[i], &out);
    for (size_t i = 0; i < sizeof of_layers / sizeof *of_layers; i++)
        table(run, &of_layers[i], &out);
    return out.at;
}
