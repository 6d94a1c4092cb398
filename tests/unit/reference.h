/*
 * Reads the files of tests/reference/ and runs one test for each case. The folder is found from the current
 * one, the root of the repository, or named by the environment variable MLDBG_TESTS (the path of the folder
 * tests).
 */
#ifndef MLDBG_TESTS_REFERENCE_H
#define MLDBG_TESTS_REFERENCE_H

#include <mldbg/backend.h>
#include <mldbg/base/catalog.h>
#include <mldbg/base/json.h>

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum { REFERENCE_BYTES_MOST = 16 << 20 };

/* What a test of one case gets. */
struct reference {
    const struct json *json;
    const char *name;
    enum dtype dtype;
    double relative, absolute; /* tolerance */
};

static inline struct json *reference_cases(struct arena *arena, const char *file)
{
    const char *folder = getenv("MLDBG_TESTS");
    const char *path = arena_print(arena, "%s/reference/%s", folder ? folder : "tests", file);
    struct json *document, *cases;
    struct error err = {0};
    if (!json_read(arena, path, REFERENCE_BYTES_MOST, &document, NULL, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.sentence);
        exit(1);
    }
    cases = json_get(document, "cases");
    if (json_count(cases) == 0) {
        fprintf(stderr, "%s holds no cases\n", path);
        exit(1);
    }
    return cases;
}

static inline const char *reference_text(const struct json *json, const char *key)
{
    const struct json *found = json_get(json, key);
    return found && found->type == JSON_STRING ? found->string : "";
}

static inline double reference_number(const struct json *json, const char *key)
{
    const struct json *found = json_get(json, key);
    return found && found->type == JSON_NUMBER ? found->number : (double)NAN;
}

static inline int64_t reference_integer(const struct json *json, const char *key)
{
    return (int64_t)reference_number(json, key);
}

/* All numbers of a list of lists, in order, into out; returns how many there are (out may be NULL). */
static inline int64_t reference_numbers(const struct json *list, double *out)
{
    int64_t count = 0;
    for (const struct json *item = list ? list->child : NULL; item; item = item->next) {
        if (item->type == JSON_ARRAY)
            count += reference_numbers(item, out ? out + count : NULL);
        else if (out)
            out[count++] = item->number;
        else
            count++;
    }
    return count;
}

/* Number i of the hash that tests/reference/README.md describes. */
static inline double reference_hashed(uint64_t seed, double bound, double add, uint64_t i)
{
    uint32_t h = (uint32_t)(i * 2654435761u + seed * 40503u);
    return add + 2 * bound * (h / 4294967296.0 - 0.5);
}

/* Compares a contiguous tensor with a list of numbers; says which case, tensor and index are off. */
static inline void reference_compare(const struct reference *reference, const char *what,
                                     const struct tensor *got, const struct json *expected)
{
    int64_t count = reference_numbers(expected, NULL), at = 0;
    if (count != tensor_count(got))
        fail_msg("%s: %s has %lld numbers, expected %lld", reference->name, what,
                 (long long)tensor_count(got), (long long)count);
    double *wanted = malloc(sizeof *wanted * (size_t)(count ? count : 1));
    reference_numbers(expected, wanted);
    while (at < count &&
           check_near(tensor_get(got, at), wanted[at], reference->relative, reference->absolute))
        at++;
    double want = at < count ? wanted[at] : 0;
    free(wanted);
    if (at < count)
        fail_msg("%s: %s[%lld] = %.17g, expected %.17g (distance %.3g)", reference->name, what, (long long)at,
                 tensor_get(got, at), want, fabs(tensor_get(got, at) - want));
}

static inline void reference_compare_number(const struct reference *reference, const char *what, double got,
                                            double expected)
{
    if (!check_near(got, expected, reference->relative, reference->absolute))
        fail_msg("%s: %s = %.17g, expected %.17g (distance %.3g)", reference->name, what, got, expected,
                 fabs(got - expected));
}

/* Every entry of a table must have a case; uses tells whether a case is one of that entry's. */
static inline void reference_covers(const struct catalog *catalog, const struct json *cases,
                                    bool (*uses)(const struct json *json, const char *name))
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct json *one = cases->child;
        while (one && !uses(one, catalog->at[i]->name))
            one = one->next;
        if (!one)
            fail_msg("no case has the %s %s", catalog->kind, catalog->at[i]->name);
    }
}

/* Whether a value of a config names this kind: "adam" or {"type": "adam"}. */
static inline bool reference_names(const struct json *value, const char *name)
{
    const struct json *type = value && value->type == JSON_OBJECT ? json_get(value, "type") : value;
    return type && type->type == JSON_STRING && strcmp(type->string, name) == 0;
}

/* A growing list of tests, one for each case and type. A case may ask for a wider tolerance by "relative". */
struct reference_tests {
    struct arena *arena;
    struct CMUnitTest *at;
    size_t count, capacity;
};

static inline void reference_add(struct reference_tests *tests, const struct json *json,
                                 CMUnitTestFunction function, enum dtype dtype, double relative,
                                 double absolute)
{
    struct reference *reference = arena_alloc(tests->arena, sizeof *reference);
    *reference = (struct reference){
        .json = json,
        .name = arena_print(tests->arena, "%s, %s", reference_text(json, "name"), dtype_name(dtype)),
        .dtype = dtype,
        .relative = fmax(relative, reference_number(json, "relative")),
        .absolute = absolute,
    };
    struct CMUnitTest *test =
        arena_append(tests->arena, &tests->at, &tests->count, &tests->capacity, sizeof *test);
    *test = (struct CMUnitTest){.name = reference->name, .test_func = function, .initial_state = reference};
}

/* A test of the whole file, which gets its list of cases. */
static inline void reference_add_cover(struct reference_tests *tests, const struct json *cases,
                                       const char *name, CMUnitTestFunction function)
{
    struct CMUnitTest *test =
        arena_append(tests->arena, &tests->at, &tests->count, &tests->capacity, sizeof *test);
    *test = (struct CMUnitTest){
        .name = name, .test_func = function, .initial_state = json_copy(tests->arena, cases)};
}

static inline int reference_run(const struct reference_tests *tests, const char *group)
{
    return _cmocka_run_group_tests(group, tests->at, tests->count, NULL, NULL);
}

#endif
