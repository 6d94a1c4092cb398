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

/* The bits of a finite number as an integer of the same order, and back: the same steps both ways. */
static inline REAL_SIGNED ordered_bits(REAL_SIGNED bits)
{
    return bits < 0 ? bits ^ REAL_MAGNITUDE : bits;
}

static inline REAL_SIGNED order_of(REAL x)
{
    REAL_SIGNED bits;
    memcpy(&bits, &x, sizeof bits);
    return ordered_bits(bits);
}

static inline REAL of_order(REAL_SIGNED order)
{
    const REAL_SIGNED bits = ordered_bits(order);
    REAL x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

struct counts {
    REAL_SIGNED zeros, nonfinite, least, most; /* the last two in the order of order_of */
};

static void count_block(int64_t n, const REAL *restrict x, struct counts *counts)
{
    REAL_SIGNED zeros = 0, nonfinite = 0, least = REAL_MAGNITUDE, most = ~REAL_MAGNITUDE;
    for (int64_t i = 0; i < n; i++) {
        const REAL_SIGNED magnitude = magnitude_bits(x[i]), order = order_of(x[i]);
        zeros += magnitude == 0;
        nonfinite += magnitude >= REAL_INFINITY;
        least = order < least ? order : least;
        most = order > most ? order : most;
    }
    *counts = (struct counts){zeros, nonfinite, least, most};
}

/* The finite elements of a block; returns how many there are. */
static int64_t keep_finite(int64_t n, const REAL *x, REAL *kept)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (magnitude_bits(x[i]) < REAL_INFINITY)
            kept[count++] = x[i];
    return count;
}

static void add_block(int64_t n, const REAL *x, struct statistics *out)
{
    double sum, squares;
    add_both(n, x, &sum, &squares);
    out->sum += sum;
    out->sum_squares += squares;
}

static void statistics(int64_t n, const void *px, struct statistics *out)
{
    const REAL *x = px;
    REAL_SIGNED least = REAL_MAGNITUDE, most = ~REAL_MAGNITUDE;
    REAL finite[STATISTICS_BLOCK];
    *out = (struct statistics){.count = n, .first_nonfinite = -1, .least = (double)NAN, .most = (double)NAN};
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const REAL *block = x + from;
        int64_t size = n - from < STATISTICS_BLOCK ? n - from : STATISTICS_BLOCK;
        struct counts counts;
        count_block(size, block, &counts);
        out->nonfinite += counts.nonfinite;
        if (counts.nonfinite > 0) {
            if (out->first_nonfinite < 0)
                out->first_nonfinite = find_nonfinite(from, from + size, x);
            size = keep_finite(size, block, finite);
            block = finite;
            count_block(size, block, &counts);
        }
        out->zeros += counts.zeros;
        least = counts.least < least ? counts.least : least;
        most = counts.most > most ? counts.most : most;
        add_block(size, block, out);
    }
    if (out->nonfinite == n)
        return;
    out->least = (double)of_order(least);
    out->most = (double)of_order(most);
    out->largest = fmax(-out->least, out->most);
}

static REAL_SIGNED largest_magnitude(int64_t n, const REAL *x)
{
    REAL_SIGNED largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL_SIGNED magnitude = magnitude_bits(x[i]);
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

static void size(int64_t n, const void *px, struct size *out)
{
    const REAL *x = px;
    REAL_SIGNED largest = 0;
    REAL value, finite[STATISTICS_BLOCK];
    *out = (struct size){.count = n};
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const REAL *block = x + from;
        int64_t length = n - from < STATISTICS_BLOCK ? n - from : STATISTICS_BLOCK;
        REAL_SIGNED most = largest_magnitude(length, block);
        double sum, squares;
        if (most >= REAL_INFINITY) {
            const int64_t kept = keep_finite(length, block, finite);
            out->nonfinite += length - kept;
            length = kept;
            block = finite;
            most = largest_magnitude(length, block);
        }
        add_both(length, block, &sum, &squares);
        out->sum += sum;
        out->sum_squares += squares;
        largest = most > largest ? most : largest;
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

/* The bits of column j of all rows, one over the other; width at most COLUMNS. */
static void overlay_columns(int64_t rows, int64_t width, const REAL *x, int64_t stride,
                            REAL_SIGNED *restrict bits)
{
    for (int64_t j = 0; j < width; j++)
        bits[j] = 0;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t j = 0; j < width; j++)
            bits[j] |= magnitude_bits(x[row * stride + j]);
}

static REAL_SIGNED overlay(int64_t n, const REAL *x)
{
    REAL_SIGNED bits = 0;
    for (int64_t i = 0; i < n; i++)
        bits |= magnitude_bits(x[i]);
    return bits;
}

static int64_t zero_channels(int64_t outer, int64_t n, int64_t inner, const void *px)
{
    const REAL *x = px;
    REAL_SIGNED bits[COLUMNS];
    int64_t zeros = 0;
    for (int64_t first = 0; inner == 1 && first < n; first += COLUMNS) {
        const int64_t width = n - first < COLUMNS ? n - first : COLUMNS;
        overlay_columns(outer, width, x + first, n, bits);
        for (int64_t j = 0; j < width; j++)
            zeros += bits[j] == 0;
    }
    for (int64_t i = 0; inner > 1 && i < n; i++) {
        REAL_SIGNED found = 0;
        for (int64_t o = 0; o < outer && !found; o++)
            found = overlay(inner, x + (o * n + i) * inner);
        zeros += found == 0;
    }
    return zeros;
}

static int64_t count_beyond(int64_t n, double low, double high, const void *px)
{
    const REAL *x = px, below = (REAL)low, above = (REAL)high;
    int64_t count = 0;
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const int64_t to = n - from < STATISTICS_BLOCK ? n : from + STATISTICS_BLOCK;
        REAL_SIGNED found = 0;
        for (int64_t i = from; i < to; i++)
            found += (x[i] <= below) | (x[i] >= above);
        count += found;
    }
    return count;
}
