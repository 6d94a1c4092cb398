/*
 * Decimal numbers from text, rounded once: the bits of strtod, without its cost where the digits fit a word.
 * Checks the grammar before the C library sees the text; the locale is never changed by this program, so
 * strtod means the decimal point.
 */
#include <mldbg/base/text.h>

#include <math.h>
#include <stdlib.h>

#include "decimal.h"

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide_int;

/*
 * mantissa * 10^exponent = mantissa * 5^exponent * 2^exponent. The product, or 64 bits and more of the
 * quotient with a last bit for what is left over, is an integer that the compiler rounds once; powers of two
 * round nothing, as such numbers are far from the ends of the range.
 */
bool decimal_wide(const struct decimal *decimal, double *magnitude)
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
bool decimal_wide(const struct decimal *decimal, double *magnitude)
{
    (void)decimal, (void)magnitude;
    return false;
}
#endif

bool text_read_double(const char *string, double *value)
{
    struct decimal decimal;
    const char *end = read_decimal(string, &decimal, false);
    if (!end || *end)
        return false;
    if (!quick(&decimal, value))
        *value = strtod(string, NULL);
    return true;
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
    return decimal_scan(at, value);
}

bool text_read_float(const char *string, float *value)
{
    double number;
    if (!text_read_number(string, &number))
        return false;
    *value = (float)number;
    return true;
}
