/* Taking an error apart: closed forms, sums, what is missing, and what is named. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mldbg/base/file.h>
#include <mldbg/base/text.h>
#include <mldbg/recipe/decomposing.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct decomposition parts_of(const struct sample *rung)
{
    struct decomposition parts;
    struct error err;
    if (!decompose(&arena, rung, &parts, &err))
        fail_msg("%s", err.sentence);
    return parts;
}

static struct decomposition of_rates(const double *errors, int64_t rows)
{
    struct sample rung[RUNG_COUNT] = {{0}};
    for (int i = 0; i < RUNG_COUNT; i++)
        if (errors[i] >= 0)
            rung[i] = sample_rate(errors[i], rows);
    return parts_of(rung);
}

static double sum_of(const struct decomposition *parts)
{
    double sum = 0;
    for (int t = 0; t < parts->count; t++)
        sum += parts->term[t].value;
    return sum;
}

static void test_lecture(void **state)
{
    static const double errors[] = {25, 27, 29, 32, 34}, expected[] = {0.25, 0.02, 0.02, 0.03, 0.02};
    struct decomposition parts = of_rates(errors, 100);

    (void)state;
    assert_int_equal(parts.count, RUNG_COUNT);
    for (int t = 0; t < RUNG_COUNT; t++)
        assert_near(parts.term[t].value, expected[t], 0, 1e-12);
    assert_near(sum_of(&parts), 0.34, 0, 1e-12);
    assert_near(parts.sum.value, 0.34, 0, 1e-12);
    assert_int_equal(parts.largest, -1);
    assert_int_equal(parts.first, 3);
    assert_string_equal(parts.term[3].key, "distribution_shift");
}

/* Agresti and Coull with two errors and two right answers added; rungs are independent. */
static void test_closed_form(void **state)
{
    struct sample rung[RUNG_COUNT] = {{0}};
    double train = 12.0 / 104, test = 32.0 / 204;
    double error = sqrt(train * (1 - train) / 104 + test * (1 - test) / 204), z = 1.9599639845400545;

    (void)state;
    rung[RUNG_train] = sample_rate(10, 100);
    rung[RUNG_test] = sample_rate(30, 200);
    struct decomposition parts = parts_of(rung);
    assert_int_equal(parts.count, 2);
    assert_near(parts.term[1].value, 0.05, 0, 1e-12);
    assert_near(parts.term[1].each.low, test - train - z * error, 1e-9, 0);
    assert_near(parts.term[1].each.high, test - train + z * error, 1e-9, 0);
    assert_true(parts.critical > z &&
                parts.critical < 2.5758); /* two terms and a sum; Bonferroni would be 2.39 */
    assert_near(parts.term[1].together.high, test - train + parts.critical * error, 1e-9, 0);
    assert_near(parts.sum.each.high, test + z * sqrt(test * (1 - test) / 204), 1e-9, 0);
}

