/* The quickest sizes: squares added up in the type itself, with the largest magnitude in the same pass. */
typedef REAL_SIGNED quick_bits __attribute__((vector_size(VECTOR_BYTES)));

/*
 * The sum of quick_squares, bit for bit, and the largest magnitude in the same pass; with `before` also the
 * squares of x - before.
 */
static INLINE double quick_size(int64_t n, const REAL *x, const REAL *before, REAL_SIGNED *largest,
                                double *moved)
{
    quick_vector total[QUICK_PARTS] = {{0}}, apart[QUICK_PARTS] = {{0}};
    quick_bits most[QUICK_PARTS] = {{0}};
    REAL lanes[QUICK_LANES];
    REAL_SIGNED lane_bits[QUICK_LANES], all;
    double sum;
    int64_t i = 0;
    for (; i + QUICK_LANES <= n; i += QUICK_LANES)
        for (int part = 0; part < QUICK_PARTS; part++) {
            quick_vector value, old;
            memcpy(&value, x + i + part * QUICK_WIDTH, sizeof value);
            const quick_bits bits = (quick_bits)value & REAL_MAGNITUDE, larger = bits > most[part];
            most[part] = (bits & larger) | (most[part] & ~larger);
            total[part] += value * value;
            if (before) {
                memcpy(&old, before + i + part * QUICK_WIDTH, sizeof old);
                old = value - old;
                apart[part] += old * old;
            }
        }
    memcpy(lanes, total, sizeof lanes);
    sum = join_quick(lanes);
    memcpy(lanes, apart, sizeof lanes);
    *moved = before ? join_quick(lanes) : 0;
    memcpy(lane_bits, most, sizeof lane_bits);
    all = largest_magnitude(n - i, x + i);
    for (int lane = 0; lane < QUICK_LANES; lane++)
        all = lane_bits[lane] > all ? lane_bits[lane] : all;
    for (; i < n; i++) {
        const double old = before ? (double)x[i] - (double)before[i] : 0;
        sum += (double)x[i] * (double)x[i];
        *moved += old * old;
    }
    *largest = all;
    return sum;
}

static void magnitude(int64_t n, const void *px, struct magnitude *out)
{
    const REAL *x = px;
    REAL_SIGNED largest = 0;
    REAL value, finite[STATISTICS_BLOCK];
    *out = (struct magnitude){0};
    for (int64_t from = 0; from < n; from += STATISTICS_BLOCK) {
        const REAL *block = x + from;
        int64_t length = n - from < STATISTICS_BLOCK ? n - from : STATISTICS_BLOCK;
        REAL_SIGNED most;
        double none, quick = quick_size(length, block, NULL, &most, &none);
        if (most >= REAL_INFINITY) {
            const int64_t kept = keep_finite(length, block, finite);
            out->nonfinite += length - kept;
            length = kept;
            block = finite;
            quick = quick_size(length, block, NULL, &most, &none);
        }
        out->sum_squares += is_ordinary(quick) ? quick : sum_of_squares_about(length, block, 0);
        largest = most > largest ? most : largest;
    }
    memcpy(&value, &largest, sizeof value);
    out->largest = (double)value;
}

/* Twice as long a block as elsewhere, as joining the lanes of two sums took half of the time. */
enum { CHANGE_BLOCK = 2 * STATISTICS_BLOCK };

static double change(int64_t n, const void *pnow, const void *pbefore, struct magnitude *out)
{
    const REAL *now = pnow, *before = pbefore;
    double sum = 0;
    *out = (struct magnitude){0};
    for (int64_t from = 0; from < n; from += CHANGE_BLOCK) {
        const int64_t length = n - from < CHANGE_BLOCK ? n - from : CHANGE_BLOCK;
        struct magnitude block = {0};
        REAL_SIGNED most;
        REAL value;
        double moved;
        block.sum_squares = quick_size(length, now + from, before + from, &most, &moved);
        memcpy(&value, &most, sizeof value);
        block.largest = (double)value;
        if (most >= REAL_INFINITY || !is_ordinary(block.sum_squares))
            magnitude(length, now + from, &block);
        sum += is_ordinary(moved) ? moved : distance(length, now + from, before + from);
        out->nonfinite += block.nonfinite;
        out->sum_squares += block.sum_squares;
        out->largest = fmax(out->largest, block.largest);
    }
    return sum;
}
