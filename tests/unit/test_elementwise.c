/* Element by element: filling, scaling, activation functions, sums, copies, dropout, rows of tables. */
#include "kernel_check.h"

enum { SIZE_MOST = 131 };

static int64_t next_size(int64_t n)
{
    return n + (n < 18 ? 1 : n < 60 ? 14 : 1 + n / 5);
}

#define EACH_SIZE(n) (int64_t n = 1; n <= SIZE_MOST; n = next_size(n))

static void check_scaling(const struct kernels *k)
{
    for
        EACH_SIZE(n)
        {
            void *x = noisy(k, n, 2), *y = noisy(k, n, 2), *before = copy_of(k, n, y), *z = blank(k, n);
            k->axpby(n, 0.5, x, 0.25, y);
            for (int64_t i = 0; i < n; i++)
                assert_at(k, y, i, 0.5 * at(k, x, i) + 0.25 * at(k, before, i), 1e-7, 1e-7);
            k->axpby(n, 3, x, 1, y);
            k->axpby(n, 2, x, 0, z); /* overwrites NaN */
            for (int64_t i = 0; i < n; i++)
                assert_at(k, z, i, 2 * at(k, x, i), 0, 0);
            trace(k, y, n);
            k->fill(n, -1.5, z);
            for (int64_t i = 0; i < n; i++)
                assert_at(k, z, i, -1.5, 0, 0);
            put(k, x, n / 2, (double)NAN);
            k->axpby(n, 1, x, 1, z);
            assert_is_nan(at(k, z, n / 2));
            release_guarded();
        }
}

static void check_pairs(const struct kernels *k)
{
    for
        EACH_SIZE(n)
        {
            void *a = noisy(k, n, 2), *b = noisy(k, n, 2), *y = blank(k, n);
            k->sum(n, a, b, y);
            for (int64_t i = 0; i < n; i++)
                assert_at(k, y, i, at(k, a, i) + at(k, b, i), 0, 0);
            k->product(n, a, b, false, y);
            for (int64_t i = 0; i < n; i++)
                assert_at(k, y, i, at(k, a, i) * at(k, b, i), 1e-7, 0);
            k->product(n, a, b, true, y);
            for (int64_t i = 0; i < n; i++)
                assert_at(k, y, i, 2 * at(k, a, i) * at(k, b, i), 1e-6, 0);
            k->product(n, a, a, false, y);
            assert_at(k, y, n - 1, at(k, a, n - 1) * at(k, a, n - 1), 1e-7, 0);
            put(k, b, n - 1, (double)NAN);
            k->sum(n, a, b, y);
            assert_is_nan(at(k, y, n - 1));
            k->product(n, b, a, false, y);
            assert_is_nan(at(k, y, n - 1));
            release_guarded();
        }
}

/* The functions once more, from their definitions. */
static double expected_unary(enum unary kind, double a, double x)
{
    const double sigmoid = 1 / (1 + exp(-x));
    switch (kind) {
    case UNARY_identity: return x;
    case UNARY_relu: return fmax(x, 0);
    case UNARY_leaky_relu: return x > 0 ? x : a * x;
    case UNARY_elu: return x > 0 ? x : a * (exp(x) - 1);
    case UNARY_selu: return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (exp(x) - 1));
    case UNARY_gelu: return x * (1 - erfc(x / sqrt(2)) / 2);
    case UNARY_silu: return x * sigmoid;
    case UNARY_tanh: return tanh(x);
    case UNARY_sigmoid: return sigmoid;
    case UNARY_hard_sigmoid: return fmin(fmax(x / 6 + 0.5, 0), 1);
    case UNARY_softplus: return log(1 + exp(x));
    case UNARY_softsign: return x / (1 + fabs(x));
    case UNARY_exponential: return exp(x);
    case UNARY_COUNT: break;
    }
    fail_msg("activation function %d has no expected values", (int)kind);
    return 0;
}

static enum unary loss_kind;
static int64_t loss_n;
static void *loss_x, *loss_dy;

static double unary_loss(const struct kernels *k)
{
    void *y = malloc((size_t)loss_n * sizeof(double));
    k->unary(loss_kind, 0.3, loss_n, loss_x, y);
    const double loss = weighed(k, loss_n, y, loss_dy);
    free(y);
    return loss;
}

