/* The page's parts with figures: curves of the run and of its layers, with the numbers behind them. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "html.h"
#include "page.h"

enum {
    ROWS_MOST = 12,    /* of the table of numbers, spread evenly over the steps */
    COLUMNS_MOST = 10, /* of a table: what a wide screen shows */
    LAYERS_MOST = 200  /* rows of the table of layers */
};

/* ---- Figures ---- */

static void add_key(const struct line *line, struct text *out)
{
    const struct series *series = line->series;

    text_print(out,
               "<span class=\"key\"><svg viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path class=\"s%d\" "
               "d=\"M0,4 h22\"/></svg>",
               line->color);
    html_words(out, line->label);
    text_print(out, " <b>%s</b></span>\n", text_number(out->arena, series->value[series->count - 1], 4));
}

/* The index of the first point behind one that can be drawn again, or the count. */
static size_t drawn_again(const struct series *series, size_t behind)
{
    while (behind < series->count && !value_can_be_drawn(series->value[behind]))
        behind++;
    return behind;
}

static void add_breaks(const struct figure *figure, struct text *out)
{
    struct arena *arena = out->arena;

    for (size_t k = 0; k < figure->lines; k++) {
        const struct series *series = figure->line[k].series;
        int64_t at = series_broken(series);
        size_t again = at < 0 ? 0 : drawn_again(series, (size_t)at);

        if (at < 0)
            continue;
        text_add(out, "<p class=\"break\">");
        html_words(out, figure->line[k].label);
        text_print(out, " is %s at step %" PRId64, text_number(arena, series->value[at], 3),
                   series->step[at]);
        if (again < series->count)
            text_print(out, "; finite again from step %" PRId64, series->step[again]);
        else if ((size_t)at + 1 < series->count)
            text_add(out, ", and never finite again");
        text_add(out, "</p>\n");
    }
}

static void add_figure(const struct figure *figure, struct text *out)
{
    text_add(out, "<figure>\n<figcaption><strong>");
    html_words(out, figure->title);
    text_print(out, "</strong>%s\n", figure->logarithmic ? " <small>logarithmic</small>" : "");
    for (size_t k = 0; k < figure->lines; k++)
        add_key(&figure->line[k], out);
    if (figure->left_out)
        text_print(out, "<small>%zu more in the table</small>\n", figure->left_out);
    text_add(out, "</figcaption>\n");
    text_add(out, figure->drawing ? figure->drawing : "");
    add_breaks(figure, out);
    text_add(out, "</figure>\n");
}

static bool add_figures(const struct figures *figures, bool probes, struct text *out)
{
    bool any = false;

    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->at[i];

        if (figure->probe != probes)
            continue;
        text_add(out, any ? "" : "<div class=\"figures\">\n");
        any = true;
        if (figure->drawing || !figure->logarithmic || probes)
            add_figure(figure, out);
    }
    text_add(out, any ? "</div>\n" : "");
    return any;
}

static void add_apology(const struct figures *figures, struct text *out)
{
    if (!figures->why)
        return;
    if (strcmp(figures->why, "is not installed") == 0)
        text_add(out, "<p class=\"quiet\">Install gnuplot for the curves; here are their numbers.</p>\n");
    else
        text_print(out,
                   "<p class=\"quiet\">The curves are missing, as gnuplot %s; here are their numbers.</p>\n",
                   figures->why);
}

/* ---- Numbers ---- */

