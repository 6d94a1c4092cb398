/* Which series belong together, and the script that has gnuplot draw them: numbers only, no word of a record.
 */
#include "figure.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "gnuplot.h"
#include "html.h"

enum {
    FIGURES_MOST = 36, /* of a page; a record of another program may have hundreds of series */
    BUCKETS = 300, /* along a line, each drawn as its smallest and largest value, so that no spike is lost */
    LAYERS_SHOWN = 6, /* lines of a figure about layers: more cannot be followed */
    TICKS_MOST = 12
};

/* Beyond it gnuplot's own arithmetic overflows. */
static const double DRAWN_MOST = 1e200;

/* Where the largest value is so many times the smallest, a linear scale shows one of them only. */
static const double LOGARITHMIC_FROM = 30;

/* Of so many decades 1, 2 and 5 are marked, of more only the powers of ten. */
static const double FINE_DECADES = 2.2;

/* Above the largest and below the smallest value on a logarithmic scale. */
static const double LOGARITHMIC_ROOM = 1.2;

/* A second picture of the loss on a logarithmic scale tells something from this ratio on. */
static const double LOGARITHMIC_LOSS_FROM = 3;

static const char RATE[] = "learning rate";

bool value_can_be_drawn(double value)
{
    return isfinite(value) && fabs(value) <= DRAWN_MOST;
}

int64_t series_broken(const struct series *series)
{
    for (size_t i = 0; i < series->count; i++)
        if (!value_can_be_drawn(series->value[i]))
            return (int64_t)i;
    return -1;
}

/* ---- Groups ---- */

/* The color of a split is the same in every figure. */
static int color_of(const char *label, size_t line)
{
    static const char *const splits[] = {"batch", "train", "val", "testval", "test"};

    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
        if (strcmp(label, splits[i]) == 0)
            return (int)i;
    return (int)line + 1;
}

static const char *in_words(struct arena *arena, const char *first, size_t length, const char *last)
{
    char *words = arena_print(arena, "%.*s%s%s", (int)length, first, length ? " " : "", last);

    for (char *at = words; *at; at++)
        *at = (char)(*at == '_' ? ' ' : *at);
    return words;
}

bool series_place(struct arena *arena, const struct run *run, const char *name, struct figure *figure,
                  struct line *line)
{
    size_t own = strlen(run->command);
    const char *first = name, *slash = strchr(name, '/'), *last = strrchr(name, '/');

    if (strncmp(name, run->command, own) == 0 && name[own] == '/' && strchr(name + own + 1, '/')) {
        first = name + own + 1;
        slash = strchr(first, '/');
    }
    if (strcmp(name, "epoch") == 0 || strcmp(name, "time") == 0 || strcmp(name, "step") == 0)
        return false;
    *figure = (struct figure){.probe = slash && slash != last};
    if (!slash) {
        bool rate = strcmp(name, "rate") == 0 || strcmp(name, "lr") == 0;

        figure->title = rate ? RATE : in_words(arena, "", 0, name);
        line->label = name;
    } else if (slash == last) {
        figure->title = in_words(arena, "", 0, last + 1);
        line->label = arena_copy(arena, first, (size_t)(slash - first));
    } else {
        figure->title = in_words(arena, first, (size_t)(slash - first), last + 1);
        line->label = arena_copy(arena, slash + 1, (size_t)(last - slash) - 1);
    }
    return true;
}

static struct figure *find(struct figures *figures, const struct figure *like)
{
    for (size_t i = 0; i < figures->count; i++)
        if (figures->at[i].probe == like->probe && strcmp(figures->at[i].title, like->title) == 0)
            return &figures->at[i];
    return NULL;
}

/* Of a layer's parameters the weights are shown before the biases. */
static bool gives_way(const struct line *line)
{
    size_t length = strlen(line->label);
    return length >= 4 && strcmp(line->label + length - 4, "bias") == 0;
}