static void check_unary(const struct kernels *k)
{
    for (enum unary kind = 0; kind < UNARY_COUNT; kind++)
        for
            EACH_SIZE(n)
            {
                void *x = noisy(k, n, 4), *y = blank(k, n), *dy = noisy(k, n, 1), *dx = blank(k, n);
                for (int64_t i = 0; i < n; i++)
                    if (fabs(at(k, x, i)) < 0.01 || fabs(fabs(at(k, x, i)) - 3) < 0.01)
                        put(k, x, i, 0.5); /* away from the kinks */
                k->unary(kind, 0.3, n, x, y);
                for (int64_t i = 0; i < n; i++)
                    assert_at(k, y, i, expected_unary(kind, 0.3, at(k, x, i)), near(k, 2e-6, 1e-13),
                              near(k, 2e-7, 1e-14));
                k->unary_grad(kind, 0.3, n, x, y, dy, false, dx);
                loss_kind = kind, loss_n = n, loss_x = x, loss_dy = dy;
                check_derivatives(k, x, n, unary_loss, dx, unary_name(kind));
                trace(k, y, n), trace(k, dx, n);
                void *twice = copy_of(k, n, dx);
                k->unary_grad(kind, 0.3, n, x, y, dy, true, twice);
                for (int64_t i = 0; i < n; i++)
                    assert_at(k, twice, i, 2 * at(k, dx, i), 1e-6, 1e-12);
                release_guarded();
            }
}

static void check_unary_ends(const struct kernels *k)
{
    static const double ends[][UNARY_COUNT] = {
        [0] = {-(double)INFINITY, 0, -(double)INFINITY, -0.3, -1.7580993408473766, 0, 0, -1, 0, 0, 0, -1, 0},
    };
    void *x = blank(k, 4), *y = blank(k, 4), *dy = constant(k, 4, 1), *dx = blank(k, 4);
    const double values[4] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0};
    for (int i = 0; i < 4; i++)
        put(k, x, i, values[i]);
    for (enum unary kind = 0; kind < UNARY_COUNT; kind++) {
        k->unary(kind, 0.3, 4, x, y);
        assert_is_nan(at(k, y, 0));
        assert_at(k, y, 3, expected_unary(kind, 0.3, 0), near(k, 1e-6, 1e-13), 0);
        /* limits that need inf * 0 or inf / inf are NaN in every library: gelu, silu and softsign */
        if (kind != UNARY_gelu && kind != UNARY_silu && kind != UNARY_softsign)
            assert_at(k, y, 2, ends[0][kind], near(k, 1e-6, 1e-13), 0);
        put(k, dy, 1, (double)NAN);
        k->unary_grad(kind, 0.3, 4, x, y, dy, false, dx);
        assert_is_nan(at(k, dx, 1));
        put(k, dy, 1, 1);
    }
}

/* Float's own exp, tanh and erf: units in the last place over the whole range, and the ends. */
static void check_accuracy(const struct kernels *k)
{
    enum { POINTS = 20000 };
    if (k->dtype != DTYPE_F32)
        return;
    void *x = blank(k, POINTS), *y = blank(k, POINTS);
    for (int64_t i = 0; i < POINTS; i++)
        put(k, x, i, -110 + 200.0 * (double)i / POINTS);
    k->unary(UNARY_exponential, 0, POINTS, x, y);
    for (int64_t i = 0; i < POINTS; i++)
        assert_at(k, y, i, (double)(float)exp(at(k, x, i)), 2.5e-7, 1.5e-45);
    for (int64_t i = 0; i < POINTS; i++)
        put(k, x, i, (i % 2 ? -1 : 1) * exp(-60 + 63.0 * (double)i / POINTS));
    k->unary(UNARY_tanh, 0, POINTS, x, y);
    for (int64_t i = 0; i < POINTS; i++)
        assert_at(k, y, i, tanh(at(k, x, i)), 3e-7, 0);
    k->unary(UNARY_elu, 1, POINTS, x, y);
    for (int64_t i = 1; i < POINTS; i += 2)
        assert_at(k, y, i, expm1(at(k, x, i)), 3e-7, 0);
    k->unary(UNARY_gelu, 0, POINTS, x, y);
    for (int64_t i = 0; i < POINTS; i++) {
        const double v = at(k, x, i);
        assert_at(k, y, i, v / 2 * erfc(-v / sqrt(2)), 5e-7, 2e-7 * fabs(v));
    }
    const double ends[][2] = {{89, (double)INFINITY},     {(double)INFINITY, (double)INFINITY},
                              {88.7, exp((double)88.7f)}, {-104, 0},
                              {-(double)INFINITY, 0},     {0, 1}};
    for (int64_t i = 0; i < 6; i++)
        put(k, x, i, ends[i][0]);
    k->unary(UNARY_exponential, 0, 6, x, y);
    for (int64_t i = 0; i < 6; i++)
        assert_at(k, y, i, ends[i][1], 2.5e-7, 0);
}