static void test_missing(void **state)
{
    static const struct {
        double errors[RUNG_COUNT];
        int count;
        const char *last;
    } cases[] = {
        {{-1, 5, 8, 9, 12}, 4, "validation_overfit"},
        {{1, 5, -1, 9, 12}, 4, "validation_overfit"},
        {{1, 5, 8, -1, 12}, 4, "distribution_shift+validation_overfit"},
        {{-1, 5, -1, -1, 12}, 2, "variance+distribution_shift+validation_overfit"},
        {{1, -1, 8, 9, 12}, 4, "validation_overfit"},
        {{1, 5, 8, -1, -1}, 3, "variance"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decomposition parts = of_rates(cases[i].errors, 100);
        assert_int_equal(parts.count, cases[i].count);
        assert_string_equal(parts.term[parts.count - 1].key, cases[i].last);
        assert_near(sum_of(&parts), parts.sum.value, 0, 1e-12);
    }
    static const double one[] = {5, -1, -1, -1, 7};
    struct sample rung[RUNG_COUNT] = {sample_rate(one[0], 100), {0}, {0}, {0}, sample_rate(one[4], 100)};
    struct decomposition parts;
    struct error err;
    assert_false(decompose(&arena, rung, &parts, &err));
    assert_int_equal(err.kind, ERROR_REQUEST);
}

static void test_named(void **state)
{
    static const double shift[] = {-1, 5, 13, 56, 57}, equal[] = {-1, 10, 20, 30, 40},
                        none[] = {-1, 0, 0, 0, 0};
    struct decomposition parts = of_rates(shift, 360);

    (void)state;
    assert_int_equal(parts.largest, 2);
    assert_true(parts.term[2].above);
    assert_string_equal(parts.term[2].name, "distribution shift");
    assert_string_equal(parts.term[0].key, "irreducible+avoidable_bias");
    assert_int_equal(decomposition_next(&parts), 2);
    parts = of_rates(equal, 10000);
    assert_int_equal(parts.largest, -1);
    for (int t = 0; t < parts.count; t++)
        assert_true(parts.term[t].tied);
    /* Tied, and all above zero: underfitting comes first. */
    static const double far[] = {-1, 1000, 2000, 3000, 4000};
    parts = of_rates(far, 10000);
    assert_int_equal(decomposition_next(&parts), 0);
    parts = of_rates(none, 50);
    assert_int_equal(parts.largest, -1);
    assert_int_equal(decomposition_next(&parts), -1);
    assert_true(parts.term[1].each.high > 0.03);
    assert_near(sum_of(&parts), 0, 0, 0);
}

/* An irreducible error that is known as a number can be the largest part, and is nothing to work on. */
static void test_exact(void **state)
{
    struct sample rung[RUNG_COUNT] = {sample_exact(0.4), sample_rate(41, 100), sample_rate(45, 100),
                                      sample_rate(48, 100), sample_rate(49, 100)};
    struct decomposition parts = parts_of(rung);

    (void)state;
    assert_true(parts.term[0].exact);
    assert_near(parts.term[0].together.low, 0.4, 0, 0);
    assert_near(parts.term[0].together.high, 0.4, 0, 0);
    assert_int_equal(parts.first, 2);
}

/* The same rates on as many rows as were said to be needed are told apart, on fewer they are not. */
static void test_rows_needed(void **state)
{
    static const double rate[] = {-1, 0.06, 0.16, 0.18, 0.20};
    double errors[RUNG_COUNT] = {-1};

    (void)state;
    for (int i = 1; i < RUNG_COUNT; i++)
        errors[i] = rate[i] * 500;
    struct decomposition parts = of_rates(errors, 500);
    assert_int_equal(parts.largest, -1);
    assert_int_equal(parts.first, 1);
    assert_true(parts.rows_needed > 500);
    for (int more = 0; more < 2; more++) {
        double rows = floor(parts.rows_needed * (more ? 1.2 : 0.85));
        for (int i = 1; i < RUNG_COUNT; i++)
            errors[i] = rate[i] * rows;
        assert_int_equal(of_rates(errors, (int64_t)rows).largest, more ? 1 : -1);
    }
}

/* The mean of rows: the same as its textbook variance, and the same draws for the same seed. */
static void test_rows(void **state)
{
    enum { ROWS = 400 };
    double each[ROWS], mean = 0, square = 0;
    int64_t group[ROWS];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        each[i] = (double)((i * 37) % 101) / 101;
        group[i] = i / 4;
        mean += each[i] / ROWS;
    }
    for (int i = 0; i < ROWS; i++)
        square += (each[i] - mean) * (each[i] - mean) / (ROWS - 1);
    struct sample sample = sample_rows(&arena, each, ROWS, NULL, 0, false, 1, RUNG_val);
    assert_near(sample.value, mean, 1e-12, 0);
    assert_near(sample.variance, square / ROWS, 1e-9, 0);
    double spread = 0;
    for (int i = 0; i < DECOMPOSE_DRAWS; i++)
        spread += (sample.draws[i] - mean) * (sample.draws[i] - mean) / DECOMPOSE_DRAWS;
    assert_near(spread, sample.variance, 0.15, 0);
    struct sample again = sample_rows(&arena, each, ROWS, NULL, 0, false, 1, RUNG_val);
    struct sample other = sample_rows(&arena, each, ROWS, NULL, 0, false, 1, RUNG_test);
    assert_memory_equal(sample.draws, again.draws, DECOMPOSE_DRAWS * sizeof(double));
    assert_true(memcmp(sample.draws, other.draws, DECOMPOSE_DRAWS * sizeof(double)) != 0);

    struct sample root = sample_rows(&arena, each, ROWS, NULL, 0, true, 1, RUNG_val);
    assert_near(root.value, sqrt(mean), 1e-12, 0);
    assert_near(root.variance, sample.variance / (4 * mean), 1e-9, 0);

    /* Rows that are copies within their group tell as much as the groups do. */
    for (int i = 0; i < ROWS; i++)
        each[i] = (double)((i / 4 * 37) % 101) / 101;
    struct sample rows = sample_rows(&arena, each, ROWS, NULL, 0, false, 1, RUNG_val);
    struct sample groups = sample_rows(&arena, each, ROWS, group, ROWS / 4, false, 1, RUNG_val);
    assert_near(groups.variance / rows.variance, 4, 0.02, 0);
    assert_near(groups.bearing, ROWS / 4, 0.02, 0);

    /* No errors in groups: as sure as so many rows, and no surer. */
    for (int i = 0; i < ROWS; i++)
        each[i] = 0;
    struct statistic none = statistic_mean(&arena, each, ROWS, false, true);
    struct sample zero = sample_statistic(&arena, &none, group, ROWS / 4, 1, RUNG_val);
    assert_near(zero.variance, sample_rate(0, ROWS / 4).variance, 1e-12, 0);
    assert_null(zero.draws);
}

