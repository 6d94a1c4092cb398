/* What stands in the columns of a split before scaling, and what enters the network after it. Judges nothing.
 */
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/text.h>

/* Distinct values are counted up to this many; one more means "many". */
enum { DISTINCT_MOST = 1000, DISTINCT_SLOTS = 4096 };

/* In a smaller table a column can follow the label by chance. */
enum { LABEL_ROWS_LEAST = 20 };

struct measuring {
    struct loading *loading;
    const struct part *part;
    struct column *columns; /* of raw columns */
    uint64_t *hashes;
};

static double cell(const struct measuring *measuring, int64_t row, int64_t column)
{
    return source_cell(measuring->part->source, measuring->part->rows[row], column);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    if (isnan(value))
        return 1;
    value = value == 0 ? 0 : value; /* one zero */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool same_value(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* What is gathered of all columns, each kind together. */
struct sums {
    double *min, *max, *sum, *square;
    uint64_t *hash;
};

static void count_missing(struct measuring *measuring, const double *values, int64_t row)
{
    const struct part *part = measuring->part;
    for (int64_t i = 0; i < part->source->columns; i++)
        if (isnan(values[i]) && measuring->columns[i].missing++ == 0)
            measuring->columns[i].first_missing = source_line(part->source, part->rows[row]);
}

/* Returns whether a cell is missing. A NaN is neither less nor more; 0 more changes no sum, which begins with
 * 0. */
static bool add_row(const struct sums *sums, const double *values, int64_t columns)
{
    double *min = sums->min, *max = sums->max, *sum = sums->sum;
    uint64_t *hash = sums->hash;
    bool any = false;
    for (int64_t i = 0; i < columns; i++) {
        const double value = values[i];
        any |= isnan(value);
        hash[i] = (hash[i] ^ bits_of(value)) * UINT64_C(0xff51afd7ed558ccd);
        min[i] = value < min[i] ? value : min[i];
        max[i] = value > max[i] ? value : max[i];
        sum[i] += isnan(value) ? 0 : value;
    }
    return any;
}

static void add_squares(const struct sums *sums, const double *values, int64_t columns)
{
    const double *mean = sums->sum;
    double *square = sums->square;
    for (int64_t i = 0; i < columns; i++) {
        const double distance = values[i] - mean[i];
        square[i] += isnan(distance) ? 0 : distance * distance;
    }
}

/* Counts, ranges, means and hashes of all columns, row by row as they lie in memory. */
static void sum_up(struct measuring *measuring)
{
    const struct source *source = measuring->part->source;
    struct arena *arena = measuring->loading->scratch;
    const int64_t rows = measuring->part->count, columns = source->columns;
    const size_t count = (size_t)columns;
    double *raw = arena_array(arena, count, sizeof *raw);
    struct sums sums = {arena_array(arena, count, sizeof(double)), arena_array(arena, count, sizeof(double)),
                        arena_array(arena, count, sizeof(double)), arena_array(arena, count, sizeof(double)),
                        measuring->hashes};
    for (int64_t i = 0; i < columns; i++) {
        sums.min[i] = HUGE_VAL;
        sums.max[i] = -HUGE_VAL;
    }
    for (int64_t row = 0; row < rows; row++) {
        const double *values = source_raw(source, measuring->part->rows[row], raw);
        if (add_row(&sums, values, columns))
            count_missing(measuring, values, row);
    }
    for (int64_t i = 0; i < columns; i++) {
        struct column *column = &measuring->columns[i];
        column->count = rows - column->missing;
        sums.sum[i] /= (double)column->count;
        column->mean = sums.sum[i];
        column->min = column->count > 0 ? sums.min[i] : 0;
        column->max = column->count > 0 ? sums.max[i] : 0;
    }
    for (int64_t row = 0; row < rows; row++)
        add_squares(&sums, source_raw(source, measuring->part->rows[row], raw), columns);
    for (int64_t i = 0; i < columns; i++)
        measuring->columns[i].std = sqrt(sums.square[i] / (double)measuring->columns[i].count);
}

/* Numbers the values of a column in the order in which they are met; -1 for one more than are counted. */
struct tally {
    uint64_t bits[DISTINCT_SLOTS];
    int64_t number[DISTINCT_SLOTS]; /* + 1; 0: free */
    int64_t count;
    int64_t slots[DISTINCT_MOST]; /* that are taken, so that emptying costs what was filled */
};

static void tally_empty(struct tally *tally)
{
    for (int64_t i = 0; i < tally->count; i++)
        tally->number[tally->slots[i]] = 0;
    tally->count = 0;
}

static int64_t tally_add(struct tally *tally, double value)
{
    uint64_t bits = bits_of(value), at = (bits ^ bits >> 32) * 0x9e3779b97f4a7c15u >> 52;
    while (tally->number[at] && tally->bits[at] != bits)
        at = (at + 1) % DISTINCT_SLOTS;
    if (tally->number[at])
        return tally->number[at] - 1;
    if (tally->count == DISTINCT_MOST)
        return -1;
    tally->bits[at] = bits;
    tally->slots[tally->count] = (int64_t)at;
    tally->number[at] = ++tally->count;
    return tally->count - 1;
}

/* Counts distinct values; *follows: the label is told by them one to one. code: the label's values so
 * numbered. */
static int64_t count_distinct(const struct measuring *measuring, struct tally *tally, int64_t column,
                              const int64_t *code, bool *follows)
{
    double last = (double)NAN;
    bool any = false;
    tally_empty(tally);
    *follows = code != NULL;
    for (int64_t row = 0; row < measuring->part->count; row++) {
        double value = cell(measuring, row, column);
        if (isnan(value)) {
            *follows = false;
            continue;
        }
        if (any && value == last && !*follows)
            continue;
        int64_t number = tally_add(tally, value);
        if (number < 0)
            return DISTINCT_MOST + 1;
        *follows = *follows && number == code[row];
        last = value;
        any = true;
    }
    return tally->count;
}

struct hashed {
    uint64_t hash;
    int64_t column;
};

static int by_hash(const void *a, const void *b)
{
    const struct hashed *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static bool same_columns(const struct measuring *measuring, int64_t a, int64_t b)
{
    const struct table_column *x = source_column(measuring->part->source, a);
    const struct table_column *y = source_column(measuring->part->source, b);
    if (x && y && (x->categorical || y->categorical)) {
        if (!(x->categorical && y->categorical) || x->words->count != y->words->count)
            return false;
        for (size_t i = 0; i < x->words->count; i++)
            if (strcmp(x->words->at[i], y->words->at[i]) != 0)
                return false;
    }
    for (int64_t row = 0; row < measuring->part->count; row++)
        if (!same_value(cell(measuring, row, a), cell(measuring, row, b)))
            return false;
    return true;
}

/* Constant columns are equal to each other without meaning anything. */
static void find_same(const struct measuring *measuring)
{
    int64_t columns = measuring->part->source->columns;
    struct hashed *order = arena_array(measuring->loading->scratch, (size_t)columns, sizeof *order);
    for (int64_t i = 0; i < columns; i++)
        order[i] = (struct hashed){measuring->hashes[i], i};
    qsort(order, (size_t)columns, sizeof *order, by_hash);
    for (int64_t i = 1, first = 0; i < columns; i++) {
        if (order[i].hash != order[first].hash) {
            first = i;
            continue;
        }
        int64_t column = order[i].column;
        if (measuring->columns[column].distinct > 1 && same_columns(measuring, column, order[first].column))
            measuring->columns[column].same_as = order[first].column;
    }
}

/* The classes of the rows numbered in the order in which they are met; NULL where that proves nothing. */
static int64_t *label_codes(const struct measuring *measuring, struct tally *tally)
{
    const struct part *part = measuring->part;
    const struct data *data = measuring->loading->out;
    if (!data->classification || part->source->form == FORM_MADE || part->count < LABEL_ROWS_LEAST ||
        data->classes > DISTINCT_MOST)
        return NULL;
    int64_t *code = arena_array(measuring->loading->scratch, (size_t)part->count, sizeof *code);
    tally_empty(tally);
    for (int64_t row = 0; row < part->count; row++)
        code[row] = tally_add(tally, part->source->y[part->rows[row]]);
    return tally->count > 1 ? code : NULL;
}

static bool is_target(const struct measuring *measuring, int64_t column)
{
    const struct part *part = measuring->part;
    const struct data *data = measuring->loading->out;
    if (data->classification || part->source->form == FORM_MADE || measuring->columns[column].distinct < 2 ||
        part->count < LABEL_ROWS_LEAST)
        return false;
    for (int64_t k = 0; k < data->target_width; k++) {
        int64_t row = 0;
        while (row < part->count &&
               cell(measuring, row, column) == part->source->y[part->rows[row] * data->target_width + k])
            row++;
        if (row == part->count)
            return true;
    }
    return false;
}

static void compare(struct measuring *measuring)
{
    const struct source *source = measuring->part->source;
    struct tally *tally = arena_alloc(measuring->loading->scratch, sizeof *tally);
    const int64_t *code = label_codes(measuring, tally);
    for (int64_t i = 0; i < source->columns; i++) {
        struct column *column = &measuring->columns[i];
        bool follows;
        column->distinct = count_distinct(measuring, tally, i, code, &follows);
        column->same_as_label = follows || is_target(measuring, i);
    }
    if (source->form != FORM_MADE)
        find_same(measuring);
}

/* What the reader of the file counted. */
static void copy_counts(struct column *column, const struct table_column *held)
{
    column->kind = held->role == ROLE_LABEL     ? COLUMN_LABEL
                   : held->role != ROLE_FEATURE ? COLUMN_IGNORED
                   : held->categorical          ? COLUMN_CATEGORICAL
                                                : COLUMN_NUMERIC;
    column->overflow = held->overflow;
    column->underflow = held->underflow;
    column->inexact = held->categorical ? 0 : held->inexact;
    column->nonfinite = held->nonfinite;
    column->first_overflow = held->first_overflow;
    column->first_inexact = column->inexact ? held->first_inexact : 0;
    column->first_nonfinite = held->first_nonfinite;
    if (held->categorical)
        column->min = column->max = column->mean = column->std = (double)NAN;
}

static void measure_answer(const struct measuring *measuring, int64_t which, struct column *column)
{
    const struct part *part = measuring->part;
    int64_t width = measuring->loading->answers;
    struct tally *tally = arena_alloc(measuring->loading->scratch, sizeof *tally);
    column->kind = COLUMN_LABEL;
    column->count = part->count;
    for (int64_t row = 0; row < part->count; row++) {
        double value = part->source->y[part->rows[row] * width + which];
        if (row == 0)
            column->min = column->max = value;
        column->min = value < column->min ? value : column->min;
        column->max = value > column->max ? value : column->max;
        column->mean += value / (double)part->count;
        if (column->distinct <= DISTINCT_MOST)
            column->distinct = tally_add(tally, value) < 0 ? DISTINCT_MOST + 1 : tally->count;
    }
    for (int64_t row = 0; row < part->count; row++) {
        double distance = part->source->y[part->rows[row] * width + which] - column->mean;
        column->std += distance * distance / (double)part->count;
    }
    column->std = sqrt(column->std);
    if (measuring->loading->out->classification)
        column->min = column->max = column->mean = column->std = (double)NAN;
}

/* Columns of a table, in the order of the file. */
static void list_table(const struct measuring *measuring, struct dataset *set, struct column *all)
{
    const struct source *source = measuring->part->source;
    struct arena *arena = measuring->loading->arena;
    int64_t raw = 0;
    set->column_count = (int64_t)source->table.column_count;
    for (size_t i = 0; i < source->table.column_count; i++) {
        const struct table_column *held = &source->table.columns[i];
        all[i] = (struct column){.same_as = -1};
        if (held->role == ROLE_FEATURE) {
            all[i] = measuring->columns[raw++];
            if (all[i].same_as >= 0)
                all[i].same_as = (int64_t)source->at[all[i].same_as];
        }
        for (int64_t k = 0; held->role == ROLE_LABEL && k < measuring->loading->answers; k++)
            if (strcmp(measuring->loading->spec->label.at[k], held->name) == 0)
                measure_answer(measuring, k, &all[i]);
        all[i].name = arena_print(arena, "%s", held->name);
        copy_counts(&all[i], held);
    }
}

/* Columns of arrays, generators and prepared data: the features, then the answers. */
static void list_plain(const struct measuring *measuring, struct dataset *set, struct column *all)
{
    struct loading *loading = measuring->loading;
    const struct source *source = measuring->part->source;
    const struct data *data = loading->out;
    for (int64_t i = 0; i < source->columns; i++) {
        all[i] = measuring->columns[i];
        all[i].kind = COLUMN_NUMERIC;
        all[i].name = source->expanded ? arena_print(loading->arena, "%s", loading->plan.features[i].name)
                                       : source_column_name(loading->arena, source, i);
    }
    for (int64_t k = 0; k < loading->answers; k++) {
        struct column *column = &all[source->columns + k];
        *column = (struct column){.same_as = -1};
        column->name = data->classification ? "label" : data->target_names[k];
        measure_answer(measuring, k, column);
    }
    set->column_count = source->columns + loading->answers;
}

void measure_columns(struct loading *loading, const struct part *part, struct dataset *set)
{
    size_t columns = (size_t)part->source->columns;
    struct measuring measuring = {loading, part,
                                  arena_array(loading->scratch, columns, sizeof(struct column)),
                                  arena_array(loading->scratch, columns, sizeof(uint64_t))};
    for (size_t i = 0; i < columns; i++)
        measuring.columns[i].same_as = -1;
    sum_up(&measuring);
    compare(&measuring);
    bool table = part->source->form == FORM_TABLE;
    size_t total = table ? part->source->table.column_count : columns + (size_t)loading->answers;
    struct column *all = arena_array(loading->arena, total, sizeof *all);
    if (table)
        list_table(&measuring, set, all);
    else
        list_plain(&measuring, set, all);
    set->columns = all;
}
