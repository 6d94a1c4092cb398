/* The choices on data: the answer, what is left out, what is missing, form, scale and splits. */
#include "start.h"

#include <string.h>

/* Shares that are held out: enough rows to see a difference by, and most of them left to learn from. */
static const double HELD_OUT = 0.2;

/* The lecture's advice is to begin with about so many rows; from twice as many on it is worth a sentence. */
enum { ROWS_USUAL = 10000 };

/* With fewer, what is held out is a handful, and every verdict on it is rough. */
enum { ROWS_FEW = 100 };

/* Columns that are left out are told one by one up to this. */
enum { IGNORED_TOLD = 8 };

bool start_feeds(const struct start *start, const struct inspected_column *column)
{
    if (column == start->label || column == start->group)
        return false;
    if (start->arrangement != ARRANGED_table && column->look == LOOK_constant)
        return true;
    return column->look == LOOK_number || column->look == LOOK_category || column->look == LOOK_group;
}

int64_t start_width(const struct start *start)
{
    int64_t width = 0;
    for (int64_t i = 0; i < start->inspection.column_count; i++)
        width += start_feeds(start, &start->inspection.columns[i]);
    return width;
}

static void choose_file(struct start *start, const char *setting)
{
    const struct inspection *inspection = &start->inspection;
    const char *rows = text_plural(start->arena, inspection->rows, "row", "rows");
    const char sign[] = {inspection->separator, '\0'};

    start_tell(start, setting, rows, "%s%s%s%s",
               text_plural(start->arena, inspection->column_count, "column", "columns"),
               inspection->header ? "" : "; the first row holds numbers, so there is no header: c0, c1, ...",
               inspection->separator_why ? "; " : "",
               inspection->separator_why ? inspection->separator_why : "");
    if (inspection->separator_why)
        json_add_string(start->of_data, "separator", sign, start->arena);
    if (!inspection->header)
        json_add_bool(start->of_data, "header", false, start->arena);
}

static void choose_rows(struct start *start, const char *setting)
{
    int64_t rows = start->inspection.rows, held = (int64_t)(HELD_OUT * (double)rows);

    if (rows < ROWS_FEW)
        start_tell(start, setting, "all", "so few that the score on val moves by %.0f points with one row",
                   100 / (double)held);
    if (rows >= 2 * ROWS_USUAL)
        start_tell(start, setting, "all",
                   "about 10,000 are enough to begin with; to cut so many: mldbg split %s --label %s "
                   "--val %.2g --testval 0 --test 0, then init on val.csv",
                   text_shell_word(start->arena, start->inspection.path),
                   text_shell_word(start->arena, start->label->name), (double)ROWS_USUAL / (double)rows);
}

static void choose_label(struct start *start, const char *setting)
{
    json_add_string(start->of_data, "label", start->label->name, start->arena);
    if (start->options->label)
        start_tell(start, setting, start->label->name, "as asked");
    else
        start_tell(start, setting, start->label->name, "guessed: %s; another one: --label COLUMN",
                   start->label_why);
}

static void choose_task(struct start *start, const char *setting)
{
    const char *task = start->classification ? "classification" : "regression";
    const struct inspected_column *label = start->label;
    const char *values =
        label->distinct > INSPECT_DISTINCT_MOST ? "very many" : text_count(start->arena, label->distinct);

    if (start->options->task >= 0)
        start_tell(start, setting, task, "as asked");
    else if (label->numbers == 0)
        start_tell(start, setting, task, "the label holds %s different texts", values);
    else if (start->classification)
        start_tell(start, setting, task, "the label holds %s different %s; else: --task regression", values,
                   label->whole ? "whole numbers" : "values");
    else if (label->whole)
        start_tell(start, setting, task,
                   "the label holds whole numbers, too many kinds for classes; else: --task classification");
    else
        start_tell(start, setting, task, "the label holds numbers with fractions");
}

/* What is said about a kind of column behind its own reason. */
static const char *const consequences[] = {
    [LOOK_text] = ": too many for one input each",   [LOOK_identifier] = ": tells nothing about other rows",
    [LOOK_moment] = ": a moment does not come back", [LOOK_constant] = ": tells nothing",
    [LOOK_broken] = "; correct them to use it",      [LOOK_empty] = "",
};

static void choose_ignore(struct start *start, const char *setting)
{
    struct json *list = NULL;
    int64_t count = 0;

    for (int64_t i = 0; i < start->inspection.column_count; i++) {
        const struct inspected_column *column = &start->inspection.columns[i];
        if (column == start->label || column == start->group || start_feeds(start, column))
            continue;
        if (!list)
            list = json_add(start->of_data, "ignore", json_array(start->arena), start->arena);
        json_add_string(list, NULL, column->name, start->arena);
        if (count++ < IGNORED_TOLD)
            start_tell(start, setting, column->name, "%s%s", column->reason, consequences[column->look]);
    }
    if (count > IGNORED_TOLD)
        start_tell(start, setting,
                   arena_print(start->arena, "%s more", text_count(start->arena, count - IGNORED_TOLD)),
                   "for the same reasons");
}