static void test_one_row(void **state)
{
    const double each[] = {3};
    struct sample rung[RUNG_COUNT] = {{0}};

    (void)state;
    rung[RUNG_train] = sample_rows(&arena, each, 1, NULL, 0, false, 1, RUNG_train);
    rung[RUNG_test] = sample_rows(&arena, each, 1, NULL, 0, false, 1, RUNG_test);
    struct decomposition parts = parts_of(rung);
    assert_near(parts.term[1].value, 0, 0, 0);
    assert_is_nan(parts.term[1].each.low); /* one row says nothing about how rows differ */
    assert_int_equal(parts.largest, -1);
    rung[RUNG_train] = sample_rate(0, 1);
    rung[RUNG_test] = sample_rate(1, 1);
    parts = parts_of(rung);
    assert_near(parts.term[1].value, 1, 0, 0);
    assert_true(parts.term[1].each.low < 0);
    assert_int_equal(parts.largest, -1);
}

static void test_unsure(void **state)
{
    struct sample rung[RUNG_COUNT] = {{0}};
    struct run run;

    (void)state;
    rung[RUNG_train] = sample_unsure(0.1);
    rung[RUNG_val] = sample_unsure(0.5);
    struct decomposition parts = parts_of(rung);
    assert_is_nan(parts.term[1].together.low);
    assert_int_equal(parts.largest, -1);
    run_init(&run, &arena, "decompose");
    decompose_record(&parts, NULL, &run);
    assert_near(run_number(&run, "decompose/variance/value"), 0.4, 0, 1e-12);
    assert_string_equal(run_text(&run, "decompose/variance/remark"), "no interval");
}

/* Each remedy that a config can say, with the value that stands there and the one that is proposed. */
static void test_patches(void **state)
{
    static const struct {
        const char *config;
        bool variance;
        const char *at[9]; /* patch of each remedy, counted from 1; NULL: none */
    } cases[] = {
        {"{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"dropout\", \"p\": 0.5}, "
         "{\"type\": \"linear\", \"out_features\": 32}, {\"type\": \"linear\", \"out_features\": 99}], "
         "\"optimizer\": {\"type\": \"sgd\", \"weight_decay\": 0.1}, \"train\": {\"epochs\": 20}}",
         false,
         {NULL, "model[2].out_features: 32 -> 64", "optimizer.weight_decay: 0.1 -> 0, model[1].p: 0.5 -> 0",
          NULL, NULL, "train.epochs: 20 -> 60"}},
        {"{\"model\": [{\"type\": \"linear\", \"out_features\": 8, \"name\": \"a\"}, {\"type\": \"add\", "
         "\"from\": [\"a\", \"a\"]}], \"optimizer\": \"adamw\"}",
         false,
         {NULL, NULL, "optimizer.weight_decay: 0.01 -> 0"}},
        {"{\"model\": [{\"type\": \"conv2d\", \"out_channels\": 8}, {\"type\": \"linear\", \"out_features\": "
         "8}, "
         "{\"type\": \"linear\", \"out_features\": 2}], \"optimizer\": \"adam\"}",
         true,
         {NULL, NULL, "model: + batchnorm behind 2 layers", NULL,
          "model: + dropout p 0.3 behind 1 layer, optimizer.weight_decay: 0 -> 0.0001"}},
        {"{\"model\": [{\"type\": \"batchnorm\"}, {\"type\": \"dropout\", \"p\": 0.1}, {\"type\": "
         "\"linear\", "
         "\"out_features\": 2}], \"optimizer\": \"adamw\"}",
         true,
         {NULL, NULL, NULL, NULL, "model[1].p: 0.1 -> 0.5"}},
        {"{\"model\": 3, \"optimizer\": [], \"train\": {\"epochs\": \"x\"}}", false, {NULL}},
        {"{\"model\": [1, [], null], \"loss\": \"mse\"}", true, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct term bias = {.from = RUNG_irreducible, .to = RUNG_train, .name = "avoidable bias"};
        const struct term variance = {.from = RUNG_train, .to = RUNG_val, .name = "variance"};
        struct json *config;
        struct error err;
        struct run run;
        if (!json_parse(&arena, "config.json", cases[i].config, strlen(cases[i].config), &config, &err))
            fail_msg("%s", err.sentence);
        run_init(&run, &arena, "decompose");
        remedies_record(cases[i].variance ? &variance : &bias, config, &run);
        for (int k = 1; k < 9; k++) {
            const char *found = run_text(&run, arena_print(&arena, "decompose/patch/%d", k));
            assert_string_equal(found, cases[i].at[k] ? cases[i].at[k] : "");
        }
        assert_true(json_count(run.remedies) >= 6);
    }
}

/* ---- From files ---- */

static char folder[] = "/tmp/mldbg-decompose-XXXXXX";

static const char *put(const char *name, const char *content)
{
    const char *path = arena_print(&arena, "%s/%s", folder, name);
    struct error err;
    if (!file_write(path, content, strlen(content), true, &err))
        fail_msg("%s", err.sentence);
    return path;
}

static bool ask(const struct decompose_options *options, struct run *run, struct error *err)
{
    struct decomposition parts;
    run_init(run, &arena, "decompose");
    *err = (struct error){0};
    return recipe_decompose(options, run, &parts, err);
}

static void test_tables(void **state)
{
    static const char *const refused[] = {
        "split,error\ntrain,27\ntest,30\n",    "split,errors\ntrain,1\ntest,2\n",
        "split,error\ntrain,x\ntest,0.3\n",    "split,error\nvalidation,0.2\ntest,0.3\n",
        "split,errors,rows\ntrain,5,4\n",      "split,error,rows\ntrain,0.5,0\n",
        "split,error\ntrain,0.1\ntrain,0.1\n", "split,error\ntrain,0.1\n",
        "split,error\ntrain,nan\ntest,0.1\n",
    };
    struct decompose_options options = {.metric = -1};
    struct run run;
    struct error err;

    (void)state;
    options.table = put("lecture.csv", "split,error,rows\nhuman,25 %,100\ntrain,27%,100\nval,0.29,100\n"
                                       "testval,32 %,100\ntest,.34,100\n");
    if (!ask(&options, &run, &err))
        fail_msg("%s", err.sentence);
    assert_near(run_number(&run, "decompose/irreducible/value"), 0.25, 0, 1e-12);
    assert_near(run_number(&run, "decompose/avoidable_bias/value"), 0.02, 0, 1e-12);
    assert_near(run_number(&run, "decompose/variance/value"), 0.02, 0, 1e-12);
    assert_near(run_number(&run, "decompose/distribution_shift/value"), 0.03, 0, 1e-12);
    assert_near(run_number(&run, "decompose/validation_overfit/value"), 0.02, 0, 1e-12);
    assert_near(run_number(&run, "decompose/total/value"), 0.34, 0, 1e-12);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        options.table = put("refused.csv", refused[i]);
        if (ask(&options, &run, &err))
            fail_msg("accepted: %s", refused[i]);
        assert_int_equal(err.kind, ERROR_REQUEST);
    }
}

