/* What columns look like, which one is the answer, and whether rows are images or sequences. */
#include "data_check.h"

#include <mldbg/data/inspect.h>

static struct inspection inspection;

static const struct inspected_column *column(const char *name)
{
    int64_t at = inspection_find(&inspection, name);
    if (at < 0)
        fail_msg("no column \"%s\"", name);
    return &inspection.columns[at];
}

static void inspect(struct fixture *f, const char *text)
{
    struct error err = {0};
    data_text(f, "t.csv", text);
    if (!data_inspect(&f->arena, data_path(f, "t.csv"), &inspection, &err))
        fail_msg("%s", err.sentence);
}

static const char *refusal(struct fixture *f, const char *text)
{
    static struct error err;
    err = (struct error){0};
    data_text(f, "t.csv", text);
    assert_false(data_inspect(&f->arena, data_path(f, "t.csv"), &inspection, &err));
    return err.sentence;
}

static const char *label(void)
{
    const char *why = NULL;
    int64_t at = inspection_label(&inspection, &why);
    assert_true(at < 0 || (why && *why));
    return at < 0 ? "" : inspection.columns[at].name;
}

/* A column of each look, 40 rows. */
static void looks(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "id,code,day,patient_no,color,note,size,fixed,gone,torn\n");
    for (int i = 0; i < 40; i++)
        text_print(&text, "%d,x%d,2024-01-%02d,p%d,%s,n%d,%d.5,7,%s,%s\n", 100 + i, i * 37, 1 + i % 28, i / 4,
                   i % 3 ? "red" : "blue", i / 2 + 3 * (i % 2), i % 7, i < 30 ? "" : "1",
                   i == 20 ? "ab" : "3");
    inspect(f, text.at);
    assert_int_equal(inspection.rows, 40);
    assert_true(inspection.header);
    static const struct {
        const char *name;
        enum look look;
    } expected[] = {
        {"id", LOOK_identifier},    {"code", LOOK_identifier}, {"day", LOOK_moment},
        {"patient_no", LOOK_group}, {"color", LOOK_category},  {"note", LOOK_text},
        {"size", LOOK_number},      {"fixed", LOOK_constant},  {"gone", LOOK_empty},
        {"torn", LOOK_broken},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (column(expected[i].name)->look != expected[i].look)
            fail_msg("%s looks like %d", expected[i].name, (int)column(expected[i].name)->look);
    assert_false(column("day")->ordered); /* the month ends after 28 rows */
    assert_non_null(strstr(column("torn")->reason, "line 22"));
    assert_int_equal(column("gone")->missing, 30);
    assert_int_equal(column("color")->distinct, 2);
    assert_int_equal(column("color")->rarest, 14);
    assert_near(column("size")->max, 6.5, 0, 0);
    assert_false(column("size")->whole);
    assert_string_equal(label(), "size");
}

static void moments(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "iso,people,slashes,version,year,time,y\n");
    for (int i = 0; i < 24; i++)
        text_print(&text, "2024-01-%02dT10:00,%d.2.2024,2024/%d/1,1.%d.3,%d,%d,%d\n", 1 + i, 1 + i,
                   1 + i % 12, i % 10, 1990 + i, i * 13 % 24, i % 2);
    inspect(f, text.at);
    assert_int_equal(column("iso")->look, LOOK_moment);
    assert_true(column("iso")->ordered);
    assert_int_equal(column("people")->look, LOOK_moment);
    assert_false(column("people")->ordered);
    assert_int_equal(column("slashes")->look, LOOK_moment);
    assert_int_equal(column("version")->look, LOOK_category);
    assert_int_equal(column("year")->look, LOOK_moment);
    assert_true(column("year")->ordered);
    assert_int_equal(column("time")->look, LOOK_number); /* its values fall */
}

static void separators(void **state)
{
    struct fixture *f = *state;
    inspect(f, "a;b\n1,5;2\n2,5;1\n");
    assert_int_equal(inspection.separator, ';');
    assert_non_null(inspection.separator_why);
    assert_int_equal(inspection.column_count, 2);
    assert_int_equal(column("a")->look, LOOK_broken);
    assert_non_null(strstr(column("a")->reason, "a decimal comma"));
    inspect(f, "a\tb\n1\t2\n");
    assert_int_equal(inspection.separator, '\t');
    inspect(f, "a,b\n\"1;2;3\",2\n");
    assert_int_equal(inspection.separator, ',');
    assert_null(inspection.separator_why);
    inspect(f, "a\n1\n");
    assert_int_equal(inspection.column_count, 1);
}

static void headers(void **state)
{
    struct fixture *f = *state;
    inspect(f, "5.1,3.5,setosa\n4.9,3.0,setosa\n");
    assert_false(inspection.header);
    assert_int_equal(inspection.rows, 2);
    assert_string_equal(inspection.columns[2].name, "c2");
    inspect(f, "label,0,1,2\n1,4,5,6\n");
    assert_true(inspection.header);
    inspect(f, "2019,2020,2021\n1,2,4\n");
    assert_true(inspection.header);
    inspect(f, "3,1,2\n1,2,4\n");
    assert_false(inspection.header);
}

