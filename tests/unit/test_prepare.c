/* Preparations: what each does to a small set, that held-out rows use what train taught, and the way through
 * a config. */
#include "data_check.h"

static struct data data;

/* Three rows of two columns with classes 2, 0, 1, and three held-out ones. */
static void write_files(struct fixture *f)
{
    data_text(f, "t.csv", "a,b,y\n0,5,2\n2,5,0\n4,5,1\n");
    data_text(f, "v.csv", "a,b,y\n8,6,0\n0,5,1\n2,5,2\n");
}

static void with(struct fixture *f, const char *key, const char *steps, const char *task)
{
    data_good(f,
              arena_print(&f->arena,
                          "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", \"%s\": [%s]}", key,
                          steps),
              task, &data);
}

static void check_inputs(struct fixture *f, const char *steps, const double train[6], const double val[6])
{
    with(f, "prepare", steps, NULL);
    for (int i = 0; i < 6; i++)
        if (!check_near((double)data_floats(&data, SPLIT_train, 0)[i], train[i], 1e-6, 1e-9) ||
            !check_near((double)data_floats(&data, SPLIT_val, 0)[i], val[i], 1e-6, 1e-9))
            fail_msg("%s: element %d is %.9g in train and %.9g in val, expected %.9g and %.9g", steps, i,
                     (double)data_floats(&data, SPLIT_train, 0)[i],
                     (double)data_floats(&data, SPLIT_val, 0)[i], train[i], val[i]);
}

static void inputs(void **state)
{
    struct fixture *f = *state;
    double s = sqrt(8.0 / 3);
    write_files(f);
    check_inputs(f, "{\"op\": \"scale_x\", \"by\": 0.5}", (double[]){0, 2.5, 1, 2.5, 2, 2.5},
                 (double[]){4, 3, 0, 2.5, 1, 2.5});
    check_inputs(f, "{\"op\": \"affine_x\", \"a\": 2, \"b\": 1}", (double[]){1, 11, 5, 11, 9, 11},
                 (double[]){17, 13, 1, 11, 5, 11});
    check_inputs(f, "{\"op\": \"standardize_x\"}", (double[]){-2 / s, 0, 0, 0, 2 / s, 0},
                 (double[]){6 / s, 1, -2 / s, 0, 0, 0});
    check_inputs(f, "{\"op\": \"minmax_x\"}", (double[]){0, 0, 0.5, 0, 1, 0}, (double[]){2, 1, 0, 0, 0.5, 0});
    check_inputs(f, "{\"op\": \"minmax_x\", \"lo\": -1}", (double[]){-1, -1, 0, -1, 1, -1},
                 (double[]){3, 1, -1, -1, 0, -1});
    check_inputs(f, "{\"op\": \"double_minmax_x\"}", (double[]){0, 0, 0.125, 0, 0.25, 0},
                 (double[]){0.5, 1, 0, 0, 0.125, 0});
    check_inputs(f, "{\"op\": \"unit_rows\"}",
                 (double[]){0, 1, 2 / sqrt(29), 5 / sqrt(29), 4 / sqrt(41), 5 / sqrt(41)},
                 (double[]){0.8, 0.6, 0, 1, 2 / sqrt(29), 5 / sqrt(29)});
    check_inputs(f, "{\"op\": \"scale_x\", \"by\": -0.3}, {\"op\": \"trunc_int_x\"}",
                 (double[]){0, -1, 0, -1, -1, -1}, (double[]){-2, -1, 0, -1, 0, -1});
    /* In order: the second step sees what the first left. */
    check_inputs(f, "{\"op\": \"affine_x\", \"b\": 100}, {\"op\": \"minmax_x\"}",
                 (double[]){0, 0, 0.5, 0, 1, 0}, (double[]){2, 1, 0, 0, 0.5, 0});
}

static void only_train_or_only_test(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    with(f, "prepare_train", "{\"op\": \"scale_x\", \"by\": 10}", NULL);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[2], 20, 0, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 8, 0, 0);
    with(f, "prepare_test", "{\"op\": \"minmax_x\"}", NULL);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[2], 2, 0, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 2, 0, 0);
}

static void targets(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    static const struct {
        const char *step;
        double train[3], val[3];
    } rows[] = {
        {"{\"op\": \"scale_y\", \"by\": 10}", {20, 0, 10}, {0, 10, 20}},
        {"{\"op\": \"minmax_y\", \"lo\": -1, \"hi\": 1}", {1, -1, 0}, {-1, 0, 1}},
        {"{\"op\": \"const_y\", \"value\": 7}", {7, 7, 7}, {7, 7, 7}},
        {"{\"op\": \"scale_y\", \"by\": 0.9}, {\"op\": \"trunc_y\"}", {1, 0, 0}, {0, 0, 1}},
        {"{\"op\": \"binarise_y\"}", {1, 0, 1}, {0, 1, 1}},
        {"{\"op\": \"standardize_y\"}", {1.2247448714, -1.2247448714, 0}, {-1.2247448714, 0, 1.2247448714}},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        with(f, "prepare", rows[r].step, "regression");
        assert_all_near(data.splits[SPLIT_train].targets, rows[r].train, 3, 1e-6, 0);
        assert_all_near(data.splits[SPLIT_val].targets, rows[r].val, 3, 1e-6, 0);
    }
}