static const char *value_at(struct arena *arena, const struct series *series, int64_t step)
{
    size_t low = 0, high = series->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (series->step[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low < series->count && series->step[low] == step ? text_number(arena, series->value[low], 5) : "";
}

/* The lines of the run's own curves, each once although the loss is drawn twice. */
static size_t choose_columns(const struct figures *figures, const struct series **column, const char **title)
{
    size_t count = 0;

    for (size_t i = 0; i < figures->count; i++)
        for (size_t k = 0; k < figures->at[i].lines && !figures->at[i].probe; k++) {
            const struct series *series = figures->at[i].line[k].series;
            bool known = false;

            for (size_t c = 1; c <= count; c++)
                known = known || column[c] == series;
            if (known || count == COLUMNS_MOST)
                continue;
            column[++count] = series;
            title[count] = series->name;
        }
    return count;
}

static void add_numbers(const struct figures *figures, struct text *out)
{
    const struct series *column[COLUMNS_MOST + 1] = {NULL}, *steps = NULL;
    const char *cells[COLUMNS_MOST + 1] = {"step"};
    size_t columns = choose_columns(figures, column, cells), rows;
    const char *align = arena_print(out->arena, "l%.*s", (int)columns, "rrrrrrrrrr");
    struct grid grid;
    struct arena *arena = out->arena;

    for (size_t c = 1; c <= columns; c++) /* epochs rather than single steps, where both are there */
        if (!steps || column[c]->count < steps->count)
            steps = column[c]->count > 1 || !steps ? column[c] : steps;
    if (!steps)
        return;
    text_print(out, "<details%s><summary>Numbers</summary>\n", figures->why ? " open" : "");
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, cells);
    rows = steps->count < ROWS_MOST ? steps->count : (size_t)ROWS_MOST;
    for (size_t i = 0; i < rows; i++) {
        int64_t step = steps->step[rows > 1 ? i * (steps->count - 1) / (rows - 1) : 0];

        cells[0] = arena_print(arena, "%" PRId64, step);
        for (size_t c = 1; c <= columns; c++)
            cells[c] = value_at(arena, column[c], step);
        grid_row(&grid, cells);
    }
    html_grid(out, &grid);
    text_add(out, "</details>\n");
}

void page_curves(const struct report *report, const struct figures *figures, struct text *out)
{
    (void)report;
    if (!figures->count)
        return;
    add_apology(figures, out);
    if (!figures->why)
        text_add(out, "<p class=\"quiet\">Over steps; behind each name stands its last value.</p>\n");
    if (add_figures(figures, false, out))
        add_numbers(figures, out);
    if (figures->left_out)
        text_print(out, "<p class=\"quiet\">%zu more series are not shown; they are in the record.</p>\n",
                   figures->left_out);
}

/* ---- Layers ---- */

static int64_t find(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int64_t)i;
    return -1;
}

/* Finds a name or takes it up; -1: there are most already. */
static int64_t take(const char **names, size_t *count, size_t most, const char *name)
{
    int64_t at = find(names, *count, name);

    if (at < 0 && *count < most) {
        names[*count] = name;
        at = (int64_t)(*count)++;
    }
    return at;
}

/* One row a layer or parameter, one column a probe: the value at the end. */
static void add_layers(const struct run *run, struct text *out)
{
    const char *row[LAYERS_MOST], *column[COLUMNS_MOST + 1] = {""}, *align;
    size_t rows = 0, columns = 1;
    struct grid grid;
    struct arena *arena = out->arena;
    const char **cell = arena_array(arena, LAYERS_MOST * (COLUMNS_MOST + 1), sizeof *cell);

    for (size_t i = 0; i < run->series_count; i++) {
        const struct series *series = run->series[i];
        struct figure figure;
        struct line line;

        if (!series->count || !series_place(arena, run, series->name, &figure, &line) || !figure.probe)
            continue;
        int64_t r = take(row, &rows, LAYERS_MOST, line.label);
        int64_t c = take(column, &columns, COLUMNS_MOST + 1, figure.title);
        if (r >= 0 && c >= 0)
            cell[r * (COLUMNS_MOST + 1) + c] = text_number(arena, series->value[series->count - 1], 4);
    }
    align = arena_print(arena, "l%.*s", (int)columns - 1, "rrrrrrrrrr");
    text_add(out, "<details open><summary>At the end, by layer</summary>\n");
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, column);
    for (size_t r = 0; r < rows; r++) {
        cell[r * (COLUMNS_MOST + 1)] = row[r];
        grid_row(&grid, &cell[r * (COLUMNS_MOST + 1)]);
    }
    html_grid(out, &grid);
    text_add(out, "</details>\n");
}

void page_layers(const struct report *report, const struct figures *figures, struct text *out)
{
    if (add_figures(figures, true, out))
        add_layers(report->run, out);
}