static void refusals(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    assert_non_null(strstr(refusal(f, ""), "empty"));
    assert_non_null(strstr(refusal(f, "a,b\n"), "no rows"));
    assert_non_null(strstr(refusal(f, "a,b\n1,2\n3\n"), "1 cell;"));
    assert_false(data_inspect(&f->arena, data_path(f, "none.csv"), &inspection, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
}

static void labels(void **state)
{
    struct fixture *f = *state;
    const char *why;
    inspect(f, "species,a,b\nx,1.5,2\ny,2.5,3\nx,3.5,5\n");
    assert_string_equal(label(), "species");
    inspect(f, "y,a,label\n1,1.5,2\n2,2.5,3\n");
    assert_string_equal(label(), "label"); /* a name of classes goes before one of answers */
    inspect(f, "a,b,date\n1.5,0,2024-01-01\n2.5,1,2024-01-02\n");
    assert_string_equal(label(), "b");
    inspect(f, "first,last\nann,lee\nbob,day\nkim,poe\n");
    assert_string_equal(label(), "");
    assert_false(inspection_is_label(column("last"), inspection.rows, &why));
    assert_non_null(strstr(why, "another text"));
}

/* Whole numbers: at most 20 kinds or the square root of the rows, or five rows a class behind such a name. */
static void classes(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "few,many,class,fraction\n");
    for (int i = 0; i < 200; i++)
        text_print(&text, "%d,%d,%d,%d.5\n", i * 7 % 20, i * 5 % 21, i * 7 % 40, i % 2);
    inspect(f, text.at);
    assert_true(inspection_is_class(column("few"), inspection.rows));
    assert_false(inspection_is_class(column("many"), inspection.rows));
    assert_true(inspection_is_class(column("class"), inspection.rows));
    assert_false(inspection_is_class(column("fraction"), inspection.rows));
}

/* One row of names "<prefix>0" ... and ten of values 0 .. most, with a label behind. */
static enum arrangement arranged(struct fixture *f, const char *prefix, int count, int most,
                                 struct shape *shape, const char **doubt)
{
    struct text text;
    const char *why;
    text_init(&text, &f->arena);
    for (int i = 0; i < count; i++)
        text_print(&text, "%s%d,", prefix, i);
    text_add(&text, "kind\n");
    for (int row = 0; row < 10; row++) {
        for (int i = 0; i < count; i++)
            text_print(&text, "%d,", i == 0 ? 0 : (row * 5 + i * 37) % (most + 1));
        text_print(&text, "%s\n", row % 2 ? "up" : "down");
    }
    inspect(f, text.at);
    *shape = (struct shape){0};
    return inspection_arrangement(&f->arena, &inspection, inspection.column_count - 1, shape, &why, doubt);
}

static void images(void **state)
{
    struct fixture *f = *state;
    struct shape shape;
    const char *doubt;
    assert_int_equal(arranged(f, "p", 64, 16, &shape, &doubt), ARRANGED_image);
    assert_string_equal(shape_print(&f->arena, &shape, true), "1 x 8 x 8");
    assert_null(doubt);
    assert_int_equal(column("p0")->look, LOOK_constant); /* a dark corner is a pixel all the same */
    assert_int_equal(arranged(f, "x", 784, 255, &shape, &doubt), ARRANGED_image);
    assert_string_equal(shape_print(&f->arena, &shape, true), "1 x 28 x 28");
    assert_int_equal(arranged(f, "pixel_", 3 * 32 * 32, 255, &shape, &doubt), ARRANGED_image);
    assert_string_equal(shape_print(&f->arena, &shape, true), "3 x 32 x 32");
    assert_int_equal(arranged(f, "x", 64, 1, &shape, &doubt), ARRANGED_table); /* flags */
    assert_string_equal(doubt, "x0 to x63");
    assert_int_equal(arranged(f, "p", 64, 300, &shape, &doubt), ARRANGED_table);
    assert_int_equal(arranged(f, "p", 63, 16, &shape, &doubt), ARRANGED_table);
    assert_int_equal(arranged(f, "p", 25, 16, &shape, &doubt), ARRANGED_table); /* too small to pool twice */
}

static void sequences(void **state)
{
    struct fixture *f = *state;
    struct shape shape;
    struct text text;
    const char *why, *doubt;
    assert_int_equal(arranged(f, "t", 40, 300, &shape, &doubt), ARRANGED_sequence);
    assert_string_equal(shape_print(&f->arena, &shape, true), "40 x 1");
    assert_int_equal(arranged(f, "t", 7, 300, &shape, &doubt), ARRANGED_table);
    text_init(&text, &f->arena);
    for (int i = 0; i < 20; i++)
        text_print(&text, "step%d_%c,", i / 2, i % 2 ? 'b' : 'a');
    text_add(&text, "kind\n");
    for (int row = 0; row < 3; row++) {
        for (int i = 0; i < 20; i++)
            text_print(&text, "%d.5,", row + i);
        text_add(&text, "up\n");
    }
    inspect(f, text.at);
    assert_int_equal(inspection_arrangement(&f->arena, &inspection, 20, &shape, &why, &doubt),
                     ARRANGED_sequence);
    assert_string_equal(shape_print(&f->arena, &shape, true), "10 x 2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looks),  TEST(moments), TEST(separators), TEST(headers),   TEST(refusals),
        TEST(labels), TEST(classes), TEST(images),     TEST(sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
