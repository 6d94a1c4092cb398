/* Rows with the same inputs, found by a hash of their bytes and compared whole where hashes are equal. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

struct finder {
    const struct data *data;
    const struct dataset *set; /* whose rows stand in the table */
    int64_t *slot;             /* position in the list of rows + 1, or 0 */
    const int64_t *rows;       /* NULL: all */
    uint64_t mask;
};

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    hash ^= hash >> 32;
    return hash;
}

static const char *row_bytes(const struct dataset *set, int input, int64_t row, size_t *size)
{
    const struct tensor *tensor = &set->inputs[input];
    *size = (size_t)shape_span(&tensor->shape, 1, tensor->shape.rank) * dtype_size(tensor->dtype);
    return (const char *)tensor->data + (size_t)row * *size;
}

static uint64_t hash_row(const struct data *data, const struct dataset *set, int64_t row)
{
    uint64_t hash = 0x9e3779b97f4a7c15u;
    for (int input = 0; input < data->input_count; input++) {
        size_t size;
        const char *bytes = row_bytes(set, input, row, &size);
        uint64_t word = 0;
        size_t at = 0;
        for (; at + sizeof word <= size; at += sizeof word) {
            memcpy(&word, bytes + at, sizeof word);
            hash = (hash ^ word) * 0xff51afd7ed558ccdu;
            hash ^= hash >> 29;
        }
        word = 0;
        memcpy(&word, bytes + at, size - at);
        hash = mix(hash ^ word) + 1;
    }
    return mix(hash);
}

static bool equal_rows(const struct data *data, const struct dataset *a, int64_t row, const struct dataset *b,
                       int64_t other)
{
    for (int input = 0; input < data->input_count; input++) {
        size_t size;
        const char *x = row_bytes(a, input, row, &size), *y = row_bytes(b, input, other, &size);
        if (memcmp(x, y, size) != 0)
            return false;
    }
    return true;
}

static struct finder finder_make(struct arena *arena, const struct data *data, const struct dataset *set,
                                 const int64_t *rows, int64_t count)
{
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)count)
        slots *= 2;
    struct finder finder = {data, set, arena_array(arena, slots, sizeof(int64_t)), rows, slots - 1};
    return finder;
}

/* The slot where a row of any split stands or would stand. */
static int64_t *finder_slot(const struct finder *finder, const struct dataset *set, int64_t row)
{
    uint64_t at = hash_row(finder->data, set, row) & finder->mask;
    while (finder->slot[at]) {
        int64_t held = finder->slot[at] - 1;
        if (equal_rows(finder->data, set, row, finder->set, finder->rows ? finder->rows[held] : held))
            break;
        at = (at + 1) & finder->mask;
    }
    return &finder->slot[at];
}

int64_t dataset_groups(const struct data *data, const struct dataset *set, const int64_t *rows, int64_t count,
                       int64_t *group)
{
    struct arena scratch;
    arena_init(&scratch, "groups of equal rows");
    struct finder finder = finder_make(&scratch, data, set, rows, count);
    int64_t groups = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t *slot = finder_slot(&finder, set, rows[i]);
        if (*slot == 0) {
            *slot = i + 1;
            group[i] = groups++;
        } else {
            group[i] = group[*slot - 1];
        }
    }
    arena_release(&scratch);
    return groups;
}

static bool same_answer(const struct data *data, const struct dataset *set, int64_t a, int64_t b)
{
    if (data->classification)
        return set->labels[a] == set->labels[b];
    size_t size = (size_t)data->target_width;
    for (size_t i = 0; i < size; i++)
        if (set->targets[(size_t)a * size + i] != set->targets[(size_t)b * size + i])
            return false;
    return true;
}

static struct finder count_duplicates(struct arena *scratch, const struct data *data, struct dataset *set)
{
    struct finder finder = finder_make(scratch, data, set, NULL, set->rows);
    for (int64_t row = 0; row < set->rows; row++) {
        int64_t *slot = finder_slot(&finder, set, row);
        if (*slot == 0) {
            *slot = row + 1;
            continue;
        }
        set->duplicate_rows++;
        set->conflicting_rows += !same_answer(data, set, row, *slot - 1);
    }
    return finder;
}

struct answer {
    int64_t group;
    int32_t label;
};

static int compare_answers(const void *a, const void *b)
{
    const struct answer *x = a, *y = b;
    int by_group = (x->group > y->group) - (x->group < y->group);
    return by_group ? by_group : (x->label > y->label) - (x->label < y->label);
}

/* Rows of each distinct input less those of its most frequent label. */
static int64_t count_unavoidable(struct arena *scratch, const struct dataset *set,
                                 const struct finder *finder)
{
    struct answer *answers = arena_array(scratch, (size_t)set->rows, sizeof *answers);
    int64_t right = 0, most = 0;
    for (int64_t row = 0; row < set->rows; row++)
        answers[row] = (struct answer){*finder_slot(finder, set, row), set->labels[row]};
    qsort(answers, (size_t)set->rows, sizeof *answers, compare_answers);
    for (int64_t i = 0, end; i < set->rows; i = end) {
        if (i == 0 || answers[i].group != answers[i - 1].group)
            most = 0;
        for (end = i + 1; end < set->rows && compare_answers(&answers[i], &answers[end]) == 0;)
            end++;
        if (end - i > most) {
            right += end - i - most;
            most = end - i;
        }
    }
    return set->rows - right;
}

void measure_rows(struct arena *arena, struct data *data)
{
    struct arena scratch;
    arena_init(&scratch, "repeated rows");
    struct finder train = {0};
    for (int s = 0; s < SPLIT_COUNT; s++) {
        struct dataset *set = &data->splits[s];
        if (set->rows == 0)
            continue;
        struct finder own = count_duplicates(&scratch, data, set);
        if (s == SPLIT_train)
            train = own;
        if (data->classification && set->conflicting_rows)
            set->unavoidable_rows = count_unavoidable(&scratch, set, &own);
        for (int64_t row = 0; s != SPLIT_train && row < set->rows; row++)
            set->shared_rows += *finder_slot(&train, set, row) != 0;
        if (!data->classification)
            continue;
        set->class_rows = arena_array(arena, (size_t)data->classes, sizeof *set->class_rows);
        for (int64_t row = 0; row < set->rows; row++)
            set->class_rows[set->labels[row]]++;
    }
    arena_release(&scratch);
}
