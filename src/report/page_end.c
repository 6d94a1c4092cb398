/* The page's part on what a run came to: the measures of every split, and which classes were mistaken. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/run/predictions.h>

#include "html.h"
#include "page.h"

enum {
    MEASURES_MOST = 12,
    SPLITS_MOST = 12,
    CLASSES_MOST = 16,   /* in a table of confusion: what can be taken in at a glance */
    NAMES_MOST = 2000,   /* different labels; a file with more has no classes */
    CONFUSIONS_MOST = 10 /* of the list for more classes */
};

/* ---- Measures ---- */

/* What there is to tell: rows and columns of the table. */
struct measures {
    const char *split[SPLITS_MOST], *measure[MEASURES_MOST + 2];
    size_t splits, count;
};

static void take(const char **names, size_t *count, size_t most, const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(names[i], name) == 0)
            return;
    if (*count < most)
        names[(*count)++] = name;
}

static void collect(struct measures *measures, const struct run *run, struct arena *arena)
{
    for (size_t i = 0; i < run->split_count; i++)
        take(measures->split, &measures->splits, SPLITS_MOST, run->splits[i].name);
    for (size_t i = 0; i < run->series_count; i++) {
        const char *name = run->series[i]->name, *slash = strchr(name, '/');
        const char *split = slash ? arena_copy(arena, name, (size_t)(slash - name)) : "";

        if (!slash || strchr(slash + 1, '/') || strcmp(split, "batch") == 0 || !run->series[i]->count)
            continue;
        take(measures->split, &measures->splits, SPLITS_MOST, split);
        take(measures->measure, &measures->count, MEASURES_MOST, slash + 1);
    }
}

static const char *value_of(const struct run *run, struct arena *arena, const char *split,
                            const char *measure)
{
    const char *end = arena_print(arena, "end/%s/%s", split, measure);
    const struct series *series = run_find(run, arena_print(arena, "%s/%s", split, measure));
    bool share = strcmp(measure, "accuracy") == 0;
    double value;

    if (run_has(run, end))
        value = run_number(run, end);
    else if (series && series->count)
        value = series->value[series->count - 1];
    else
        return "";
    return share && isfinite(value) ? arena_print(arena, "%s %%", text_number(arena, 100 * value, 4))
                                    : text_number(arena, value, 4);
}

static void add_measures(const struct run *run, struct text *out)
{
    struct measures measures = {0};
    struct grid grid;
    struct arena *arena = out->arena;
    const char *cells[MEASURES_MOST + 2] = {"split", "rows"}, *align;

    collect(&measures, run, arena);
    if (!measures.count)
        return;
    for (size_t m = 0; m < measures.count; m++) {
        char *title = arena_print(arena, "%s", measures.measure[m]);

        for (char *at = title; *at; at++)
            *at = (char)(*at == '_' ? ' ' : *at);
        cells[2 + m] = title;
    }
    align = arena_print(arena, "lr%.*s", (int)measures.count, "rrrrrrrrrrrr");
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, cells);
    for (size_t s = 0; s < measures.splits; s++) {
        const struct split_record *split = run_find_split(run, measures.split[s]);

        cells[0] = measures.split[s];
        cells[1] = split ? text_count(arena, split->rows) : "";
        for (size_t m = 0; m < measures.count; m++)
            cells[2 + m] = value_of(run, arena, measures.split[s], measures.measure[m]);
        grid_row(&grid, cells);
    }
    html_grid(out, &grid);
}

/* ---- Confusion ---- */

struct confusion {
    const char *split;
    const char **name; /* of the classes, in order */
    size_t classes;
    int64_t *count; /* classes x classes: what is true, what was predicted */
    int64_t rows;
};

static int by_name(const void *a, const void *b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    double x, y;

    if (text_read_double(left, &x) && text_read_double(right, &y) && x != y)
        return x < y ? -1 : 1;
    return strcmp(left, right);
}

/* The different words of both columns, in order; 0: too many to be classes. */
static size_t names_of(struct arena *arena, const struct predictions *predictions, const char **name)
{
    size_t count = 0, all = 2 * (size_t)predictions->rows;
    const char **each = arena_array(arena, all + 1, sizeof *each);

    for (size_t i = 0; i < all; i++)
        each[i] = i % 2 ? predictions->given[i / 2] : predictions->label[i / 2];
    qsort(each, all, sizeof *each, by_name);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || strcmp(each[i], each[i - 1]) != 0) {
            if (count == NAMES_MOST)
                return 0;
            name[count++] = each[i];
        }
    return count;
}

static size_t class_of(const struct confusion *confusion, const char *word)
{
    const char **found =
        bsearch(&word, confusion->name, confusion->classes, sizeof *confusion->name, by_name);
    return (size_t)(found - confusion->name);
}

