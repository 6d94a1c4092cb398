/* The header of a table: names that can be told apart, a role for each, and the same columns in every split.
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include <mldbg/base/text.h>
#include "trouble.h"

struct named {
    const char *name;
    size_t index;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static struct named *sorted(struct arena *arena, const char *const *names, size_t count)
{
    struct named *order = arena_array(arena, count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct named){names[i], i};
    qsort(order, count, sizeof *order, by_name);
    return order;
}

static const struct named *look_up(const struct named *order, size_t count, const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(order[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(order[low].name, name) == 0 ? &order[low] : NULL;
}

/* The separator that a header of one cell hides, or 0. */
static char hidden_separator(const char *name)
{
    static const char candidates[] = ";\t|,";
    for (const char *at = candidates; *at; at++)
        if (strchr(name, *at))
            return *at;
    return strstr(name, "\\t") ? '\t' : '\0';
}

/* A header that holds numbers which are no column numbers is a row of data. */
static bool all_measured(const char *const *names, size_t count)
{
    bool fraction = false;
    for (size_t i = 0; i < count; i++) {
        double value;
        if (!text_read_double(names[i], &value))
            return false;
        fraction = fraction || strchr(names[i], '.');
    }
    return fraction;
}

static void check_names(const struct table *table, const struct named *order, const char *const *names,
                        size_t count, struct problems *problems)
{
    struct pattern empty = {problems, table->path, 0}, twice = {problems, table->path, 0};
    for (size_t i = 0; i < count; i++)
        if (*names[i] == '\0')
            pattern_add(&empty, 1, i + 1 == count ? "a trailing comma?" : "an index column? Give it a name",
                        "column %zu of the header has no name", i + 1);
    pattern_end(&empty, "columns without a name");
    for (size_t i = 1; i < count; i++)
        if (*order[i].name && strcmp(order[i - 1].name, order[i].name) == 0)
            pattern_add(&twice, 1, "rename one of them", "columns %zu and %zu have the same name, \"%s\"",
                        order[i - 1].index + 1, order[i].index + 1, shown(table->arena, order[i].name));
    pattern_end(&twice, "pairs of columns with one name");
}

static bool check_header(const struct table *table, const struct table_request *request,
                         const struct named *order, const char *const *names, size_t count,
                         struct problems *problems)
{
    size_t before = problems->count;
    char hidden = count == 1 ? hidden_separator(names[0]) : '\0';
    if (hidden && hidden != request->separator) {
        const char *word = hidden == '\t' ? "tab" : (char[]){hidden, '\0'};
        return data_refuse(problems, table->path, 1,
                           arena_print(problems->arena, "set data.separator to \"%s\"", word),
                           "1 column found, and its header contains \"%s\": is that the separator?", word);
    }
    if (request->header && all_measured(names, count))
        return data_refuse(problems, table->path, 1,
                           "set \"header\" to false; columns are then called c0, c1, ...",
                           "the first row holds numbers only, expected the names of the columns");
    if (request->header)
        check_names(table, order, names, count, problems);
    return problems->count == before;
}

/* Places for a name that the config mentions and the file lacks. */
static void missing_name(const struct table *table, const struct data_spec *spec, const char *key,
                         const char *name, const char *const *names, size_t count, struct problems *problems)
{
    struct arena *arena = problems->arena;
    const char *nearest = text_nearest(name, names, count);
    struct error *err = problems_at(problems, ERROR_REQUEST, "ML200", spec_place(spec, key),
                                    "%s has no column \"%s\"; it has %s", table->name, shown(arena, name),
                                    shown_list(arena, names, count));
    if (nearest)
        fail_hint(err, "did you mean \"%s\"?", shown(arena, nearest));
}

static bool matches_any(const char *wanted, const struct named *order, size_t count)
{
    size_t length = strlen(wanted);
    if (length == 0 || wanted[length - 1] != '*')
        return look_up(order, count, wanted) != NULL;
    for (size_t i = 0; i < count; i++)
        if (name_matches(wanted, order[i].name))
            return true;
    return false;
}

