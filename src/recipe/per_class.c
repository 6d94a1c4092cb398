/* Sorts rows by their true class and takes the error of each class apart. Groups stay groups. */
#include "per_class.h"

#include <stdlib.h>
#include <string.h>
#include <mldbg/base/text.h>

enum { CLASSES_MOST = 1000 };

struct classes {
    struct arena *arena;
    struct class_rungs *at;
    size_t count, capacity;
};

static struct class_rungs *find(struct classes *classes, const char *name)
{
    for (size_t i = 0; i < classes->count; i++)
        if (strcmp(classes->at[i].name, name) == 0)
            return &classes->at[i];
    struct class_rungs *added =
        arena_append(classes->arena, &classes->at, &classes->count, &classes->capacity, sizeof *added);
    added->name = name;
    return added;
}

/* As numbers where both are, else by bytes. */
static int compare_names(const void *a, const void *b)
{
    const struct class_rungs *x = a, *y = b;
    double left, right;

    if (text_read_double(x->name, &left) && text_read_double(y->name, &right) &&
        (left < right || left > right))
        return left < right ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Errors and groups of the rows of one class. */
static struct sample sample_class(struct arena *arena, const struct predictions *set, const int64_t *label,
                                  const int64_t *given, int64_t class, uint64_t seed, enum rung rung)
{
    double *each = arena_array(arena, (size_t)set->rows, sizeof *each), errors = 0;
    int64_t *group = arena_array(arena, (size_t)set->rows, sizeof *group), rows = 0, groups = 0;
    int64_t *number =
        arena_array(arena, (size_t)set->groups + 1, sizeof *number); /* from 1; 0: not yet met */

    for (int64_t i = 0; i < set->rows; i++) {
        if (label[i] != class)
            continue;
        if (set->group && number[set->group[i]] == 0)
            number[set->group[i]] = ++groups;
        group[rows] = set->group ? number[set->group[i]] - 1 : 0;
        each[rows] = label[i] != given[i];
        errors += each[rows++];
    }
    if (rows == 0)
        return (struct sample){0};
    if (!set->group)
        return sample_rate(errors, rows);
    struct statistic mean = statistic_mean(arena, each, rows, false, true);
    return sample_statistic(arena, &mean, group, groups, seed, rung);
}

static bool add_split(struct classes *classes, const struct predictions *set, uint64_t seed, enum rung rung,
                      struct error *err)
{
    int64_t *label, *given;
    const char *const *names;

    if (!set->label || !set->given || set->real)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = set->path},
                       "--per-class needs columns \"label\" and \"prediction\" of classes");
    int64_t count = predictions_classes(classes->arena, set, &label, &given, &names);
    for (int64_t c = 0; c < count; c++) {
        struct sample sample = sample_class(classes->arena, set, label, given, c, seed, rung);
        if (!sample.given)
            continue;
        find(classes, names[c])->rung[rung] = sample;
        if (classes->count > CLASSES_MOST)
            return fail_at(err, ERROR_REQUEST, (struct place){.file = set->path},
                           "--per-class: more than %d classes", CLASSES_MOST);
    }
    return true;
}

bool per_class(const struct predictions *set, const bool *read, uint64_t seed, struct run *run,
               struct error *err)
{
    struct classes classes = {.arena = run->arena};

    for (int i = RUNG_train; i < RUNG_COUNT; i++)
        if (read[i] && !add_split(&classes, &set[i], seed, (enum rung)i, err))
            return false;
    qsort(classes.at, classes.count, sizeof *classes.at, compare_names);
    classes_record(classes.at, classes.count, run);
    return true;
}
