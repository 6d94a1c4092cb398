/* The losses of all splits in one plot made of characters, over the epochs. */
#include <math.h>
#include <string.h>
#include <mldbg/report.h>

enum { WIDTH = 60, HEIGHT = 10, CURVES_MOST = 4 };

/* Losses that span more than this factor are drawn on a logarithmic axis. */
static const double WIDE = 20;

struct curve {
    const char *split;
    const struct series *series;
};

struct plot {
    struct curve curves[CURVES_MOST];
    size_t count;
    double low, high; /* of the finite values */
    bool logarithmic;
    char at[HEIGHT][WIDTH + 1];
};

static void find_curves(const struct run *run, struct plot *plot)
{
    plot->low = (double)INFINITY;
    plot->high = -(double)INFINITY;
    for (size_t s = 0; s < run->split_count && plot->count < CURVES_MOST; s++) {
        const char *split = run->splits[s].name;
        const struct series *series = run_find(run, arena_print(run->arena, "%s/loss", split));

        if (!series)
            continue;
        plot->curves[plot->count++] = (struct curve){split, series};
        for (size_t i = 0; i < series->count; i++) {
            double value = series->value[i];

            if (!isfinite(value))
                continue;
            plot->low = value < plot->low ? value : plot->low;
            plot->high = value > plot->high ? value : plot->high;
        }
    }
    plot->logarithmic = plot->low > 0 && plot->high > WIDE * plot->low;
}

/* One letter a split: the first, but for testval, which shares it with train. */
static char mark_of(const struct curve *curve)
{
    return strcmp(curve->split, "testval") == 0 ? 's' : curve->split[0];
}

/* A row without the blanks at its end. */
static const char *trimmed(char *row)
{
    size_t length = strlen(row);

    while (length > 0 && row[length - 1] == ' ')
        row[--length] = '\0';
    return row;
}

static double scaled(const struct plot *plot, double value)
{
    return plot->logarithmic ? log(value) : value;
}

/* Each column shows the value at its place in the run; where curves meet, a star. */
static void draw(struct plot *plot, const struct curve *curve, char mark)
{
    double low = scaled(plot, plot->low), span = scaled(plot, plot->high) - low;
    size_t last = curve->series->count - 1;

    for (int column = 0; column < WIDTH; column++) {
        size_t i = (size_t)((double)column * (double)last / (WIDTH - 1) + 0.5);
        double value = curve->series->value[i];
        int row;

        if (!isfinite(value))
            continue;
        row = span > 0 ? (int)((scaled(plot, value) - low) / span * (HEIGHT - 1) + 0.5) : 0;
        row = HEIGHT - 1 - row;
        plot->at[row][column] = plot->at[row][column] == ' ' ? mark : '*';
    }
}

const char *view_plot(const struct run *run, struct arena *arena)
{
    struct plot plot = {.count = 0};
    struct text out;
    size_t epochs = 0;

    text_init(&out, arena);
    find_curves(run, &plot);
    if (plot.count == 0 || !(plot.low <= plot.high))
        return out.at;
    for (int row = 0; row < HEIGHT; row++)
        memset(plot.at[row], ' ', WIDTH);
    for (size_t c = 0; c < plot.count; c++) {
        draw(&plot, &plot.curves[c], mark_of(&plot.curves[c]));
        epochs = plot.curves[c].series->count > epochs ? plot.curves[c].series->count : epochs;
    }
    text_print(&out, "\n  loss%s:", plot.logarithmic ? ", logarithmic" : "");
    for (size_t c = 0; c < plot.count; c++)
        text_print(&out, " %c %s,", mark_of(&plot.curves[c]), plot.curves[c].split);
    text_add(&out, " * several\n");
    for (int row = 0; row < HEIGHT; row++)
        text_print(&out, "  %9s |%s\n",
                   row == 0            ? text_number(arena, plot.high, 3)
                   : row == HEIGHT - 1 ? text_number(arena, plot.low, 3)
                                       : "",
                   trimmed(plot.at[row]));
    text_print(&out, "  %9s +%.*s\n", "", WIDTH,
               "----------------------------------------------------------------");
    text_print(&out, "  %9s  1%*s\n", "epoch", WIDTH - 1, text_count(arena, (int64_t)epochs));
    return out.at;
}
