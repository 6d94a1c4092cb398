/* A folder of small files, configs written as text, and what loading them says: for the tests of the data
 * floor. */
#ifndef MLDBG_TESTS_DATA_CHECK_H
#define MLDBG_TESTS_DATA_CHECK_H

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mldbg/base/text.h>
#include <mldbg/data.h>

struct fixture {
    struct arena arena;
    char folder[64];
    const char *files[64];
    int file_count;
};

static inline int data_setup(void **state)
{
    struct fixture *fixture = test_malloc(sizeof *fixture);
    memset(fixture, 0, sizeof *fixture);
    arena_init(&fixture->arena, "test");
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/mldbg-test-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    *state = fixture;
    return 0;
}

static inline int data_teardown(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < fixture->file_count; i++)
        unlink(fixture->files[i]);
    rmdir(fixture->folder);
    arena_release(&fixture->arena);
    test_free(fixture);
    return 0;
}

static inline const char *data_path(struct fixture *fixture, const char *name)
{
    return arena_print(&fixture->arena, "%s/%s", fixture->folder, name);
}

/* Writes a file into the folder of the test. */
static inline void data_write(struct fixture *fixture, const char *name, const char *bytes, size_t length)
{
    const char *path = data_path(fixture, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    for (int i = 0; i < fixture->file_count; i++)
        if (strcmp(fixture->files[i], path) == 0)
            return;
    assert_true(fixture->file_count < 64);
    fixture->files[fixture->file_count++] = path;
}

static inline void data_text(struct fixture *fixture, const char *name, const char *text)
{
    data_write(fixture, name, text, strlen(text));
}

/* All sentences and hints, one behind the other. */
static inline const char *data_said(struct arena *arena, const struct problems *problems)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < problems->count; i++) {
        const struct error *err = &problems->at[i];
        text_print(&text, "%s:%lld: %s [%s] (%s)\n",
                   strrchr(err->file, '/') ? strrchr(err->file, '/') + 1 : err->file, (long long)err->line,
                   err->sentence, err->hint, err->kind == ERROR_MACHINE ? "machine" : "request");
    }
    return text.at;
}

/* Loads "data" of a config; fills data and what was said, returns whether it could be used. */
static inline bool data_try(struct fixture *fixture, const char *config, const char *task, struct data *data,
                            const char **said)
{
    struct arena *arena = &fixture->arena;
    struct problems problems;
    struct error err = {0};
    struct json *json;
    problems_init(&problems, arena);
    const char *path = data_path(fixture, "config.json");
    if (!json_parse(arena, path, config, strlen(config), &json, &err))
        fail_msg("the test's own config is no JSON: %s: %s", err.sentence, config);
    const struct data_spec *spec = data_read(arena, json, path, &problems);
    bool good = problems.count == 0 && data_load(arena, spec, 1, task, data, &problems);
    *said = data_said(arena, &problems);
    assert_true(good == (problems.count == 0));
    return good;
}

static inline void data_good(struct fixture *fixture, const char *config, const char *task, struct data *data)
{
    const char *said;
    if (!data_try(fixture, config, task, data, &said))
        fail_msg("refused, but should load: %s\n%s", config, said);
}

/* Every one of the words, up to a NULL, must stand in what is said. */
static inline const char *data_bad(struct fixture *fixture, const char *config, const char *const *words)
{
    struct data data;
    const char *said;
    if (data_try(fixture, config, NULL, &data, &said))
        fail_msg("loaded, but should be refused: %s", config);
    for (; *words; words++)
        if (!strstr(said, *words))
            fail_msg("\"%s\" is missing in what was said:\n%s", *words, said);
    return said;
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline const float *data_floats(const struct data *data, enum split split, int input)
{
    assert_int_equal(data->splits[split].inputs[input].dtype, DTYPE_F32);
    return data->splits[split].inputs[input].data;
}

#endif
