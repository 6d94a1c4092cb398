/* Small plots made of characters. */
#include <mldbg/base/text.h>

#include <math.h>

enum { LEVELS = 8 };

static const char *const BLOCKS[LEVELS] = {"\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83", "\xE2\x96\x84",
                                           "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87", "\xE2\x96\x88"};
static const char *const SIGNS[LEVELS] = {"_", ".", "-", "~", "=", "+", "*", "#"};

/* Mean of the finite values of a stretch; else an infinity that occurs in it, else NaN. */
static double stretch_value(const double *values, size_t first, size_t end)
{
    double sum = 0, infinite = (double)NAN;
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        if (isfinite(values[i])) {
            count++;
            sum += (values[i] - sum) / (double)count;
        } else if (isinf(values[i])) {
            infinite = values[i];
        }
    }
    return count ? sum : infinite;
}

static double column_value(const double *values, size_t count, size_t column, size_t width)
{
    size_t first = (size_t)((double)column * (double)count / (double)width);
    size_t end = (size_t)((double)(column + 1) * (double)count / (double)width);
    if (first >= count)
        first = count - 1;
    if (end > count)
        end = count;
    return stretch_value(values, first, end > first ? end : first + 1);
}

void text_sparkline(struct text *text, const double *values, size_t count, size_t width, bool ascii)
{
    double low = (double)INFINITY, high = (double)-INFINITY;

    for (size_t column = 0; count && column < width; column++) {
        double value = column_value(values, count, column, width);
        if (isfinite(value)) {
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    for (size_t column = 0; column < width; column++) {
        double value = count ? column_value(values, count, column, width) : (double)NAN;
        if (isnan(value)) {
            text_add(text, " ");
            continue;
        }
        /* Halves, so that the span of the largest numbers does not overflow. */
        double span = high / 2 - low / 2, share = span > 0 ? (value / 2 - low / 2) / span : 0;
        if (isinf(value))
            share = value > 0 ? 1 : 0;
        int level = (int)(share * LEVELS);
        level = level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level;
        text_add(text, ascii ? SIGNS[level] : BLOCKS[level]);
    }
}