static void class_ids(void **state)
{
    struct fixture *f = *state;
    const char *said;
    write_files(f);
    with(f, "prepare_train", "{\"op\": \"scale_y\", \"by\": 0.00392157}, {\"op\": \"trunc_y\"}", NULL);
    assert_int_equal(data.classes, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(data.splits[SPLIT_train].labels[i], 0);
    assert_int_equal(data.splits[SPLIT_val].labels[2], 2);
    assert_false(data_try(
        f, "{\"train\": \"t.csv\", \"label\": \"y\", \"prepare\": [{\"op\": \"scale_y\", \"by\": 0.5}]}",
        "classification", &data, &said));
    assert_non_null(strstr(said, "has the class 0.5 after \"prepare\""));
    /* Found before the rows are split by their classes. */
    assert_false(data_try(f,
                          "{\"train\": \"t.csv\", \"label\": \"y\", \"split\": {\"val\": 0.4}, \"prepare\": "
                          "[{\"op\": \"scale_y\", \"by\": -1000}]}",
                          "classification", &data, &said));
    assert_non_null(strstr(said, "has the class -"));
}

static void order_of_rows(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    with(f, "prepare", "{\"op\": \"sort_by_y\"}", NULL);
    static const float sorted[] = {2, 5, 4, 5, 0, 5};
    assert_all_near(data_floats(&data, SPLIT_train, 0), sorted, 6, 0, 0);
    assert_int_equal(data.splits[SPLIT_train].labels[2], 2);
    assert_int_equal(data.splits[SPLIT_train].line[0], 3); /* a row keeps its line */
    data_good(f,
              "{\"train\": {\"generator\": \"patterns\", \"rows\": 100, \"classes\": 5}, \"prepare\": "
              "[{\"op\": \"sort_by_y\"}], "
              "\"split\": {\"test\": 0.2, \"shuffle\": false}}",
              NULL, &data);
    assert_int_equal(data.splits[SPLIT_test].class_rows[4], 20);
    assert_int_equal(data.splits[SPLIT_train].class_rows[4], 0);
}

static void permuted_answers(void **state)
{
    struct fixture *f = *state;
    struct data plain;
    int same = 0;
    data_good(f, "{\"train\": {\"generator\": \"blobs\", \"rows\": 300}}", NULL, &plain);
    data_good(
        f, "{\"train\": {\"generator\": \"blobs\", \"rows\": 300}, \"prepare\": [{\"op\": \"permute_y\"}]}",
        NULL, &data);
    for (int i = 0; i < 300; i++)
        same += plain.splits[0].labels[i] == data.splits[0].labels[i];
    assert_true(same > 60 && same < 140);
    for (int c = 0; c < 3; c++)
        assert_int_equal(data.splits[0].class_rows[c], 100);
    assert_memory_equal(plain.splits[0].inputs[0].data, data.splits[0].inputs[0].data, 600 * sizeof(float));
}

static void imbalance(void **state)
{
    data_good(*state,
              "{\"train\": {\"generator\": \"blobs\", \"rows\": 8000, \"classes\": 8}, \"prepare\": "
              "[{\"op\": \"imbalance\"}]}",
              NULL, &data);
    for (int c = 0; c < 8; c++) {
        int64_t rows = data.splits[0].class_rows[c];
        assert_true(c < 6 ? rows > 0 && rows < 80 : rows == 1000);
    }
}

static void noise_and_erasing(void **state)
{
    data_good(*state,
              "{\"train\": {\"generator\": \"constants\", \"rows\": 400, \"shape\": [100]}, "
              "\"prepare_train\": [{\"op\": \"noise_erase_x\"}]}",
              NULL, &data);
    const float *x = data_floats(&data, SPLIT_train, 0);
    int erased = 0, noisy = 0;
    for (int i = 1; i < 400; i += 2) { /* rows of ones */
        int zeros = 0, kept = 0;
        for (int k = 0; k < 100; k++) {
            zeros += x[100 * i + k] == 0;
            kept += x[100 * i + k] == 1;
            assert_true(x[100 * i + k] >= 0 && x[100 * i + k] <= 1.5F);
        }
        erased += zeros > 0;
        noisy += zeros == 0 && kept > 30 && kept < 70;
        assert_true(zeros == 0 || (zeros > 20 && zeros < 95));
    }
    assert_true(erased > 70 && erased < 130);
    assert_int_equal(noisy, 200 - erased);
}

/* Ids that became fractions and were cut again are valid, if useless, indices; fractions are not. */
static void broken_indices(void **state)
{
    struct fixture *f = *state;
    data_good(f,
              "{\"train\": {\"generator\": \"tokens\", \"rows\": 20}, "
              "\"prepare\": [{\"op\": \"unit_rows\"}, {\"op\": \"trunc_int_x\"}]}",
              NULL, &data);
    assert_int_equal(data.inputs[0].dtype, DTYPE_I32);
    assert_int_equal(data.inputs[0].index_count, 100);
    assert_int_equal(((const int32_t *)data.splits[0].inputs[0].data)[7], 0);
    data_bad(f,
             "{\"train\": {\"generator\": \"tokens\", \"rows\": 20}, \"prepare\": [{\"op\": \"unit_rows\"}]}",
             SAYS("is an index, but holds 0."));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(inputs),    T(only_train_or_only_test), T(targets),
        T(class_ids), T(order_of_rows),           T(permuted_answers),
        T(imbalance), T(noise_and_erasing),       T(broken_indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
