/* CSV: rows, quotes, line numbers, limits, and the sentences of refusals. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mldbg/base/csv.h>
#include <mldbg/base/file.h>
#include <mldbg/base/random.h>
#include <mldbg/base/text.h>

static struct arena arena;
static char path[64];

static int open_file(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memcpy(path, "/tmp/mldbg-test-XXXXXX", 23);
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

/* Writes what is read in one line: "1:a|b 3:'c'|" for rows at lines 1 and 3, quoted cells in single quotes.
 */
static bool note_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct text *out = context;
    (void)err;
    text_print(out, "%s%" PRId64 ":", out->length ? " " : "", line);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strlen(cells[i].at), cells[i].length);
        text_print(out, "%s%s%s%s", i ? "|" : "", cells[i].quoted ? "'" : "", cells[i].at,
                   cells[i].quoted ? "'" : "");
    }
    return true;
}

static void put_file(const char *content, size_t length)
{
    struct error err;
    if (!file_write(path, content, length, true, &err))
        fail_msg("%s", err.sentence);
}

static const char *rows_of(const char *content, size_t length, const struct csv_options *options,
                           struct error *err)
{
    struct text out;
    put_file(content, length);
    text_init(&out, &arena);
    return csv_read(path, options, note_row, &out, err) ? out.at : NULL;
}

static const struct {
    const char *text, *rows;
    char separator;
    bool lenient;
} ACCEPTED[] = {
    {"a,b\n1,2\n", "1:a|b 2:1|2", 0, false},
    {"a,b\r\n1,2\r\n", "1:a|b 2:1|2", 0, false},
    {"a,b\r1,2\r", "1:a|b 2:1|2", 0, false},
    {"a,b\n1,2", "1:a|b 2:1|2", 0, false},
    {"a\r\nb\nc\rd", "1:a 2:b 3:c 4:d", 0, false},
    {"a\n\n\nb\n", "1:a 4:b", 0, false},
    {"a\r\n\r\n\r\nb", "1:a 4:b", 0, false},
    {"a\r\r\rb", "1:a 4:b", 0, false},
    {"a\n\r\n\rb", "1:a 4:b", 0, false},
    {"\n\na\n", "3:a", 0, false},
    {"  \t \na\n", "2:a", 0, false},
    {"", "", 0, false},
    {"\n\r\n\n", "", 0, false},
    {"\xEF\xBB\xBF", "", 0, false},
    {"\xEF\xBB\xBF\x61,b\n", "1:a|b", 0, false},
    {"\xEF\xBB\xBF\"a\",b\n", "1:'a'|b", 0, false},
    {",\n", "1:|", 0, false},
    {"a,,b,\n", "1:a||b|", 0, false},
    {"\"\",,\"\"\n", "1:''||''", 0, false},
    {"\"\"", "1:''", 0, false},
    {"a,\"\"\n", "1:a|''", 0, false},
    {" a , b\t\n", "1:a|b", 0, false},
    {"\" a \",b\n", "1:' a '|b", 0, false},
    {" \"a\" ,b\n", "1:'a'|b", 0, false},
    {"\"a,b\",c\n", "1:'a,b'|c", 0, false},
    {"\"say \"\"hi\"\"\",c\n", "1:'say \"hi\"'|c", 0, false},
    {"\"\"\"\"\n", "1:'\"'", 0, false},
    {"\"x\ny\",1\nz,2\n", "1:'x\ny'|1 3:z|2", 0, false},
    {"\"x\r\ny\",1\r\nz,2\r\n", "1:'x\r\ny'|1 3:z|2", 0, false},
    {"\"\n\n\n\",1\nz,2\n", "1:'\n\n\n'|1 5:z|2", 0, false},
    {"a,\"x\ny\nz\"\nb,c\n", "1:a|'x\ny\nz' 4:b|c", 0, false},
    {"\"a\nb\",\"c\nd\"\ne\n", "1:'a\nb'|'c\nd' 4:e", 0, false},
    {"\xC3\xA9,\xFF\n", "1:\xC3\xA9|\xFF", 0, false},
    {"=1+1,@x\n", "1:=1+1|@x", 0, false},
    {"1;2,5\n", "1:1|2,5", ';', false},
    {"1\t\t3\n\t\n", "1:1||3 2:|", '\t', false},
    {"a b\n", "1:a|b", ' ', false},
    {"5'10\",x\n", "1:5'10\"|x", 0, true},
    {"\"a\"x\",y\n", "1:'a\"x'|y", 0, true},
    {"a\"b\"c\nd\n", "1:a\"b\"c 2:d", 0, true},
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ACCEPTED / sizeof *ACCEPTED; i++) {
        struct csv_options options = {.separator = ACCEPTED[i].separator, .lenient = ACCEPTED[i].lenient};
        struct error err;
        const char *text = ACCEPTED[i].text, *rows = rows_of(text, strlen(text), &options, &err);
        if (!rows)
            fail_msg("row %zu, %s: %s", i, text, err.sentence);
        if (strcmp(rows, ACCEPTED[i].rows) != 0)
            fail_msg("row %zu, %s: read as %s, expected %s", i, text, rows, ACCEPTED[i].rows);
    }
}

