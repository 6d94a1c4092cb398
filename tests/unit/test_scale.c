/* Scaling: learned from train, applied to all, exact where it can be. */
#include "data_check.h"

static struct data data;

static void write_files(struct fixture *f)
{
    data_text(f, "t.csv", "a,b,c,y\n1,5,u,0\n3,5,v,1\n5,5,u,0\n7,5,v,1\n");
    data_text(f, "v.csv", "a,b,c,y\n9,6,u,0\n1,5,v,1\n");
}

static void standard(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    data_good(f, "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", \"scale\": \"standard\"}",
              NULL, &data);
    double std = sqrt(5);
    double train[] = {-3 / std, 0, 1, 0, -1 / std, 0, 0, 1, 1 / std, 0, 1, 0, 3 / std, 0, 0, 1};
    double val[] = {5 / std, 1, 1, 0, -3 / std, 0, 0, 1}; /* the constant column is shifted and not divided */
    assert_all_near(data_floats(&data, SPLIT_train, 0), train, 16, 1e-7, 0);
    assert_all_near(data_floats(&data, SPLIT_val, 0), val, 8, 1e-7, 0);
    assert_string_equal(data.scale, "standard");
}

static void minmax_and_divide(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    data_good(f, "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", \"scale\": \"minmax\"}", NULL,
              &data);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[12], 1, 0, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 8.0 / 6, 1e-7, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[1], 1, 0, 0);
    data_good(f, "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", \"scale\": {\"divide\": 255}}",
              NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], (double)(float)(9 / 255.0), 0, 0);
    assert_string_equal(data.scale, "divide by 255");
}

/* The mistake of scaling one split and not the other must be expressible. */
static void per_split(void **state)
{
    struct fixture *f = *state;
    write_files(f);
    data_good(f,
              "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", "
              "\"scale\": {\"train\": \"standard\", \"val\": \"none\"}}",
              NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[0], -3 / sqrt(5), 1e-7, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 9, 0, 0);
    assert_non_null(strstr(data.scale, "val none"));
    data_good(f,
              "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", "
              "\"scale\": {\"train\": \"none\", \"val\": \"standard\"}}",
              NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 5 / sqrt(5), 1e-7, 0);
}

static void targets(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y,z\n1,100,1\n2,300,1\n3,500,1\n4,700,1\n");
    data_text(f, "v.csv", "a,y,z\n1,900,3\n");
    data_good(f,
              "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": [\"y\", \"z\"], \"scale_target\": "
              "\"standard\"}",
              NULL, &data);
    double std = sqrt(50000);
    assert_near((double)data.splits[SPLIT_train].targets[0], -300 / std, 1e-7, 0);
    assert_near((double)data.splits[SPLIT_val].targets[0], 500 / std, 1e-7, 0);
    assert_near((double)data.splits[SPLIT_val].targets[1], 2, 0, 0);
    assert_near(data.target_shift[0], 400, 1e-12, 0);
    assert_near(data.target_factor[0], std, 1e-12, 0);
}

/* A mean that is no double must not turn rounding errors of a constant column into noise. */
static void a_constant_tenth(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < 77; i++)
        text_print(&text, "0.1,%d,%d\n", i, i % 2);
    data_text(f, "t.csv", text.at);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": \"standard\"}", NULL, &data);
    for (int i = 0; i < 77; i++)
        assert_near((double)data_floats(&data, SPLIT_train, 0)[2 * i], 0, 0, 0);
}

/* Large numbers that differ little: the mean is taken in double. */
static void times(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1700000000,0\n1700000001,1\n1700000002,0\n1700000003,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": \"standard\"}", NULL, &data);
    static const double expected[] = {-1.5, -0.5, 0.5, 1.5};
    for (int i = 0; i < 4; i++)
        assert_near((double)data_floats(&data, SPLIT_train, 0)[i], expected[i] / sqrt(1.25), 1e-6, 0);
}

static void only_train_is_learned_from(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,y\n");
    for (int i = 0; i < 50; i++)
        text_print(&text, "%d,%d\n", i < 40 ? i : 1000000, i % 2);
    data_text(f, "t.csv", text.at);
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": \"standard\", "
              "\"split\": {\"val\": 0.2, \"shuffle\": false}}",
              NULL, &data);
    assert_near(data.splits[SPLIT_train].features[0].mean, 0, 0, 1e-6);
    assert_true(data.splits[SPLIT_val].features[0].mean > 1000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(standard), T(minmax_and_divide),         T(per_split), T(targets), T(a_constant_tenth),
        T(times),    T(only_train_is_learned_from)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
