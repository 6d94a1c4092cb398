/* Tables that are sound: types, categories, missing cells, choice of columns, measures. */
#include "data_check.h"

static struct data data;

static void types_and_one_hot(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "size,color,y\n1.5,red,b\n2.5,green,a\n3.5,red,b\n4.5,blue,a\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_true(data.classification);
    assert_int_equal(data.classes, 2);
    assert_string_equal(data.class_names[0], "a");
    assert_int_equal(data.inputs[0].shape.size[0], 4); /* size, blue, green, red */
    static const float expected[] = {1.5F, 0, 0, 1, 2.5F, 0, 1, 0, 3.5F, 0, 0, 1, 4.5F, 1, 0, 0};
    assert_all_near(data_floats(&data, SPLIT_train, 0), expected, 16, 0, 0);
    static const int32_t labels[] = {1, 0, 1, 0};
    assert_memory_equal(data.splits[0].labels, labels, sizeof labels);
    assert_int_equal(data.splits[0].columns[1].kind, COLUMN_CATEGORICAL);
    assert_int_equal(data.splits[0].columns[1].distinct, 3);
    assert_int_equal(data.splits[0].columns[2].kind, COLUMN_LABEL);
}

/* A column that begins with numbers and goes on with text is read a second time. */
static void text_after_numbers(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "code,y\n1,0\n2,1\nA,0\nB,1\n1,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(data.inputs[0].shape.size[0], 4); /* 1, 2, A, B */
    static const float first[] = {1, 0, 0, 0};
    assert_all_near(data_floats(&data, SPLIT_train, 0), first, 4, 0, 0);
    assert_all_near(data_floats(&data, SPLIT_train, 0) + 16, first, 4, 0, 0);
    assert_int_equal(data.splits[0].rows, 5);
}

static void unseen_categories(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "c,y\nu,0\nv,1\n");
    data_text(f, "v.csv", "c,y\nw,0\nu,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\"}", NULL, &data);
    static const float expected[] = {0, 0, 1, 0};
    assert_all_near(data_floats(&data, SPLIT_val, 0), expected, 4, 0, 0);
    assert_int_equal(data.unseen_categories, 1);
}

static void indices(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "w1,w2,y\n3,0,0\n1,7,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"categorical\": {\"w*\": \"index\"}}", NULL,
              &data);
    assert_int_equal(data.inputs[0].dtype, DTYPE_I32);
    assert_int_equal(data.inputs[0].index_count, 8);
    static const int32_t expected[] = {3, 0, 1, 7};
    assert_memory_equal(data.splits[0].inputs[0].data, expected, sizeof expected);
    data_text(f, "t.csv", "w1,w2,y\n3,0.5,0\n1,7,1\n");
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"categorical\": {\"w*\": \"index\"}}",
             SAYS("column \"w2\" is an index, but holds 0.5", "t.csv:2:"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"categorical\": {\"w1\": \"index\"}}",
             SAYS("mixes 1 index columns with 1 columns of numbers"));
    data_text(f, "t.csv", "w,y\nthe,0\ncat,1\n");
    data_text(f, "v.csv", "w,y\ndog,0\nhen,0\ncat,1\n");
    data_good(
        f,
        "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\", \"categorical\": {\"w\": \"index\"}}",
        NULL, &data);
    assert_int_equal(data.inputs[0].index_count, 3); /* the, cat, and one for all that train does not know */
    static const int32_t words[] = {2, 2, 1};
    assert_memory_equal(data.splits[SPLIT_val].inputs[0].data, words, sizeof words);
}

static void missing_policies(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,b,y\n1,10,0\n?,20,1\n4,,0\n7,40,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"missing\": \"drop\"}", NULL, &data);
    assert_int_equal(data.splits[0].rows, 2);
    assert_int_equal(data.splits[0].dropped, 2);
    assert_int_equal(data.splits[0].line[1], 5);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"missing\": \"mean\"}", NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[2], 4, 1e-7, 0);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[5], 70.0 / 3, 1e-7, 0);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"missing\": \"zero\"}", NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[2], 0, 0, 0);
    /* A column that nobody uses may miss what it likes. */
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"features\": [\"b\"], \"ignore\": [\"a\"], "
              "\"missing\": \"drop\"}",
              NULL, &data);
    assert_int_equal(data.splits[0].rows, 3);
}

