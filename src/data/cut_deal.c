/*
 * Who gets which row when a file is cut: by chance with labels in proportion, by whole groups, or by time.
 * Every draw is a function of the seed.
 */
#include "cut_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Labels that are numbers of more kinds than this (or than the root of the rows) are no classes. */
enum { CLASSES_OF_NUMBERS = 20 };

/* ---- Keys ---- */

static uint64_t hash(const char *bytes, size_t length)
{
    uint64_t value = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)bytes[i]) * 1099511628211u;
    return value;
}

struct key {
    const char *at;
    size_t length;
};

/* Numbers distinct keys in the order in which they come; returns how many. */
static int64_t number_keys(struct arena *arena, const struct key *key, size_t count, int64_t *number)
{
    size_t slots = 16;
    int64_t kinds = 0;

    while (slots < 2 * count)
        slots *= 2;
    size_t *first = arena_array(arena, slots, sizeof *first); /* index + 1, 0: free */
    for (size_t i = 0; i < count; i++) {
        size_t slot = (size_t)hash(key[i].at, key[i].length) & (slots - 1);
        for (; first[slot]; slot = (slot + 1) & (slots - 1)) {
            const struct key *other = &key[first[slot] - 1];
            if (other->length == key[i].length && memcmp(other->at, key[i].at, other->length) == 0)
                break;
        }
        if (!first[slot]) {
            first[slot] = i + 1;
            number[i] = kinds++;
        } else {
            number[i] = number[first[slot] - 1];
        }
    }
    return kinds;
}

/* what: KEY_LABEL, KEY_GROUP, or -1 for whole rows. */
static int64_t number_rows(const struct cutting *cutting, int what, int64_t *number)
{
    struct key *key = arena_array(cutting->arena, cutting->rows, sizeof *key);
    for (size_t i = 0; i < cutting->rows; i++) {
        const struct cut_row *row = &cutting->row[i];
        const char *text = what < 0 ? row->bytes : row->text[what];
        key[i] = (struct key){text, what < 0 ? row->length : strlen(text)};
    }
    return number_keys(cutting->arena, key, cutting->rows, number);
}

static bool all_numbers(const struct cutting *cutting, int what)
{
    double value;
    for (size_t i = 0; i < cutting->rows; i++)
        if (!text_read_double(cutting->row[i].text[what], &value))
            return false;
    return true;
}

static int64_t find_classes(struct cutting *cutting, int64_t *number)
{
    if (!cutting->options->label)
        return 0;
    int64_t classes = number_rows(cutting, KEY_LABEL, number);
    double most = fmax(CLASSES_OF_NUMBERS, sqrt((double)cutting->rows));
    if ((double)classes > most && all_numbers(cutting, KEY_LABEL))
        return 0;
    for (size_t i = 0; i < cutting->rows; i++)
        cutting->row[i].class = number[i];
    return classes;
}

/* ---- By chance ---- */

/* Rows that are dealt to two or more splits by their shares. */
struct deal {
    double share[SPLIT_COUNT]; /* sum 1 */
    enum split rest;           /* gets what rounding leaves */
    double owed[SPLIT_COUNT];
};

/* What a split is owed is carried from class to class, so that rounding evens out. */
static void apportion(struct deal *deal, int64_t count, int64_t size[SPLIT_COUNT])
{
    int64_t left = count;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        size[s] = 0;
        if (s == (int)deal->rest || !(deal->share[s] > 0))
            continue;
        deal->owed[s] += deal->share[s] * (double)count;
        size[s] = (int64_t)floor(deal->owed[s] + 0.5);
        size[s] = size[s] < 1 && count > 1 ? 1 : size[s] < 0 ? 0 : size[s];
        if (size[s] > left - 1)
            size[s] = left > 1 ? left - 1 : 0;
        left -= size[s];
        deal->owed[s] -= (double)size[s];
    }
    size[deal->rest] = left;
}

