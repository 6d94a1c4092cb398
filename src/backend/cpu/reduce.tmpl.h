/*
 * Sums. All are added up in double: fewer than sixteen numbers one by one, more in sixteen lanes, lane i
 * taking the elements i, i + 16, ..., which are joined in a fixed tree. The order depends on the size alone,
 * so every instruction set gives the same bits.
 */
enum {
    LANES = 16,
    WIDTH = VECTOR_BYTES / sizeof(double), /* lanes of one vector */
    PARTS = LANES / WIDTH
};

typedef double wide __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t wide_bits __attribute__((vector_size(VECTOR_BYTES)));
typedef REAL real_lanes __attribute__((vector_size(WIDTH * sizeof(REAL))));

static inline void widen(wide *to, const REAL *from)
{
    real_lanes lanes;
    memcpy(&lanes, from, sizeof lanes);
    *to = __builtin_convertvector(lanes, wide);
}

/* Lane i together with lane i + 8, then i + 4, and so on. */
static inline double join_lanes(double *lanes)
{
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++)
            lanes[lane] += lanes[lane + half];
    return lanes[0];
}

static inline void magnitudes(wide *x)
{
    *x = (wide)((wide_bits)*x & INT64_MAX);
}

/*
 * The sum over i of an expression in x[i], y[i], z[i] and m, which is computed on vectors, and on numbers for
 * what is left behind the last whole sixteen, or where there are fewer. prepare and prepare_one may change x,
 * y, z first.
 */
#define ONE(i, prepare)                                             \
    double x = (double)px[i], y = (double)py[i], z = (double)pz[i]; \
    (void)y, (void)z;                                               \
    prepare

#define REDUCTION(name, prepare, prepare_one, expression)                                          \
    static inline double name(int64_t n, const REAL *px, const REAL *py, const REAL *pz, double m) \
    {                                                                                              \
        wide total[PARTS] = {{0}};                                                                 \
        double lanes[LANES], first = 0;                                                            \
        int64_t i = 0;                                                                             \
        (void)m;                                                                                   \
        for (; n < LANES && i < n; i++) {                                                          \
            ONE(i, prepare_one);                                                                   \
            first += expression;                                                                   \
        }                                                                                          \
        if (n < LANES)                                                                             \
            return first;                                                                          \
        for (; i + LANES <= n; i += LANES)                                                         \
            for (int part = 0; part < PARTS; part++) {                                             \
                const int64_t at = i + part * WIDTH;                                               \
                wide x, y, z;                                                                      \
                widen(&x, px + at), widen(&y, py + at), widen(&z, pz + at);                        \
                (void)y, (void)z;                                                                  \
                prepare;                                                                           \
                total[part] += expression;                                                         \
            }                                                                                      \
        memcpy(lanes, total, sizeof lanes);                                                        \
        for (int lane = 0; i < n; i++, lane++) {                                                   \
            ONE(i, prepare_one);                                                                   \
            lanes[lane] += expression;                                                             \
        }                                                                                          \
        return join_lanes(lanes);                                                                  \
    }

REDUCTION(add_up, , , x)
REDUCTION(add_magnitudes, magnitudes(&x), x = fabs(x), x)
REDUCTION(add_squares_about, , , ((x - m) * (x - m)))
REDUCTION(add_products, , , (x * y))
REDUCTION(add_squared_distances, , , ((x - y) * (x - y)))
REDUCTION(add_products_about, , , ((x - m) * y))
REDUCTION(add_triple_products_about, , , ((x - m) * y * z))

/* Sum and sum of squares in one pass, in the order in which add_up and add_squares_about take them. */
static void add_both(int64_t n, const REAL *x, double *sum, double *squares)
{
    wide total[PARTS] = {{0}}, square[PARTS] = {{0}};
    double lanes[LANES], square_lanes[LANES];
    int64_t i = 0;
    if (n < LANES) {
        *sum = add_up(n, x, x, x, 0);
        *squares = add_squares_about(n, x, x, x, 0);
        return;
    }
    for (; i + LANES <= n; i += LANES)
        for (int part = 0; part < PARTS; part++) {
            wide value;
            widen(&value, x + i + part * WIDTH);
            total[part] += value;
            square[part] += value * value;
        }
    memcpy(lanes, total, sizeof lanes);
    memcpy(square_lanes, square, sizeof square_lanes);
    for (int lane = 0; i < n; i++, lane++) {
        lanes[lane] += (double)x[i];
        square_lanes[lane] += (double)x[i] * (double)x[i];
    }
    *sum = join_lanes(lanes);
    *squares = join_lanes(square_lanes);
}

static double sum_of(int64_t n, const REAL *x)
{
    return add_up(n, x, x, x, 0);
}

static double sum_of_squares_about(int64_t n, const REAL *x, double centre)
{
    return add_squares_about(n, x, x, x, centre);
}

static double dot(int64_t n, const void *a, const void *b)
{
    return add_products(n, a, b, b, 0);
}

/*
 * Squares added up in the type itself, in 64 lanes that are joined in double: quicker, and exact to about six
 * digits for float where the numbers are in a range in which squares neither overflow nor vanish.
 */
enum {
    QUICK_LANES = 64,
    QUICK_WIDTH = VECTOR_BYTES / sizeof(REAL), /* lanes of one vector */
    QUICK_PARTS = QUICK_LANES / QUICK_WIDTH
};
typedef REAL quick_vector __attribute__((vector_size(VECTOR_BYTES)));