static void drop_biases(struct figure *figure)
{
    size_t kept = 0;

    for (size_t i = 0; i < figure->lines; i++)
        if (!figure->probe || !gives_way(&figure->line[i]))
            figure->line[kept++] = figure->line[i];
    figure->left_out += figure->lines - kept;
    figure->lines = kept;
}

static void add_line(struct figure *figure, struct line line)
{
    size_t most = figure->probe ? LAYERS_SHOWN : LINES_MOST;

    if (figure->lines < most && !(figure->left_out && figure->probe && gives_way(&line))) {
        figure->line[figure->lines++] = line;
        return;
    }
    figure->left_out++;
    if (gives_way(&line))
        return;
    drop_biases(figure);
    if (figure->lines < most) {
        figure->line[figure->lines++] = line;
        figure->left_out--;
    }
}

/* The pale line of single batches is cut off where it would flatten the others. */
static bool range_of(const struct figure *figure, double *least, double *most)
{
    *least = (double)INFINITY;
    *most = -(double)INFINITY;
    for (size_t k = 0; k < figure->lines; k++)
        for (size_t i = 0; i < figure->line[k].series->count; i++) {
            double value = figure->line[k].series->value[i];

            if (!figure->logarithmic && figure->line[k].color == 0 && figure->lines > 1)
                break;
            if (value_can_be_drawn(value) && !(figure->logarithmic && value <= 0)) {
                *least = value < *least ? value : *least;
                *most = value > *most ? value : *most;
            }
        }
    return *least <= *most;
}

/* Where a figure stands in the page: the loss, other measures, what a step does, layers. */
static int rank(const struct figure *figure)
{
    if (strcmp(figure->title, "loss") == 0 && !figure->probe)
        return 0;
    if (!figure->probe && (strcmp(figure->title, RATE) == 0 || strcmp(figure->title, "gradient norm") == 0))
        return 2;
    return figure->probe ? 3 : 1;
}

static void sort(struct figures *figures)
{
    for (size_t i = 1; i < figures->count; i++) {
        struct figure moved = figures->at[i];
        size_t k = i;

        for (; k > 0 && rank(&figures->at[k - 1]) > rank(&moved); k--)
            figures->at[k] = figures->at[k - 1];
        figures->at[k] = moved;
    }
}

/* Colors go by the place of a line in its figure; the scale by what is in it; the loss is shown on both. */
static void finish(struct figures *figures, struct arena *arena)
{
    double least, most;

    for (size_t i = 0; i < figures->count; i++) {
        struct figure *figure = &figures->at[i];

        for (size_t k = 0; k < figure->lines; k++)
            figure->line[k].color = figure->lines == 1 ? 1 : color_of(figure->line[k].label, k);
        if (rank(figure) > 0 && strcmp(figure->title, RATE) != 0 && range_of(figure, &least, &most))
            figure->logarithmic = least > 0 && most >= LOGARITHMIC_FROM * least;
    }
    for (size_t i = 0; i < figures->count && rank(&figures->at[i]) == 0; i++) {
        struct figure both = figures->at[i];

        both.logarithmic = true;
        if (!range_of(&both, &least, &most) || most < LOGARITHMIC_LOSS_FROM * least)
            return;
        arena_append(arena, &figures->at, &figures->count, &figures->capacity, sizeof both);
        memmove(&figures->at[i + 2], &figures->at[i + 1], (figures->count - i - 2) * sizeof both);
        figures->at[i + 1] = both;
        return;
    }
}

void figures_choose(struct figures *figures, const struct run *run, struct arena *arena)
{
    *figures = (struct figures){0};
    for (size_t i = 0; i < run->series_count; i++) {
        struct line line = {.series = run->series[i]};
        struct figure wanted, *figure;

        if (!line.series->count || !series_place(arena, run, line.series->name, &wanted, &line))
            continue;
        figure = find(figures, &wanted);
        if (!figure && figures->count == FIGURES_MOST) {
            figures->left_out++;
            continue;
        }
        if (!figure) {
            figure = arena_append(arena, &figures->at, &figures->count, &figures->capacity, sizeof *figure);
            *figure = wanted;
        }
        add_line(figure, line);
    }
    sort(figures);
    finish(figures, arena);
}

