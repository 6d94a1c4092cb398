/* Bad tables, and tables that look bad: each must be refused with a sentence that names the place, or be read
 * right. */
#include "data_check.h"

#include <sys/stat.h>

static const char plain[] = "{\"train\": \"t.csv\", \"label\": \"y\"}";

static struct data data;

/* Twelve rows of two classes with the cells of column b given; more than 90 % of the others are numbers. */
static void column(struct fixture *f, const char *cell)
{
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < 12; i++)
        text_print(&text, "%d,%s,%d\n", i, i == 5 ? cell : "7", i % 2);
    data_text(f, "t.csv", text.at);
}

static void refuse_text(struct fixture *f, const char *text, const char *const *words)
{
    data_text(f, "t.csv", text);
    data_bad(f, plain, words);
}

static void accept_text(struct fixture *f, const char *text)
{
    data_text(f, "t.csv", text);
    data_good(f, plain, NULL, &data);
}

static void c01_empty(void **state)
{
    refuse_text(*state, "", SAYS("no header, no rows", "request"));
    refuse_text(*state, "\xef\xbb\xbf", SAYS("no header, no rows"));
    refuse_text(*state, "\n\n\r\n", SAYS("no header, no rows"));
}

static void c02_header_only(void **state)
{
    refuse_text(*state, "a,b,y\n", SAYS("0 data rows"));
}

static void c03_ragged(void **state)
{
    refuse_text(*state, "a,b,y\n1,2,0\n1,2\n3,4,1,5\n",
                SAYS("t.csv:3:", "2 cells, the header has 3", "t.csv:4:", "4 cells"));
}

static void c04_trailing_comma(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < 500; i++)
        text_print(&text, "%d,2,%d,\n", i, i % 2);
    data_text(f, "t.csv", text.at);
    const char *said = data_bad(f, plain, SAYS("every row has one more cell", "a trailing comma?"));
    assert_ptr_equal(strchr(said, '\n'), strrchr(said, '\n')); /* one message */
}

static void c04_ten_and_a_total(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n1,2,0\n");
    for (int i = 0; i < 30; i++)
        text_add(&text, "1,2\n");
    data_text(f, "t.csv", text.at);
    const char *said = data_bad(f, plain, SAYS("30 rows with a wrong number of cells in all", "t.csv:12:"));
    assert_null(strstr(said, "t.csv:13:"));
}

static void c05_index_column(void **state)
{
    refuse_text(*state, "a,b,y\n0,1,2,0\n1,3,4,1\n", SAYS("one name short", "index column"));
}

static void c06_byte_order_mark(void **state)
{
    accept_text(*state, "\xef\xbb\xbf"
                        "a,y\n1,0\n2,1\n");
    assert_string_equal(data.splits[0].columns[0].name, "a");
}

static void c07_utf16(void **state)
{
    struct fixture *f = *state;
    data_write(f, "t.csv",
               "\xff\xfe"
               "a\0,\0y\0\n\0",
               10);
    data_bad(f, plain, SAYS("UTF-16"));
}

static void c08_line_ends(void **state)
{
    struct fixture *f = *state;
    accept_text(f, "a,y\r\n1,0\r\n\r\n2,1\r\n");
    assert_int_equal(data.splits[0].rows, 2);
    assert_int_equal(data.splits[0].line[1], 4);
    accept_text(f, "a,y\r1,0\r2,1");
    assert_int_equal(data.splits[0].rows, 2);
    assert_int_equal(data.splits[0].line[1], 3);
}

static void c09_nul(void **state)
{
    data_write(*state, "t.csv", "a,y\n1\0z,0\n2,1\n", 14);
    data_bad(*state, plain, SAYS("NUL"));
}

static void c10_invalid_utf8(void **state)
{
    struct fixture *f = *state;
    column(f, "\xff\xfe");
    const char *said = data_bad(f, plain, SAYS("column \"b\"", "t.csv:7:", "\\xff"));
    assert_null(strchr(said, '\xff'));
    accept_text(f, "\xff,y\nx\xfe,0\nz,1\n");
    assert_null(strchr(data.splits[0].columns[0].name, '\xff'));
    assert_int_equal(data.splits[0].columns[0].kind, COLUMN_CATEGORICAL);
}

