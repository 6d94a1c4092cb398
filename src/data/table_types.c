/* What the columns of a table are, judged after the last row: numbers, categories, or numbers that went
 * wrong. */
#include "table.h"

#include <mldbg/base/text.h>
#include "trouble.h"

/* A column with at least this share of numbers is one of numbers, and its other cells are broken. */
static const double NUMBERS_SHARE = 0.9;

static const char *hint_text(struct problems *problems, const struct table_column *column,
                             const struct table_request *request)
{
    if (!request->header && column->first_text == 1 && column->texts == 1)
        return "the first line seems to hold names: \"header\": true";
    return arena_print(problems->arena,
                       "write plain numbers, or take it as text: \"categorical\": {\"%s\": \"one_hot\"}",
                       shown(problems->arena, column->name));
}

/* Reports a column whose cells are mostly numbers, the rest being something else. */
static bool broken(const struct table_column *column, const struct table_request *request,
                   struct pattern *pattern)
{
    struct arena *arena = pattern->problems->arena;
    bool mostly = (double)column->numbers >= NUMBERS_SHARE * (double)(column->numbers + column->texts);
    bool odd = column->odd > 0 && (double)(column->numbers + column->odd) >=
                                      NUMBERS_SHARE * (double)(column->numbers + column->texts);
    /* A label may be written with blanks: that makes classes which differ by them only, and is a finding. */
    bool padded = column->role == ROLE_LABEL && column->padded == column->texts;
    if (column->texts == 0 || column->chosen || padded || !(mostly || odd))
        return false;
    const char *cell = mostly ? column->text : column->odd_text;
    enum looks looks = mostly ? column->looks : column->odd_looks;
    pattern_add(pattern, mostly ? column->first_text : column->first_odd,
                hint_text(pattern->problems, column, request),
                "column \"%s\": \"%s\" is no number%s%s; %s of %s cells are like that",
                shown(arena, column->name), cell, looks == LOOKS_TEXT ? "" : ": looks like ",
                looks == LOOKS_TEXT ? "" : looks_name(looks),
                text_count(arena, mostly ? column->texts : column->odd),
                text_count(arena, column->numbers + column->texts));
    return true;
}

/* Text in a held-out column that train fills with numbers. */
static void text_among_numbers(const struct table_column *column, struct pattern *pattern)
{
    struct arena *arena = pattern->problems->arena;
    pattern_add(pattern, column->first_text, NULL,
                "column \"%s\": \"%s\" is no number%s%s, but the column holds numbers in train",
                shown(arena, column->name), column->text, column->looks == LOOKS_TEXT ? "" : ": looks like ",
                column->looks == LOOKS_TEXT ? "" : looks_name(column->looks));
}

static void check_numbers(const struct table_column *column, struct pattern *infinite, struct pattern *large)
{
    struct arena *arena = infinite->problems->arena;
    if (column->categorical)
        return;
    if (column->nonfinite > 0)
        pattern_add(infinite, column->first_nonfinite, "remove the row or give the value a limit",
                    "column \"%s\" holds an infinity%s", shown(arena, column->name),
                    column->nonfinite > 1 ? arena_print(arena, ", in %s cells; this is the first",
                                                        text_count(arena, column->nonfinite))
                                          : "");
    if (column->overflow > 0)
        pattern_add(large, column->first_overflow, "the largest number is about 3.4e38; use another unit",
                    "column \"%s\": %s overflows float32", shown(arena, column->name), column->overflow_text);
}

static void check_missing(const struct table_column *column, int policy, struct pattern *missing)
{
    struct arena *arena = missing->problems->arena;
    bool label = column->role == ROLE_LABEL;
    if (column->missing == 0 || column->role == ROLE_GROUP || (policy != MISSING_REFUSE && !label))
        return;
    pattern_add(missing, column->first_missing,
                label ? "set data.missing to \"drop\" to leave such rows out"
                      : "set data.missing to \"drop\", \"mean\" or \"zero\"",
                "%s \"%s\": %s, the first here", label ? "label column" : "column",
                shown(arena, column->name),
                text_plural(arena, column->missing, "missing cell", "missing cells"));
}

static void check_column(struct table_column *column, const struct table_request *request, bool *again,
                         struct pattern pattern[4])
{
    if (column->role == ROLE_IGNORED)
        return;
    bool text = column->texts > 0 && !column->categorical;
    if (column->role == ROLE_GROUP) {
        column->categorical = true;
    } else if (request->like && text) {
        text_among_numbers(column, &pattern[0]);
    } else if (!request->spec || !broken(column, request, &pattern[0])) {
        /* Labels keep number and text side by side, so they need no second reading. */
        *again = *again || (text && column->role == ROLE_FEATURE);
        column->categorical = column->categorical || text;
    }
    check_numbers(column, &pattern[1], &pattern[2]);
    if (request->spec)
        check_missing(column, request->spec->missing, &pattern[3]);
}

bool table_types(struct table *table, const struct table_request *request, bool *again,
                 struct problems *problems)
{
    struct pattern pattern[4] = {{problems, table->path, 0},
                                 {problems, table->path, 0},
                                 {problems, table->path, 0},
                                 {problems, table->path, 0}};
    static const char *const what[4] = {"columns with cells that are no numbers", "columns with infinities",
                                        "columns with numbers beyond float32", "columns with missing cells"};
    *again = false;
    for (size_t i = 0; i < table->column_count; i++)
        check_column(&table->columns[i], request, again, pattern);
    bool good = true;
    for (int i = 0; i < 4; i++) {
        pattern_end(&pattern[i], what[i]);
        good = good && pattern[i].met == 0;
    }
    if (*again)
        for (size_t i = 0; i < table->column_count; i++)
            table->columns[i].chosen = table->columns[i].role != ROLE_IGNORED;
    for (size_t i = 0; i < table->column_count && !request->like; i++)
        if (table->columns[i].words)
            table->columns[i].words_of_train = table->columns[i].words->count;
    return good || !request->spec;
}
