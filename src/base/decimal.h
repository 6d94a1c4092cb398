/*
 * How a decimal number is read, for the two that read many: decimal.c and csv_plain.c. Inline, since a call
 * for each number of a table costs a tenth of reading it.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/* mantissa * 5^exponent beyond what two doubles hold, where it is known to round once. */
bool decimal_wide(const struct decimal *decimal, double *magnitude);

static inline const char *take_digits(const char *at, uint64_t *mantissa)
{
    unsigned digit;
    for (; (digit = (unsigned)(*at - '0')) < 10; at++)
        *mantissa = 10 * *mantissa + digit;
    return at;
}

/*
 * The same, eight at a time. A byte is a digit where neither it, less '0', nor that and 0x76 has the high bit;
 * a sum that runs over into the next byte comes from one that is none. The digits are joined to pairs, fours
 * and eight. Reads up to eight bytes beyond the last digit.
 */
static INLINE const char *take_digits_wide(const char *at, uint64_t *mantissa)
{
    static const uint64_t ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    int count;

    do {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
            word = __builtin_bswap64(word);
        word ^= UINT64_C(0x3030303030303030);
        const uint64_t other = ((word + UINT64_C(0x7676767676767676)) | word) & UINT64_C(0x8080808080808080);
        count = other ? __builtin_ctzll(other) / 8 : 8;
        if (count == 0)
            break;
        word <<= 64 - 8 * count;
        word = word * 10 + (word >> 8);
        word = ((word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
                (word >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
               32;
        *mantissa = *mantissa * ten[count] + word;
        at += count;
    } while (count == 8);
    return at;
}

/* at is behind the letter. */
static inline const char *take_exponent(const char *at, int *exponent)
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
 * is behind it, or NULL. padded: eight bytes may be read beyond the end of the text. */
static INLINE const char *read_decimal(const char *at, struct decimal *decimal, bool padded)
{
    uint64_t mantissa = 0;
    decimal->negative = *at == '-';
    at += *at == '-' || *at == '+';
    const char *whole = at;
    at = take_digits(at, &mantissa);
    ptrdiff_t digits = at - whole, behind = 0;
    if (*at == '.') {
        const char *part = ++at;
        at = padded ? take_digits_wide(at, &mantissa) : take_digits(at, &mantissa);
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
        if (!decimal_wide(decimal, &magnitude))
            return false;
    } else if (decimal->exponent < 0) {
        magnitude /= power[-decimal->exponent];
    } else {
        magnitude *= power[decimal->exponent];
    }
    *value = decimal->negative ? -magnitude : magnitude;
    return true;
}

/* Whether rounding to float may go wrong: the middle between two floats, and all below the normal ones. */
static inline bool near_middle(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & 0x1FFFFFFF) == 0x10000000 || (fabs(value) < (double)FLT_MIN && value != 0);
}

/* text_scan_number. */
static INLINE const char *decimal_scan(const char *at, double *value)
{
    struct decimal decimal;
    const char *end = read_decimal(at, &decimal, true);
    return end && quick(&decimal, value) && !near_middle(*value) ? end : NULL;
}

#endif
