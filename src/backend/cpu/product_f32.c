/*
 * Matrix products of float for shapes at which OpenBLAS is weak: few rows, few columns, short sums. For
 * AVX-512 only; with AVX2 it was not worth while, as OpenBLAS is better there. Allocates nothing, so any
 * number of threads may be inside at once.
 *
 * C is made tile by tile. A tile's sums stay in registers while its depth is run through: one operand gives
 * vectors (rows of a panel: B as it lies, or packed where it has to be turned or ends within a vector), the
 * other one number at a time. What lies behind the last column of a panel is zero, or what zero times a NaN
 * makes; those lanes are never stored. The order of every sum depends on k alone.
 */
#include <string.h>

#include "cpu.h"

#define INLINE static inline __attribute__((always_inline))

/* A loop of constant length that has to vanish, so that arrays become registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define EACH(i, count) UNROLL for (int i = 0; i < (count); i++)

/*
 * ROWS x VECTORS_MOST sums fill 24 of the 32 registers; more rows need more addresses than there are
 * registers for those, which took a tenth. DEPTH: products of a sum before the sum is stored; of 128, 192 and
 * 256, the last was the fastest.
 */
enum { VECTOR_BYTES = 64, ROWS = 8, DEPTH = 256 };
enum { LANES = VECTOR_BYTES / sizeof(float), VECTORS_MOST = 3, PANEL = VECTORS_MOST * LANES };

typedef float vector __attribute__((vector_size(VECTOR_BYTES)));

INLINE vector load(const float *from)
{
    vector x;
    memcpy(&x, from, sizeof x);
    return x;
}

INLINE void store(vector x, float *to)
{
    memcpy(to, &x, sizeof x);
}

/* The first `count` lanes of alpha x + beta y to y. */
INLINE void leave(vector x, float alpha, float beta, int64_t count, float *y)
{
    x *= alpha;
    if (count >= LANES) {
        store(beta == 0 ? x : x + beta * load(y), y);
        return;
    }
    for (int i = 0; i < LANES; i++)
        if (i < count)
            y[i] = beta == 0 ? x[i] : x[i] + beta * y[i];
}

/* The numbers of one operand by (row, depth), and the panel of the other, `vectors` wide. */
struct tile {
    const float *a, *b;
    int64_t a_row, a_step, b_step;
    int64_t depth;
    float alpha, beta;
    int64_t width; /* columns of C that are left here, perhaps more than the tile has */
    int64_t ldc;
    float *c;
};

INLINE void make_tile(int rows, int vectors, const struct tile *t)
{
    vector sum[ROWS][VECTORS_MOST], b[VECTORS_MOST];
    const float *at = t->b, *a = t->a;
    const int64_t a_row = t->a_row;
    EACH (i, rows)
        EACH (v, vectors)
            sum[i][v] = (vector){0};
    for (int64_t p = 0; p < t->depth; p++, a += t->a_step, at += t->b_step) {
        EACH (v, vectors)
            b[v] = load(at + v * LANES);
        EACH (i, rows)
            EACH (v, vectors)
                sum[i][v] += a[i * a_row] * b[v];
    }
    EACH (i, rows)
        EACH (v, vectors)
            leave(sum[i][v], t->alpha, t->beta, t->width - v * LANES, t->c + i * t->ldc + v * LANES);
}

/* One function for every size of a tile, and their table. */
#define TILE(rows, vectors)                                   \
    static void tile_##rows##_##vectors(const struct tile *t) \
    {                                                         \
        make_tile(rows, vectors, t);                          \
    }
#define TILES(vectors) \
    TILE(1, vectors)   \
    TILE(2, vectors)   \
    TILE(3, vectors)   \
    TILE(4, vectors) TILE(5, vectors) TILE(6, vectors) TILE(7, vectors) TILE(8, vectors)
#define NAMES(vectors)                                                                            \
    {                                                                                             \
        tile_1_##vectors, tile_2_##vectors, tile_3_##vectors, tile_4_##vectors, tile_5_##vectors, \
            tile_6_##vectors, tile_7_##vectors, tile_8_##vectors                                  \
    }

TILES(1)
TILES(2)
TILES(3)
static void (*const tiles[VECTORS_MOST][ROWS])(const struct tile *) = {NAMES(1), NAMES(2), NAMES(3)};

