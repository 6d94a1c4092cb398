/* The parts of an error as a waterfall: each bar begins where the one above it ends. */
#include <mldbg/report.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR = 14, DIGITS = 3 };

static const char head[] = "decompose/", tail[] = "/value";

/* How the numbers of one record are written: all with the same number of decimals. */
struct style {
    struct arena *arena;
    bool percent;
    int decimals;
    double scale; /* the longest reach of the waterfall */
};

static double fact_of(const struct run *run, struct arena *arena, const char *key, const char *what)
{
    return run_number(run, arena_print(arena, "decompose/%s/%s", key, what));
}

static const char *text_of(const struct run *run, struct arena *arena, const char *key, const char *what)
{
    return run_text(run, arena_print(arena, "decompose/%s/%s", key, what));
}

/* The key if the fact is "decompose/<key>/value" of a term. */
static const char *term_key(const struct fact *fact, struct arena *arena)
{
    size_t length = strlen(fact->name);

    if (length <= sizeof head + sizeof tail - 2 || strncmp(fact->name, head, sizeof head - 1) != 0 ||
        strcmp(fact->name + length - (sizeof tail - 1), tail) != 0)
        return NULL;
    const char *key =
        arena_copy(arena, fact->name + sizeof head - 1, length - (sizeof head - 1) - (sizeof tail - 1));
    return strcmp(key, "total") == 0 ? NULL : key;
}

static struct style style_of(const struct run *run, struct arena *arena)
{
    struct style style = {.arena = arena, .percent = strcmp(run_text(run, "decompose/metric"), "error") == 0};
    double at = 0, total;

    for (size_t i = 0; i < run->fact_count; i++)
        if (term_key(&run->facts[i], arena))
            style.scale = fmax(style.scale, at += run->facts[i].number);
    total = style.scale * (style.percent ? 100 : 1);
    style.decimals = total > 0 ? DIGITS - 1 - (int)floor(log10(total)) : 1;
    style.decimals = style.decimals < 0 ? 0 : style.decimals > 9 ? 9 : style.decimals;
    if (style.percent && style.decimals > 2)
        style.decimals = 2;
    if (style.percent && style.decimals < 1)
        style.decimals = 1;
    return style;
}

static const char *number(const struct style *style, double value)
{
    double factor = pow(10, style->decimals);
    if (!isfinite(value))
        return text_double(style->arena, value);
    value *= style->percent ? 100 : 1;
    return arena_print(style->arena, "%.*f", style->decimals, round(value * factor) / factor + 0.0);
}

static const char *interval(const struct style *style, double low, double high)
{
    if (isnan(low) || isnan(high))
        return "";
    return arena_print(style->arena, "[%s, %s]", number(style, low), number(style, high));
}

/* From one height to another; a step down is drawn light. Ends are right to an eighth of a column. */
static const char *bar(const struct style *style, double from, double to)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    struct text text;
    double unit = style->scale > 0 ? BAR / style->scale : 0;
    double low = fmax(fmin(from, to), 0) * unit, high = fmax(fmax(from, to), 0) * unit;
    int start = (int)low, eighth = (int)lround((high - floor(low)) * 8);

    text_init(&text, style->arena);
    if (!(high - low > 0) || !isfinite(high))
        return "";
    for (int i = 0; i < start; i++)
        text_add(&text, " ");
    if (to < from)
        eighth = eighth > 8 ? eighth / 8 * 8 : 8;
    for (; eighth >= 8; eighth -= 8)
        text_add(&text, to < from ? "░" : "█");
    text_add(&text, eighths[eighth > 0 ? eighth : start == 0 && text.length == 0 ? 1 : 0]);
    return text.at;
}

static void headline(const struct run *run, struct text *out)
{
    size_t at = 0;
    int splits = 0;
    double rows = (double)NAN;
    bool same = true;

    for (const struct fact *fact; (fact = run_match_fact(run, "decompose/error/*", &at));)
        splits += strcmp(fact->name, "decompose/error/irreducible") != 0;
    at = 0;
    for (const struct fact *fact; (fact = run_match_fact(run, "decompose/rows/*", &at));) {
        if (strcmp(fact->name, "decompose/rows/irreducible") == 0)
            continue;
        same = same && (isnan(rows) || !(rows < fact->number || rows > fact->number));
        rows = fact->number;
    }
    text_print(out, "%s · %s · %s", run->name, run_text(run, "decompose/metric_words"),
               text_plural(out->arena, splits, "split", "splits"));
    if (same && !isnan(rows))
        text_print(out, ", %s rows each", text_count(out->arena, (int64_t)rows));
}

