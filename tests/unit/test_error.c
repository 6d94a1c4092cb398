/* Errors as sentences, lists of them, and how they look on a terminal. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mldbg/base/error.h>
#include <mldbg/base/log.h>

static void test_fail(void **state)
{
    struct error err;
    (void)state;
    assert_false(fail(&err, ERROR_REQUEST, "found %d, expected %s", 3, "four"));
    assert_int_equal(err.kind, ERROR_REQUEST);
    assert_string_equal(err.sentence, "found 3, expected four");
    assert_string_equal(err.code, "");
    assert_string_equal(err.hint, "");
    assert_int_equal(err.line, 0);
    assert_false(fail_hint(&err, "try %d", 4));
    assert_string_equal(err.hint, "try 4");
    assert_false(fail_at(&err, ERROR_MACHINE, (struct place){"x.json", 3, 5, 2}, "no"));
    assert_string_equal(err.file, "x.json");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 5);
    assert_int_equal(err.width, 2);
    assert_string_equal(err.hint, "");
    assert_false(fail(NULL, ERROR_REQUEST, "nobody listens"));
    assert_false(fail_hint(NULL, "nobody listens"));
}

/* An error may be wrapped in another sentence, in its own buffer. */
static void test_fail_with_its_own_text(void **state)
{
    struct error err;
    (void)state;
    fail_at(&err, ERROR_REQUEST, (struct place){.file = "a.json"}, "inner");
    fail_at(&err, ERROR_REQUEST, (struct place){.file = err.file, .line = 7}, "outer: %s", err.sentence);
    assert_string_equal(err.sentence, "outer: inner");
    assert_string_equal(err.file, "a.json");
}

static void test_long_texts_are_cut(void **state)
{
    struct error err;
    char name[4000];
    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memcpy(name + sizeof name - 8, "tail.js", 8);
    fail_at(&err, ERROR_REQUEST, (struct place){.file = name}, "%s", name);
    fail_hint(&err, "%s", name);
    assert_int_equal(strlen(err.sentence), ERROR_SENTENCE - 1);
    assert_string_equal(err.sentence + ERROR_SENTENCE - 4, "...");
    assert_string_equal(err.hint + ERROR_HINT - 4, "...");
    assert_memory_equal(err.file, "...x", 4);
    assert_string_equal(err.file + strlen(err.file) - 7, "tail.js");
}

static void test_problems(void **state)
{
    struct arena arena;
    struct problems problems;
    (void)state;
    arena_init(&arena, "test");
    problems_init(&problems, &arena);
    for (int i = 0; i < PROBLEMS_MOST + 7; i++) {
        struct error *err = problems_at(&problems, ERROR_REQUEST, "ML100",
                                        (struct place){"c.json", i + 1, 1, 1}, "number %d", i);
        fail_hint(err, "hint %d", i);
    }
    assert_int_equal(problems.count, PROBLEMS_MOST);
    assert_int_equal(problems.dropped, 7);
    assert_string_equal(problems.at[41].sentence, "number 41");
    assert_string_equal(problems.at[41].hint, "hint 41");
    assert_string_equal(problems.at[41].code, "ML100");
    assert_int_equal(problems.at[41].line, 42);

    struct problems again;
    problems_init(&again, &arena);
    for (int i = 0; i < 9; i++) /* an element of the list is added to the list, which moves */
        assert_false(problems_add(&again, i ? &again.at[0] : &problems.at[5]));
    assert_string_equal(again.at[8].sentence, "number 5");
    arena_release(&arena);
}

/* Runs log_error with stderr caught; the text lives in a static buffer. */
static const char *caught(const struct error *err, const char *source)
{
    static char text[8192];
    FILE *file = tmpfile();
    int saved = dup(2);
    assert_non_null(file);
    fflush(stderr);
    assert_true(dup2(fileno(file), 2) >= 0);
    log_error(err, source);
    fflush(stderr);
    assert_true(dup2(saved, 2) >= 0);
    close(saved);
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static void test_look(void **state)
{
    struct error err;
    const char *source = "{\n  \"train\": {\n    \"in_features\": 400,\n  }\n}\n";
    (void)state;
    log_setup(false, COLOR_NEVER);
    fail_at(&err, ERROR_REQUEST, (struct place){"conf.json", 3, 20, 3}, "in_features is 400");
    fail_hint(&err, "256, or leave it out");
    memcpy(err.code, "ML101", 6);
    assert_string_equal(caught(&err, source), "conf.json:3:20: error ML101: in_features is 400\n"
                                              "    3 |     \"in_features\": 400,\n"
                                              "      |                    ^^^ 256, or leave it out\n");
    assert_string_equal(caught(&err, NULL), "conf.json:3:20: error ML101: in_features is 400\n"
                                            "  256, or leave it out\n");
    fail(&err, ERROR_MACHINE, "the disk is full");
    assert_string_equal(caught(&err, source), "mldbg: error: the disk is full\n");
    fail_at(&err, ERROR_REQUEST, (struct place){.file = "iris.csv", .line = 17}, "bad");
    assert_string_equal(caught(&err, NULL), "iris.csv:17: error: bad\n");
}

static void test_look_of_long_and_odd_lines(void **state)
{
    struct error err;
    char source[400];
    (void)state;
    log_setup(false, COLOR_NEVER);
    memset(source, 'a', 399);
    source[399] = '\0';
    source[200] = 'X';
    fail_at(&err, ERROR_REQUEST, (struct place){"c.json", 1, 201, 1}, "X");
    const char *look = caught(&err, source);
    const char *line = strchr(look, '\n') + 1, *carets = strchr(line, '\n') + 1;
    char copy[8192];
    strncpy(copy, line, sizeof copy - 1);
    copy[carets - line] = '\0';
    size_t columns = 0;
    for (const char *at = copy; *at && *at != '\n'; at++)
        columns += ((unsigned char)*at & 0xC0) != 0x80;
    assert_int_equal(columns, 80);
    /* The caret stands under the X; an ellipsis of three bytes stands in front. */
    assert_int_equal(strchr(copy, 'X') - copy - 2, strchr(carets, '^') - carets);

    /* Tabs take a column, control characters are shown, and never reach the terminal. */
    fail_at(&err, ERROR_REQUEST, (struct place){"c.json", 2, 5, 1}, "an \033[31m escape");
    assert_string_equal(caught(&err, "\xEF\xBB\xBFx\n\t\xC3\xA9\001!\n"),
                        "c.json:2:5: error: an \\x1b[31m escape\n"
                        "    2 |  \xC3\xA9\\x01!\n"
                        "      |       ^\n");
    /* A place past the end of the text has no line to show. */
    fail_at(&err, ERROR_REQUEST, (struct place){"c.json", 9, 1, 1}, "gone");
    assert_string_equal(caught(&err, "x\n"), "c.json:9:1: error: gone\n");
}

static void test_color(void **state)
{
    struct error err;
    (void)state;
    log_setup(false, COLOR_ALWAYS);
    assert_true(log_color(1));
    fail(&err, ERROR_REQUEST, "x");
    assert_non_null(strstr(caught(&err, NULL), "\033["));
    log_setup(false, COLOR_NEVER);
    assert_false(log_color(2));
    assert_null(strstr(caught(&err, NULL), "\033["));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_fail_with_its_own_text),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_look_of_long_and_odd_lines),
        cmocka_unit_test(test_color),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