static void choose_categories(struct start *start, const char *setting)
{
    int64_t count = 0, width = 0;

    for (int64_t i = 0; i < start->inspection.column_count; i++) {
        const struct inspected_column *column = &start->inspection.columns[i];
        if (!start_feeds(start, column) || column->numbers + column->missing == start->inspection.rows)
            continue;
        count++;
        width += column->distinct;
    }
    if (count > 0)
        start_tell(start, setting, text_plural(start->arena, count, "text column", "text columns"),
                   "one input for each value (one-hot): %s", text_count(start->arena, width));
}

static void choose_missing(struct start *start, const char *setting)
{
    int64_t cells = 0;

    for (int64_t i = 0; i < start->inspection.column_count; i++)
        if (start_feeds(start, &start->inspection.columns[i]))
            cells += start->inspection.columns[i].missing;
    if (start->label->missing > 0) {
        json_add_string(start->of_data, "missing", "drop", start->arena);
        start_tell(start, setting, "drop", "%s no label; rows with any missing cell are left out",
                   start->label->missing == 1 ? "one row has"
                                              : arena_print(start->arena, "%s rows have",
                                                            text_count(start->arena, start->label->missing)));
    } else if (cells > 0) {
        json_add_string(start->of_data, "missing", "mean", start->arena);
        start_tell(start, setting, "mean", "%s; they get their column's mean on train",
                   text_plural(start->arena, cells, "missing cell", "missing cells"));
    }
}

static void choose_arrangement(struct start *start, const char *setting)
{
    static const char *const names[] = {
        [ARRANGED_table] = "table", [ARRANGED_image] = "image", [ARRANGED_sequence] = "sequence"};
    const char *name = names[start->arrangement];

    if (start->arrangement != ARRANGED_table) {
        struct json *shape = json_add(start->of_data, "input_shape", json_array(start->arena), start->arena);
        for (int i = 0; i < start->shape.rank; i++)
            json_add_integer(shape, NULL, start->shape.size[i], start->arena);
        name = arena_print(start->arena, "%s %s", name, shape_print(start->arena, &start->shape, true));
    }
    if (start->doubt)
        start_tell(
            start, setting, name,
            "%s are numbered: if they are steps in time, say --sequence %s,1; if pixels, --image C,H,W",
            start->doubt, text_double(start->arena, (double)start_width(start)));
    else if (start->arrangement == ARRANGED_table)
        start_tell(start, setting, name, "%s", start->arrangement_why);
    else
        start_tell(start, setting, name, "%s%s", start->arrangement_why,
                   start->options->image.count || start->options->sequence.count ? "" : "; else: --table");
}

static void choose_scale(struct start *start, const char *setting)
{
    json_add_string(start->of_data, setting, "standard", start->arena);
    start_tell(start, setting, "standard", "every column gets mean 0 and deviation 1, measured on train");
}

static void choose_scale_target(struct start *start, const char *setting)
{
    if (start->classification)
        return;
    json_add_string(start->of_data, setting, "standard", start->arena);
    start_tell(start, setting, "standard", "the answers too, so that loss and gradients have size 1");
}

static void choose_split(struct start *start, const char *setting)
{
    struct json *split = json_add(start->of_data, setting, json_object(start->arena), start->arena);
    const char *value =
        arena_print(start->arena, "val %.0f %%, test %.0f %%", 100 * HELD_OUT, 100 * HELD_OUT);
    const struct inspected_column *moment = start->moment;

    json_add_number(split, "val", HELD_OUT, start->arena);
    json_add_number(split, "test", HELD_OUT, start->arena);
    if (start->group) {
        json_add_string(start->of_data, "group", start->group->name, start->arena);
        start_tell(start, setting, value, "rows with one \"%s\" stay in one split: %s", start->group->name,
                   start->group->reason);
    } else if (moment && moment->ordered) {
        json_add_bool(split, "shuffle", false, start->arena);
        start_tell(start, setting, value,
                   "the last rows, the rows being in order of \"%s\": no look into the future", moment->name);
    } else if (moment) {
        start_tell(start, setting, value, "by chance%s; to hold out the latest: mldbg split %s --time %s",
                   start->classification ? ", classes in proportion" : "",
                   text_shell_word(start->arena, start->inspection.path),
                   text_shell_word(start->arena, moment->name));
    } else if (start->classification) {
        start_tell(start, setting, value, "by chance, classes in proportion%s",
                   start->label->rarest > 0
                       ? arena_print(start->arena, " (the rarest has %s)",
                                     text_plural(start->arena, start->label->rarest, "row", "rows"))
                       : "");
    } else {
        start_tell(start, setting, value, "by chance");
    }
}

const struct choice choices_of_data[] = {
    {"data", choose_file},        {"rows", choose_rows},
    {"label", choose_label},      {"task", choose_task},
    {"ignore", choose_ignore},    {"missing", choose_missing},
    {"texts", choose_categories}, {"input", choose_arrangement},
    {"scale", choose_scale},      {"scale_target", choose_scale_target},
    {"split", choose_split},      {NULL, NULL},
};
