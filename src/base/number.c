/*
 * Numbers to text, and integers back. The locale is never changed by this program, so printf means the
 * decimal point.
 */
#include <mldbg/base/text.h>

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_read_integer(const char *string, int64_t *value)
{
    const char *at = string;
    bool negative = false;
    uint64_t sum = 0;

    if (*at == '+' || *at == '-')
        negative = *at++ == '-';
    if (!is_digit(*at))
        return false;
    uint64_t most = (uint64_t)INT64_MAX + negative;
    for (; is_digit(*at); at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (sum > (most - digit) / 10)
            return false;
        sum = 10 * sum + digit;
    }
    if (*at)
        return false;
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

/* The words for what is no number; NULL for finite values. */
static const char *word_for(double value)
{
    return isnan(value) ? "nan" : isinf(value) ? (value < 0 ? "-inf" : "inf") : NULL;
}

const char *text_number(struct arena *arena, double value, int digits)
{
    const char *word = word_for(value);
    return word ? word : arena_print(arena, "%.*g", digits, value);
}

const char *text_double(struct arena *arena, double value)
{
    const char *word = word_for(value);
    char text[40];

    if (word)
        return word;
    /* Fifteen digits survive the way through a normal double, so fewer than those are found by %g itself. */
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return arena_copy(arena, text, strlen(text));
}

const char *text_count(struct arena *arena, int64_t value)
{
    char digits[24], out[32];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int count = snprintf(digits, sizeof digits, "%" PRIu64, magnitude);
    size_t at = 0;

    if (value < 0)
        out[at++] = '-';
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    return arena_copy(arena, out, at);
}

const char *text_bytes(struct arena *arena, int64_t bytes)
{
    static const char *const unit[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t i = 0;

    if (fabs(value) < 1024)
        return arena_print(arena, "%" PRId64 " B", bytes);
    for (value /= 1024; fabs(value) >= 1023.95 && i + 1 < sizeof unit / sizeof *unit; i++)
        value /= 1024;
    return arena_print(arena, "%.1f %s", value, unit[i]);
}

const char *text_plural(struct arena *arena, int64_t count, const char *one, const char *many)
{
    return arena_print(arena, "%s %s", text_count(arena, count), count == 1 ? one : many);
}