/* A term of several steps stands on several lines, its numbers on the last. */
static void add_name(struct grid *grid, const char **name)
{
    for (const char *plus; (plus = strstr(*name, " + ")); *name = plus + 3)
        grid_row(grid, (const char *[]){arena_print(grid->arena, "%.*s +", (int)(plus - *name), *name), "",
                                        "", "", ""});
}

static void add_term(const struct run *run, const struct style *style, struct grid *grid, const char *key,
                     double *at)
{
    double value = fact_of(run, style->arena, key, "value");
    double low = fact_of(run, style->arena, key, "low"), high = fact_of(run, style->arena, key, "high");
    const char *source = text_of(run, style->arena, "irreducible", "source");
    const char *name = text_of(run, style->arena, key, "name");
    bool known = strcmp(key, "irreducible") == 0, exact = known && !(low < high) && !isnan(low);

    add_name(grid, &name);
    grid_row(grid,
             (const char *[]){
                 name, arena_print(style->arena, "%s%s", number(style, value), style->percent ? " %" : ""),
                 exact ? arena_print(style->arena, "from %s", source) : interval(style, low, high),
                 known && !exact ? arena_print(style->arena, "from %s", source)
                                 : text_of(run, style->arena, key, "remark"),
                 bar(style, *at, *at + value)});
    *at += value;
}

static void add_errors(const struct run *run, const struct style *style, struct text *out)
{
    struct text words;
    size_t at = 0;

    text_init(&words, style->arena);
    for (const struct fact *fact; (fact = run_match_fact(run, "decompose/error/*", &at));) {
        const char *split = fact->name + strlen("decompose/error/");
        double rows = fact_of(run, style->arena, "rows", split);
        double clusters = fact_of(run, style->arena, "clusters", split);
        text_print(&words, "%s%s %s%s", words.length ? " · " : "", split, number(style, fact->number),
                   style->percent ? " %" : "");
        if (rows > 0)
            text_print(&words, " of %s", text_count(style->arena, (int64_t)rows));
        if (clusters > 0)
            text_print(&words, " in %s groups", text_count(style->arena, (int64_t)clusters));
    }
    text_add(out, "  errors    ");
    text_wrap(out, words.at, 12);
}

static void add_words(const struct run *run, struct text *out)
{
    static const char *const bracket = "in brackets: all of these hold together in 95 of 100 such samples";
    const char *remedies = run_text(run, "decompose/remedies/for");
    size_t at = 0;

    if (!isnan(run_number(run, "decompose/total/low")))
        text_print(out, "  95 %%      %s\n", bracket);
    for (const struct fact *fact; (fact = run_match_fact(run, "decompose/note/*", &at));) {
        text_add(out, "  note      ");
        text_wrap(out, fact->text, 12);
    }
    if (!*remedies)
        return;
    text_print(out, "\n  for %s, in this order\n", remedies);
    for (int i = 1;; i++) {
        const char *remedy = run_text(run, arena_print(out->arena, "decompose/remedies/%d", i));
        if (!*remedy)
            return;
        text_print(out, "  %3d  ", i);
        text_wrap(out, remedy, 7);
        const char *patch = run_text(run, arena_print(out->arena, "decompose/patch/%d", i));
        if (*patch) {
            text_add(out, "       ");
            text_wrap(out, patch, 7);
        }
    }
}

struct class_row {
    int number;
    double error; /* on the last split */
};

static int compare_classes(const void *a, const void *b)
{
    const struct class_row *x = a, *y = b;
    int by_error = (x->error < y->error) - (x->error > y->error);
    return by_error ? by_error : (x->number > y->number) - (x->number < y->number);
}

static const char *const splits[] = {"train", "val", "testval", "test"};