static void check_channels(const struct kernels *k)
{
    for (int64_t n = 1; n <= 20; n += 3)
        for (int64_t inner = 1; inner <= 37; inner += inner < 3 ? 1 : 17) {
            const int64_t outer = 3, count = outer * n * inner;
            void *x = noisy(k, count, 1), *b = noisy(k, n, 1), *y = blank(k, count);
            k->add_channels(outer, n, inner, x, b, y);
            for (int64_t i = 0; i < count; i++)
                assert_at(k, y, i, at(k, x, i) + at(k, b, i / inner % n), 1e-7, 1e-7);
            k->add_channels(outer, n, inner, x, b, x);
            for (int64_t i = 0; i < count; i++)
                assert_at(k, x, i, at(k, y, i), 0, 0);
            put(k, b, n - 1, (double)NAN);
            k->add_channels(outer, n, inner, x, b, y);
            assert_is_nan(at(k, y, count - 1));
            release_guarded();
        }
}

static void check_copies(const struct kernels *k)
{
    for (int64_t rows = 1; rows <= 35; rows += rows < 4 ? 1 : 15)
        for (int64_t width = 1; width <= 37; width += width < 4 ? 1 : 16)
            for (int add = 0; add < 2; add++)
                for (int64_t gap = 0; gap < 3; gap += 2) {
                    const int64_t x_size = (rows - 1) * (width + gap) + width,
                                  y_size = (rows - 1) * (width + 1) + width;
                    void *x = noisy(k, x_size, 1), *y = constant(k, y_size, 7);
                    k->copy_rows(rows, width, x, width + gap, add, y, width + 1);
                    for (int64_t i = 0; i < y_size; i++) {
                        const int64_t row = i / (width + 1), j = i % (width + 1);
                        const double copied = j < width ? at(k, x, row * (width + gap) + j) : 0;
                        assert_at(k, y, i, j == width ? 7 : add ? 7 + copied : copied, 1e-7, 0);
                    }
                    void *whole = noisy(k, 2 * rows * width, 1), *turned = constant(k, 2 * rows * width, 1);
                    k->transpose(2, rows, width, whole, add, turned);
                    for (int64_t i = 0; i < 2 * rows * width; i++) {
                        const int64_t o = i / (rows * width), c = i / rows % width, r = i % rows;
                        assert_at(k, turned, i, at(k, whole, (o * rows + r) * width + c) + add, 1e-7, 0);
                    }
                    void *packed = blank(k, rows * width);
                    k->copy_rows(rows, width, whole, width, false, packed, width);
                    assert_at(k, packed, rows * width - 1, at(k, whole, rows * width - 1), 0, 0);
                    k->copy_rows(rows, width, whole, 0, false, packed, width); /* one row for all */
                    assert_at(k, packed, rows * width - 1, at(k, whole, width - 1), 0, 0);
                    release_guarded();
                }
    void *scores = constant(k, 2 * 5 * 5, 1);
    k->mask_causal(2, 5, scores);
    for (int64_t i = 0; i < 50; i++)
        assert_at(k, scores, i, i % 5 > i / 5 % 5 ? -(double)INFINITY : 1, 0, 0);
}

static void check_tables(const struct kernels *k)
{
    const int32_t index[6] = {2, 0, 2, 3, -1, 1};
    for (int64_t width = 1; width <= 33; width += 8) {
        void *table = noisy(k, 3 * width, 1), *y = blank(k, 6 * width), *dy = noisy(k, 6 * width, 1);
        void *dtable = constant(k, 3 * width, 1);
        k->gather(6, width, 3, index, table, y);
        for (int64_t i = 0; i < 6 * width; i++) {
            const int32_t row = index[i / width];
            if (row < 0 || row > 2)
                assert_is_nan(at(k, y, i));
            else
                assert_at(k, y, i, at(k, table, row * width + i % width), 0, 0);
        }
        k->scatter_add(6, width, 3, index, dy, dtable);
        for (int64_t j = 0; j < width; j++) {
            assert_at(k, dtable, j, 1 + at(k, dy, width + j), 1e-6, 1e-7);
            assert_at(k, dtable, width + j, 1 + at(k, dy, 5 * width + j), 1e-6, 1e-7);
            assert_at(k, dtable, 2 * width + j, 1 + at(k, dy, j) + at(k, dy, 2 * width + j), 1e-6, 2e-7);
        }
        put(k, table, 2 * width, (double)NAN);
        k->gather(6, width, 3, index, table, y);
        assert_is_nan(at(k, y, 0));
        put(k, dy, 5 * width, (double)NAN);
        k->scatter_add(6, width, 3, index, dy, dtable);
        assert_is_nan(at(k, dtable, width));
        release_guarded();
    }
}