static void c11_to_c13_quotes(void **state)
{
    struct fixture *f = *state;
    refuse_text(f, "a,y\n1,0\n\"2,1\n3,0\n", SAYS(":3:", "quote"));
    accept_text(f, "a,y\n\"x\ny\",0\nz,1\n");
    assert_int_equal(data.splits[0].line[1], 4);
    refuse_text(f, "a,y\n5'10\",0\n6,1\n", SAYS(":2:", "quote"));
    data_good(
        f,
        "{\"train\": \"t.csv\", \"label\": \"y\", \"lenient\": true, \"categorical\": {\"a\": \"one_hot\"}}",
        NULL, &data);
}

static void c14_long_field(void **state)
{
    struct fixture *f = *state;
    size_t size = (size_t)2 << 20;
    char *text = arena_alloc(&f->arena, size + 1);
    memset(text, 'x', size);
    memcpy(text, "a,y\n", 4);
    data_write(f, "t.csv", text, size);
    data_bad(f, plain, SAYS("machine"));
}

static void c15_many_columns(void **state)
{
    struct fixture *f = *state;
    struct text text;
    text_init(&text, &f->arena);
    for (int i = 0; i < 20000; i++)
        text_print(&text, "c%d,", i);
    text_add(&text, "y\n");
    for (int row = 0; row < 3; row++) {
        for (int i = 0; i < 20000; i++)
            text_print(&text, "%d,", i ^ row);
        text_print(&text, "%d\n", row % 2);
    }
    accept_text(f, text.at);
    assert_int_equal(data.inputs[0].shape.size[0], 20000);
    assert_near((double)data_floats(&data, SPLIT_train, 0)[2 * 20000 + 1], 3, 0, 0);
}

static void c17_c18_names(void **state)
{
    refuse_text(*state, "a,b,a,y\n1,2,3,0\n", SAYS("columns 1 and 3 have the same name, \"a\""));
    refuse_text(*state, "a,,y\n1,2,0\n", SAYS("column 2 of the header has no name"));
    refuse_text(*state, "a,y,\n1,0,\n", SAYS("column 3 of the header has no name", "trailing comma?"));
    accept_text(*state, "\"two words, and a comma\",\"a \"\"quote\"\"\",y\n1,2,0\n3,4,1\n");
    assert_string_equal(data.splits[0].columns[0].name, "two words, and a comma");
}

static void c19_missing(void **state)
{
    static const char *const markers[] = {"nan", "NaN", "NA", "N/A", "null", "?", "-", "", "\"\""};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        column(f, markers[i]);
        data_bad(f, plain, SAYS("column \"b\": 1 missing cell", "t.csv:7:", "data.missing"));
        data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"missing\": \"zero\"}", NULL, &data);
        assert_int_equal(data.splits[0].columns[1].missing, 1);
        assert_int_equal(data.splits[0].columns[1].first_missing, 7);
    }
    refuse_text(f, "a,y\n1,0\n2,\n3,1\n", SAYS("label column \"y\": 1 missing cell", "drop"));
}

static void c20_infinite(void **state)
{
    static const char *const cells[] = {"inf", "-Infinity", "+INF"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        column(*state, cells[i]);
        data_bad(*state, plain, SAYS("column \"b\" holds an infinity", "t.csv:7:"));
    }
}

static void c21_range(void **state)
{
    struct fixture *f = *state;
    static const char *const large[] = {"1e999", "1e39", "-4e38"};
    for (size_t i = 0; i < 3; i++) {
        column(f, large[i]);
        data_bad(f, plain, SAYS("column \"b\"", "overflows float32", large[i], "t.csv:7:"));
    }
    static const char *const small[] = {"1e-400", "1e-60",
                                        "0.0000000000000000000000000000000000000000000000000001"};
    for (size_t i = 0; i < 3; i++) {
        column(f, small[i]);
        data_good(f, plain, NULL, &data);
        assert_int_equal(data.splits[0].columns[1].underflow, 1);
    }
    column(f, "0e5");
    data_good(f, plain, NULL, &data);
    assert_int_equal(data.splits[0].columns[1].underflow, 0);
}