static void test_files(void **state)
{
    struct decompose_options options = {.metric = -1, .seed = 1};
    struct run run;
    struct error err;

    (void)state;
    options.train = put("a.csv", "label,prediction,loss\na,a,0.1\nb,b,0.1\nb,b,0.1\na,b,0.9\n");
    options.test = put("d.csv", "label,prediction,loss\na,b,0.1\nb,b,nan\nb,b,0.1\na,b,0.9\n");
    if (!ask(&options, &run, &err))
        fail_msg("%s", err.sentence);
    assert_near(run_number(&run, "decompose/error/train"), 0.25, 0, 1e-12);
    assert_near(run_number(&run, "decompose/error/test"), 0.5, 0, 1e-12);
    options.metric = 1;
    assert_false(ask(&options, &run, &err));
    assert_int_equal(err.line, 3);
    assert_true(strstr(err.file, "d.csv") != NULL);
    options.metric = -1;
    options.human = "1/20";
    options.irreducible = "0.1";
    assert_false(ask(&options, &run, &err));
    options.irreducible = NULL;
    assert_true(ask(&options, &run, &err));
    assert_near(run_number(&run, "decompose/irreducible/value"), 0.05, 0, 1e-12);
    options.train = put("real.csv", "label,prediction\n1.5,2.5\n2,1\n");
    options.test = put("real2.csv", "label,prediction\n1,4\n2,5\n");
    options.human = NULL;
    assert_true(ask(&options, &run, &err));
    assert_string_equal(run_text(&run, "decompose/metric"), "rmse");
    assert_near(run_number(&run, "decompose/error/train"), 1, 0, 1e-12);
    assert_near(run_number(&run, "decompose/error/test"), 3, 0, 1e-12);
}

static int open_folder(void **state)
{
    (void)open_arena(state);
    return mkdtemp(folder) ? 0 : -1;
}

static int close_folder(void **state)
{
    static const char *const names[] = {"lecture.csv", "refused.csv", "a.csv",
                                        "d.csv",       "real.csv",    "real2.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(arena_print(&arena, "%s/%s", folder, names[i]));
    rmdir(folder);
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    return close_arena(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lecture, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_closed_form, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_missing, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_named, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_exact, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_rows_needed, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_rows, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_one_row, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_unsure, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_patches, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_tables, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_files, open_folder, close_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
