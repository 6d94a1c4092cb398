/*
 * Loads the data of a config: reads every source, finds classes or targets, makes features, prepares, splits,
 * scales, measures. All that is only needed on the way lives in an arena that is let go at the end.
 */
#include "source.h"

#include <string.h>

#include "trouble.h"

/* Operations on single splits need the split's own copy of its rows. */
static void prepare_part(struct loading *loading, const struct prepare_list *list, struct part *part,
                         struct source *own, const struct generated *fit, enum split split)
{
    struct generated made;
    source_generated(loading, part->source, part->rows, part->count, &made);
    prepare_list(list, &made, fit ? fit : &made, loading->seed + (uint64_t)split);
    source_of(loading, own, part->source, &made);
    part->source = own;
    part->count = made.rows;
    for (int64_t i = 0; i < made.rows; i++)
        part->rows[i] = i;
}

static void prepare_parts(struct loading *loading, struct part parts[SPLIT_COUNT],
                          struct source own[SPLIT_COUNT])
{
    const struct data_spec *spec = loading->spec;
    struct generated fit;
    source_generated(loading, parts[SPLIT_train].source, parts[SPLIT_train].rows, parts[SPLIT_train].count,
                     &fit);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct prepare_list *list = s == SPLIT_train ? &spec->prepare_train : &spec->prepare_test;
        if (parts[s].count > 0 && list->count > 0)
            prepare_part(loading, list, &parts[s], &own[s], s == SPLIT_train ? NULL : &fit, (enum split)s);
    }
}

/* After preparation a class id must still be one. rows NULL: all. */
static bool check_classes(struct loading *loading, const struct source *source, const int64_t *rows,
                          int64_t count, enum split split)
{
    const struct data *data = loading->out;
    for (int64_t i = 0; data->classification && i < count; i++) {
        double y = source->y[rows ? rows[i] : i];
        if (y >= 0 && y < (double)data->classes && y == (double)(int64_t)y)
            continue;
        const char *key = split == SPLIT_train ? "prepare_train" : "prepare_test";
        if (json_get(loading->spec->json, "prepare"))
            key = "prepare";
        struct error *err =
            problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, key),
                        "row %lld of %s has the class %s after \"%s\", expected a whole "
                        "number from 0 to %lld",
                        (long long)i, split_name(split), text_double(loading->problems->arena, y), key,
                        (long long)data->classes - 1);
        return fail_hint(err, "\"task\": \"regression\" takes any number");
    }
    return true;
}

/* The row of a table that stands on a line of its file, or -1; lines grow with the rows. */
static int64_t row_on_line(const struct table *table, int64_t line)
{
    int64_t low = 0, high = table->rows;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (table_row(table, middle)[0] < (double)line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->rows && (int64_t)table_row(table, low)[0] == line ? low : -1;
}

/* Rows without a group share the empty one. */
static void fill_groups(struct loading *loading, const struct part *part, struct dataset *set)
{
    const struct table *table = &part->source->table;
    const struct table_column *column = NULL;
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].role == ROLE_GROUP)
            column = &table->columns[i];
    if (!column || column->code_slot < 0)
        return;
    const char **words = arena_array(loading->scratch, column->words->count + 1, sizeof *words);
    const char **group = arena_array(loading->arena, (size_t)set->rows, sizeof *group);
    for (int64_t i = 0; i < set->rows; i++) {
        int64_t row = row_on_line(table, set->line[i]);
        double code = row >= 0 ? table_row(table, row)[column->code_slot] : -1;
        group[i] = "";
        if (!(code >= 0))
            continue;
        const char **word = &words[(size_t)code];
        if (!*word)
            *word = arena_print(loading->arena, "%s", column->words->at[(size_t)code]);
        group[i] = *word;
    }
    set->group = group;
}

