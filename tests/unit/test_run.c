/* The run record: series, facts, patterns, JSON. */
#include "check.h"

#include <mldbg/run.h>

struct fixture {
    struct arena arena;
    struct run run;
};

static int setup(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, "test");
    run_init(&fixture.run, &fixture.arena, "overfit");
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_release(&fixture->arena);
    return 0;
}

static void facts(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;

    assert_is_nan(run_number(run, "a"));
    assert_string_equal(run_text(run, "a"), "");
    assert_false(run_has(run, "a"));
    run_set_number(run, "a", 2.5);
    assert_near(run_number(run, "a"), 2.5, 0, 0);
    assert_string_equal(run_text(run, "a"), "");
    run_set_text(run, "a", "row %d", 7);
    assert_string_equal(run_text(run, "a"), "row 7");
    assert_is_nan(run_number(run, "a"));
    assert_true(run_has(run, "a"));
    assert_int_equal(run->fact_count, 1);
    /* A text may be made from the fact that it replaces. */
    run_set_text(run, "a", "%s again", run_text(run, "a"));
    assert_string_equal(run_text(run, "a"), "row 7 again");
}

static void series_stay_in_place(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;
    struct series *first = run_series(run, "overfit/loss");

    for (int i = 0; i < 200; i++)
        series_add(run, run_series(run, arena_print(run->arena, "gradient/p%d/norm", i)), 0, i);
    for (int64_t step = 0; step < 1000; step++)
        series_add(run, first, step, (double)step / 2);
    assert_ptr_equal(run_series(run, "overfit/loss"), first);
    const struct series *found = run_find(run, "overfit/loss");
    assert_ptr_equal(found, first);
    assert_int_equal(found->count, 1000);
    for (size_t i = 0; i < found->count; i++) {
        assert_int_equal(found->step[i], i);
        assert_near(found->value[i], (double)i / 2, 0, 0);
    }
}

static void empty_series_are_not_measured(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;

    run_series(run, "overfit/loss");
    assert_null(run_find(run, "overfit/loss"));
    assert_false(run_has(run, "overfit/loss"));
    series_add(run, run_series(run, "overfit/loss"), 0, (double)NAN);
    assert_non_null(run_find(run, "overfit/loss"));
    assert_true(run_has(run, "overfit/*"));
}

static bool matches(struct run *run, const char *pattern)
{
    size_t at = 0;
    return run_match(run, pattern, &at) != NULL;
}

static void patterns(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;
    size_t at = 0;

    run_series(run, "activation/relu1/zero_share");
    run_series(run, "overfit/activation/block/relu2/zero_share");
    assert_true(matches(run, "activation/*/zero_share"));
    assert_true(matches(run, "*"));
    assert_true(matches(run, "**share"));
    assert_false(matches(run, "activation/*/saturated_share"));
    assert_false(matches(run, "zero_share"));
    assert_false(matches(run, ""));
    assert_string_equal(run_match(run, "*activation/*/zero_share", &at)->name, "activation/relu1/zero_share");
    assert_string_equal(run_match(run, "*activation/*/zero_share", &at)->name,
                        "overfit/activation/block/relu2/zero_share");
    assert_null(run_match(run, "*activation/*/zero_share", &at));
    run_set_number(run, "gradcheck/fc1/weight/error", 1);
    assert_true(run_has(run, "gradcheck/*/error"));
    assert_false(run_has(run, "gradcheck/*/errors"));
}

static void tables(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;

    assert_false(run_has(run, "layers"));
    assert_false(run_has(run, "splits"));
    assert_false(run_has(run, "columns"));
    run_add_layer(run)->name = "fc1";
    run_add_split(run)->name = "train";
    run_add_column(run)->name = "x";
    assert_true(run_has(run, "layers"));
    assert_true(run_has(run, "splits"));
    assert_true(run_has(run, "columns"));
    assert_ptr_equal(run_find_split(run, "train"), &run->splits[0]);
    assert_null(run_find_split(run, "val"));
}

static void json(void **state)
{
    struct run *run = &((struct fixture *)*state)->run;
    struct arena *arena = run->arena;
    struct json *document;
    struct text text;

    run->seed = UINT64_MAX;
    run_set_number(run, "overfit/chance", (double)NAN);
    run_set_text(run, "overfit/stopped", "a \"word\"");
    series_add(run, run_series(run, "overfit/loss"), 0, 0.1);
    series_add(run, run_series(run, "overfit/loss"), 1, (double)-INFINITY);
    run_add_layer(run)->name = "fc1";
    *run_add_column(run) =
        (struct column_record){.split = "train", .name = "x", .kind = "numeric", .count = 3};
    int64_t rows[2] = {4, 5};
    *run_add_split(run) = (struct split_record){
        .name = "train", .origin = "a.csv", .rows = 9, .classes = 2, .class_rows = rows};
    text_init(&text, arena);
    json_write(&text, run_to_json(run, arena), true);
    assert_true(json_parse(arena, "record", text.at, text.length, &document, NULL));
    assert_string_equal(json_get(json_get(document, "run"), "seed")->string, "18446744073709551615");
    assert_string_equal(json_get(json_get(document, "facts"), "overfit/chance")->string, "nan");
    assert_string_equal(json_get(json_get(document, "facts"), "overfit/stopped")->string, "a \"word\"");
    const struct json *values = json_get(json_get(json_get(document, "series"), "overfit/loss"), "value");
    assert_near(json_at(values, 0)->number, 0.1, 0, 0);
    assert_string_equal(json_at(values, 1)->string, "-inf");
    assert_int_equal(json_count(json_get(document, "layers")), 1);
    assert_int_equal(json_count(json_get(document, "columns")), 1);
    const struct json *split = json_at(json_get(document, "splits"), 0);
    assert_near(json_at(json_get(split, "class_rows"), 1)->number, 5, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts, setup, teardown),
        cmocka_unit_test_setup_teardown(series_stay_in_place, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_series_are_not_measured, setup, teardown),
        cmocka_unit_test_setup_teardown(patterns, setup, teardown),
        cmocka_unit_test_setup_teardown(tables, setup, teardown),
        cmocka_unit_test_setup_teardown(json, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
