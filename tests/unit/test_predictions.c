/* Files of predictions: columns by name, rows as numbers, and what is refused with its line. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include <mldbg/base/file.h>
#include <mldbg/run/statistic.h>

static struct arena arena;
static char path[] = "/tmp/mldbg-predictions-XXXXXX";

static int open_file(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int close_file(void **state)
{
    (void)state;
    unlink(path);
    arena_release(&arena);
    return 0;
}

static bool read_text(const char *content, struct predictions *out, struct error *err)
{
    *err = (struct error){0};
    if (!file_write(path, content, strlen(content), true, err))
        fail_msg("%s", err->sentence);
    return predictions_read(&arena, path, out, err);
}

static struct predictions accept(const char *content)
{
    struct predictions set;
    struct error err;
    if (!read_text(content, &set, &err))
        fail_msg("%s", err.sentence);
    return set;
}

static void test_columns(void **state)
{
    struct predictions set = accept("row,loss,p0,p1,group,prediction,label,extra\n"
                                    "0,0.5,0.25,0.75,x,1,1,?\n"
                                    "1,inf,0.5,0.5,y,1,0,?\n"
                                    "\n"
                                    "2,nan,1e-3,0.999,x,1,1.0,?\n");

    (void)state;
    assert_int_equal(set.rows, 3);
    assert_int_equal(set.line[2], 5);
    assert_int_equal(set.classes, 2);
    assert_near(set.probability[2 * 1 + 1], 0.5, 0, 0);
    assert_near(set.probability[2 * 2], 0.001, 1e-12, 0);
    assert_int_equal(set.groups, 2);
    assert_int_equal(set.group[0], set.group[2]);
    assert_true(set.group[0] != set.group[1]);
    assert_true(isinf(set.loss[1]));
    assert_is_nan(set.loss[2]);
    assert_string_equal(set.label[1], "0");
    assert_non_null(set.label_value);
    assert_false(set.real);
}

static void test_measures(void **state)
{
    struct predictions set = accept("label,prediction\n1,1.0\n2,4\n3,3\n-1,-1.5\n");
    struct error err;
    double *each;

    (void)state;
    assert_true(set.real);
    assert_true(predictions_measure(&arena, &set, MEASURE_rmse, &each, &err));
    assert_near(each[1], 4, 0, 0);
    assert_near(each[3], 0.25, 0, 0);
    assert_true(predictions_measure(&arena, &set, MEASURE_mae, &each, &err));
    assert_near(each[3], 0.5, 0, 0);
    assert_true(predictions_measure(&arena, &set, MEASURE_error, &each, &err));
    assert_near(each[0] + each[2], 0, 0, 0); /* 1 and 1.0 are one class */
    assert_near(each[1] + each[3], 2, 0, 0);
    assert_false(predictions_measure(&arena, &set, MEASURE_loss, &each, &err));

    set = accept("label,prediction\ncat,cat\ncat,dog\n");
    assert_null(set.label_value);
    assert_false(predictions_measure(&arena, &set, MEASURE_mae, &each, &err));
    set = accept("label0,label1,prediction0,prediction1,loss\n1,2,3,4,0.5\n");
    assert_null(set.label);
    assert_true(predictions_measure(&arena, &set, MEASURE_loss, &each, &err));
    assert_near(each[0], 0.5, 0, 0);
    assert_false(predictions_measure(&arena, &set, MEASURE_error, &each, &err));
    set = accept("label,prediction,loss\n1,1,0.5\n1,1,0.5\n1,1,-inf\n");
    assert_false(predictions_measure(&arena, &set, MEASURE_loss, &each, &err));
    assert_int_equal(err.line, 4);
    set = accept("label,prediction\n0.5,0.5\n1,nan\n");
    assert_false(predictions_measure(&arena, &set, MEASURE_rmse, &each, &err));
    assert_int_equal(err.line, 3);
}