/* The last split that has predictions of classes: what was looked at least often says most. */
static bool read_confusion(const char *folder, struct arena *arena, struct confusion *out)
{
    static const char *const splits[] = {"test", "testval", "val", "train"};

    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        const char *path = arena_print(arena, "%s/predictions/%s.csv", folder, splits[i]);
        struct predictions read;

        if (!predictions_read(arena, path, &read, NULL) || !read.label || !read.given || read.real)
            continue;
        *out = (struct confusion){.split = splits[i], .rows = read.rows};
        out->name = arena_array(arena, NAMES_MOST, sizeof *out->name);
        out->classes = names_of(arena, &read, out->name);
        if (!out->classes)
            return false;
        out->count = arena_array(arena, out->classes * out->classes, sizeof *out->count);
        for (int64_t row = 0; row < read.rows; row++)
            out->count[class_of(out, read.label[row]) * out->classes + class_of(out, read.given[row])]++;
        return true;
    }
    return false;
}

static void add_cell(const struct confusion *confusion, size_t label, size_t given, int64_t all,
                     struct text *out)
{
    int64_t count = confusion->count[label * confusion->classes + given];

    if (!count) {
        text_add(out, "<td class=\"r\"></td>");
        return;
    }
    text_print(out, "<td class=\"r %s\" style=\"--p:%.2f\">%s</td>", label == given ? "hit" : "miss",
               (double)count / (double)all, text_count(out->arena, count));
}

static void add_matrix(const struct confusion *confusion, struct text *out)
{
    text_add(
        out,
        "<div class=\"wide\"><table class=\"confusion\">\n<thead>\n<tr><th scope=\"col\">true \xE2\x86\x93 "
        "predicted \xE2\x86\x92</th>");
    for (size_t c = 0; c < confusion->classes; c++) {
        text_add(out, "<th scope=\"col\" class=\"r\">");
        html_words(out, confusion->name[c]);
        text_add(out, "</th>");
    }
    text_add(out, "<th scope=\"col\" class=\"r\">right</th></tr>\n</thead>\n<tbody>\n");
    for (size_t label = 0; label < confusion->classes; label++) {
        const int64_t *row = &confusion->count[label * confusion->classes];
        int64_t all = 0;

        for (size_t given = 0; given < confusion->classes; given++)
            all += row[given];
        text_add(out, "<tr><th scope=\"row\">");
        html_words(out, confusion->name[label]);
        text_add(out, "</th>");
        for (size_t given = 0; given < confusion->classes; given++)
            add_cell(confusion, label, given, all, out);
        if (all)
            text_print(out, "<td class=\"r\">%.0f %%</td></tr>\n", 100 * (double)row[label] / (double)all);
        else
            text_add(out, "<td class=\"r\"></td></tr>\n");
    }
    text_add(out, "</tbody>\n</table></div>\n");
}

/* The pair of classes that is mistaken most often. -1: none is left. */
static int64_t worst_of(const struct confusion *confusion)
{
    int64_t worst = -1;

    for (size_t i = 0; i < confusion->classes * confusion->classes; i++)
        if (i / confusion->classes != i % confusion->classes && confusion->count[i] > 0 &&
            (worst < 0 || confusion->count[i] > confusion->count[worst]))
            worst = (int64_t)i;
    return worst;
}

static void add_worst(struct confusion *confusion, struct text *out)
{
    struct arena *arena = out->arena;
    struct grid grid;
    static const char align[] = "llr";

    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, (const char *[]){"true", "predicted", "rows"});
    for (int i = 0; i < CONFUSIONS_MOST; i++) {
        int64_t worst = worst_of(confusion);

        if (worst < 0)
            break;
        grid_row(&grid, (const char *[]){confusion->name[(size_t)worst / confusion->classes],
                                         confusion->name[(size_t)worst % confusion->classes],
                                         text_count(out->arena, confusion->count[worst])});
        confusion->count[worst] = 0;
    }
    html_grid(out, &grid);
}

static void add_confusion(const struct report *report, struct text *out)
{
    struct confusion confusion;

    if (!report->folder || !read_confusion(report->folder, out->arena, &confusion))
        return;
    text_print(out, "<h3>%s, on %s, %s</h3>\n",
               confusion.classes <= CLASSES_MOST ? "What was taken for what" : "Mistaken most often",
               confusion.split, text_plural(out->arena, confusion.rows, "row", "rows"));
    if (confusion.classes <= CLASSES_MOST)
        add_matrix(&confusion, out);
    else
        add_worst(&confusion, out);
}

void page_end(const struct report *report, const struct figures *figures, struct text *out)
{
    (void)figures;
    if (!report->run)
        return;
    add_measures(report->run, out);
    add_confusion(report, out);
}
