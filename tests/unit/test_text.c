/* Strings, numbers to text and back, suggestions, small plots. */
#include "check.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <mldbg/base/text.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* xorshift64*, good enough to make test cases; the same on every machine. */
static uint64_t next_random(void)
{
    static uint64_t x = 88172645463325252u;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return x * 2685821657736338717u;
}

static void test_growing(void **state)
{
    struct text text;
    (void)state;
    text_init(&text, &arena);
    assert_string_equal(text.at, "");
    for (int i = 0; i < 1000; i++) {
        text_print(&text, "%d,", i % 10);
        text_add(&text, "x");
        assert_int_equal(strlen(text.at), text.length);
    }
    assert_int_equal(text.length, 3000);
    text_print(&text, "%2000d", 7);
    assert_int_equal(text.length, 5000);
    text_init(&text, &arena);
    text_add(&text, "a\n\xC3\xA9");
    text_pad(&text, 4);
    text_add(&text, "|");
    text_pad(&text, 2);
    assert_string_equal(text.at, "a\n\xC3\xA9   |");
    assert_int_equal(text_columns("\xC3\xA9t\xC3\xA9"), 3);
}

static void test_escape(void **state)
{
    static const struct {
        const char *in;
        size_t length, most;
        const char *out;
    } rows[] = {
        {"plain", 5, 0, "plain"},
        {"a\nb\tc\x1b[0m", 9, 0, "a\\nb\\tc\\x1b[0m"},
        {"nul\0!", 5, 0, "nul\\x00!"},
        {"\xC3\xA9", 2, 0, "\xC3\xA9"},
        {"\xC3", 1, 0, "\\xc3"},
        {"\xED\xA0\x80", 3, 0, "\\xed\\xa0\\x80"},
        {"\xC0\xAF", 2, 0, "\\xc0\\xaf"},
        {"\xF4\x90\x80\x80", 4, 0, "\\xf4\\x90\\x80\\x80"},
        {"\xE2\x80\xAE", 3, 0, "\\u202e"},
        {"\xC2\x85", 2, 0, "\\u0085"},
        {"\x7f", 1, 0, "\\x7f"},
        {"abcdef", 6, 6, "abcdef"},
        {"abcdef", 6, 5, "abcd\xE2\x80\xA6"},
        {"abcd\n", 5, 5, "abcd\xE2\x80\xA6"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(text_escape(&arena, rows[i].in, rows[i].length, rows[i].most), rows[i].out);
}

static void test_shell_words(void **state)
{
    (void)state;
    assert_string_equal(text_shell_word(&arena, "runs/a-1.json"), "runs/a-1.json");
    assert_string_equal(text_shell_word(&arena, ""), "''");
    assert_string_equal(text_shell_word(&arena, "my config.json"), "'my config.json'");
    assert_string_equal(text_shell_word(&arena, "it's"), "'it'\\''s'");
    assert_string_equal(text_shell_word(&arena, "$(x)"), "'$(x)'");
}

static void test_words_for_numbers(void **state)
{
    (void)state;
    assert_string_equal(text_number(&arena, 0.00012345678, 3), "0.000123");
    assert_string_equal(text_number(&arena, -(double)NAN, 3), "nan");
    assert_string_equal(text_number(&arena, (double)-INFINITY, 3), "-inf");
    assert_string_equal(text_double(&arena, 0.1), "0.1");
    assert_string_equal(text_double(&arena, 1.0 / 3), "0.3333333333333333");
    assert_string_equal(text_double(&arena, 5e-324), "5e-324");
    assert_string_equal(text_double(&arena, -0.0), "-0");
    assert_string_equal(text_double(&arena, (double)INFINITY), "inf");
    assert_string_equal(text_float(&arena, 0.1f), "0.1");
    assert_string_equal(text_float(&arena, FLT_TRUE_MIN), "1e-45");
    assert_string_equal(text_float(&arena, 16777216.0f), "16777216");
    assert_string_equal(text_count(&arena, 1234567), "1,234,567");
    assert_string_equal(text_count(&arena, -999), "-999");
    assert_string_equal(text_count(&arena, INT64_MIN), "-9,223,372,036,854,775,808");
    assert_string_equal(text_bytes(&arena, 412), "412 B");
    assert_string_equal(text_bytes(&arena, 18637), "18.2 KiB");
    assert_string_equal(text_bytes(&arena, 1048575), "1.0 MiB");
    assert_string_equal(text_bytes(&arena, INT64_MAX), "8.0 EiB");
    assert_string_equal(text_plural(&arena, 1, "error", "errors"), "1 error");
    assert_string_equal(text_plural(&arena, 0, "error", "errors"), "0 errors");
    assert_string_equal(text_plural(&arena, 12000, "row", "rows"), "12,000 rows");
}

static void test_round_trips(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random();
        uint32_t half = (uint32_t)(bits >> 32);
        double number, back;
        float small, small_back;
        memcpy(&number, &bits, sizeof number);
        memcpy(&small, &half, sizeof small);
        if (isfinite(number)) {
            assert_true(text_read_double(text_double(&arena, number), &back));
            assert_memory_equal(&back, &number, sizeof number);
        }
        if (isfinite(small)) {
            assert_true(text_read_float(text_float(&arena, small), &small_back));
            assert_memory_equal(&small_back, &small, sizeof small);
        }
        if (i % 1000 == 0) {
            arena_release(&arena);
            arena_init(&arena, "test");
        }
    }
}

/* A float as %g writes it with the fewest digits that read back, without any short cut. */
static void assert_shortest(float value)
{
    char wanted[40];

    for (int digits = fabsf(value) < FLT_MIN ? 1 : FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(wanted, sizeof wanted, "%.*g", digits, (double)value);
        if (strtof(wanted, NULL) == value)
            break;
    }
    assert_string_equal(text_float(&arena, value), wanted);
}

static void test_shortest_floats(void **state)
{
    static const float edges[] = {0.0f,    -0.0f,         1e-4f,       9.9999e-5f,   0.99999994f,
                                  1.0f,    999999.94f,    1e6f,        9.9999995e8f, 8388608.5f,
                                  0.5f,    1e-37f,        FLT_MIN,     FLT_TRUE_MIN, -123.456f,
                                  FLT_MAX, 9.5367432e-7f, 16777216.0f, 33554432.0f};
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        assert_shortest(edges[i]);
    for (int power = -45; power <= 38; power++) {
        const float value = strtof(text_number(&arena, pow(10, power), 17), NULL);
        assert_shortest(value);
        assert_shortest(nextafterf(value, 0));
        assert_shortest(nextafterf(value, INFINITY));
    }
    for (int i = 0; i < 60000; i++) {
        uint32_t bits = (uint32_t)(next_random() >> 32);
        float value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            assert_shortest(value);
        assert_shortest((float)bits * 0x1p-32f);
        assert_shortest((float)(bits % 100000) / 1000);
        if (i % 1000 == 0) {
            arena_release(&arena);
            arena_init(&arena, "test");
        }
    }
}

static void test_grammar(void **state)
{
    static const char *const good[] = {"0",    "-0",   "+1",    ".5",     "5.",   "1e5",
                                       "1E-5", "1e+5", "00012", "-.5e-3", "1e999"};
    static const char *const bad[] = {
        "",    " 1",  "1 ",  "nan", "inf",   "Infinity", "0x1F",  "1d5",          "1e",   "--1",
        "+-1", "+",   "-",   ".",   "1.2.3", "1,234",    "1_000", "5%",           "$5",   "1f",
        "e5",  ".e5", "1e+", "1e ", "true",  "1e5.",     "1\n",   "\xC2\xA0\x31", "1e1e1"};
    double number;
    float small;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!text_read_double(good[i], &number) || !text_read_float(good[i], &small))
            fail_msg("\"%s\" is a number", good[i]);
        double expected = strtod(good[i], NULL);
        assert_memory_equal(&number, &expected, sizeof number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_read_double(bad[i], &number) || text_read_float(bad[i], &small))
            fail_msg("\"%s\" is no number", bad[i]);
    assert_true(text_read_double("1e999", &number) && isinf(number));
    assert_true(text_read_float("-1e39", &small) && isinf(small) && small < 0);
    assert_true(text_read_float("1e-400", &small) && small == 0);
    /* Halfway cases that go wrong when the double is rounded a second time. */
    assert_true(text_read_float("1.00000005960464477540", &small) && small == 1.00000011920928955078125f);
    assert_true(text_read_float("1.00000005960464477539", &small) && small == 1.0f);
    assert_true(text_read_float("16777217", &small) && small == 16777216.0f);
}