static void c22_broken_numbers(void **state)
{
    static const struct {
        const char *cell, *word;
    } rows[] = {
        {"\"1,234\"", "thousands separator"},
        {"\"1.234,56\"", "decimal comma"},
        {"\"1,5\"", "decimal comma"},
        {"1 234", "thousands separator"},
        {"$5", "currency"},
        {"\xe2\x82\xac"
         "5",
         "currency"},
        {"5%", "percentage"},
        {"1_000", "thousands separator"},
        {"12 kg", "unit"},
        {"\"1,234,567\"", "thousands"},
        {"\" 5\"", "blanks"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        column(f, rows[i].cell);
        data_bad(f, plain, SAYS("column \"b\"", "t.csv:7:", rows[i].word, "1 of 12"));
        data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"categorical\": {\"b\": \"one_hot\"}}", NULL,
                  &data);
        assert_int_equal(data.inputs[0].shape.size[0], 3);
    }
    refuse_text(f, "p,y\n5%,0\n7%,1\n9%,0\n", SAYS("percentage", "t.csv:2:", "3 of 3"));
    refuse_text(f, "p,y\n\"1,5\",0\n\"2,5\",1\n", SAYS("decimal comma"));
}

static void c23_odd_numbers(void **state)
{
    static const char *const refused[] = {"0x1F", "1d5", "1e", "--1", "1f", "true", "0x1p3"};
    static const struct {
        const char *cell;
        double value;
    } accepted[] = {{"+1", 1}, {".5", 0.5}, {"5.", 5}, {"1E3", 1000}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        column(f, refused[i]);
        data_bad(f, plain, SAYS("column \"b\"", refused[i], "is no number"));
    }
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        column(f, accepted[i].cell);
        data_good(f, plain, NULL, &data);
        assert_near((double)data_floats(&data, SPLIT_train, 0)[2 * 5 + 1], accepted[i].value, 0, 0);
    }
}

static void c24_inexact(void **state)
{
    static const char *const cells[] = {"16777217", "9007199254740993", "12345678901234567890"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 3; i++) {
        column(f, cells[i]);
        data_good(f, plain, NULL, &data);
        assert_int_equal(data.splits[0].columns[1].inexact, 1);
        assert_int_equal(data.splits[0].columns[1].first_inexact, 7);
    }
    column(f, "16777218");
    data_good(f, plain, NULL, &data);
    assert_int_equal(data.splits[0].columns[1].inexact, 0);
}

static void c25_label(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "age,digit\n1,0\n2,1\n");
    const char *said =
        data_bad(f, "{\"train\": \"t.csv\", \"label\": \"digti\"}",
                 SAYS("no column \"digti\"", "\"age\" and \"digit\"", "did you mean \"digit\"?"));
    assert_non_null(strstr(said, "config.json:1:"));
    data_bad(f, "{\"train\": \"t.csv\"}", SAYS("\"label\" is missing", "\"label\": \"digit\""));
}

static void c26_classes(void **state)
{
    struct fixture *f = *state;
    refuse_text(f, "a,y\n1,0\n2,0\n", SAYS("one class only: all 2 rows"));
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,y\n");
    for (int i = 0; i < 50; i++)
        text_print(&text, "%d,name%d\n", i, i);
    refuse_text(f, text.at, SAYS("nearly every row is its own class (50 classes in 50 rows)", "id?"));
    accept_text(f, "a,y\n1,0\n2,0\n3,0\n4,1\n");
    assert_int_equal(data.splits[0].class_rows[1], 1);
}

static void c27_alike(void **state)
{
    struct fixture *f = *state;
    accept_text(f, "a,y\n1,0\n2,0.0\n3,1\n");
    assert_int_equal(data.alike_classes, 1);
    accept_text(f, "a,y\n1,Yes\n2,\"yes \"\n3,no\n");
    assert_int_equal(data.alike_classes, 1);
    assert_string_equal(data.alike_a, "Yes");
    assert_string_equal(data.alike_b, "yes ");
    accept_text(f, "a,y\n1,Yes\n2,no\n");
    assert_int_equal(data.alike_classes, 0);
}

static void c28_leaks(void **state)
{
    struct fixture *f = *state;
    struct text train, test;
    text_init(&train, &f->arena);
    text_init(&test, &f->arena);
    text_add(&train, "a,copy,same,leak,y\n");
    text_add(&test, "a,copy,same,leak,y\n");
    for (int i = 0; i < 24; i++) {
        text_print(&train, "%d,%d,3,%s,%d\n", i * i % 17, i * i % 17, i % 3 ? "u" : "v", i % 3 == 0);
        text_print(&test, "%d,%d,3,%s,%d\n", 100 + i, 100 + i, i % 3 ? "u" : "v", i % 3 == 0);
    }
    text_add(&test, "4,4,3,u,0\n");
    text_add(&test, "4,4,3,u,1\n");
    data_text(f, "train.csv", train.at);
    data_text(f, "test.csv", test.at);
    data_good(f, "{\"train\": \"train.csv\", \"test\": \"test.csv\", \"label\": \"y\"}", NULL, &data);
    const struct column *columns = data.splits[SPLIT_train].columns;
    assert_int_equal(columns[0].same_as, -1);
    assert_int_equal(columns[1].same_as, 0);
    assert_int_equal(columns[2].distinct, 1);
    assert_int_equal(columns[2].same_as, -1);
    assert_true(columns[3].same_as_label);
    assert_false(columns[0].same_as_label);
    assert_int_equal(data.splits[SPLIT_test].shared_rows, 2);
    assert_int_equal(data.splits[SPLIT_test].duplicate_rows, 1);
    assert_int_equal(data.splits[SPLIT_test].conflicting_rows, 1);
}

