/* Measured series: growing columns of step and value, found by name or by pattern. */
#include <mldbg/run.h>

#include <string.h>

enum { FIRST_POINTS = 64 }; /* room of a new series; it doubles */

bool pattern_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *resume = NULL;

    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            resume = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

struct series *run_series(struct run *run, const char *name)
{
    for (size_t i = 0; i < run->series_count; i++) {
        size_t at = (run->series_next + i) % run->series_count;

        if (strcmp(run->series[at]->name, name) != 0)
            continue;
        run->series_next = at + 1;
        return run->series[at];
    }

    struct series *series = arena_alloc(run->arena, sizeof *series);
    series->name = arena_copy(run->arena, name, strlen(name));
    struct series **slot = arena_append(run->arena, &run->series, &run->series_count, &run->series_capacity,
                                        sizeof(struct series *));
    *slot = series;
    run->series_next = run->series_count;
    return series;
}

static void *grown(struct arena *arena, const void *old, size_t count, size_t capacity, size_t size)
{
    void *larger = arena_array(arena, capacity, size);
    if (count)
        memcpy(larger, old, count * size);
    return larger;
}

void series_add(struct run *run, struct series *series, int64_t step, double value)
{
    if (series->count == series->capacity) {
        size_t capacity = series->capacity ? 2 * series->capacity : FIRST_POINTS;
        series->step = grown(run->arena, series->step, series->count, capacity, sizeof *series->step);
        series->value = grown(run->arena, series->value, series->count, capacity, sizeof *series->value);
        series->capacity = capacity;
    }
    series->step[series->count] = step;
    series->value[series->count++] = value;
}

const struct series *run_match(const struct run *run, const char *pattern, size_t *at)
{
    while (*at < run->series_count) {
        const struct series *series = run->series[(*at)++];
        if (pattern_matches(pattern, series->name))
            return series;
    }
    return NULL;
}

const struct series *run_find(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->series_count; i++)
        if (strcmp(run->series[i]->name, name) == 0)
            return run->series[i]->count ? run->series[i] : NULL;
    return NULL;
}
