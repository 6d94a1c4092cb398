/* Cutting a file: every row once and byte for byte, labels in proportion, groups whole, time in order. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include <mldbg/base/file.h>
#include <mldbg/data/cut.h>

static struct arena arena;
static char path[] = "/tmp/mldbg-cut-XXXXXX";
static const struct cut_options FAIR = {.share = {0, 0.15, 0.15, 0.15}, .seed = 1};

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

static bool cut_text(const char *content, const struct cut_options *options, struct cut *out,
                     struct error *err)
{
    *err = (struct error){0};
    if (!file_write(path, content, strlen(content), true, err))
        fail_msg("%s", err->sentence);
    return data_cut(&arena, path, options, out, err);
}

static struct cut accept(const char *content, const struct cut_options *options)
{
    struct cut cut;
    struct error err;
    if (!cut_text(content, options, &cut, &err))
        fail_msg("%s", err.sentence);
    return cut;
}

/* id,kind,patient,day: kinds of 3:1, patients of 7 rows, days that go backwards. */
static const char *example(int rows)
{
    struct text text;
    text_init(&text, &arena);
    text_add(&text, "id,kind,patient,day\n");
    for (int i = 0; i < rows; i++)
        text_print(&text, "%d,%s,p%d,2024-01-%02d\n", i, i % 4 ? "a" : "b", i / 7, 28 - i * 28 / rows);
    return text.at;
}

static int count(const char *text, const char *word)
{
    int found = 0;
    for (; (text = strstr(text, word)); text++)
        found++;
    return found;
}

static void test_every_row_once(void **state)
{
    struct cut cut = accept(example(200), &FAIR), other, again = accept(example(200), &FAIR);
    struct cut_options seeded = FAIR;

    (void)state;
    for (int i = 0; i < 200; i++) {
        const char *row = arena_print(&arena, "\n%d,", i);
        int found = 0;
        for (int s = 0; s < SPLIT_COUNT; s++)
            found += count(cut.at[s].text.at, row);
        assert_int_equal(found, 1);
    }
    for (int s = 0; s < SPLIT_COUNT; s++) {
        assert_int_equal(strncmp(cut.at[s].text.at, "id,kind,patient,day\n", 20), 0);
        assert_string_equal(cut.at[s].text.at, again.at[s].text.at);
        assert_int_equal(cut.at[s].rows, s == SPLIT_train ? 110 : 30);
    }
    seeded.seed = 2;
    other = accept(example(200), &seeded);
    assert_true(strcmp(cut.at[SPLIT_val].text.at, other.at[SPLIT_val].text.at) != 0);
}

static void test_proportion(void **state)
{
    struct cut_options options = FAIR;
    options.label = "kind";
    struct cut cut = accept(example(400), &options);

    (void)state;
    assert_int_equal(cut.classes, 2);
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++) {
        assert_int_equal(count(cut.at[s].text.at, ",b,"), 15);
        assert_int_equal(count(cut.at[s].text.at, ",a,"), 45);
    }
    options.label = "id"; /* 400 different numbers: no classes */
    assert_int_equal(accept(example(401), &options).classes, 0);
}

static void test_groups(void **state)
{
    struct cut_options options = FAIR;
    options.by = "patient";
    struct cut cut = accept(example(210), &options);

    (void)state;
    assert_int_equal(cut.groups, 30);
    for (int group = 0; group < 30; group++) {
        const char *word = arena_print(&arena, ",p%d,", group);
        for (int s = 0; s < SPLIT_COUNT; s++) {
            int found = count(cut.at[s].text.at, word);
            if (found != 0 && found != 7)
                fail_msg("%d rows of %s in %s", found, word, split_name((enum split)s));
        }
    }
}

static void test_time(void **state)
{
    struct cut_options options = FAIR;
    options.time = "day";
    struct cut cut = accept(example(280), &options);

    (void)state;
    for (int s = 0; s < SPLIT_COUNT; s++)
        for (const char *day = cut.at[s].text.at; (day = strstr(day, "2024-"));) {
            char word[11] = "";
            memcpy(word, day, 10);
            day += 10;
            assert_int_equal(strcmp(word, cut.boundary) >= 0, s == SPLIT_testval || s == SPLIT_test);
        }
}

static void test_bytes(void **state)
{
    static const char text[] = "\xEF\xBB\xBFid;x,y\r\n1,\"a\r\nb\"\r\n\r\n2,  spaced \n3,\"q\"\"q\"\r4,last";
    struct cut_options options = {.share = {0, 0.5, 0, 0}, .seed = 1};
    struct cut cut = accept(text, &options);
    static const char *const rows[] = {"1,\"a\r\nb\"\r\n", "2,  spaced \n", "3,\"q\"\"q\"\r", "4,last\n"};

    (void)state;
    assert_int_equal(cut.at[SPLIT_train].rows + cut.at[SPLIT_val].rows, 4);
    assert_int_equal(cut.at[SPLIT_test].rows, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            count(cut.at[SPLIT_train].text.at, rows[i]) + count(cut.at[SPLIT_val].text.at, rows[i]), 1);
    assert_int_equal(strncmp(cut.at[SPLIT_val].text.at, "\xEF\xBB\xBFid;x,y\r\n", 11), 0);
}

static void test_repeated(void **state)
{
    struct text text;
    (void)state;
    text_init(&text, &arena);
    text_add(&text, "a,b\n");
    for (int i = 0; i < 40; i++)
        text_add(&text, "1,2\n");
    assert_int_equal(accept(text.at, &FAIR).repeated, 40);
    assert_int_equal(accept(example(40), &FAIR).repeated, 0);
}

static void test_refused(void **state)
{
    const struct {
        const char *content;
        struct cut_options options;
        const char *word;
    } cases[] = {
        {"", FAIR, "nothing to split"},
        {"a,b\n", FAIR, "nothing to split"},
        {"a,b\n1,2\n3\n", FAIR, "1 cells"},
        {"a,b\n1,2\n3,4\n", FAIR, "no row"},
        {"a,b\n1,2\n", {.share = {0, 0.5, 0.3, 0.2}}, "nothing for train"},
        {"label,b\n1,2\n", {.share = {0, 0.1}, .label = "lable"}, "did you mean \"label\""},
        {"a,b\n1,2\n", {.share = {0, 0.1}, .time = "a"}, "no share"},
        {"a,b\n1,2\n1,3\n", {.share = {0, 0, 0, 0.5}, .time = "a"}, "one time"},
        {"a,b\n1,2\n1,3\n", {.share = {0, 0, 0, 0.5}, .time = "a", .by = "b"}, "together"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cut cut;
        struct error err;
        if (cut_text(cases[i].content, &cases[i].options, &cut, &err))
            fail_msg("accepted: case %zu", i);
        assert_int_equal(err.kind, ERROR_REQUEST);
        if (!strstr(err.sentence, cases[i].word))
            fail_msg("\"%s\" does not say %s", err.sentence, cases[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_row_once, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_proportion, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_groups, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_time, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_bytes, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_repeated, open_file, close_file),
        cmocka_unit_test_setup_teardown(test_refused, open_file, close_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