static void chosen_columns(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "id,p0,p1,q,y\n9,1,2,3,0\n8,4,5,6,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"features\": [\"p*\"]}", NULL, &data);
    assert_int_equal(data.inputs[0].shape.size[0], 2);
    assert_int_equal(data.splits[0].columns[0].kind, COLUMN_IGNORED);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"id\"], \"input_shape\": [1, 3]}",
              NULL, &data);
    assert_int_equal(data.inputs[0].shape.rank, 2);
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"input_shape\": [1, 3]}",
             SAYS("config.json", "1 x 3 = 3 numbers", "gives 4 feature columns"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": [\"idd\"]}",
             SAYS("no column \"idd\"", "mean \"id\""));
}

static void several_inputs(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "p0,p1,p2,p3,age,y\n1,2,3,4,50,0\n5,6,7,8,60,1\n");
    data_good(
        f,
        "{\"train\": \"t.csv\", \"label\": \"y\", \"inputs\": [{\"name\": \"image\", \"columns\": [\"p*\"], "
        "\"shape\": [1, 2, 2]}, {\"name\": \"table\", \"columns\": [\"age\", \"p0\"]}]}",
        NULL, &data);
    assert_int_equal(data.input_count, 2);
    assert_string_equal(data.inputs[1].name, "table");
    static const float image[] = {1, 2, 3, 4, 5, 6, 7, 8}, table[] = {1, 50, 5, 60};
    assert_all_near(data_floats(&data, SPLIT_train, 0), image, 8, 0, 0);
    assert_all_near(data_floats(&data, SPLIT_train, 1), table, 4, 0, 0);
    data_bad(
        f,
        "{\"train\": \"t.csv\", \"label\": \"y\", \"inputs\": [{\"name\": \"image\", \"columns\": [\"p*\"], "
        "\"shape\": [1, 3, 2]}]}",
        SAYS("the shape of \"image\" is 1 x 3 x 2 = 6 numbers", "gives 4"));
}

static void task_by_the_labels(void **state)
{
    struct fixture *f = *state;
    static const char config[] = "{\"train\": \"t.csv\", \"label\": \"y\"}";
    data_text(f, "t.csv", "a,y\n1,0.5\n2,1\n");
    data_good(f, config, NULL, &data);
    assert_false(data.classification);
    assert_string_equal(data.target_names[0], "y");
    data_text(f, "t.csv", "a,y\n1,10\n2,9\n3,9\n");
    data_good(f, config, NULL, &data);
    assert_true(data.classification);
    assert_string_equal(data.class_names[0], "9"); /* as numbers, not as text */
    data_good(f, config, "regression", &data);
    assert_near((double)data.splits[0].targets[0], 10, 0, 0);
    data_text(f, "t.csv", "a,y,z\n1,10,3\n2,9,4\n3,9,5\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": [\"z\", \"y\"]}", NULL, &data);
    assert_int_equal(data.target_width, 2);
    assert_near((double)data.splits[0].targets[2], 4, 0, 0);
    assert_near((double)data.splits[0].targets[3], 9, 0, 0);
    /* 30 distinct whole numbers in 40 rows are no classes. */
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,y\n");
    for (int i = 0; i < 40; i++)
        text_print(&text, "%d,%d\n", i, i % 30);
    data_text(f, "t.csv", text.at);
    data_good(f, config, NULL, &data);
    assert_false(data.classification);
}

static void regression_of_text(void **state)
{
    struct fixture *f = *state;
    const char *said;
    data_text(f, "t.csv", "a,y\n1,cat\n2,dog\n");
    assert_false(data_try(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", "regression", &data, &said));
    assert_non_null(strstr(said, "\"cat\" is no number, but the task is regression"));
}

static void kept_classes(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,2\n2,0\n3,1\n4,2\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"keep_classes\": [\"2\", \"0\"]}", NULL, &data);
    assert_int_equal(data.classes, 2);
    assert_int_equal(data.splits[0].rows, 3);
    assert_string_equal(data.class_names[1], "2");
    assert_int_equal(data.splits[0].line[2], 5);
    assert_int_equal(data.splits[0].labels[0], 1);
}

static void classes_of_all_splits(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,b\n2,d\n");
    data_text(f, "v.csv", "a,y\n1,c\n2,a\n");
    data_good(f, "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(data.classes, 4);
    assert_int_equal(data.splits[SPLIT_train].labels[1], 3);
    assert_int_equal(data.splits[SPLIT_val].labels[0], 2);
    assert_int_equal(data.splits[SPLIT_train].class_rows[0], 0);
}

static void measures(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,b,y\n1,5,0\n2,5,1\n3,5,0\n6,5,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": \"standard\"}", NULL, &data);
    const struct column *a = &data.splits[0].columns[0];
    assert_near(a->mean, 3, 1e-12, 0);
    assert_near(a->std, sqrt(3.5), 1e-12, 0);
    assert_near(a->min, 1, 0, 0);
    assert_near(a->max, 6, 0, 0);
    assert_int_equal(a->distinct, 4);
    assert_int_equal(data.splits[0].columns[1].distinct, 1);
    assert_int_equal(data.splits[0].feature_count, 2);
    assert_near(data.splits[0].features[0].std, 1, 1e-6, 0);
    assert_near(data.splits[0].features[1].std, 0, 0, 0);
    assert_near(data.splits[0].entering[0].std, sqrt(0.5), 1e-6, 0);
}

static void distinct_stops(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < 1500; i++)
        text_print(&text, "%d,%d,%d\n", i, i % 1000, i % 2);
    data_text(f, "t.csv", text.at);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(data.splits[0].columns[0].distinct, 1001);
    assert_int_equal(data.splits[0].columns[1].distinct, 1000);
}

static void too_many_categories(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "day,y\n");
    for (int i = 0; i < 1100; i++)
        text_print(&text, "2020-%d,%d\n", i, i % 2);
    data_text(f, "t.csv", text.at);
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\"}",
             SAYS("\"day\" holds 1100 different texts", "\"ignore\""));
}