static void check_wanted(const struct table *table, const struct data_spec *spec, const struct named *order,
                         const char *const *names, size_t count, struct problems *problems)
{
    const struct {
        const char *key;
        const struct texts *wanted;
    } lists[] = {{"label", &spec->label}, {"features", &spec->features}, {"ignore", &spec->ignore}};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (size_t i = 0; i < lists[l].wanted->count; i++)
            if (!matches_any(lists[l].wanted->at[i], order, count))
                missing_name(table, spec, lists[l].key, lists[l].wanted->at[i], names, count, problems);
    if (spec->group && !look_up(order, count, spec->group))
        missing_name(table, spec, "group", spec->group, names, count, problems);
    for (size_t i = 0; i < spec->category_count; i++)
        if (!matches_any(spec->categories[i].column, order, count))
            missing_name(table, spec, "categorical", spec->categories[i].column, names, count, problems);
    for (size_t i = 0; i < spec->input_count; i++)
        for (size_t k = 0; k < spec->inputs[i].columns.count; k++)
            if (!matches_any(spec->inputs[i].columns.at[k], order, count))
                missing_name(table, spec, "inputs", spec->inputs[i].columns.at[k], names, count, problems);
    if (spec->label.count == 0) {
        struct error *err = problems_at(problems, ERROR_REQUEST, "ML200", spec_place(spec, "label"),
                                        "\"label\" is missing: which column of %s is the answer? It has %s",
                                        table->name, shown_list(problems->arena, names, count));
        fail_hint(err, "\"label\": \"%s\", if it is the last one", shown(problems->arena, names[count - 1]));
    }
}

static enum role role_of(const struct data_spec *spec, const char *name)
{
    if (!spec)
        return ROLE_FEATURE;
    for (size_t i = 0; i < spec->label.count; i++)
        if (strcmp(spec->label.at[i], name) == 0)
            return ROLE_LABEL;
    if (spec->group && strcmp(spec->group, name) == 0)
        return ROLE_GROUP;
    if (name_in(&spec->ignore, name))
        return ROLE_IGNORED;
    if (spec->input_count > 0) {
        for (size_t i = 0; i < spec->input_count; i++)
            if (name_in(&spec->inputs[i].columns, name))
                return ROLE_FEATURE;
        return ROLE_IGNORED;
    }
    return spec->features.count == 0 || name_in(&spec->features, name) ? ROLE_FEATURE : ROLE_IGNORED;
}

static void first_columns(struct table *table, const struct data_spec *spec, const char *const *names,
                          size_t count, size_t *map)
{
    table->column_count = count;
    table->columns = arena_array(table->arena, count, sizeof *table->columns);
    for (size_t i = 0; i < count; i++) {
        struct table_column *column = &table->columns[i];
        const struct category_spec *category = spec ? spec_category(spec, names[i]) : NULL;
        map[i] = i;
        column->name = names[i];
        column->role = role_of(spec, names[i]);
        /* An index may be text or a whole number; only one_hot settles the type. */
        column->chosen = category && !category->index;
        column->categorical = column->chosen;
        if (column->role != ROLE_IGNORED)
            column->words = arena_alloc(table->arena, sizeof *column->words);
    }
}

/* Columns of a held-out file are those of train, in any order; columns that nobody uses need not be there. */
static bool same_columns(struct table *table, const struct table *like, const struct named *order,
                         const char *const *names, size_t count, size_t *map, struct problems *problems)
{
    struct pattern missing = {problems, table->path, 0}, extra = {problems, table->path, 0};
    table->column_count = like->column_count;
    table->columns = arena_array(table->arena, like->column_count, sizeof *table->columns);
    for (size_t i = 0; i < count; i++)
        map[i] = SIZE_MAX;
    for (size_t i = 0; i < like->column_count; i++) {
        const struct table_column *train = &like->columns[i];
        const struct named *here = look_up(order, count, train->name);
        table->columns[i] = (struct table_column){.name = train->name,
                                                  .role = train->role,
                                                  .categorical = train->categorical,
                                                  .chosen = true,
                                                  .words = train->words,
                                                  .words_of_train = train->words_of_train};
        if (here) {
            map[here->index] = i;
        } else {
            const char *nearest = text_nearest(train->name, names, count);
            pattern_add(&missing, 1, nearest ? arena_print(problems->arena, "it has \"%s\"", nearest) : NULL,
                        "column \"%s\" is missing, which %s has", shown(problems->arena, train->name),
                        like->name);
        }
    }
    for (size_t i = 0; i < count; i++)
        if (map[i] == SIZE_MAX)
            pattern_add(&extra, 1, NULL, "column \"%s\" is not in %s", shown(problems->arena, names[i]),
                        like->name);
    pattern_end(&missing, "missing columns");
    pattern_end(&extra, "columns that train does not have");
    return missing.met == 0 && extra.met == 0;
}

bool table_header(struct table *table, const struct table_request *request, const char *const *names,
                  size_t count, size_t *map, struct problems *problems)
{
    struct arena scratch;
    arena_init(&scratch, "column names");
    size_t before = problems->count;
    const struct named *order = sorted(&scratch, names, count);
    bool good = check_header(table, request, order, names, count, problems);
    if (good && request->like) {
        good = same_columns(table, request->like, order, names, count, map, problems);
    } else if (good) {
        if (request->spec)
            check_wanted(table, request->spec, order, names, count, problems);
        first_columns(table, request->spec, names, count, map);
        good = problems->count == before;
    }
    arena_release(&scratch);
    return good;
}
