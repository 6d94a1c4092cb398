/*
 * Cuts shares off train: by chance with the classes in proportion, by whole groups, or off the end in order.
 * A row is in exactly one split.
 */
#include "source.h"

#include <math.h>

#include <mldbg/base/text.h>
#include "trouble.h"

/* Rows of one class or group in the order in which they are dealt. */
struct heap {
    int64_t *rows;
    int64_t count;
};

/*
 * Sizes of the splits for one heap of rows. What a split is owed is carried from heap to heap, so that
 * rounding evens out over the classes; a heap of enough rows gives every split one at least, train first.
 */
static void apportion(const struct split_spec *split, int64_t count, double owed[SPLIT_COUNT],
                      int64_t size[SPLIT_COUNT])
{
    int64_t left = count;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++) {
        owed[s] += split->share[s] * (double)count;
        size[s] = (int64_t)floor(owed[s] + 0.5);
        if (size[s] < 1 && split->share[s] > 0)
            size[s] = 1;
        if (size[s] > left - 1)
            size[s] = left > 1 ? left - 1 : 0;
        left -= size[s];
        owed[s] -= (double)size[s];
    }
    size[SPLIT_train] = left;
}

/* owner[row] is the split of a row. */
static void deal(unsigned char *owner, const int64_t *rows, const int64_t size[SPLIT_COUNT])
{
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int64_t i = 0; i < size[s]; i++)
            owner[*rows++] = (unsigned char)s;
}

/* Heaps of rows by key, in the order of the permutation. */
static struct heap *make_heaps(struct arena *arena, const int64_t *order, int64_t rows, const int64_t *key,
                               int64_t keys)
{
    struct heap *heaps = arena_array(arena, (size_t)keys, sizeof *heaps);
    for (int64_t i = 0; i < rows; i++)
        heaps[key[i]].count++;
    for (int64_t k = 0; k < keys; k++) {
        heaps[k].rows = arena_array(arena, (size_t)heaps[k].count, sizeof *heaps[k].rows);
        heaps[k].count = 0;
    }
    for (int64_t i = 0; i < rows; i++) {
        struct heap *heap = &heaps[key[order[i]]];
        heap->rows[heap->count++] = order[i];
    }
    return heaps;
}

static void split_by_class(struct loading *loading, const struct source *train, const int64_t *order,
                           unsigned char *owner)
{
    int64_t classes =
        loading->out->classification && loading->spec->split.stratify ? loading->out->classes : 1;
    int64_t *key = arena_array(loading->scratch, (size_t)train->rows, sizeof *key);
    for (int64_t i = 0; i < train->rows && classes > 1; i++)
        key[i] = (int64_t)train->y[i];
    struct heap *heaps = make_heaps(loading->scratch, order, train->rows, key, classes);
    double owed[SPLIT_COUNT] = {0};
    for (int64_t c = 0; c < classes; c++) {
        int64_t size[SPLIT_COUNT] = {0};
        apportion(&loading->spec->split, heaps[c].count, owed, size);
        deal(owner, heaps[c].rows, size);
    }
}

/* Whole groups go to the split that lacks most of its share. Returns how many groups there are. */
static int64_t split_by_group(struct loading *loading, const struct source *train, unsigned char *owner)
{
    const struct split_spec *split = &loading->spec->split;
    const struct table_column *column = NULL;
    for (size_t i = 0; i < train->table.column_count; i++)
        if (train->table.columns[i].role == ROLE_GROUP)
            column = &train->table.columns[i];
    int64_t groups = (int64_t)column->words->count + 1; /* the last: rows without a group */
    int64_t *key = arena_array(loading->scratch, (size_t)train->rows, sizeof *key);
    int64_t *rows = arena_array(loading->scratch, (size_t)train->rows, sizeof *rows);
    for (int64_t i = 0; i < train->rows; i++) {
        double code = table_row(&train->table, source_at(train, i))[column->code_slot];
        key[i] = code >= 0 ? (int64_t)code : groups - 1;
        rows[i] = i;
    }
    struct heap *heaps = make_heaps(loading->scratch, rows, train->rows, key, groups);
    int64_t *order = arena_array(loading->scratch, (size_t)groups, sizeof *order);
    random_permutation((struct random){loading->seed, PURPOSE_SPLIT}, 0, groups, order);
    double lack[SPLIT_COUNT] = {(double)train->rows};
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++) {
        lack[s] = split->share[s] * (double)train->rows;
        lack[SPLIT_train] -= lack[s];
    }
    int64_t met = 0;
    for (int64_t g = 0; g < groups; g++) {
        const struct heap *heap = &heaps[order[g]];
        met += heap->count > 0;
        int best = SPLIT_train;
        for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
            best = lack[s] > 0 && lack[s] > lack[best] ? s : best;
        int64_t size[SPLIT_COUNT] = {0};
        size[best] = heap->count;
        lack[best] -= (double)heap->count;
        deal(owner, heap->rows, size);
    }
    return met;
}

/* Shares of train, each in the order of the file. */
static bool split_train(struct loading *loading, struct part parts[SPLIT_COUNT])
{
    struct source *train = &loading->sources[SPLIT_train];
    const struct split_spec *split = &loading->spec->split;
    unsigned char *owner = arena_array(loading->scratch, (size_t)train->rows, sizeof *owner);
    int64_t *order = arena_array(loading->scratch, (size_t)train->rows, sizeof *order), groups = 0;
    if (loading->spec->group && train->form == FORM_TABLE) {
        groups = split_by_group(loading, train, owner);
    } else if (split->given && split->shuffle) {
        random_permutation((struct random){loading->seed, PURPOSE_SPLIT}, 0, train->rows, order);
        split_by_class(loading, train, order, owner);
    } else {
        double owed[SPLIT_COUNT] = {0};
        int64_t size[SPLIT_COUNT] = {0};
        apportion(split, train->rows, owed, size);
        for (int64_t i = 0; i < train->rows; i++)
            order[i] = i;
        deal(owner, order, size);
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (s == SPLIT_train || split->share[s] > 0) {
            parts[s].source = train;
            parts[s].rows = arena_array(loading->scratch, (size_t)train->rows, sizeof *parts[s].rows);
        }
    for (int64_t row = 0; row < train->rows; row++) {
        struct part *part = &parts[owner[row]];
        part->rows[part->count++] = row;
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        if ((s == SPLIT_train || split->share[s] > 0) && parts[s].count == 0) {
            struct arena *arena = loading->problems->arena;
            problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "split"),
                        "%s %s too few: none is left for %s",
                        groups > 0 ? text_plural(arena, groups, "group of rows", "groups of rows")
                                   : text_plural(arena, train->rows, "row", "rows"),
                        (groups > 0 ? groups : train->rows) == 1 ? "is" : "are", split_name((enum split)s));
            return false;
        }
    return true;
}

bool split_rows(struct loading *loading, struct part parts[SPLIT_COUNT])
{
    if (!split_train(loading, parts))
        return false;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++) {
        struct source *source = &loading->sources[s];
        if (source->form == FORM_NONE)
            continue;
        parts[s].source = source;
        parts[s].count = source->rows;
        parts[s].rows = arena_array(loading->scratch, (size_t)source->rows, sizeof *parts[s].rows);
        for (int64_t i = 0; i < source->rows; i++)
            parts[s].rows[i] = i;
    }
    return true;
}
