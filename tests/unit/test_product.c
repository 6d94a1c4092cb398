/*
 * The products that gemm takes from no BLAS, against loops: integers to the bit at every kind of size,
 * strides, NaN and infinity where they belong, and sums that do not depend on what else is asked for.
 */
#include "kernel_check.h"

#include "../../src/backend/cpu/cpu.h"

#if defined(__x86_64__)

static const struct kernels *kernels; /* NULL: this processor lacks AVX-512 */

struct arrays {
    float *a, *b, *c;
};

static struct gemm sized(int kind, int64_t m, int64_t n, int64_t k, int64_t pad)
{
    const bool trans_a = kind & 1, trans_b = kind & 2;
    return (struct gemm){
        .trans_a = trans_a,
        .trans_b = trans_b,
        .m = m,
        .n = n,
        .k = k,
        .lda = (trans_a ? m : k) + pad,
        .ldb = (trans_b ? k : n) + pad,
        .ldc = n + pad,
        .alpha = 1,
        .outer = 1,
        .inner = 1,
    };
}

/* Each array ends with its last number, at a page that must not be touched. */
static struct arrays made(const struct gemm *g, int most)
{
    const int64_t rows_a = g->trans_a ? g->k : g->m, rows_b = g->trans_b ? g->n : g->k;
    const int64_t a = (rows_a - 1) * g->lda + (g->trans_a ? g->m : g->k);
    const int64_t b = (rows_b - 1) * g->ldb + (g->trans_b ? g->k : g->n);
    const int64_t c = (g->m - 1) * g->ldc + g->n;
    if (most > 0)
        return (struct arrays){integers(kernels, a, most), integers(kernels, b, most),
                               g->beta == 0 ? blank(kernels, c) : integers(kernels, c, most)};
    return (struct arrays){noisy(kernels, a, 1), noisy(kernels, b, 1), noisy(kernels, c, 1)};
}

static int64_t place_a(const struct gemm *g, int64_t i, int64_t p)
{
    return g->trans_a ? p * g->lda + i : i * g->lda + p;
}

static int64_t place_b(const struct gemm *g, int64_t p, int64_t j)
{
    return g->trans_b ? j * g->ldb + p : p * g->ldb + j;
}

static double expected_at(const struct gemm *g, const struct arrays *in, double before, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t p = 0; p < g->k; p++)
        sum += (double)in->a[place_a(g, i, p)] * (double)in->b[place_b(g, p, j)];
    return g->alpha * sum + (g->beta == 0 ? 0 : g->beta * before);
}

static void check_exact(struct gemm g)
{
    const struct arrays in = made(&g, 8);
    const int64_t size = (g.m - 1) * g.ldc + g.n;
    const float *before = copy_of(kernels, size, in.c);
    product_f32(&g, in.a, in.b, in.c);
    for (int64_t i = 0; i < size; i++) {
        const int64_t row = i / g.ldc, column = i % g.ldc;
        if (column < g.n)
            assert_at(kernels, in.c, i, expected_at(&g, &in, (double)before[i], row, column), 0, 0);
        else if (memcmp(&in.c[i], &before[i], sizeof before[i]) != 0)
            fail_msg("%lld x %lld over %lld writes between its rows", (long long)g.m, (long long)g.n,
                     (long long)g.k);
    }
    release_guarded();
}

static void products_of_integers_are_exact(void **state)
{
    static const int64_t sizes[] = {1, 2, 7, 8, 9, 15, 16, 17, 33, 48, 50, 65};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    (void)state;
    for (int m = 0; kernels && m < SIZES; m++)
        for (int n = 0; n < SIZES; n++)
            for (int k = 0; k < SIZES; k += 1 + (m + n) % 2)
                for (int kind = 0; kind < 4; kind++) {
                    struct gemm g = sized(kind, sizes[m], sizes[n], sizes[k], (m + n + k) % 3);
                    g.alpha = (m + k) % 3 == 0 ? 3 : 1;
                    g.beta = (n + k) % 3 - 1;
                    check_exact(g);
                }
}