enum { SPLITS = sizeof splits / sizeof *splits, CLASSES_SHOWN = 20 };

static double class_fact(const struct run *run, struct arena *arena, int class, const char *what, int split)
{
    return run_number(run, arena_print(arena, "decompose/class/%d/%s/%s", class, what, splits[split]));
}

/* The last split that there is. */
static int last_split(const struct run *run, struct arena *arena)
{
    for (int s = SPLITS - 1; s > 0; s--)
        if (!isnan(run_number(run, arena_print(arena, "decompose/error/%s", splits[s]))))
            return s;
    return 0;
}

static void add_class(const struct run *run, const struct style *style, struct grid *grid, int class, int end)
{
    const char *cells[SPLITS + 4], *named;
    struct arena *arena = style->arena;

    cells[0] = run_text(run, arena_print(arena, "decompose/class/%d/name", class));
    cells[1] =
        text_count(arena, run_integer(run, arena_print(arena, "decompose/class/%d/fewest_rows", class)));
    for (int s = 0; s < SPLITS; s++) {
        double error = class_fact(run, arena, class, "error", s);
        cells[2 + s] = isnan(error) ? "" : number(style, error);
    }
    cells[2 + SPLITS] = interval(style, class_fact(run, arena, class, "low", end),
                                 class_fact(run, arena, class, "high", end));
    named = run_text(run, arena_print(arena, "decompose/class/%d/largest_name", class));
    cells[3 + SPLITS] = *named ? named : "none is clear";
    grid_row(grid, cells);
}

/* The classes with the largest error first. */
static void add_classes(const struct run *run, const struct style *style, struct text *out)
{
    int count = (int)run_integer(run, "decompose/classes"), end = last_split(run, out->arena);
    struct class_row *rows = arena_array(out->arena, (size_t)count + 1, sizeof *rows);
    struct grid grid;

    if (count < 1)
        return;
    for (int c = 0; c < count; c++) {
        rows[c] = (struct class_row){c + 1, class_fact(run, out->arena, c + 1, "error", end)};
        if (isnan(rows[c].error))
            rows[c].error = -1;
    }
    qsort(rows, (size_t)count, sizeof *rows, compare_classes);
    grid_init(&grid, out->arena, SPLITS + 4, "lrrrrrll");
    grid_row(&grid, (const char *[]){"class", "rows", splits[0], splits[1], splits[2], splits[3], "",
                                     "largest term"});
    for (int c = 0; c < count && c < CLASSES_SHOWN; c++)
        add_class(run, style, &grid, rows[c].number, end);
    text_add(out, "\n");
    grid_print(&grid, out, 2);
    text_add(out, "  classes   ");
    text_wrap(out,
              arena_print(out->arena,
                          "%% of the rows of each%s; rows: in the smallest split; in brackets: of %s; "
                          "brackets and names allow for %d classes together",
                          count > CLASSES_SHOWN
                              ? arena_print(out->arena, ", the worst %d of %d", CLASSES_SHOWN, count)
                              : "",
                          splits[end], count),
              12);
}

static void body(const struct run *run, struct text *out)
{
    struct style style = style_of(run, out->arena);
    struct grid grid;
    double at = 0;

    grid_init(&grid, out->arena, 5, "lrlll");
    for (size_t i = 0; i < run->fact_count; i++) {
        const char *key = term_key(&run->facts[i], out->arena);
        if (key)
            add_term(run, &style, &grid, key, &at);
    }
    grid_row(&grid,
             (const char *[]){text_of(run, out->arena, "total", "name"),
                              arena_print(out->arena, "%s%s", number(&style, at), style.percent ? " %" : ""),
                              interval(&style, fact_of(run, out->arena, "total", "low"),
                                       fact_of(run, out->arena, "total", "high")),
                              "", bar(&style, 0, at)});
    grid_print(&grid, out, 2);
    text_add(out, "\n");
    add_errors(run, &style, out);
    add_classes(run, &style, out);
    add_words(run, out);
}

const struct view view_decompose = {
    .entry = {"decompose", "The parts of an error, as a waterfall",
              "Values, intervals that hold together, what is above zero, and what to do.\n"},
    .headline = headline,
    .body = body,
};
