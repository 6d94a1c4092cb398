/*
 * Decimal numbers from text, rounded once: the bits of strtod, without its cost where the digits fit a word.
 * Checks the grammar before the C library sees the text; the locale is never changed by this program, so
 * strtod means the decimal point.
 */
#include <mldbg/base/text.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

/* Calls on the way of a number through a table cost a tenth of reading it. */
#define INLINE inline __attribute__((always_inline))

enum {
    DIGITS_MOST = 19,      /* that fit 64 bits, whatever they are */
    EXACT_TEN = 22,        /* powers of ten up to this one are doubles */
    EXACT_FIVE = 27,       /* powers of five up to this one fit 64 bits */
    EXPONENT_MOST = 100000 /* beyond it every number is infinite or 0 */
};

/* What a decimal number is made of. */
struct decimal {
    uint64_t mantissa; /* all digits in one, point left out */
    int exponent;      /* of ten */
    bool fits;         /* both are what the text says */
    bool negative;
};

static inline const char *take_digits(const char *at, uint64_t *mantissa)
{
    unsigned digit;
    for (; (digit = (unsigned)(*at - '0')) < 10; at++)
        *mantissa = 10 * *mantissa + digit;
    return at;
}

/* at is behind the letter. */
static const char *take_exponent(const char *at, int *exponent)
{
    bool down = *at == '-';
    uint64_t size = 0;
    if (*at == '+' || *at == '-')
        at++;
    const char *digits = at;
    for (; *at >= '0' && *at <= '9'; at++)
        size = size < EXPONENT_MOST ? 10 * size + (uint64_t)(*at - '0') : size;
    *exponent += down ? -(int)size : (int)size;
    return at > digits ? at : NULL;
}

/* The grammar: [+-] digits [. digits] [e [+-] digits], a digit in front of or behind the point. Returns what
 * is behind it, or NULL. */
static INLINE const char *read_decimal(const char *at, struct decimal *decimal)
{
    uint64_t mantissa = 0;
    decimal->negative = *at == '-';
    at += *at == '-' || *at == '+';
    const char *whole = at;
    at = take_digits(at, &mantissa);
    ptrdiff_t digits = at - whole, behind = 0;
    if (*at == '.') {
        const char *part = ++at;
        at = take_digits(at, &mantissa);
        behind = at - part;
        digits += behind;
    }
    if (digits == 0)
        return NULL;
    decimal->mantissa = mantissa;
    decimal->fits = digits <= DIGITS_MOST;
    decimal->exponent = decimal->fits ? -(int)behind : 0;
    if (*at == 'e' || *at == 'E')
        at = take_exponent(at + 1, &decimal->exponent);
    return at;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide_int;

/*
 * mantissa * 10^exponent = mantissa * 5^exponent * 2^exponent. The product, or 64 bits and more of the
 * quotient with a last bit for what is left over, is an integer that the compiler rounds once; powers of two
 * round nothing, as such numbers are far from the ends of the range.
 */
static __attribute__((noinline)) bool wide(const struct decimal *decimal, double *magnitude)
{
    uint64_t power = 1;
    int size = abs(decimal->exponent);
    if (size > EXACT_FIVE || decimal->mantissa == 0)
        return false;
    for (int i = 0; i < size; i++)
        power *= 5;
    if (decimal->exponent >= 0) {
        *magnitude = ldexp((double)((wide_int)decimal->mantissa * power), decimal->exponent);
        return true;
    }
    int shift = 64 + __builtin_clzll(decimal->mantissa);
    wide_int scaled = (wide_int)decimal->mantissa << shift, quotient = scaled / power;
    quotient |= quotient * power != scaled;
    *magnitude = ldexp((double)quotient, decimal->exponent - shift);
    return true;
}
#else
static bool wide(const struct decimal *decimal, double *magnitude)
{
    (void)decimal, (void)magnitude;
    return false;
}
#endif

/*
 * Clinger's fast path ("How to read floating point numbers accurately", 1990): integer and power of ten are
 * both exact doubles, so one operation rounds once.
 */
static INLINE bool quick(const struct decimal *decimal, double *value)
{
    static const double power[EXACT_TEN + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double magnitude = (double)decimal->mantissa;
    if (FLT_EVAL_METHOD != 0 || !decimal->fits)
        return false;
    if (decimal->mantissa > UINT64_C(1) << DBL_MANT_DIG || abs(decimal->exponent) > EXACT_TEN) {
        if (!wide(decimal, &magnitude))
            return false;
    } else if (decimal->exponent < 0) {
        magnitude /= power[-decimal->exponent];
    } else {
        magnitude *= power[decimal->exponent];
    }
    *value = decimal->negative ? -magnitude : magnitude;
    return true;
}

bool text_read_double(const char *string, double *value)
{
    struct decimal decimal;
    const char *end = read_decimal(string, &decimal);
    if (!end || *end)
        return false;
    if (!quick(&decimal, value))
        *value = strtod(string, NULL);
    return true;
}

/* Whether rounding to float may go wrong: the middle between two floats, and all below the normal ones. */
static inline bool near_middle(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & 0x1FFFFFFF) == 0x10000000 || (fabs(value) < (double)FLT_MIN && value != 0);
}

bool text_read_number(const char *string, double *value)
{
    if (!text_read_double(string, value))
        return false;
    if (near_middle(*value)) {
        float narrow = strtof(string, NULL);
        if ((float)*value < narrow || (float)*value > narrow)
            *value = nextafter(*value, (double)narrow);
    }
    return true;
}

const char *text_scan_number(const char *at, double *value)
{
    struct decimal decimal;
    const char *end = decimal_short(at, value);
    if (end)
        return end;
    end = read_decimal(at, &decimal);
    return end && quick(&decimal, value) && !near_middle(*value) ? end : NULL;
}

bool text_read_float(const char *string, float *value)
{
    double number;
    if (!text_read_number(string, &number))
        return false;
    *value = (float)number;
    return true;
}