static void fill(struct loading *loading, struct part *part, enum split split)
{
    struct dataset *set = &loading->out->splits[split];
    set->split = split;
    set->name = split_name(split);
    set->origin = arena_print(loading->arena, "%s", part->source->origin);
    set->rows = part->count;
    set->dropped =
        part->source->form == FORM_TABLE && part->source->split == split ? part->source->table.dropped : 0;
    set->line = arena_array(loading->arena, (size_t)part->count, sizeof *set->line);
    for (int64_t i = 0; i < part->count; i++)
        set->line[i] = source_line(part->source, part->rows[i]);
    fill_groups(loading, part, set);
    scale_fill(loading, part, set);
    measure_columns(loading, part, set);
    measure_entering(loading->arena, loading->out, set);
}

static bool read_sources(struct loading *loading)
{
    bool good = true;
    for (int s = 0; s < SPLIT_COUNT && (good || s > 0); s++) {
        good = source_load(loading, (enum split)s) && good;
        if (s == SPLIT_train && !good)
            return false;
    }
    return good;
}

static bool load(struct loading *loading, const char *task)
{
    struct part parts[SPLIT_COUNT] = {0};
    struct source own[SPLIT_COUNT] = {0};
    const struct data_spec *spec = loading->spec;
    struct source *train = &loading->sources[SPLIT_train];
    if (!read_sources(loading) || !labels_assign(loading, task) || !plan_make(loading))
        return false;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
        plan_unseen(loading, &loading->sources[s]);
    if (spec->prepare.count > 0) {
        plan_fill(loading, train, NULL, train->rows);
        prepare_all(loading);
        /* The split goes by classes. */
        for (int s = 0; s < SPLIT_COUNT; s++)
            if (loading->sources[s].form != FORM_NONE &&
                !check_classes(loading, &loading->sources[s], NULL, loading->sources[s].rows, (enum split)s))
                return false;
    }
    if (!split_rows(loading, parts))
        return false;
    plan_fill(loading, train, parts[SPLIT_train].rows, parts[SPLIT_train].count);
    if (spec->prepare_train.count + spec->prepare_test.count > 0)
        prepare_parts(loading, parts, own);
    bool good = true;
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (parts[s].count > 0)
            good = check_classes(loading, parts[s].source, parts[s].rows, parts[s].count, (enum split)s) &&
                   plan_indices(loading, &parts[s]) && good;
    if (!good)
        return false;
    scale_fit(loading, &parts[SPLIT_train]);
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (parts[s].count > 0)
            fill(loading, &parts[s], (enum split)s);
    measure_rows(loading->arena, loading->out);
    return true;
}

bool data_load(struct arena *arena, const struct data_spec *spec, uint64_t seed, const char *task,
               struct data *out, struct problems *problems)
{
    struct arena scratch;
    arena_init(&scratch, "reading data");
    *out = (struct data){0};
    struct loading loading = {
        .arena = arena, .scratch = &scratch, .spec = spec, .problems = problems, .seed = seed, .out = out};
    for (int s = 0; s < SPLIT_COUNT; s++)
        out->splits[s].name = split_name((enum split)s);
    bool good = !spec->refused && load(&loading, task);
    arena_release(&scratch);
    return good;
}

bool data_survey(struct arena *arena, const char *path, char separator, bool header,
                 const struct column **columns, int64_t *column_count, int64_t *rows,
                 struct problems *problems)
{
    struct arena scratch;
    arena_init(&scratch, "surveying data");
    struct data data = {0};
    struct loading loading = {.arena = arena, .scratch = &scratch, .problems = problems, .out = &data};
    struct part part = {.source = &loading.sources[SPLIT_train]};
    struct dataset set = {0};
    bool good = source_survey(&loading, path, separator, header);
    if (good) {
        part.count = part.source->rows;
        part.rows = arena_array(&scratch, (size_t)part.count, sizeof *part.rows);
        for (int64_t i = 0; i < part.count; i++)
            part.rows[i] = i;
        measure_columns(&loading, &part, &set);
        *columns = set.columns;
        *column_count = set.column_count;
        *rows = part.count;
    }
    arena_release(&scratch);
    return good;
}