/* ---- The script ---- */

static bool is_drawn(const struct figure *figure, double value)
{
    return value_can_be_drawn(value) && !(figure->logarithmic && value <= 0);
}

static void add_point(struct text *script, const struct series *series, size_t at)
{
    text_print(script, "%" PRId64 " %.9g\n", series->step[at], series->value[at]);
}

/* Points from..to-1, of which only the least and the largest are drawn when there are many. */
static void add_bucket(struct text *script, const struct figure *figure, const struct series *series,
                       size_t from, size_t to)
{
    size_t low = to, high = to;

    for (size_t i = from; i < to; i++) {
        if (!is_drawn(figure, series->value[i])) {
            text_add(script, "\n"); /* a gap */
            continue;
        }
        low = low == to || series->value[i] < series->value[low] ? i : low;
        high = high == to || series->value[i] > series->value[high] ? i : high;
    }
    if (low == to)
        return;
    add_point(script, series, low < high ? low : high);
    if (low != high)
        add_point(script, series, low < high ? high : low);
}

static void add_data(struct text *script, const struct figure *figure, size_t line)
{
    const struct series *series = figure->line[line].series;
    size_t buckets = series->count < 2 * (size_t)BUCKETS ? series->count : (size_t)BUCKETS;

    text_print(script, "$d%zu << E\n", line);
    for (size_t i = 0; i < buckets; i++)
        add_bucket(script, figure, series, series->count * i / buckets, series->count * (i + 1) / buckets);
    text_add(script, "E\n");
    text_print(script, "$p%zu << E\n", line); /* points without a neighbour, which no line shows */
    for (size_t i = 0; i < series->count; i++)
        if (is_drawn(figure, series->value[i]) && (i == 0 || !is_drawn(figure, series->value[i - 1])) &&
            (i + 1 == series->count || !is_drawn(figure, series->value[i + 1])))
            add_point(script, series, i);
    text_add(script, "E\n");
}

/* 1, 2 and 5 of every decade between two values, or only powers of ten where they are far apart. */
static size_t ticks_of(double least, double most, double *tick)
{
    static const double factor[] = {1, 2, 5};
    double decades = log10(most) - log10(least);
    double stride = decades > FINE_DECADES ? ceil(decades / TICKS_MOST) : 1;
    int steps = decades > FINE_DECADES ? 1 : 3;
    size_t count = 0;

    for (double power = floor(log10(least)); power <= log10(most) && count < TICKS_MOST; power += stride)
        for (int i = 0; i < steps && count < TICKS_MOST; i++) {
            double value = factor[i] * pow(10, power);

            if (value >= least && value <= most)
                tick[count++] = value;
        }
    return count;
}