static void check_dropout(const struct kernels *k)
{
    enum { N = 999 };
    const struct random key = {7, PURPOSE_DROPOUT};
    uint8_t *mask = guarded(N), *parts = guarded(N);
    void *x = noisy(k, N, 1), *y = blank(k, N), *dx = blank(k, N);
    put(k, x, 3, (double)NAN), put(k, x, 4, (double)NAN), put(k, x, 5, (double)NAN),
        put(k, x, 6, (double)NAN);
    k->dropout(N, 0.25, key, 5, (uint64_t)3 << 40, x, mask, y);
    int64_t kept = 0;
    for (int64_t i = 0; i < N; i++) {
        kept += mask[i];
        if (isnan(at(k, x, i)))
            assert_is_nan(at(k, y, i)); /* dropped or not */
        else
            assert_at(k, y, i, mask[i] ? at(k, x, i) / 0.75 : 0, 1e-6, 0);
    }
    assert_true(kept > 700 && kept < 800); /* 749 +- 14 */
    trace(k, y, N);
    for (int64_t from = 0, size = 1; from < N; from += size, size += 2)
        k->dropout(N - from < size ? N - from : size, 0.25, key, 5, ((uint64_t)3 << 40) + (uint64_t)from, x,
                   parts + from, y);
    assert_memory_equal(mask, parts, N);
    k->dropout_grad(N, 0.25, mask, x, false, dx);
    void *sum = copy_of(k, N, dx);
    k->dropout_grad(N, 0.25, mask, x, true, sum);
    for (int64_t i = 7; i < N; i++) {
        assert_at(k, dx, i, mask[i] ? at(k, x, i) / 0.75 : 0, 1e-6, 0);
        assert_at(k, sum, i, 2 * at(k, dx, i), 0, 0);
    }
    k->dropout(N, 0.25, key, 6, (uint64_t)3 << 40, x, parts, y);
    assert_memory_not_equal(mask, parts, N);
    k->dropout(N, 0, key, 5, 0, x, mask, y);
    k->dropout(N, 1, key, 5, 0, x, parts, dx);
    for (int64_t i = 7; i < N; i++) {
        assert_true(mask[i] == 1 && parts[i] == 0);
        assert_at(k, y, i, at(k, x, i), 0, 0);
        assert_at(k, dx, i, 0, 0, 0);
    }
    assert_is_nan(at(k, dx, 3));
}

/* Both types drop the same elements. */
static void masks_do_not_depend_on_the_type(void **state)
{
    (void)state;
    const struct kernels *f32 = backend_kernels("generic", DTYPE_F32),
                         *f64 = backend_kernels("generic", DTYPE_F64);
    const struct random key = {11, PURPOSE_DROPOUT};
    static float x32[500], y32[500];
    static double x64[500], y64[500];
    static uint8_t mask32[500], mask64[500];
    for (int p = 1; p < 10; p++) {
        f32->dropout(500, p / 10.0, key, 2, 77, x32, mask32, y32);
        f64->dropout(500, p / 10.0, key, 2, 77, x64, mask64, y64);
        assert_memory_equal(mask32, mask64, 500);
    }
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(filling_and_scaling, check_scaling)
TEST(sums_and_products, check_pairs)
TEST(activation_functions_and_their_derivatives, check_unary)
TEST(activation_functions_at_their_ends, check_unary_ends)
TEST(own_functions_are_accurate, check_accuracy)
TEST(adding_to_channels, check_channels)
TEST(copies_of_rows, check_copies)
TEST(rows_of_tables, check_tables)
TEST(dropout, check_dropout)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_and_scaling),
        cmocka_unit_test(sums_and_products),
        cmocka_unit_test(activation_functions_and_their_derivatives),
        cmocka_unit_test(activation_functions_at_their_ends),
        cmocka_unit_test(own_functions_are_accurate),
        cmocka_unit_test(adding_to_channels),
        cmocka_unit_test(copies_of_rows),
        cmocka_unit_test(rows_of_tables),
        cmocka_unit_test(dropout),
        cmocka_unit_test(masks_do_not_depend_on_the_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