/* More than one panel, and sums in several pieces. */
static void large_products_are_exact(void **state)
{
    static const int64_t sizes[][3] = {{32, 112, 300}, {97, 130, 257}, {10, 100, 1025},
                                       {130, 10, 513}, {64, 200, 32},  {40, 96, 255}};
    (void)state;
    for (size_t i = 0; kernels && i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = 0; kind < 8; kind++) {
            struct gemm g = sized(kind & 3, sizes[i][0], sizes[i][1], sizes[i][2], kind == 1 ? 5 : 0);
            g.beta = kind & 4 ? 2 : 0;
            check_exact(g);
        }
}

/* A NaN or infinity of A reaches its row, one of B its column, and no other number of C. */
static void check_spreading(struct gemm g, bool in_a, float value)
{
    const struct arrays in = made(&g, 0);
    const int64_t row = g.m - 1, column = g.n - 1, p = g.k / 2;
    if (in_a)
        in.a[place_a(&g, row, p)] = value;
    else
        in.b[place_b(&g, p, column)] = value;
    product_f32(&g, in.a, in.b, in.c);
    for (int64_t i = 0; i < g.m; i++)
        for (int64_t j = 0; j < g.n; j++) {
            const double got = (double)in.c[i * g.ldc + j], expected = expected_at(&g, &in, 0, i, j);
            if (isfinite(expected) ? fabs(got - expected) > 1e-4
                                   : isnan(got) != isnan(expected) || (!isnan(got) && got != expected))
                fail_msg("%lld x %lld over %lld: %g at %lld, %lld, expected %g", (long long)g.m,
                         (long long)g.n, (long long)g.k, got, (long long)i, (long long)j, expected);
        }
    release_guarded();
}

static void nan_and_infinity_go_where_they_belong(void **state)
{
    static const int64_t sizes[][3] = {{1, 1, 1}, {5, 10, 40}, {33, 49, 70}, {20, 65, 300}, {16, 100, 33}};
    (void)state;
    for (size_t i = 0; kernels && i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = 0; kind < 16; kind++)
            check_spreading(sized(kind & 3, sizes[i][0], sizes[i][1], sizes[i][2], 0), kind & 4,
                            kind & 8 ? (float)NAN : INFINITY);
}

/* The sum of one number of C has the same bits, however many rows and columns are asked for. */
static void sums_depend_on_their_length_alone(void **state)
{
    enum { ROWS = 70, COLUMNS = 110, DEPTH = 700 };
    (void)state;
    for (int kind = 0; kernels && kind < 4; kind++) {
        const struct gemm g = sized(kind, ROWS, COLUMNS, DEPTH, 0);
        const struct arrays in = made(&g, 0);
        product_f32(&g, in.a, in.b, in.c);
        for (int64_t m = 1; m <= ROWS; m += 13)
            for (int64_t n = 1; n <= COLUMNS; n += 31) {
                struct gemm part = g;
                part.m = m;
                part.n = n;
                float *c = blank(kernels, ROWS * COLUMNS);
                product_f32(&part, in.a, in.b, c);
                for (int64_t i = 0; i < m; i++)
                    assert_memory_equal(c + i * COLUMNS, in.c + i * COLUMNS, (size_t)n * sizeof *c);
            }
        release_guarded();
    }
}

/* What is sure about the choice: it is made by sizes, small and large products are the BLAS's. */
static void small_and_large_products_are_left_to_the_blas(void **state)
{
    struct gemm g = sized(0, 32, 512, 128, 0);
    (void)state;
    if (!kernels)
        return;
    assert_true(product_f32_wins(&g));
    g = sized(2, 32, 512, 784, 3);
    assert_true(product_f32_wins(&g));
    g = sized(0, 8, 8, 8, 0);
    assert_false(product_f32_wins(&g));
    g = sized(2, 10, 10, 10, 0);
    assert_false(product_f32_wins(&g));
    g = sized(1, INT32_MAX, INT32_MAX, INT32_MAX, 0);
    assert_false(product_f32_wins(&g));
    g = sized(0, 2000, 1, 2000, 0);
    assert_false(product_f32_wins(&g));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_integers_are_exact),
        cmocka_unit_test(large_products_are_exact),
        cmocka_unit_test(nan_and_infinity_go_where_they_belong),
        cmocka_unit_test(sums_depend_on_their_length_alone),
        cmocka_unit_test(small_and_large_products_are_left_to_the_blas),
    };
    kernels = backend_kernels("avx512", DTYPE_F32);
    if (!kernels)
        print_message("note: no AVX-512 here: own products were not run\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void there_is_nothing_to_test(void **state)
{
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_is_nothing_to_test)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
