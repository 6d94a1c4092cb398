/*
 * Numbers to text and back. Reading checks the grammar before the C library sees the text, and rounds once;
 * the locale is never changed by this program, so strtod and printf mean the decimal point.
 */
#include <mldbg/base/text.h>

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a decimal number is made of, where that fits a word. */
struct decimal {
    uint64_t mantissa; /* all digits in one, point left out */
    int exponent;      /* of ten */
    bool fits;         /* mantissa < 2^53 and nothing dropped */
    bool negative;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *take_digits(const char *at, struct decimal *decimal, int each)
{
    while (is_digit(*at)) {
        if (decimal->mantissa >= (UINT64_C(1) << 53) / 10)
            decimal->fits = false;
        else
            decimal->mantissa = 10 * decimal->mantissa + (uint64_t)(*at - '0');
        decimal->exponent -= each;
        at++;
    }
    return at;
}

/* The grammar: [+-] digits [. digits] [e [+-] digits], a digit in front of or behind the point, nothing else.
 */
static bool read_decimal(const char *at, struct decimal *decimal)
{
    *decimal = (struct decimal){.fits = true};
    if (*at == '+' || *at == '-')
        decimal->negative = *at++ == '-';

    const char *whole = at;
    at = take_digits(at, decimal, 0);
    ptrdiff_t digits = at - whole;
    if (*at == '.') {
        const char *part = ++at;
        /* An exponent of more digits than an int counts is left to the library. */
        if (strlen(part) > 10000)
            decimal->fits = false;
        at = take_digits(at, decimal, decimal->fits ? 1 : 0);
        digits += at - part;
    }
    if (digits == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        bool down = *at == '-';
        if (*at == '+' || *at == '-')
            at++;
        if (!is_digit(*at))
            return false;
        int exponent = 0;
        for (; is_digit(*at); at++)
            exponent = exponent < 100000 ? 10 * exponent + (*at - '0') : exponent;
        decimal->exponent += down ? -exponent : exponent;
    }
    return *at == '\0';
}

/*
 * Clinger's fast path ("How to read floating point numbers accurately", 1990): integer and power of ten are
 * both exact doubles, so one operation rounds once.
 */
static bool quick(const struct decimal *decimal, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || !decimal->fits || decimal->exponent < -22 || decimal->exponent > 22)
        return false;
    double magnitude = (double)decimal->mantissa;
    if (decimal->exponent < 0)
        magnitude /= power[-decimal->exponent];
    else
        magnitude *= power[decimal->exponent];
    *value = decimal->negative ? -magnitude : magnitude;
    return true;
}

bool text_read_double(const char *string, double *value)
{
    struct decimal decimal;
    if (!read_decimal(string, &decimal))
        return false;
    if (!quick(&decimal, value))
        *value = strtod(string, NULL);
    return true;
}

bool text_read_float(const char *string, float *value)
{
    struct decimal decimal;
    double wide;
    if (!read_decimal(string, &decimal))
        return false;
    if (quick(&decimal, &wide)) {
        /*
         * Rounding the double again errs only where it lies exactly between two floats and was rounded to get
         * there; the values that come this way are far from the ends of the range of float.
         */
        uint64_t bits;
        memcpy(&bits, &wide, sizeof bits);
        if ((bits & 0x1FFFFFFF) != 0x10000000) {
            *value = (float)wide;
            return true;
        }
    }
    *value = strtof(string, NULL);
    return true;
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