/* Turns a square of LANES vectors: log2(LANES) times, rows i and i + LANES / 2 are merged to rows 2i, 2i + 1.
 */
INLINE void turn(vector *row)
{
    vector other[LANES];
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    UNROLL
    for (int half = LANES / 2; half > 0; half /= 2) {
        EACH (i, LANES / 2) {
            other[2 * i] = LOW(row[i], row[i + LANES / 2]);
            other[2 * i + 1] = HIGH(row[i], row[i + LANES / 2]);
        }
        EACH (i, LANES)
            row[i] = other[i];
    }
}

/* panel[p][j] = x[j][p] for `width` rows of x, zero behind them; `vectors` vectors a row of the panel. */
static void pack_turned(int64_t width, int vectors, int64_t depth, const float *x, int64_t ldx, float *panel)
{
    const int64_t row = vectors * LANES;
    vector square[LANES];
    for (int64_t j = 0; j < row; j += LANES, x += LANES * ldx, width -= LANES) {
        int64_t p = 0;
        for (; p + LANES <= depth; p += LANES) {
            if (width >= LANES) {
                EACH (i, LANES)
                    square[i] = load(x + i * ldx + p);
            } else {
                for (int i = 0; i < LANES; i++)
                    square[i] = i < width ? load(x + i * ldx + p) : (vector){0};
            }
            turn(square);
            EACH (i, LANES)
                store(square[i], panel + (p + i) * row + j);
        }
        for (; p < depth; p++)
            for (int i = 0; i < LANES; i++)
                panel[p * row + j + i] = i < width ? x[i * ldx + p] : 0;
    }
}

/* panel[p][j] = x[p][j] for j < width, zero behind. */
static void pack_straight(int64_t width, int vectors, int64_t depth, const float *x, int64_t ldx,
                          float *panel)
{
    for (int64_t p = 0; p < depth; p++, x += ldx, panel += vectors * LANES)
        for (int v = 0; v < vectors; v++)
            for (int i = 0; i < LANES; i++)
                panel[v * LANES + i] = v * LANES + i < width ? x[v * LANES + i] : 0;
}

