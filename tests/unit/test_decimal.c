/* Decimal numbers: the bits of strtod and strtof for every text, on each of the ways to read one. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <mldbg/base/random.h>
#include <mldbg/base/text.h>

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint32_t narrow_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void check(const char *text)
{
    char padded[1200] = {0};
    double number, scanned, exact = strtod(text, NULL);
    float narrow, single = strtof(text, NULL);
    size_t length = strlen(text);
    if (!text_read_double(text, &number) || !text_read_float(text, &narrow))
        fail_msg("\"%s\" is a number", text);
    if (bits_of(number) != bits_of(exact) || narrow_bits(narrow) != narrow_bits(single))
        fail_msg("\"%s\" reads as %a and %a, expected %a and %a", text, number, (double)narrow, exact,
                 (double)single);
    assert_true(text_read_number(text, &number));
    if (narrow_bits((float)number) != narrow_bits(single) ||
        fabs(number - exact) > fabs(exact) * 3e-16 + 5e-324)
        fail_msg("\"%s\" reads as %a, which is no double of %a", text, number, (double)single);
    memcpy(padded, text, length);
    padded[length] = ',';
    const char *end = text_scan_number(padded, &scanned);
    if (end && (end != padded + length || bits_of(scanned) != bits_of(number)))
        fail_msg("\"%s\" scans as %a with %zu bytes, expected %a", text, scanned, (size_t)(end - padded),
                 number);
}

static void test_hard(void **state)
{
    static const char *const hard[] = {
        "0",
        "-0",
        "+0",
        "0.0",
        "-0.0e5",
        "0e999999999999",
        "+1",
        "1.",
        ".5",
        "-.5",
        "007",
        "00.10",
        "1e5",
        "1E+5",
        "1e-5",
        "1e0000000000000000000005",
        "0.00000000000000000000000000000000000001",
        "100000000000000000000000000000000000000000",
        "1e-46",
        "7.006492321624085e-46",
        "7.0064923216240854e-46",
        "7.0064923216240853e-46",
        "7.00649232162408535461864791644958065640130970938257885878534141944895541342e-46",
        "7.00649232162408535461864791644958065640130970938257885878534141944895541343e-46",
        "1e-45",
        "1.1754943e-38",
        "1.17549429e-38",
        "5.877471754111438e-39",
        "3.4028234663852886e38",
        "3.4028235677973366e38",
        "3.4028235677973365e38",
        "3.40282356779733661637539395458142568447e38",
        "3.40282356779733661637539395458142568448e38",
        "1e39",
        "-1e39",
        "1e308",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "1e309",
        "1e999999999999",
        "1e-999999999999",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.00000000000000000001",
        "18014398509481985",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999",
        "16777216",
        "16777217",
        "16777217.0000000001",
        "16777216.9999999999",
        "16777219",
        "1.00000005960464477539062",
        "1.000000059604644775390625",
        "1.00000005960464477539063",
        "1.0000000596046447753906250000000001",
        "8589973504",
        "8589973505e0",
        "85899735039e-1",
        "0.1",
        "0.3",
        "123456789012345678e-22",
        "1234567890123456789e-27",
        "1234567890123456789e-28",
        "1234567890123456789e27",
        "1234567890123456789e28",
        "12345678.12345678",
        "1234567.1234567",
        "0.12345678",
        "0.123456789",
        "0.1234567812345678",
        "0.12345678123456781234567812345678"};
    (void)state;
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        check(hard[i]);
}

/* What is no number stays none, and a scan stops where the number does. */
static void test_no_numbers(void **state)
{
    static const char *const bad[] = {"",    "+",    "-",   ".",     "+.",   "e5",       "1e",   "1e+",
                                      "1e-", "0x10", "inf", "nan",   "-inf", "infinity", "1 ",   " 1",
                                      "1,5", "--1",  "+-1", "1.2.3", "1d5",  "1f",       "1e5.0"};
    char padded[64];
    double number;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_read_double(bad[i], &number) || text_read_number(bad[i], &number))
            fail_msg("\"%s\" is no number", bad[i]);
    memset(padded, 0, sizeof padded);
    memcpy(padded, "1.5x10", 6);
    assert_ptr_equal(text_scan_number(padded, &number), padded + 3);
    memcpy(padded, "1e,100", 6);
    assert_null(text_scan_number(padded, &number));
    memcpy(padded, "0x1000", 6);
    assert_ptr_equal(text_scan_number(padded, &number), padded + 1);
}

/* The middle between a float and the next, to the last digit, and a little to either side of it. */
static void check_middle(uint32_t bits)
{
    char text[1100];
    float low, high;
    uint32_t next = bits + 1;
    memcpy(&low, &bits, sizeof low);
    memcpy(&high, &next, sizeof high);
    if (!isfinite(low) || !isfinite(high))
        return;
    double middle = ((double)low + (double)high) / 2;
    int length = snprintf(text, sizeof text, "%.160e", middle);
    assert_in_range(length, 1, 1000);
    check(text);
    text[150] = (char)(text[150] == '9' ? '8' : text[150] + 1); /* far behind the last digit that counts */
    check(text);
    snprintf(text, sizeof text, "%.17g", middle);
    check(text);
    snprintf(text, sizeof text, "%.18e", nextafter(middle, (double)high));
    check(text);
    snprintf(text, sizeof text, "%.12g", middle);
    check(text);
}

static uint64_t draw(struct random key, uint64_t index)
{
    uint32_t word[4];
    random_block(key, 0, index, word);
    return (uint64_t)word[0] << 32 | word[1];
}

static void test_random(void **state)
{
    struct random key = {7, PURPOSE_SPLIT};
    char text[400];
    (void)state;
    for (uint64_t i = 0; i < 40000; i++) {
        uint64_t bits = draw(key, 2 * i), more = draw(key, 2 * i + 1);
        double wide;
        float single;
        uint32_t half = (uint32_t)bits;
        memcpy(&wide, &bits, sizeof wide);
        memcpy(&single, &half, sizeof single);
        int digits = (int)(more % 20);
        if (isfinite(wide)) {
            snprintf(text, sizeof text, "%.*e", digits, wide);
            check(text);
        }
        if (isfinite(single)) {
            snprintf(text, sizeof text, "%.*g", digits + 1, (double)single);
            check(text);
        }
        check_middle(half & 0x7FFFFFFF);
        snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64, more & 64 ? "-" : "",
                 bits >> (more >> 8) % 64, digits, more >> 40);
        check(text);
        snprintf(text, sizeof text, "%" PRIu64 "e%d", bits >> (more >> 16) % 64,
                 (int)((more >> 32) % 80) - 40);
        check(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
