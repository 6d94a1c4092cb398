/*
 * The short way of a decimal number, for those who read millions of them: digits, a point, digits, as few as
 * a double holds exactly. Inline, since a call for each number of a table is felt.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    SHORT_MOST =
        15 /* digits: below 2^53, and so many behind the point make a power of ten that is a double */
};

/*
 * How many of eight bytes are digits, from the first on, and those as one number: joined to pairs, fours and
 * eight. A byte is none where it, less '0', or that and 0x76, has the high bit; a sum that runs over into the
 * next byte comes from one that is none.
 */
static inline __attribute__((always_inline)) int eight_digits(const char *at, uint64_t *number)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        word = __builtin_bswap64(word);
    word ^= UINT64_C(0x3030303030303030);
    const uint64_t others = ((word + UINT64_C(0x7676767676767676)) | word) & UINT64_C(0x8080808080808080);
    const int bits = others ? __builtin_ctzll(others) & ~7 : 64;
    word = bits ? word << (64 - bits) : 0;
    word = word * 10 + (word >> 8);
    *number = ((word & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
               (word >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
              32;
    return bits / 8;
}

/*
 * text_scan_number for a number that is short; NULL: it is another. Eight bytes behind the NUL of the text
 * must be there to read.
 */
static inline __attribute__((always_inline)) const char *decimal_short(const char *at, double *value)
{
    static const uint64_t ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    /* By sign: a negative divisor keeps the sign of 0 and costs no branch, which could not be foreseen. */
    static const double divisor[2][SHORT_MOST + 1] = {
        {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15},
        {-1e0, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14,
         -1e15}};
    const int negative = *at == '-';
    const char *begin = at += negative;
    unsigned digit = (unsigned)(*at - '0');
    uint64_t mantissa = 0, bits, part;
    ptrdiff_t behind = 0;

    if (FLT_EVAL_METHOD != 0 || digit > 9)
        return NULL;
    for (; digit <= 9; digit = (unsigned)(*++at - '0'))
        mantissa = 10 * mantissa + digit;
    if (*at == '.') {
        const char *point = at++;
        begin++; /* so that at - begin counts digits */
        int count = eight_digits(at, &part);
        mantissa = mantissa * ten[count] + part;
        at += count;
        if (count == 8) {
            count = eight_digits(at, &part);
            mantissa = mantissa * ten[count] + part;
            at += count;
        }
        behind = at - point - 1;
    }
    if (at - begin > SHORT_MOST || (*at | 0x20) == 'e')
        return NULL;
    /* One operation on two exact numbers rounds once. */
    *value = (double)(int64_t)mantissa / divisor[negative][behind];
    memcpy(&bits, value, sizeof bits);
    /* Not in the middle between two floats, where rounding again might go wrong. */
    return (bits & 0x1FFFFFFF) != 0x10000000 ? at : NULL;
}

#endif