static void c29_separator(void **state)
{
    struct fixture *f = *state;
    refuse_text(f, "a;b;y\n1;2;0\n", SAYS("1 column found", "set data.separator to \";\""));
    refuse_text(f, "a\tb\ty\n1\t2\t0\n", SAYS("1 column found", "set data.separator to \"tab\""));
    refuse_text(f, "a|b|y\n1|2|0\n3|4|1\n", SAYS("1 column found", "\"|\""));
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\", \"separator\": \"|\"}", NULL, &data);
}

static void c31_no_file(void **state)
{
    struct fixture *f = *state;
    data_bad(f, "{\"train\": \"absent.csv\", \"label\": \"y\"}", SAYS("absent.csv", "machine"));
    data_bad(f, "{\"train\": \".\", \"label\": \"y\"}", SAYS("director", "machine"));
    const char *fifo = data_path(f, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    f->files[f->file_count++] = fifo;
    data_bad(f, "{\"train\": \"fifo\", \"label\": \"y\"}", SAYS("machine"));
    data_bad(f, "{\"train\": \"/dev/zero\", \"label\": \"y\"}", SAYS("machine"));
}

static void c32_cells_are_data(void **state)
{
    struct fixture *f = *state;
    accept_text(f, "a,y\n=1+1,::error::x\n@x,+b\n\x1b[31m,+b\n");
    assert_int_equal(data.classes, 2);
    column(f, "\x1b[31m");
    const char *said = data_bad(f, plain, SAYS("\\x1b[31m"));
    assert_null(strchr(said, '\x1b'));
}

static void a_header_of_numbers(void **state)
{
    refuse_text(*state, "5.1,3.5,0\n4.9,3.0,1\n",
                SAYS("the first row holds numbers only", "\"header\" to false"));
    struct fixture *f = *state;
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"c2\", \"header\": false}", NULL, &data);
    assert_int_equal(data.splits[0].rows, 2);
    accept_text(f, "0,1,y\n5,3,0\n4,3,1\n");
}

static void held_out_columns(void **state)
{
    struct fixture *f = *state;
    static const char both[] = "{\"train\": \"t.csv\", \"val\": \"v.csv\", \"label\": \"y\"}";
    data_text(f, "t.csv", "a,b,y\n1,2,0\n3,4,1\n");
    data_text(f, "v.csv", "y,b,a\n0,20,10\n1,40,30\n");
    data_good(f, both, NULL, &data);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[0], 10, 0, 0);
    assert_near((double)data_floats(&data, SPLIT_val, 0)[1], 20, 0, 0);
    data_text(f, "v.csv", "y,c,a\n0,20,10\n");
    data_bad(f, both, SAYS("column \"b\" is missing", "column \"c\" is not in t.csv"));
    data_text(f, "v.csv", "a,b,y\n1,x,0\n");
    data_bad(f, both, SAYS("v.csv:2:", "column \"b\": \"x\" is no number", "holds numbers in train"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(c01_empty),           T(c02_header_only),  T(c03_ragged),          T(c04_trailing_comma),
        T(c04_ten_and_a_total), T(c05_index_column), T(c06_byte_order_mark), T(c07_utf16),
        T(c08_line_ends),       T(c09_nul),          T(c10_invalid_utf8),    T(c11_to_c13_quotes),
        T(c14_long_field),      T(c15_many_columns), T(c17_c18_names),       T(c19_missing),
        T(c20_infinite),        T(c21_range),        T(c22_broken_numbers),  T(c23_odd_numbers),
        T(c24_inexact),         T(c25_label),        T(c26_classes),         T(c27_alike),
        T(c28_leaks),           T(c29_separator),    T(c31_no_file),         T(c32_cells_are_data),
        T(a_header_of_numbers), T(held_out_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