static void random_number(char *out, size_t size)
{
    char digits[40];
    int count = 1 + (int)(next_random() % (next_random() % 4 ? 9 : 24));
    for (int i = 0; i < count; i++)
        digits[i] = (char)('0' + next_random() % 10);
    digits[count] = '\0';
    int point = (int)(next_random() % (uint64_t)(count + 1)), exponent = (int)(next_random() % 100) - 50;
    int length = snprintf(out, size, "%s%.*s%s%s", next_random() % 2 ? "-" : "", point, digits,
                          next_random() % 3 && point < count ? "." : "", digits + point);
    if (next_random() % 3 == 0)
        snprintf(out + length, size - (size_t)length, "e%d", next_random() % 4 ? exponent / 5 : exponent);
}

static void test_same_bits_as_the_library(void **state)
{
    char text[80];
    (void)state;
    for (int i = 0; i < 1000000; i++) {
        float small = 0, expected;
        double number = 0, exact;
        if (i % 10 == 0) { /* close to the middle between two floats */
            uint32_t bits = (uint32_t)next_random() & 0x7F7FFFFF;
            memcpy(&small, &bits, sizeof small);
            double middle = ((double)small + (double)nextafterf(small, INFINITY)) / 2;
            snprintf(text, sizeof text, "%.*g", 8 + (int)(next_random() % 15), middle);
        } else {
            random_number(text, sizeof text);
        }
        if (!text_read_float(text, &small) || !text_read_double(text, &number))
            fail_msg("\"%s\" is a number", text);
        expected = strtof(text, NULL);
        exact = strtod(text, NULL);
        if (memcmp(&small, &expected, sizeof small) != 0 || memcmp(&number, &exact, sizeof number) != 0)
            fail_msg("\"%s\": %a and %a, expected %a and %a", text, (double)small, number, (double)expected,
                     exact);
    }
}