static void survey(void **state)
{
    struct fixture *f = *state;
    struct problems problems;
    const struct column *columns;
    int64_t count, rows;
    problems_init(&problems, &f->arena);
    data_text(f, "t.csv", "a;c;m\n1;x;\n2;y;5\n3;x;6\n");
    assert_true(data_survey(&f->arena, data_path(f, "t.csv"), ';', true, &columns, &count, &rows, &problems));
    assert_int_equal(count, 3);
    assert_int_equal(rows, 3);
    assert_int_equal(columns[0].kind, COLUMN_NUMERIC);
    assert_int_equal(columns[1].kind, COLUMN_CATEGORICAL);
    assert_int_equal(columns[2].missing, 1);
    assert_false(
        data_survey(&f->arena, data_path(f, "none.csv"), 0, true, &columns, &count, &rows, &problems));
    assert_int_equal(problems.count, 1);
}

static void mistakes_in_the_config(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,0\n2,1\n");
    data_bad(f, "{}", SAYS("train"));
    data_bad(f, "{\"train\": \"t.csv\", \"lable\": \"y\"}", SAYS("lable", "label"));
    data_bad(f, "{\"train\": 3}", SAYS("expected the name of a file"));
    data_bad(f, "{\"train\": {\"generator\": \"spiral\"}}", SAYS("unknown generator \"spiral\"", "spirals"));
    data_bad(f, "{\"train\": {\"generator\": \"spirals\", \"nois\": 1}}", SAYS("nois", "noise"));
    data_bad(f, "{\"train\": {\"generator\": \"spirals\", \"rows\": 0}}", SAYS("rows"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": \"standart\"}",
             SAYS("\"standart\"", "\"standard\""));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": {\"divide\": 0}}", SAYS("divide"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale\": {\"tset\": \"none\"}}",
             SAYS("\"tset\" is no split"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"val\": \"t.csv\", \"split\": {\"val\": 0.5}}",
             SAYS("both a source of its own and a share"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"split\": {\"val\": 0.5, \"test\": 0.5}}",
             SAYS("leaves nothing to train"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"prepare\": [{\"op\": \"standardise_x\"}]}",
             SAYS("unknown preparation", "standardize_x"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"separator\": \"ab\"}", SAYS("separator"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"val_labels\": \"x.npy\"}",
             SAYS("labels are given for \"val\""));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"train_labels\": \"x.npy\"}",
             SAYS("neither npy nor idx", "\"train_labels\" is left out"));
}

/* A column has one part, and what is left out must be meant. */
static void columns_with_two_parts(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,b,y\n1,2,0\n2,3,1\n");
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"group\": \"y\"}",
             SAYS("group names \"y\", which is the label already"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"features\": [\"a\", \"y\"]}",
             SAYS("features names \"y\""));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"ignore\": \"y\"}", SAYS("ignore names \"y\""));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": [\"y\", \"y\"]}", SAYS("\"y\", which is a label already"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"group\": \"a\", \"features\": [\"a\", \"b\"]}",
             SAYS("features names \"a\", which is the group already"));
    data_bad(f,
             "{\"train\": \"t.csv\", \"label\": \"y\", \"inputs\": [{\"name\": \"i\", \"columns\": [\"a\", "
             "\"y\"]}]}",
             SAYS("inputs[0].columns names \"y\""));
    data_bad(
        f,
        "{\"train\": \"t.csv\", \"label\": \"y\", \"inputs\": [{\"name\": \"i/k\", \"columns\": [\"a\"]}]}",
        SAYS("\"i/k\" cannot be the name of an input"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"features\": []}",
             SAYS("features is an empty list"));
    data_bad(f, "{\"train\": {\"generator\": \"spirals\"}, \"label\": \"y\"}",
             SAYS("\"label\" names a column of a CSV file, but train is generator spirals"));
    /* A pattern may cover the label: the label stays out. */
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"features\": [\"*\"]}", NULL, &data);
    assert_int_equal(data.inputs[0].shape.size[0], 2);
}

static void values_that_do_not_fit_together(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,0\n2,1\n3,1\n");
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"scale_target\": \"standard\"}",
             SAYS("\"scale_target\" needs numbers"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"keep_classes\": [\"1\"]}",
             SAYS("\"keep_classes\" leaves one class only, \"1\""));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"separator\": \"\\\"\"}", SAYS("separator is"));
    data_bad(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"separator\": \"1\"}", SAYS("separator is \"1\""));
    data_bad(f, "{\"train\": \"\"}", SAYS("train is \"\", expected the name of a file"));
    data_bad(
        f, "{\"train\": \"t.csv\", \"label\": \"y\", \"input_shape\": [1000000000, 1000000000, 1000000000]}",
        SAYS("more numbers than can be counted, but"));
    data_text(f, "h.csv", "a,y\n1,0\n2,1\n3,1\n4,1\n5,1\n6,0\n7,1\n8,0\n9,1\n8,0\n9,1\n");
    data_bad(f, "{\"train\": \"h.csv\", \"label\": \"c1\", \"header\": false}", SAYS("\"header\": true"));
    data_text(f, "g.csv", "a,g,y\n1,k,0\n2,k,1\n3,k,1\n");
    data_bad(f, "{\"train\": \"g.csv\", \"label\": \"y\", \"group\": \"g\", \"split\": {\"val\": 0.5}}",
             SAYS("1 group of rows is too few"));
}

/* Blanks around a label that is a number make another class, which is told, not refused. */
static void labels_with_blanks(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n9,0\n10,1\n11,\" 0\"\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(data.classes, 3);
    assert_int_equal(data.alike_classes, 1);
    data_text(f, "x.csv", "a,y\n\" 1\",0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n9,0\n10,1\n11,0\n");
    data_bad(f, "{\"train\": \"x.csv\", \"label\": \"y\"}", SAYS("a number with blanks around it"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(types_and_one_hot),
        T(text_after_numbers),
        T(unseen_categories),
        T(indices),
        T(missing_policies),
        T(chosen_columns),
        T(several_inputs),
        T(task_by_the_labels),
        T(regression_of_text),
        T(kept_classes),
        T(classes_of_all_splits),
        T(measures),
        T(distinct_stops),
        T(too_many_categories),
        T(survey),
        T(mistakes_in_the_config),
        T(columns_with_two_parts),
        T(values_that_do_not_fit_together),
        T(labels_with_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
