/* Shares of train: sizes, classes in proportion, groups, tails, and that no row is in two splits. */
#include "data_check.h"

static struct data data;

/* rows of classes 0, 1, 2 in the proportion 6 : 3 : 1, column a counting from 0. */
static void write_rows(struct fixture *f, int rows)
{
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,g,y\n");
    for (int i = 0; i < rows; i++)
        text_print(&text, "%d,g%d,%d\n", i, i / 7, i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2);
    data_text(f, "t.csv", text.at);
}

/* Every row stands in exactly one split. */
static void check_once(int rows)
{
    bool *met = test_calloc((size_t)rows, sizeof *met);
    int64_t total = 0;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct dataset *set = &data.splits[s];
        total += set->rows;
        for (int64_t i = 0; i < set->rows; i++) {
            int64_t row = set->line[i] - 2;
            assert_false(met[row]);
            met[row] = true;
            assert_near((double)data_floats(&data, (enum split)s, 0)[i * data.inputs[0].shape.size[0]],
                        (double)row, 0, 0);
        }
    }
    test_free(met);
    assert_int_equal(total, rows);
}

static void stratified(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 200);
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"g\"], "
              "\"split\": {\"val\": 0.2, \"testval\": 0.1, \"test\": 0.15}}",
              NULL, &data);
    check_once(200);
    assert_int_equal(data.splits[SPLIT_val].rows, 40);
    assert_int_equal(data.splits[SPLIT_testval].rows, 20);
    assert_int_equal(data.splits[SPLIT_test].rows, 30);
    assert_int_equal(data.splits[SPLIT_val].class_rows[0], 24);
    assert_int_equal(data.splits[SPLIT_val].class_rows[1], 12);
    assert_int_equal(data.splits[SPLIT_val].class_rows[2], 4);
    /* Not the first rows of the file. */
    assert_true(data.splits[SPLIT_val].line[39] > 100);
}

static void every_class_everywhere(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n0,0\n1,0\n2,0\n3,0\n4,0\n5,0\n6,0\n7,0\n8,1\n9,1\n10,1\n11,2\n12,2\n13,2\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"split\": {\"val\": 0.1, \"test\": 0.1}}", NULL,
              &data);
    check_once(14);
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int c = 0; c < 3 && s != SPLIT_testval; c++)
            assert_true(data.splits[s].class_rows[c] > 0);
}

static void plain_and_tail(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 100);
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"g\"], \"split\": {\"val\": 0.25, "
              "\"stratify\": false}}",
              NULL, &data);
    check_once(100);
    assert_int_equal(data.splits[SPLIT_val].rows, 25);
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"g\"], "
              "\"split\": {\"val\": 0.2, \"test\": 0.1, \"shuffle\": false}}",
              NULL, &data);
    check_once(100);
    assert_int_equal(data.splits[SPLIT_train].line[69], 71);
    assert_int_equal(data.splits[SPLIT_val].line[0], 72);
    assert_int_equal(data.splits[SPLIT_test].line[0], 92);
}

static void groups(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 210);
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"group\": \"g\", \"split\": {\"val\": 0.2, "
              "\"test\": 0.2}}",
              NULL, &data);
    check_once(210);
    int home[30];
    memset(home, 255, sizeof home);
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int64_t i = 0; i < data.splits[s].rows; i++) {
            int64_t group = (data.splits[s].line[i] - 2) / 7;
            assert_true(home[group] == -1 || home[group] == s);
            home[group] = s;
        }
    assert_int_equal(data.splits[SPLIT_val].rows, 42);
    assert_int_equal(data.splits[SPLIT_test].rows, 42);
}

static void seeds(void **state)
{
    struct fixture *f = *state;
    struct problems problems;
    struct json *json;
    struct error err;
    static const char config[] =
        "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"g\"], \"split\": {\"val\": 0.2}}";
    write_rows(f, 100);
    problems_init(&problems, &f->arena);
    assert_true(json_parse(&f->arena, "c", config, strlen(config), &json, &err));
    const struct data_spec *spec = data_read(&f->arena, json, data_path(f, "c"), &problems);
    struct data one, again, other;
    assert_true(data_load(&f->arena, spec, 1, NULL, &one, &problems));
    assert_true(data_load(&f->arena, spec, 1, NULL, &again, &problems));
    assert_true(data_load(&f->arena, spec, 2, NULL, &other, &problems));
    size_t size = (size_t)one.splits[SPLIT_val].rows * sizeof(int64_t);
    assert_memory_equal(one.splits[SPLIT_val].line, again.splits[SPLIT_val].line, size);
    assert_memory_not_equal(one.splits[SPLIT_val].line, other.splits[SPLIT_val].line, size);
}

static void too_few(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n0,0\n1,1\n");
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"split\": {\"val\": 0.2}}",
             SAYS("too few", "val"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(stratified), T(every_class_everywhere), T(plain_and_tail), T(groups), T(seeds), T(too_few)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