/* C[j][i] = alpha tiles[i][j] + beta C[j][i] for the rows x width numbers of tiles; rows is at most LANES. */
static void leave_turned(int64_t rows, int64_t width, const float *from, float alpha, float beta, float *c,
                         int64_t ldc)
{
    vector square[LANES];
    for (int64_t j = 0; j < width; j += LANES) {
        EACH (i, LANES)
            square[i] = load(from + i * PANEL + j);
        turn(square);
        if (rows == LANES && j + LANES <= width) {
            EACH (i, LANES)
                leave(square[i], alpha, beta, LANES, c + (j + i) * ldc);
        } else {
            for (int i = 0; i < LANES && j + i < width; i++)
                leave(square[i], alpha, beta, rows, c + (j + i) * ldc);
        }
    }
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The next share of `left` in pieces as equal as can be, none above `most`. */
static int64_t share(int64_t left, int64_t most)
{
    const int64_t pieces = (left + most - 1) / most;
    return (left + pieces - 1) / pieces;
}

/* A panel's width in vectors: three, but 2 + 2 rather than 3 + 1. */
static int vectors_for(int64_t left)
{
    const int64_t vectors = (left + LANES - 1) / LANES;
    return vectors == 4 ? 2 : (int)least(vectors, VECTORS_MOST);
}

/* C under one panel. */
static void run_panel(struct tile tile, int vectors, int64_t m)
{
    for (int64_t i = 0, rows; i < m; i += rows) {
        rows = share(m - i, ROWS);
        tiles[vectors - 1][rows - 1](&tile);
        tile.a += rows * tile.a_row;
        tile.c += rows * tile.ldc;
    }
}

/* The same where rows of tiles are columns of C: LANES of them are made aside, then turned. */
static void run_panel_turned(struct tile tile, int vectors, int64_t m)
{
    float result[LANES * PANEL] __attribute__((aligned(VECTOR_BYTES))) = {0};
    struct tile aside = tile;
    aside.alpha = 1;
    aside.beta = 0;
    aside.ldc = PANEL;
    aside.width = PANEL;
    for (int64_t i = 0; i < m; i += LANES) {
        const int64_t rows = least(m - i, LANES);
        aside.a = tile.a + i * tile.a_row;
        aside.c = result;
        run_panel(aside, vectors, rows);
        leave_turned(rows, tile.width, result, tile.alpha, tile.beta, tile.c + i, tile.ldc);
    }
}

/* Whether so many columns do not leave half of a vector empty; above 64 that no longer matters. */
static bool fills_vectors(int64_t columns)
{
    return columns % LANES == 0 || columns % LANES > LANES / 2 || columns > 4 * LANES;
}

/*
 * Where it pays to turn A rather than a B with more columns: up to so many rows (64 gained, 128 lost), and
 * for sums of at least so many products (16 lost, 32 gained).
 */
enum { TURN_MOST = 96, TURN_LEAST_DEPTH = 32 };

/*
 * B' stored by rows has to be turned to give vectors. Where A has fewer rows it is A that is turned, and C
 * comes out by columns: C' = B A'.
 */
static bool turns_a(const struct gemm *gemm)
{
    return gemm->trans_b && gemm->m < gemm->n && gemm->m <= TURN_MOST && gemm->k >= TURN_LEAST_DEPTH &&
           fills_vectors(gemm->m);
}

/*
 * Measured against OpenBLAS 0.3.21 on 2,700 shapes from 4 x 4 x 4 to 2048 x 2048 x 512 (Zen 4). OpenBLAS has
 * kernels for small matrices, up to a million multiplications or, for B', 1200 numbers of C, which are
 * better; it is as good for large ones. Between them this one takes 0.5 to 0.97 of its time.
 */
static const int64_t small_work = 1000000, small_area = 1200, large_work = (int64_t)1 << 30;
enum { LEAST_COLUMNS = 6, LEAST_ROWS_TURNED = 8 };

bool product_f32_wins(const struct gemm *gemm)
{
    const int64_t area = gemm->m * gemm->n;
    if (gemm->n < LEAST_COLUMNS || (gemm->n > LANES && !fills_vectors(gemm->n)))
        return false;
    if (area > large_work / gemm->k || (gemm->trans_a && gemm->trans_b))
        return false;
    return gemm->trans_b ? area >= small_area && gemm->m >= LEAST_ROWS_TURNED : area > small_work / gemm->k;
}

void product_f32(const struct gemm *gemm, const float *a, const float *b, float *c)
{
    const bool turned = turns_a(gemm);
    const int64_t lda = turned ? gemm->ldb : gemm->lda, ldb = turned ? gemm->lda : gemm->ldb;
    const int64_t m = turned ? gemm->n : gemm->m, n = turned ? gemm->m : gemm->n;
    const bool by_columns = turned ? !gemm->trans_b : gemm->trans_a; /* the numbers lie by depth first */
    const bool by_rows = turned ? !gemm->trans_a : gemm->trans_b;    /* the vectors have to be turned */
    const float *numbers = turned ? b : a, *from = turned ? a : b;
    float panel[DEPTH * PANEL] __attribute__((aligned(VECTOR_BYTES)));
    struct tile tile = {
        .a_row = by_columns ? 1 : lda,
        .a_step = by_columns ? lda : 1,
        .alpha = (float)gemm->alpha,
        .ldc = gemm->ldc,
    };
    for (int64_t p = 0; p < gemm->k; p += tile.depth) {
        tile.depth = share(gemm->k - p, DEPTH);
        tile.beta = p > 0 ? 1 : (float)gemm->beta;
        for (int64_t j = 0; j < n; j += tile.width) {
            const int vectors = vectors_for(n - j);
            const float *x = from + (by_rows ? j * ldb + p : p * ldb + j);
            tile.width = least(n - j, vectors * LANES);
            tile.b = panel;
            tile.b_step = vectors * LANES;
            if (by_rows) {
                pack_turned(tile.width, vectors, tile.depth, x, ldb, panel);
            } else if (tile.width < tile.b_step) {
                pack_straight(tile.width, vectors, tile.depth, x, ldb, panel);
            } else {
                tile.b = x;
                tile.b_step = ldb;
            }
            tile.a = numbers + p * tile.a_step;
            tile.c = c + j * (turned ? gemm->ldc : 1);
            if (turned)
                run_panel_turned(tile, vectors, m);
            else
                run_panel(tile, vectors, m);
        }
    }
}
