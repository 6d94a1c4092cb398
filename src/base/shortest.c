/*
 * Floats as decimals of as few digits as read back as the same float, in the form of %g. Most are found by
 * one multiplication; where rounding could have decided, the C library is asked.
 */
#include <mldbg/base/text.h>

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_BYTES = 40,
    POWERS = 44,     /* 10^0 to 10^43: what brings any normal float to nine digits */
    FIXED_LEAST = -4 /* exponents below are written with "e" by %g */
};

/*
 * A value scaled to at most nine digits is off by a few units of 1e-16 * 1e9; farther than this from the
 * middle between two whole numbers it is rounded as the exact value would be.
 */
static const double MIDDLE = 1e-5;

static const double powers[POWERS] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14,
    1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29,
    1e30, 1e31, 1e32, 1e33, 1e34, 1e35, 1e36, 1e37, 1e38, 1e39, 1e40, 1e41, 1e42, 1e43,
};

static double scaled(double value, int power)
{
    return power < 0 ? value / powers[-power] : value * powers[power];
}

/* The exponent of a value's first digit; the logarithm may be off by one at powers of ten. */
static int exponent_of(double value)
{
    int exponent = (int)floor(log10(value));

    if (scaled(value, -exponent) >= 10)
        return exponent + 1;
    return scaled(value, -exponent) < 1 ? exponent - 1 : exponent;
}

/* Whether whole * 10^-power reads back as the value, as far as that is certain. */
static bool reads_back(double whole, int power, float value, bool *certain)
{
    const double back = scaled(whole, -power);
    uint64_t bits;

    memcpy(&bits, &back, sizeof bits);
    /* The last 29 bits decide how a float is rounded; near their middle, a last bit more or less would. */
    bits &= 0x1FFFFFFF;
    *certain = bits < 0x0FFFFFF0 || bits > 0x10000010;
    return (float)back == value;
}

/* Digits of a whole number with a point behind the first exponent + 1 of them, no zeros at the end, as %g
 * writes. */
static void write_digits(char *text, uint64_t whole, int digits, int exponent)
{
    char digit[24], *at = text;
    int count = digits;

    for (int i = digits - 1; i >= 0; i--, whole /= 10)
        digit[i] = (char)('0' + whole % 10);
    while (count > 1 && digit[count - 1] == '0')
        count--;
    if (exponent < FIXED_LEAST) {
        *at++ = digit[0];
        if (count > 1)
            *at++ = '.';
        memcpy(at, digit + 1, (size_t)count - 1);
        snprintf(at + count - 1, 8, "e-%02d", -exponent);
        return;
    }
    if (exponent < 0)
        at = mempcpy(at, "0.0000", (size_t)(1 - exponent));
    for (int i = 0; i < count || i <= exponent; i++) {
        if (exponent >= 0 && i == exponent + 1)
            *at++ = '.';
        *at++ = i < count ? digit[i] : '0';
    }
    *at = 0;
}

/* False: too near to call, or out of range. */
static bool quick(char *text, float value)
{
    const double magnitude = fabs((double)value);

    if (!(magnitude >= (double)FLT_MIN && magnitude < 1e6))
        return false;
    const int exponent = exponent_of(magnitude);
    for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        const int power = digits - 1 - exponent;
        if (power >= POWERS)
            return false;
        const double exact = scaled(magnitude, power), whole = rint(exact);
        bool certain;
        if (fabs(fabs(exact - whole) - 0.5) < MIDDLE || whole >= powers[digits])
            return false;
        const bool same = reads_back(whole, power, fabsf(value), &certain);
        if (!certain)
            return false;
        if (!same)
            continue;
        *text = '-';
        write_digits(text + (value < 0), (uint64_t)whole, digits, exponent);
        return true;
    }
    return false;
}

static void by_library(char *text, float value)
{
    for (int digits = fabsf(value) < FLT_MIN ? 1 : FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(text, TEXT_BYTES, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
}

const char *text_float(struct arena *arena, float value)
{
    char text[TEXT_BYTES];

    if (!isfinite(value))
        return isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    if (!quick(text, value))
        by_library(text, value);
    return arena_copy(arena, text, strlen(text));
}