/* The influence of a row is the slope of the value by its weight, and a row that weighs twice is two rows. */
static void test_influence(void **state)
{
    static const char content[] = "label,prediction,loss,p0,p1\n1,1,0.5,0.2,0.8\n0,1,2,0.4,0.6\n"
                                  "0,0,0.25,0.9,0.1\n1,0,1.5,0.6,0.4\n0,0,0,0.6,0.4\n1,1,3,0.4,0.6\n"
                                  "1,1,0.125,0.05,0.95\n";
    enum { ROWS = 7 };
    struct predictions set = accept(content);
    struct error err;

    (void)state;
    for (int m = 0; m < MEASURE_COUNT; m++) {
        struct statistic statistic;
        double weight[ROWS], influence[ROWS], sum = 0;
        assert_true(measure_prepare(&arena, &set, (enum measure)m, &statistic, &err));
        statistic.influence(&statistic, influence);
        for (int i = 0; i < ROWS; i++)
            weight[i] = 1;
        assert_near(statistic.value(&statistic, weight), statistic.value(&statistic, NULL), 1e-15, 0);
        for (int i = 0; i < ROWS; i++) {
            const double step = 1e-5;
            weight[i] = 1 + step;
            double above = statistic.value(&statistic, weight);
            weight[i] = 1 - step;
            double below = statistic.value(&statistic, weight);
            weight[i] = 1;
            assert_near(influence[i], (above - below) / (2 * step), 1e-6, 1e-8);
            sum += influence[i];
        }
        assert_near(sum, 0, 0, 1e-12);
        for (int i = 0; i < ROWS; i++)
            weight[i] = i == 3 ? 2 : 1;
        struct predictions twice = accept(arena_print(&arena, "%s%s", content, "1,0,1.5,0.6,0.4\n"));
        struct statistic longer;
        assert_true(measure_prepare(&arena, &twice, (enum measure)m, &longer, &err));
        assert_near(longer.value(&longer, NULL), statistic.value(&statistic, weight), 1e-12, 0);
    }
}

/* By hand: 12 pairs, of which 1 is in the wrong order and 2 are tied; F1 3/4 and 2/3. */
static void test_shares(void **state)
{
    struct predictions set =
        accept("label,prediction,p0,p1\n1,1,0.2,0.8\n0,1,0.4,0.6\n0,0,0.9,0.1\n1,0,0.6,0.4\n"
               "0,0,0.6,0.4\n1,1,0.4,0.6\n1,1,0.05,0.95\n");
    struct statistic statistic;
    struct error err;

    (void)state;
    assert_true(measure_prepare(&arena, &set, MEASURE_auc, &statistic, &err));
    assert_near(statistic.value(&statistic, NULL), 2.0 / 12, 1e-12, 0);
    assert_int_equal(statistic.least, 3);
    assert_true(measure_prepare(&arena, &set, MEASURE_f1, &statistic, &err));
    assert_near(statistic.value(&statistic, NULL), 1 - (6.0 / 8 + 4.0 / 6) / 2, 1e-12, 0);

    static const char *const refused[] = {
        "label,prediction,p0,p1\n1,1,0.5,0.5\n1,1,0.5,0.5\n",
        "label,prediction,p0,p1\n1,1,0.5,0.5\n0,1,0.5,nan\n",
        "label,prediction,p0,p1\n1,1,0.5,0.5\n0,1,0.5,0.5\n2,1,0.5,0.5\n",
        "label,prediction\n1,1\n0,1\n",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        set = accept(refused[i]);
        assert_false(measure_prepare(&arena, &set, MEASURE_auc, &statistic, &err));
        assert_int_equal(err.kind, ERROR_REQUEST);
    }
    set = accept("label,prediction\nb,b\na,b\n");
    assert_true(measure_prepare(&arena, &set, MEASURE_f1, &statistic, &err));
}

static void test_refused(void **state)
{
    static const struct {
        const char *content, *word;
        int64_t line;
    } cases[] = {
        {"", "no rows", 0},
        {"label,prediction\n", "no rows", 0},
        {"label,answer\n1,2\n", "\"prediction\"", 1},
        {"row,prediction\n1,2\n", "\"label\"", 1},
        {"label,prediction\n1,2\n1\n", "1 cells", 3},
        {"label,prediction,loss\n1,2,0.5\n1,2,high\n", "\"high\"", 3},
        {"label,prediction,p0\n1,2,\n", "p0", 2},
        {"label,label,prediction\n1,2,3\n", "two columns", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct predictions set;
        struct error err;
        if (read_text(cases[i].content, &set, &err))
            fail_msg("accepted: %s", cases[i].content);
        assert_int_equal(err.kind, ERROR_REQUEST);
        assert_int_equal(err.line, cases[i].line);
        if (!strstr(err.sentence, cases[i].word))
            fail_msg("\"%s\" does not say %s", err.sentence, cases[i].word);
    }
    struct predictions set;
    struct error err;
    assert_false(predictions_read(&arena, "/nonexistent/file.csv", &set, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_measures, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_influence, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_shares, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_refused, open_file, close_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
