/* What is known of a tensor after one pass. Finiteness is judged on the bits: exponent all ones. */
enum {
    STATISTICS_BLOCK = 1024
}; /* elements that are counted and then added up while they are in the first cache */

static inline REAL_SIGNED magnitude_bits(REAL x)
{
    REAL_SIGNED bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & REAL_MAGNITUDE;
}

static int64_t find_nonfinite(int64_t from, int64_t to, const REAL *x)
{
    for (int64_t i = from; i < to; i++)
        if (magnitude_bits(x[i]) >= REAL_INFINITY)
            return i;
    return -1;
}

struct counts {
    REAL_SIGNED zeros, nonfinite, largest; /* the largest magnitude of the finite elements, as its bits */
};

static void count_block(int64_t n, const REAL *restrict x, struct counts *counts)
{
    REAL_SIGNED zeros = 0, nonfinite = 0, largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL_SIGNED magnitude = magnitude_bits(x[i]);
        const REAL_SIGNED kept = magnitude >= REAL_INFINITY ? 0 : magnitude;
        zeros += magnitude == 0;
        nonfinite += magnitude >= REAL_INFINITY;
        largest = kept > largest ? kept : largest;
    }
    *counts = (struct counts){zeros, nonfinite, largest};
}

static void add_block(int64_t n, const REAL *x, struct statistics *out)
{
    out->sum += sum_of(n, x);
    out->sum_squares += sum_of_squares_about(n, x, 0);
}

static void statistics(int64_t n, const void *px, struct statistics *out)
{
    const REAL *x = px;
    REAL_SIGNED largest = 0;
    REAL value, finite[STATISTICS_BLOCK];
    *out = (struct statistics){.count = n, .first_nonfinite = -1};
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const int64_t size = n - from < STATISTICS_BLOCK ? n - from : STATISTICS_BLOCK;
        struct counts counts;
        count_block(size, x + from, &counts);
        out->zeros += counts.zeros;
        out->nonfinite += counts.nonfinite;
        largest = counts.largest > largest ? counts.largest : largest;
        if (counts.nonfinite == 0) {
            add_block(size, x + from, out);
            continue;
        }
        if (out->first_nonfinite < 0)
            out->first_nonfinite = find_nonfinite(from, from + size, x);
        for (int64_t i = 0; i < size; i++)
            finite[i] = magnitude_bits(x[from + i]) >= REAL_INFINITY ? 0 : x[from + i];
        add_block(size, finite, out);
    }
    memcpy(&value, &largest, sizeof value);
    out->largest = (double)value;
}

/* Blocks are judged as a whole, and only one with a find is searched. */
static int64_t first_nonfinite(int64_t n, const void *px)
{
    const REAL *x = px;
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const int64_t to = n - from < STATISTICS_BLOCK ? n : from + STATISTICS_BLOCK;
        REAL_SIGNED found = 0;
        for (int64_t i = from; i < to; i++)
            found |= magnitude_bits(x[i]) >= REAL_INFINITY;
        if (found)
            return find_nonfinite(from, to, x);
    }
    return -1;
}