static const struct {
    const char *text;
    size_t length; /* 0: up to the NUL */
    int line, column;
    const char *sentence, *hint;
    bool lenient;
} REFUSED[] = {
    {"a,b\n\"c,d\n", 0, 2, 0, "a quote opens in this line and is never closed", "close it", false},
    {"a,b\n\"c,d\n1\n2\n3\n", 0, 2, 0, "a quote opens in this line and is never closed", "", false},
    {"a,b\n\"c,d\n1\n2\n3\n", 0, 2, 0, "a quote opens in this line and is never closed", "", true},
    {"\"a\nb\",\"c\nd\n", 0, 2, 0, "a quote opens in this line and is never closed", "", false},
    {"\"a\nb\"\"\nc\n", 0, 1, 0, "a quote opens in this line and is never closed", "", false},
    {"x\r\r\"", 0, 3, 0, "a quote opens in this line and is never closed", "", false},
    {"h\n5'10\",x\n", 0, 2, 5, "a quote stands inside a field that does not begin with one",
     "\"lenient\": true", false},
    {"h,i\r\n1, x\"y\r\n", 0, 2, 5, "a quote stands inside a field", "", false},
    {"\xEF\xBB\xBFh\"\n", 0, 1, 2, "a quote stands inside a field", "", false},
    {"\"a\"x,y\n", 0, 1, 4, "text follows the closing quote of a field; expected \",\"", "doubled", false},
    {"\"a\n\nb\" x\n", 0, 3, 4, "text follows the closing quote of a field", "", false},
    {"a\n\n1\0z\n", 7, 3, 0, "byte 4 of the file is NUL", "", false},
    {"a\n\"x\0z\"\n", 8, 2, 0, "byte 4 of the file is NUL", "", false},
    {"\xFF\xFE\x61\0,\0b\0", 8, 0, 0, "looks like UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", "",
     false},
    {"\xFE\xFF\0a\0,", 6, 0, 0, "looks like UTF-16", "", false},
    {"a\0\0\0,\0\0\0b\0\0\0", 12, 0, 0, "looks like UTF-32", "", false},
    {"\xFF\xFE\0\0a\0\0\0", 8, 0, 0, "looks like UTF-32", "", false},
    {"\0\0\xFE\xFF\0\0\0a", 8, 0, 0, "looks like UTF-32", "", false},
    {"a\0,\0b\0\n\0", 8, 0, 0, "looks like UTF-16", "", false},
    {"\0a\0,\0b\0\n", 8, 0, 0, "looks like UTF-16", "", false},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct csv_options options = {.lenient = REFUSED[i].lenient};
        struct error err;
        size_t length = REFUSED[i].length ? REFUSED[i].length : strlen(REFUSED[i].text);
        if (rows_of(REFUSED[i].text, length, &options, &err))
            fail_msg("row %zu: accepted", i);
        assert_int_equal(err.kind, ERROR_REQUEST);
        assert_string_equal(err.file, path);
        if (err.line != REFUSED[i].line || err.column != REFUSED[i].column ||
            !strstr(err.sentence, REFUSED[i].sentence) || !strstr(err.hint, REFUSED[i].hint))
            fail_msg("row %zu: %" PRId64 ":%" PRId64 ": %s [%s], expected %d:%d: %s [%s]", i, err.line,
                     err.column, err.sentence, err.hint, REFUSED[i].line, REFUSED[i].column,
                     REFUSED[i].sentence, REFUSED[i].hint);
    }
}

/* The same rows, however the 64 KiB of one read cut them: a long blank-free prefix moves every edge along. */
static void test_edges_of_chunks(void **state)
{
    static const char tail[] = "x\r\n\"a\r\nb\",\"\",c\r\r\n\"\"\"\",\xC3\xA9\r\nend";
    char *content = arena_alloc(&arena, 70000);
    (void)state;
    for (size_t before = 65536 - sizeof tail; before <= 65536 + 1; before++) {
        struct error err;
        memset(content, 'x', before);
        memcpy(content + before, tail, sizeof tail - 1);
        const char *rows = rows_of(content, before + sizeof tail - 1, NULL, &err);
        assert_non_null(rows);
        assert_string_equal(rows + 2 + before, "x 2:'a\r\nb'|''|c 5:'\"'|\xC3\xA9 6:end");
    }
}

