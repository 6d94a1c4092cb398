/* Matrix products against loops: integers to the bit, strides, batches, NaN. */
#include "kernel_check.h"

#include <sys/resource.h>

static struct gemm plain(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k)
{
    return (struct gemm){
        .trans_a = trans_a,
        .trans_b = trans_b,
        .m = m,
        .n = n,
        .k = k,
        .lda = trans_a ? m : k,
        .ldb = trans_b ? k : n,
        .ldc = n,
        .alpha = 1,
        .outer = 1,
        .inner = 1,
    };
}

static double expected_at(const struct kernels *k, const struct gemm *g, const void *a, const void *b,
                          double before, int64_t from_a, int64_t from_b, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t p = 0; p < g->k; p++)
        sum += at(k, a, from_a + (g->trans_a ? p * g->lda + i : i * g->lda + p)) *
               at(k, b, from_b + (g->trans_b ? j * g->ldb + p : p * g->ldb + j));
    return g->alpha * sum + (g->beta == 0 ? 0 : g->beta * before);
}

static void check_one(const struct kernels *k, struct gemm g, int64_t pad)
{
    g.lda += pad;
    g.ldb += pad;
    g.ldc += pad;
    const int64_t a_size = (g.trans_a ? g.k : g.m) * g.lda, b_size = (g.trans_b ? g.n : g.k) * g.ldb;
    void *a = integers(k, a_size, 8), *b = integers(k, b_size, 8), *c = integers(k, g.m * g.ldc, 8);
    if (g.beta == 0)
        for (int64_t i = 0; i < g.m * g.ldc; i++)
            put(k, c, i, (double)NAN);
    void *before = copy_of(k, g.m * g.ldc, c);
    k->gemm(&g, a, b, c);
    for (int64_t i = 0; i < g.m; i++)
        for (int64_t j = 0; j < g.ldc; j++) {
            const double old = at(k, before, i * g.ldc + j);
            if (j < g.n)
                assert_at(k, c, i * g.ldc + j, expected_at(k, &g, a, b, old, 0, 0, i, j), 0, 0);
            else
                assert_true(isnan(old) ? isnan(at(k, c, i * g.ldc + j)) : at(k, c, i * g.ldc + j) == old);
        }
    release_guarded();
}

static void check_small(const struct kernels *k)
{
    for (int64_t m = 1; m <= 17; m += m < 5 ? 1 : 3)
        for (int64_t n = 1; n <= 17; n += n < 5 ? 1 : 4)
            for (int64_t p = 0; p <= 17; p += p < 4 ? 1 : 5)
                for (int kind = 0; kind < 8; kind++) {
                    struct gemm g = plain(kind & 1, kind & 2, m, n, p);
                    g.beta = kind & 4 ? 2 : 0;
                    g.alpha = (m + n + p) % 7 == 0 ? 0 : (n % 2 ? 1 : 3);
                    check_one(k, g, (m + p) % 3);
                }
}

static void check_large(const struct kernels *k)
{
    static const int64_t sizes[][3] = {{64, 64, 64},   {63, 65, 64},   {128, 10, 33},
                                       {10, 129, 31},  {6, 784, 25},   {65, 66, 260},
                                       {32, 200, 160}, {33, 130, 300}, {150, 10, 700}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = 0; kind < 4; kind++) {
            struct gemm g = plain(kind & 1, kind & 2, sizes[i][0], sizes[i][1], sizes[i][2]);
            g.beta = kind == 2;
            check_one(k, g, kind == 3);
        }
}

/* Heads of attention: products over two counters with steps of their own. */
static void check_batches(const struct kernels *k)
{
    struct gemm g = plain(false, true, 5, 4, 3);
    g.outer = 3;
    g.inner = 2;
    g.lda = g.ldb = 6;
    g.ldc = 4;
    g.a_outer = 30, g.a_inner = 3, g.b_outer = 24, g.b_inner = 3, g.c_outer = 40, g.c_inner = 20;
    void *a = integers(k, 90, 8), *b = integers(k, 72, 8), *c = blank(k, 120);
    k->gemm(&g, a, b, c);
    for (int64_t o = 0; o < 3; o++)
        for (int64_t h = 0; h < 2; h++)
            for (int64_t i = 0; i < 5; i++)
                for (int64_t j = 0; j < 4; j++)
                    assert_at(k, c, o * 40 + h * 20 + i * 4 + j,
                              expected_at(k, &g, a, b, 0, o * 30 + h * 3, o * 24 + h * 3, i, j), 0, 0);
}

static void check_nan(const struct kernels *k)
{
    for (int64_t size = 1; size <= 40; size += 13)
        for (int which = 0; which < 3; which++) {
            struct gemm g = plain(false, false, size, size, size);
            g.beta = 1;
            void *in[3] = {constant(k, size * size, 0), constant(k, size * size, 0),
                           constant(k, size * size, 0)};
            put(k, in[which], size * size - 1, (double)NAN);
            k->gemm(&g, in[0], in[1], in[2]);
            assert_is_nan(at(k, in[2], size * size - 1));
            int64_t found = 0;
            for (int64_t i = 0; i < size * size; i++)
                found += isnan(at(k, in[2], i)) != 0;
            assert_int_equal(found, which == 2 ? 1 : size);
        }
}

static void small_products_of_integers_are_exact(void **state)
{
    (void)state;
    for_all_kernels(check_small);
}

static void large_products_of_integers_are_exact(void **state)
{
    (void)state;
    for_all_kernels(check_large);
}

static void products_in_two_loops(void **state)
{
    (void)state;
    for_all_kernels(check_batches);
}

static void nan_passes(void **state)
{
    (void)state;
    for_all_kernels(check_nan);
}

static void the_back_end_says_what_it_is(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, "test");
    assert_non_null(strstr(backend_blas(&arena), "OpenBLAS"));
    assert_non_null(strchr(backend_blas(&arena), ')'));
    const struct backend *backend = NULL, *again = NULL;
    struct error err = {0};
    assert_true(backend_cpu(1, &backend, &err));
    assert_true(backend_cpu(0, &again, &err));
    assert_ptr_equal(backend, again);
    assert_string_equal(backend->name, "cpu");
    assert_int_equal(backend->kernels[DTYPE_F32]->dtype, DTYPE_F32);
    assert_int_equal(backend->kernels[DTYPE_F64]->dtype, DTYPE_F64);
    assert_null(backend->kernels[DTYPE_I32]);
    assert_null(backend_kernels("sse9", DTYPE_F32));
    assert_non_null(backend_kernels("generic", DTYPE_F32));
    assert_string_equal(unary_name(UNARY_leaky_relu), "leaky_relu");
    arena_release(&arena);
}

/* Must be the first test: OpenBLAS would loop for ever where this one is told that there is no memory. */
static void a_machine_without_memory_is_an_error(void **state)
{
    (void)state;
    const struct backend *backend = NULL;
    struct error err = {0};
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    const struct rlimit low = {.rlim_cur = 64 << 20, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
    const bool started = backend_cpu(2, &backend, &err);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_false(started);
    assert_null(backend);
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "320 MiB"));
    assert_true(backend_cpu(2, &backend, &err));
    assert_non_null(backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_without_memory_is_an_error),
        cmocka_unit_test(the_back_end_says_what_it_is),
        cmocka_unit_test(small_products_of_integers_are_exact),
        cmocka_unit_test(large_products_of_integers_are_exact),
        cmocka_unit_test(products_in_two_loops),
        cmocka_unit_test(nan_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