/* Puts rows in random order, those of one class behind each other; start[class] is where a class begins. */
static int64_t *shuffle(const struct cutting *cutting, const int64_t *rows, int64_t count, int64_t classes,
                        uint64_t step, int64_t *start)
{
    int64_t *order = arena_array(cutting->arena, (size_t)count, sizeof *order);
    int64_t *sorted = arena_array(cutting->arena, (size_t)count, sizeof *sorted);
    int64_t *at = arena_array(cutting->arena, (size_t)classes, sizeof *at);
    const struct random key = {cutting->options->seed, PURPOSE_SPLIT};

    random_permutation(key, step, count, order);
    for (int64_t i = 0; i < count; i++)
        start[cutting->row[rows[i]].class + 1]++;
    for (int64_t class = 0; class < classes; class ++) {
        start[class + 1] += start[class];
        at[class] = start[class];
    }
    for (int64_t i = 0; i < count; i++) {
        int64_t row = rows[order[i]];
        sorted[at[cutting->row[row].class]++] = row;
    }
    return sorted;
}

/* classes 0: all rows are of one. */
static void deal_rows(struct cutting *cutting, struct deal *deal, const int64_t *rows, int64_t count,
                      int64_t classes, uint64_t step)
{
    classes = classes > 0 ? classes : 1;
    int64_t *start = arena_array(cutting->arena, (size_t)classes + 1, sizeof *start);
    const int64_t *sorted = shuffle(cutting, rows, count, classes, step, start);

    for (int64_t class = 0; class < classes; class ++) {
        int64_t size[SPLIT_COUNT], at = start[class];
        apportion(deal, start[class + 1] - start[class], size);
        for (int s = 0; s < SPLIT_COUNT; s++)
            for (int64_t i = 0; i < size[s]; i++)
                cutting->row[sorted[at++]].owner = (enum split)s;
    }
}

static void deal_all(struct cutting *cutting, int64_t classes)
{
    int64_t *rows = arena_array(cutting->arena, cutting->rows, sizeof *rows);
    struct deal deal = {.rest = SPLIT_train};

    for (size_t i = 0; i < cutting->rows; i++)
        rows[i] = (int64_t)i;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
        deal.share[s] = cutting->options->share[s];
    deal_rows(cutting, &deal, rows, (int64_t)cutting->rows, classes, 0);
}

/* ---- By group ---- */

/* Groups in random order, each to the split that lacks most of its share. */
static void deal_groups(struct cutting *cutting, int64_t groups, struct cut *out)
{
    const struct random key = {cutting->options->seed, PURPOSE_SPLIT};
    int64_t *order = arena_array(cutting->arena, (size_t)groups, sizeof *order);
    int64_t *size = arena_array(cutting->arena, (size_t)groups, sizeof *size);
    enum split *owner = arena_array(cutting->arena, (size_t)groups, sizeof *owner);
    double lack[SPLIT_COUNT];

    for (int s = 0; s < SPLIT_COUNT; s++)
        lack[s] =
            (double)cutting->rows * (s == SPLIT_train ? cutting->train_share : cutting->options->share[s]);
    for (size_t i = 0; i < cutting->rows; i++)
        size[cutting->row[i].group]++;
    random_permutation(key, 1, groups, order);
    for (int64_t i = 0; i < groups; i++) {
        int best = SPLIT_train;
        for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
            best = lack[s] > 0 && lack[s] > lack[best] ? s : best;
        owner[order[i]] = (enum split)best;
        lack[best] -= (double)size[order[i]];
        out->at[best].groups++;
    }
    for (size_t i = 0; i < cutting->rows; i++)
        cutting->row[i].owner = owner[cutting->row[i].group];
}

/* ---- By time ---- */

static int compare_times(const void *a, const void *b)
{
    const struct cut_row *x = *(const struct cut_row *const *)a, *y = *(const struct cut_row *const *)b;
    int by_text = isnan(x->time) ? strcmp(x->text[KEY_TIME], y->text[KEY_TIME]) : 0;

    if (x->time < y->time || x->time > y->time)
        return x->time < y->time ? -1 : 1;
    if (by_text)
        return by_text;
    return (x->line > y->line) - (x->line < y->line);
}