static void expect_limit(const char *content, size_t length, const struct csv_options *options, int line,
                         const char *words)
{
    struct error err;
    if (rows_of(content, length, options, &err))
        fail_msg("accepted, expected \"%s\"", words);
    assert_int_equal(err.kind, ERROR_MACHINE);
    if (err.line != line || !strstr(err.sentence, words))
        fail_msg("%" PRId64 ": \"%s\", expected %d: \"%s\"", err.line, err.sentence, line, words);
}

static void test_limits(void **state)
{
    struct csv_options small = {.field_most = 10, .columns_most = 3};
    struct error err;
    const size_t huge = 100 << 20;
    char *content = arena_alloc(&arena, huge);
    (void)state;
    assert_string_equal(rows_of("1234567890,\"1234567890\",3\n", 26, &small, &err),
                        "1:1234567890|'1234567890'|3");
    expect_limit("a\n12345678901\n", 14, &small, 2, "a field in this line is longer than the limit of 10 B");
    expect_limit("a\n\"12345\n67890\n", 15, &small, 2, "is not closed within the limit of a field, 10 B");
    expect_limit("a\n1,2,3\n1,2,3,4\n", 16, &small, 3, "more columns than the limit of 3");
    memset(content, 'x', huge);
    expect_limit(content, huge, NULL, 1, "longer than the limit of 1.0 MiB");
    memset(content, '\n', huge);
    content[3] = '"';
    expect_limit(content, huge, NULL, 4, "a quote opens in this line and is not closed within the limit");
    memset(content, ',', huge);
    expect_limit(content, huge, NULL, 1, "more columns than the limit of 1,000,000");
    for (size_t i = 0; i < huge; i++)
        content[i] = i % 1000 ? 'x' : ',';
    expect_limit(content, huge, NULL, 1, "this row is longer than the limit of 64.0 MiB");
}

/* A callback that refuses the second row. */
static bool stop_at_second(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                           struct error *err)
{
    int *calls = context;
    (void)cells;
    (void)count;
    if (++*calls < 2)
        return true;
    return fail_at(err, ERROR_REQUEST, (struct place){.file = "here", .line = line}, "enough");
}

static void test_stopping(void **state)
{
    struct error err;
    int calls = 0;
    (void)state;
    put_file("a\nb\nc\n\"d\n", 9);
    assert_false(csv_read(path, NULL, stop_at_second, &calls, &err));
    assert_int_equal(calls, 2);
    assert_string_equal(err.sentence, "enough");
    assert_int_equal(err.line, 2);
    calls = 0;
    put_file("a\nb", 3);
    assert_false(csv_read(path, NULL, stop_at_second, &calls, &err));
    assert_string_equal(err.sentence, "enough");
}