static void add_scale(struct text *script, const struct figure *figure, double least, double most)
{
    double tick[TICKS_MOST], room = most > least ? 0.05 * (most - least) : fabs(most) / 2;
    size_t ticks;

    if (!figure->logarithmic) {
        room = room > 0 ? room : 1;
        text_print(script, "unset logscale y\nset ytics autofreq\nset yrange [%.9g:%.9g]\n",
                   least >= 0 && least <= 2 * room ? 0 : least - room, most + room);
        return;
    }
    least /= LOGARITHMIC_ROOM;
    most *= LOGARITHMIC_ROOM;
    ticks = ticks_of(least, most, tick);
    text_print(script, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics (", least, most);
    for (size_t i = 0; i < ticks; i++)
        text_print(script, "%s%.9g", i ? "," : "", tick[i]);
    text_add(script, ")\n");
}

static void add_figure(struct text *script, const struct figure *figure)
{
    double least, most;

    if (!range_of(figure, &least, &most))
        least = most = 1;
    text_add(script, "unset arrow\n");
    for (size_t k = 0; k < figure->lines; k++) {
        const struct series *series = figure->line[k].series;
        int64_t broken = series_broken(series);

        add_data(script, figure, k);
        if (broken >= 0)
            text_print(script,
                       "set arrow from first %" PRId64 ", graph 0 to first %" PRId64
                       ", graph 1 nohead lc rgb '#0000%02x'\n",
                       series->step[broken], series->step[broken], PART_BROKEN);
    }
    add_scale(script, figure, least, most);
    text_add(script, "plot ");
    for (size_t k = 0; k < figure->lines; k++)
        text_print(script,
                   "%s$d%zu using 1:2 with lines lc rgb '#0000%02x', $p%zu using 1:2 with points pt 7 ps 0.4 "
                   "lc rgb '#0000%02x'",
                   k ? ", " : "", k, (unsigned)figure->line[k].color, k, (unsigned)figure->line[k].color);
    text_add(script, "\n");
}

/* All figures have the same steps under each other; a run from its beginning begins at 0. */
static void add_steps(struct text *script, const struct figures *figures)
{
    double first = (double)INFINITY, last = -(double)INFINITY;

    for (size_t i = 0; i < figures->count; i++)
        for (size_t k = 0; k < figures->at[i].lines; k++) {
            const struct series *series = figures->at[i].line[k].series;

            first = fmin(first, (double)series->step[0]);
            last = fmax(last, (double)series->step[series->count - 1]);
        }
    if (first > 0 && first <= last / 4)
        first = 0;
    text_print(script, "set xrange [%.9g:%.9g]\n", first < last ? first : first - 1,
               first < last ? last : first + 1);
}

static void add_settings(struct text *script)
{
    text_print(script,
               "set terminal svg size %d,%d dynamic noenhanced font ',11' butt\n"
               "set lmargin 7\nset rmargin 1.5\nset tmargin 0.7\nset bmargin 1.7\nunset key\nset border 3 lc "
               "rgb '#0000%02x'\n"
               "set tics nomirror out scale 0.4,0 textcolor rgb '#0000%02x'\n"
               "set format '%%g'\nset grid ytics lt 1 lc rgb '#0000%02x'\n",
               DRAWING_WIDTH, DRAWING_HEIGHT, PART_AXIS, PART_WORDS, PART_GRID);
}

/* What a picture says, for those who cannot see it. */
static const char *spoken(struct arena *arena, const struct figure *figure)
{
    struct text words;

    text_init(&words, arena);
    html_words(&words, figure->title);
    text_print(&words, " by step%s", figure->logarithmic ? ", logarithmic scale" : "");
    for (size_t k = 0; k < figure->lines; k++) {
        const struct series *series = figure->line[k].series;

        text_add(&words, k ? "; " : ": ");
        html_words(&words, figure->line[k].label);
        text_print(&words, " from %s to %s", text_number(arena, series->value[0], 3),
                   text_number(arena, series->value[series->count - 1], 3));
    }
    return words.at;
}

void figures_draw(struct figures *figures, struct arena *arena)
{
    static const char mark[] = "<?xml";
    struct text script, svg;
    const char *at;

    if (!figures->count)
        return;
    text_init(&script, arena);
    text_init(&svg, arena);
    add_settings(&script);
    add_steps(&script, figures);
    for (size_t i = 0; i < figures->count; i++)
        add_figure(&script, &figures->at[i]);
    if (!gnuplot_run(&script, &svg, &figures->why))
        return;
    at = strstr(svg.at, mark);
    for (size_t i = 0; i < figures->count; i++) {
        const char *next = at ? strstr(at + 1, mark) : NULL;
        struct figure *figure = &figures->at[i];
        double least, most;

        if (!at)
            figures->why = "failed";
        else if (range_of(figure, &least, &most))
            figure->drawing =
                drawing_from_svg(arena, at, next ? (size_t)(next - at) : strlen(at), spoken(arena, figure));
        at = next;
    }
}