static bool same_time(const struct cut_row *x, const struct cut_row *y)
{
    if (isnan(x->time))
        return strcmp(x->text[KEY_TIME], y->text[KEY_TIME]) == 0;
    return !(x->time < y->time || x->time > y->time);
}

/* The first row of the later period: nearest to its share, and no time on both sides. */
static int64_t find_boundary(struct cut_row *const *sorted, int64_t rows, double later)
{
    int64_t wanted = (int64_t)llround((double)rows * (1 - later)), best = 0;
    for (int64_t i = 1; i < rows; i++)
        if (!same_time(sorted[i - 1], sorted[i]) && (!best || llabs(i - wanted) < llabs(best - wanted)))
            best = i;
    return best;
}

static bool deal_times(struct cutting *cutting, int64_t classes, struct cut *out, struct error *err)
{
    const double *share = cutting->options->share;
    double later = share[SPLIT_testval] + share[SPLIT_test];
    int64_t rows = (int64_t)cutting->rows;
    struct cut_row **sorted = arena_array(cutting->arena, cutting->rows, sizeof(struct cut_row *));
    int64_t *number = arena_array(cutting->arena, cutting->rows, sizeof *number);
    bool numbers = all_numbers(cutting, KEY_TIME);

    for (int64_t i = 0; i < rows; i++) {
        sorted[i] = &cutting->row[i];
        sorted[i]->time = (double)NAN;
        if (numbers)
            text_read_double(sorted[i]->text[KEY_TIME], &sorted[i]->time);
    }
    qsort(sorted, cutting->rows, sizeof(struct cut_row *), compare_times);
    int64_t boundary = find_boundary(sorted, rows, later);
    if (boundary == 0)
        return fail(err, ERROR_REQUEST, "%s: all rows have one time in \"%s\", so none is later",
                    cutting->path, cutting->options->time);
    out->boundary = sorted[boundary]->text[KEY_TIME];
    for (int64_t i = 0; i < rows; i++)
        number[i] = sorted[i] - cutting->row;
    struct deal early = {.rest = SPLIT_train}, late = {.rest = SPLIT_test};
    early.share[SPLIT_val] = share[SPLIT_val] / (1 - later);
    late.share[SPLIT_testval] = share[SPLIT_testval] / later;
    if (!(share[SPLIT_test] > 0))
        late = (struct deal){.rest = SPLIT_testval};
    deal_rows(cutting, &early, number, boundary, classes, 0);
    deal_rows(cutting, &late, number + boundary, rows - boundary, classes, 1);
    return true;
}

/* ---- */

/* Rows that stand in more than one split: what is learned from one is no surprise in the other. */
static int64_t count_repeated(struct cutting *cutting, int64_t *number)
{
    int64_t kinds = number_rows(cutting, -1, number), repeated = 0;
    unsigned char *owners = arena_array(cutting->arena, (size_t)kinds, sizeof *owners);

    for (size_t i = 0; i < cutting->rows; i++)
        owners[number[i]] |= (unsigned char)(1u << cutting->row[i].owner);
    for (size_t i = 0; i < cutting->rows; i++)
        repeated += (owners[number[i]] & (owners[number[i]] - 1)) != 0;
    return repeated;
}

bool cut_deal(struct cutting *cutting, struct cut *out, struct error *err)
{
    int64_t *number = arena_array(cutting->arena, cutting->rows, sizeof *number);

    if (cutting->options->by) {
        out->groups = number_rows(cutting, KEY_GROUP, number);
        for (size_t i = 0; i < cutting->rows; i++)
            cutting->row[i].group = number[i];
        deal_groups(cutting, out->groups, out);
    } else {
        out->classes = find_classes(cutting, number);
        if (!cutting->options->time)
            deal_all(cutting, out->classes);
        else if (!deal_times(cutting, out->classes, out, err))
            return false;
    }
    out->repeated = count_repeated(cutting, number);
    return true;
}