static inline double join_quick(const REAL *lanes)
{
    double sixteen[LANES] = {0};
    for (int from = 0; from < QUICK_LANES; from += LANES)
        for (int lane = 0; lane < LANES; lane++)
            sixteen[lane] += (double)lanes[from + lane];
    return join_lanes(sixteen);
}

static inline double quick_squares(int64_t n, const REAL *a, const REAL *b)
{
    quick_vector total[QUICK_PARTS] = {{0}};
    REAL lanes[QUICK_LANES];
    double sum;
    int64_t i = 0;
    for (; i + QUICK_LANES <= n; i += QUICK_LANES)
        for (int part = 0; part < QUICK_PARTS; part++) {
            quick_vector x, y;
            memcpy(&x, a + i + part * QUICK_WIDTH, sizeof x);
            if (b) {
                memcpy(&y, b + i + part * QUICK_WIDTH, sizeof y);
                x -= y;
            }
            total[part] += x * x;
        }
    memcpy(lanes, total, sizeof lanes);
    sum = join_quick(lanes);
    for (; i < n; i++) {
        const double x = b ? (double)a[i] - (double)b[i] : (double)a[i];
        sum += x * x;
    }
    return sum;
}

/* Whether a sum of squares is one that quick_squares can be believed with. */
static inline bool is_ordinary(double squares)
{
    return squares > 0x1p-90 && squares < 0x1p90;
}

enum { DISTANCE_BLOCK = 1024 }; /* elements that are added up quickly at once */

static double distance(int64_t n, const void *pa, const void *pb)
{
    const REAL *a = pa, *b = pb;
    double sum = 0;
    for (int64_t from = 0; from < n; from += DISTANCE_BLOCK) {
        const int64_t length = n - from < DISTANCE_BLOCK ? n - from : DISTANCE_BLOCK;
        const double quick = quick_squares(length, a + from, b + from);
        sum += is_ordinary(quick) ? quick : add_squared_distances(length, a + from, b + from, b + from, 0);
    }
    return sum;
}

/* The largest element; a NaN may be passed over (whoever calls this sees it in a sum). n >= 1. */
static REAL largest_of(int64_t n, const REAL *x)
{
    REAL lanes[LANES], largest = x[0];
    int64_t i = 0;
    for (int lane = 0; lane < LANES; lane++)
        lanes[lane] = largest;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    for (int lane = 0; lane < LANES && i > 0; lane++)
        largest = lanes[lane] > largest ? lanes[lane] : largest;
    for (; i < n; i++)
        largest = x[i] > largest ? x[i] : largest;
    return largest;
}

/* Columns that are added up at once, their sums on the stack. */
enum { COLUMNS = 64 };

/* sum[j] = sum over rows of x[row][j] for width <= COLUMNS columns, rows stride apart */
static void sum_columns(int64_t rows, int64_t width, const REAL *x, int64_t stride, double *restrict total)
{
    for (int64_t j = 0; j < width; j++)
        total[j] = 0;
    if (width == COLUMNS)
        for (int64_t row = 0; row < rows; row++)
            for (int64_t j = 0; j < COLUMNS; j++)
                total[j] += (double)x[row * stride + j];
    else
        for (int64_t row = 0; row < rows; row++)
            for (int64_t j = 0; j < width; j++)
                total[j] += (double)x[row * stride + j];
}

static void sum_some_channels(int64_t outer, int64_t n, int64_t inner, int64_t stride, const void *dy,
                              bool add, void *db)
{
    const REAL *x = dy;
    REAL *restrict y = db;
    double total[COLUMNS];
    if (inner == 1) {
        for (int64_t first = 0; first < n; first += COLUMNS) {
            const int64_t width = n - first < COLUMNS ? n - first : COLUMNS;
            sum_columns(outer, width, x + first, stride, total);
            for (int64_t j = 0; j < width; j++)
                ASSIGN(y[first + j], (REAL)total[j]);
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        double channel = 0;
        for (int64_t o = 0; o < outer; o++)
            channel += sum_of(inner, x + o * stride + i * inner);
        ASSIGN(y[i], (REAL)channel);
    }
}

static void sum_channels(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *db)
{
    sum_some_channels(outer, n, inner, n * inner, dy, add, db);
}

static void mean(int64_t outer, int64_t n, int64_t inner, const void *px, void *py)
{
    const REAL *x = px;
    REAL *restrict y = py;
    double total[COLUMNS];
    for (int64_t o = 0; o < outer; o++) {
        if (inner == 1) {
            y[o] = (REAL)(sum_of(n, x + o * n) / (double)n);
            continue;
        }
        for (int64_t first = 0; first < inner; first += COLUMNS) {
            const int64_t width = inner - first < COLUMNS ? inner - first : COLUMNS;
            sum_columns(n, width, x + o * n * inner + first, inner, total);
            for (int64_t j = 0; j < width; j++)
                y[o * inner + first + j] = (REAL)(total[j] / (double)n);
        }
    }
}

static void mean_grad(int64_t outer, int64_t n, int64_t inner, const void *pdy, bool add, void *pdx)
{
    const REAL *restrict dy = pdy;
    REAL *restrict dx = pdx;
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < inner; j++)
                ASSIGN(dx[(o * n + i) * inner + j], dy[o * inner + j] / (REAL)n);
}