static void test_integers(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "1e3",
                                      "0x10",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999"};
    int64_t value;
    (void)state;
    assert_true(text_read_integer("9223372036854775807", &value) && value == INT64_MAX);
    assert_true(text_read_integer("-9223372036854775808", &value) && value == INT64_MIN);
    assert_true(text_read_integer("+0012", &value) && value == 12);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_read_integer(bad[i], &value))
            fail_msg("\"%s\" is no integer", bad[i]);
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(text_distance("adam", "adam", 3), 0);
    assert_int_equal(text_distance("sdg", "sgd", 3), 1);
    assert_int_equal(text_distance("kitten", "sitting", 5), 3);
    assert_int_equal(text_distance("", "abc", 5), 3);
    assert_int_equal(text_distance("abcdefgh", "", 3), 4);
    assert_int_equal(text_distance("abcdefgh", "hgfedcba", 2), 3);
    assert_int_equal(text_distance("a", "b", 0), 1);
}

static void test_nearest(void **state)
{
    static const char *const names[] = {"optimizer",  "loss",          "lr", "momentum",
                                        "batch_size", "cross_entropy", "sgd"};
    const size_t count = sizeof names / sizeof *names;
    static const struct {
        const char *word, *name;
    } rows[] = {{"optimiser", "optimizer"},
                {"los", "loss"},
                {"LR", "lr"},
                {"momentm", "momentum"},
                {"batch-size", "batch_size"},
                {"batchsize", "batch_size"},
                {"sdg", "sgd"},
                {"CrossEntropyLoss", "cross_entropy"},
                {"opt", "optimizer"}};
    static const char *const strangers[] = {"", "x", "qqqq", "temperature", "zz"};
    char longer[600];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *found = text_nearest(rows[i].word, names, count);
        if (!found || strcmp(found, rows[i].name) != 0)
            fail_msg("\"%s\" suggests \"%s\", expected \"%s\"", rows[i].word, found ? found : "nothing",
                     rows[i].name);
    }
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (text_nearest(strangers[i], names, count))
            fail_msg("\"%s\" suggests \"%s\"", strangers[i], text_nearest(strangers[i], names, count));
    memset(longer, 'o', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_null(text_nearest(longer, names, count));
    assert_null(text_nearest("lr", NULL, 0));
}

static const char *line_of(const double *values, size_t count, size_t width, bool ascii)
{
    struct text text;
    text_init(&text, &arena);
    text_sparkline(&text, values, count, width, ascii);
    return text.at;
}

static void test_sparkline(void **state)
{
    const double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7}, flat[] = {2, 2},
                 holes[] = {0, (double)NAN, 7, (double)INFINITY};
    const double wide[] = {-DBL_MAX, DBL_MAX};
    double many[1000];
    (void)state;
    for (int i = 0; i < 1000; i++)
        many[i] = i;
    assert_string_equal(line_of(ramp, 8, 8, true), "_.-~=+*#");
    assert_string_equal(
        line_of(ramp, 8, 8, false),
        "\xE2\x96\x81\xE2\x96\x82\xE2\x96\x83\xE2\x96\x84\xE2\x96\x85\xE2\x96\x86\xE2\x96\x87\xE2\x96\x88");
    assert_string_equal(line_of(flat, 2, 2, true), "__");
    assert_string_equal(line_of(holes, 4, 4, true), "_ ##");
    assert_string_equal(line_of(wide, 2, 2, true), "_#");
    assert_string_equal(line_of(many, 1000, 8, true), "_.-~=+*#");
    assert_string_equal(line_of(NULL, 0, 3, true), "   ");
    assert_int_equal(strlen(line_of(ramp, 8, 20, true)), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growing),           cmocka_unit_test(test_escape),
        cmocka_unit_test(test_words_for_numbers), cmocka_unit_test(test_shell_words),
        cmocka_unit_test(test_round_trips),       cmocka_unit_test(test_shortest_floats),
        cmocka_unit_test(test_grammar),           cmocka_unit_test(test_same_bits_as_the_library),
        cmocka_unit_test(test_integers),          cmocka_unit_test(test_distance),
        cmocka_unit_test(test_nearest),           cmocka_unit_test(test_sparkline),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