static void refuse_path(const char *name, const char *words)
{
    struct error err;
    int calls = 0;
    assert_false(csv_read(name, NULL, stop_at_second, &calls, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    if (!strstr(err.sentence, words) || !strstr(err.sentence, name))
        fail_msg("\"%s\" does not say \"%s\"", err.sentence, words);
}

static void test_what_is_not_read(void **state)
{
    (void)state;
    refuse_path("/nonexistent/data.csv", "No such file");
    refuse_path("/tmp", "it is a directory");
    refuse_path("/dev/zero", "it is a device");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse_path(path, "it is a pipe");
}

/* Rows as in note_row, and the numbers of cells that have been read already. */
static bool note_numbers(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                         struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        double number;
        if (!cells[i].is_number)
            continue;
        assert_true(text_read_number(cells[i].at, &number));
        assert_memory_equal(&number, &cells[i].number, sizeof number);
    }
    return note_row(context, cells, count, line, err);
}

/* Reads the file both ways; everything that comes out is the same. */
static void compare_ways(const char *content, size_t length, struct csv_options options)
{
    struct text out[2];
    struct error err[2] = {{0}, {0}};
    bool good[2];
    put_file(content, length);
    for (int way = 0; way < 2; way++) {
        text_init(&out[way], &arena);
        options.library_only = way == 1;
        good[way] = csv_read(path, &options, note_numbers, &out[way], &err[way]);
    }
    const char *rows[2] = {out[0].at ? out[0].at : "", out[1].at ? out[1].at : ""};
    if (good[0] != good[1] || strcmp(rows[0], rows[1]) != 0)
        fail_msg("\"%s\": %s without libcsv, %s with it", text_escape(&arena, content, length, 200), rows[0],
                 rows[1]);
    if (!good[0] && (strcmp(err[0].sentence, err[1].sentence) != 0 || err[0].line != err[1].line ||
                     err[0].column != err[1].column))
        fail_msg("\"%s\": \"%s\" in %d:%d without libcsv, \"%s\" in %d:%d with it",
                 text_escape(&arena, content, length, 200), err[0].sentence, (int)err[0].line,
                 (int)err[0].column, err[1].sentence, (int)err[1].line, (int)err[1].column);
}

/* Lines of numbers go beside libcsv: files of numbers with some of everything that is none in between. */
static void test_lines_of_numbers(void **state)
{
    static const char *const pieces[] = {"1",
                                         "-2.5",
                                         "0.125",
                                         "1e5",
                                         ",",
                                         ",",
                                         ",",
                                         "\n",
                                         "\n",
                                         "\r\n",
                                         "\r",
                                         "\"",
                                         " ",
                                         "x",
                                         "nan",
                                         ";",
                                         "\t",
                                         "1e",
                                         "+",
                                         ".",
                                         "0x1",
                                         "\xC3",
                                         "123456789012345678901234567890",
                                         "16777217",
                                         "1e-46",
                                         "\"a,\nb\"",
                                         ",,"};
    enum { USUAL = 9, ALL = sizeof pieces / sizeof *pieces };
    struct random key = {3, PURPOSE_SPLIT};
    uint64_t at = 0;
    (void)state;
    for (int file = 0; file < 4000; file++) {
        struct text content;
        struct csv_options options = {.separator = ",;\t 1.e"[random_below(key, 0, at++, file % 4 ? 1 : 8)],
                                      .lenient = file % 3 == 0,
                                      .columns_most = file % 5 == 0 ? 3 : 0,
                                      .field_most = file % 7 == 0 ? 6 : 0};
        uint64_t most = file % 2 ? ALL : USUAL + 1 + random_below(key, 0, at++, ALL - USUAL);
        text_init(&content, &arena);
        text_add(&content, file % 2 ? "" : "a,b,c,d,e,f,g,h\n");
        for (uint64_t i = random_below(key, 0, at++, 60); i > 0; i--) {
            uint64_t among = random_below(key, 0, at++, 8) ? USUAL : most;
            text_add(&content, pieces[random_below(key, 0, at++, among)]);
        }
        compare_ways(content.at ? content.at : "", content.length, options);
    }
}

/* A line at every place around the end of a chunk, with each end of line. */
static void test_numbers_over_chunks(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    struct text content;
    (void)state;
    for (size_t end = 0; end < 3; end++)
        for (size_t shift = 0; shift < 24; shift++) {
            text_init(&content, &arena);
            text_print(&content, "%.*s,b%s", (int)shift + 1, "abcdefghijklmnopqrstuvwxyz", ends[end]);
            while (content.length < (1 << 18) + 200)
                text_print(&content, "1.25,-3%s", ends[end]);
            compare_ways(content.at, content.length, (struct csv_options){0});
        }
}

/* Shortens the file while it is read. */
static bool cut_short(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                      struct error *err)
{
    (void)context, (void)cells, (void)count, (void)err;
    return line > 1 || truncate(path, 270000) == 0;
}

static bool add_more(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    FILE *file = line == 1 ? fopen(path, "a") : NULL;
    (void)cells, (void)count, (void)err;
    *(int64_t *)context = line;
    if (file) {
        fputs("more\n", file);
        fclose(file);
    }
    return true;
}

static void test_files_that_change(void **state)
{
    struct error err;
    int64_t last = 0;
    char *content = arena_alloc(&arena, 600000);
    (void)state;
    memset(content, '\n', 600000);
    for (size_t i = 0; i < 600000; i += 2)
        content[i] = 'x';
    put_file(content, 600000);
    assert_true(csv_read(path, NULL, add_more, &last, &err));
    assert_int_equal(last, 300000);
    put_file(content, 600000);
    assert_false(csv_read(path, NULL, cut_short, NULL, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "cut short while it was read (270000 of 600000 bytes)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accepted, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_refused, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_edges_of_chunks, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_limits, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_stopping, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_what_is_not_read, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_lines_of_numbers, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_numbers_over_chunks, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_files_that_change, open_file, close_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
