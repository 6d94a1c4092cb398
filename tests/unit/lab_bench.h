/* A lab over a config that is written down in the test. */
#ifndef LAB_BENCH_H
#define LAB_BENCH_H

#include "check.h"

#include <mldbg/lab.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct lab_bench {
    struct arena arena;
    struct problems problems;
    struct run run;
    struct lab *lab;
};

static inline void lab_bench_path(struct lab_bench *bench, const char *path)
{
    const char *text;

    arena_init(&bench->arena, "test");
    problems_init(&bench->problems, &bench->arena);
    bench->lab = lab_open(&bench->arena, path, &(struct lab_options){0}, &text, &bench->problems);
    for (size_t i = 0; i < bench->problems.count; i++)
        print_error("%s\n", bench->problems.at[i].sentence);
    assert_non_null(bench->lab);
    run_init(&bench->run, &bench->arena, "test");
}

/* The lab reads a file, which is gone again afterwards. */
static inline void lab_bench_text(struct lab_bench *bench, const char *config)
{
    static const char path[] = "test-lab-bench.json";
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(config, file);
    fclose(file);
    lab_bench_path(bench, path);
    unlink(path);
}

static inline void lab_bench_end(struct lab_bench *bench)
{
    arena_release(&bench->arena);
}

static inline const struct json *lab_bench_json(struct lab_bench *bench, const char *text)
{
    struct json *value;
    struct error err = {0};

    if (!json_parse(&bench->arena, "test", text, strlen(text), &value, &err))
        fail_msg("%s: %s", text, err.sentence);
    return value;
}

#endif
