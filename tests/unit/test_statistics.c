/* Sums, moments and finiteness over arrays of every odd size. */
#include "kernel_check.h"

static void check_statistics(const struct kernels *k)
{
    for (int64_t n = 0; n <= 3000; n += n < 40 ? 1 : n < 300 ? 61 : 811) {
        void *x = noisy(k, n, 3);
        double sum = 0, squares = 0, largest = 0;
        if (n > 2)
            put(k, x, n / 2, 0), put(k, x, n - 1, -0.0);
        int64_t zeros = 0;
        for (int64_t i = 0; i < n; i++) {
            sum += at(k, x, i);
            squares += at(k, x, i) * at(k, x, i);
            largest = fmax(largest, fabs(at(k, x, i)));
            zeros += at(k, x, i) == 0;
        }
        struct statistics s;
        k->statistics(n, x, &s);
        assert_int_equal(s.count, n);
        assert_int_equal(s.zeros, zeros);
        assert_int_equal(s.nonfinite, 0);
        assert_int_equal(s.first_nonfinite, -1);
        assert_near(s.sum, sum, 1e-12, 1e-11);
        assert_near(s.sum_squares, squares, 1e-13, 0);
        assert_near(s.largest, largest, 0, 0);
        trace_value(k, s.sum, "sum", n), trace_value(k, s.sum_squares, "sum of squares", n);
        release_guarded();
    }
}

static void check_every_place(const struct kernels *k)
{
    const double bad[3] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (int64_t n = 1; n <= 67; n++) {
        void *x = noisy(k, n, 1);
        assert_int_equal(k->first_nonfinite(n, x), -1);
        for (int64_t i = 0; i < n; i++) {
            const double kept = at(k, x, i), last = at(k, x, n - 1);
            struct statistics s;
            put(k, x, n - 1, (double)NAN);
            put(k, x, i, bad[i % 3]);
            assert_int_equal(k->first_nonfinite(n, x), i);
            k->statistics(n, x, &s);
            assert_int_equal(s.first_nonfinite, i);
            assert_int_equal(s.nonfinite, i == n - 1 ? 1 : 2);
            assert_true(isfinite(s.sum) && isfinite(s.sum_squares) && s.largest <= 1);
            put(k, x, n - 1, last);
            put(k, x, i, kept);
        }
        release_guarded();
    }
    void *x = noisy(k, 5000, 1);
    for (int64_t i = 0; i < 5000; i += 37) {
        const double kept = at(k, x, i);
        struct statistics s;
        put(k, x, i, bad[i % 3]);
        k->statistics(5000, x, &s);
        assert_int_equal(k->first_nonfinite(5000, x), i);
        assert_int_equal(s.first_nonfinite, i);
        put(k, x, i, kept);
    }
    assert_int_equal(k->first_nonfinite(0, x), -1);
}

/* The largest and the smallest finite numbers are finite, and sums of squares do not overflow in float. */
static void check_extremes(const struct kernels *k)
{
    const double most = k->dtype == DTYPE_F32 ? 3.4028234663852886e38 : 1.7976931348623157e308;
    const double least = k->dtype == DTYPE_F32 ? 1.401298464324817e-45 : 4.9406564584124654e-324;
    struct statistics s;
    void *x = constant(k, 20, least);
    put(k, x, 7, -most);
    assert_int_equal(k->first_nonfinite(20, x), -1);
    k->statistics(20, x, &s);
    assert_int_equal(s.nonfinite, 0);
    assert_int_equal(s.zeros, 0);
    assert_near(s.largest, most, 0, 0);
    if (k->dtype == DTYPE_F32)
        assert_near(s.sum_squares, most * most, 1e-15, 0);
}

/* The quick measures against plain loops in double. */
static void check_quick_measures(const struct kernels *k)
{
    const double few = k->dtype == DTYPE_F32 ? 1e-5 : 1e-12;
    for (int64_t n = 1; n <= 3000; n += n < 40 ? 1 : n < 300 ? 61 : 811) {
        void *x = noisy(k, n, 3), *y = noisy(k, n, 3);
        double sum = 0, squares = 0, largest = 0, apart = 0, least = HUGE_VAL, most = -HUGE_VAL;
        struct size size;
        struct magnitude magnitude, changed;
        struct statistics s;
        for (int64_t i = 0; i < n; i++) {
            const double a = at(k, x, i), b = at(k, y, i);
            sum += a, squares += a * a, apart += (a - b) * (a - b);
            largest = fmax(largest, fabs(a)), least = fmin(least, a), most = fmax(most, a);
        }
        k->size(n, x, &size), k->magnitude(n, x, &magnitude), k->statistics(n, x, &s);
        assert_near(size.sum, sum, 1e-12, 1e-11);
        assert_near(size.sum_squares, squares, 1e-13, 0);
        assert_near(magnitude.sum_squares, squares, few, 0);
        assert_near(k->distance(n, x, y), apart, few, 0);
        assert_near(k->change(n, x, y, &changed), apart, few, 0);
        assert_near(changed.sum_squares, squares, few, 0);
        assert_near(changed.largest, largest, 0, 0);
        assert_near(size.largest, largest, 0, 0);
        assert_near(magnitude.largest, largest, 0, 0);
        assert_near(s.least, least, 0, 0);
        assert_near(s.most, most, 0, 0);
        trace_value(k, k->distance(n, x, x), "distance to itself", n);
        put(k, x, n / 2, (double)NAN), put(k, x, n - 1, (double)INFINITY);
        k->size(n, x, &size), k->magnitude(n, x, &magnitude), k->statistics(n, x, &s);
        assert_int_equal(size.nonfinite, s.nonfinite);
        assert_int_equal(magnitude.nonfinite, s.nonfinite);
        assert_true(!isfinite(k->change(n, x, y, &changed)));
        assert_int_equal(changed.nonfinite, s.nonfinite);
        assert_near(changed.sum_squares, magnitude.sum_squares, few, 0);
        assert_near(changed.largest, magnitude.largest, 0, 0);
        assert_true(isfinite(size.sum) && isfinite(magnitude.sum_squares));
        assert_true(s.nonfinite == n ? isnan(s.least) : s.least >= least && s.most <= most);
        release_guarded();
    }
    /* Squares that vanish or overflow in float are added up in double. */
    const double sizes[2] = {1e-30, 1e30};
    for (int i = 0; i < 2; i++) {
        void *x = constant(k, 100, sizes[i]), *zero = constant(k, 100, 0);
        struct magnitude magnitude;
        k->magnitude(100, x, &magnitude);
        assert_near(magnitude.sum_squares / (sizes[i] * sizes[i]), 100, 1e-5, 0);
        assert_near(k->distance(100, x, zero) / (sizes[i] * sizes[i]), 100, 1e-5, 0);
        assert_near(k->change(100, x, zero, &magnitude) / (sizes[i] * sizes[i]), 100, 1e-5, 0);
        assert_near(magnitude.sum_squares / (sizes[i] * sizes[i]), 100, 1e-5, 0);
        release_guarded();
    }
}

static void check_channels(const struct kernels *k)
{
    for (int64_t inner = 1; inner <= 9; inner += 4)
        for (int64_t n = 1; n <= 140; n += 23) {
            const int64_t outer = 5;
            void *x = constant(k, outer * n * inner, -0.0);
            assert_int_equal(k->zero_channels(outer, n, inner, x), n);
            put(k, x, ((outer - 1) * n + n - 1) * inner + inner - 1, 1e-40);
            assert_int_equal(k->zero_channels(outer, n, inner, x), n - 1);
            put(k, x, 0, (double)NAN);
            assert_int_equal(k->zero_channels(outer, n, inner, x), n > 1 ? n - 2 : 0);
            release_guarded();
        }
    for (int64_t n = 1; n <= 2100; n += n < 40 ? 1 : 1001) {
        void *x = noisy(k, n, 1);
        int64_t beyond = 0;
        put(k, x, 0, 0.5);
        for (int64_t i = 0; i < n; i++)
            beyond += at(k, x, i) <= -0.5 || at(k, x, i) >= 0.5;
        assert_int_equal(k->count_beyond(n, -0.5, 0.5, x), beyond);
        put(k, x, 0, (double)NAN);
        assert_int_equal(k->count_beyond(n, -0.5, 0.5, x), beyond - 1);
        release_guarded();
    }
}

static void check_sums(const struct kernels *k)
{
    for (int64_t n = 1; n <= 150; n += n < 20 ? 1 : 43) {
        void *a = noisy(k, n, 1), *b = noisy(k, n, 1);
        double l1 = 0, l2 = 0;
        for (int64_t i = 0; i < n; i++) {
            l1 += fabs(at(k, a, i));
            l2 += at(k, a, i) * at(k, a, i);
        }
        assert_near(k->dot(n, a, b), weighed(k, n, a, b), 1e-12, 1e-13);
        assert_near(k->penalty(n, 0.5, 2, a), 0.5 * l1 + 2 * l2, 1e-13, 0);
        assert_near(k->penalty(n, 0.5, 0, a), 0.5 * l1, 1e-13, 0);
        trace_value(k, k->dot(n, a, b), "dot", n);
        void *dw = constant(k, n, 1);
        put(k, a, 0, 0);
        k->penalty_grad(n, 0.5, 2, 3, a, true, dw);
        for (int64_t i = 0; i < n; i++) {
            const double w = at(k, a, i);
            assert_at(k, dw, i,
                      1 + 3 * (0.5 * (w > 0   ? 1
                                      : w < 0 ? -1
                                              : 0) +
                               4 * w),
                      near(k, 1e-6, 1e-14), 1e-6);
        }
        put(k, a, n - 1, (double)NAN);
        assert_is_nan(k->dot(n, a, b));
        assert_is_nan(k->dot(n, b, a));
        assert_is_nan(k->penalty(n, 1, 0, a));
        assert_is_nan(k->penalty(n, 0, 1, a));
        k->penalty_grad(n, 1, 0, 1, a, false, dw);
        assert_is_nan(at(k, dw, n - 1));
        k->penalty_grad(n, 0, 1, 1, a, false, dw);
        assert_is_nan(at(k, dw, n - 1));
        release_guarded();
    }
}

static void check_axis(const struct kernels *k, int64_t outer, int64_t n, int64_t inner)
{
    const int64_t count = outer * n * inner;
    void *x = noisy(k, count, 1), *db = blank(k, n), *y = blank(k, outer * inner), *dx = blank(k, count);
    k->sum_channels(outer, n, inner, x, false, db);
    for (int64_t i = 0; i < n; i++) {
        double expected = 0;
        for (int64_t o = 0; o < outer; o++)
            for (int64_t j = 0; j < inner; j++)
                expected += at(k, x, (o * n + i) * inner + j);
        assert_at(k, db, i, expected, near(k, 1e-6, 1e-12), near(k, 1e-6, 1e-13));
    }
    void *twice = copy_of(k, n, db);
    k->sum_channels(outer, n, inner, x, true, twice);
    assert_at(k, twice, n - 1, 2 * at(k, db, n - 1), 1e-7, 0);
    k->mean(outer, n, inner, x, y);
    for (int64_t o = 0; o < outer; o++)
        for (int64_t j = 0; j < inner; j++) {
            double expected = 0;
            for (int64_t i = 0; i < n; i++)
                expected += at(k, x, (o * n + i) * inner + j) / (double)n;
            assert_at(k, y, o * inner + j, expected, near(k, 1e-6, 1e-12), near(k, 1e-6, 1e-13));
        }
    k->mean_grad(outer, n, inner, y, false, dx);
    k->mean_grad(outer, n, inner, y, true, dx);
    for (int64_t i = 0; i < count; i++)
        assert_at(k, dx, i, 2 * at(k, y, i / (n * inner) * inner + i % inner) / (double)n,
                  near(k, 1e-6, 1e-14), 0);
    trace(k, db, n), trace(k, y, outer * inner);
    put(k, x, count - 1, (double)NAN);
    k->sum_channels(outer, n, inner, x, false, db);
    k->mean(outer, n, inner, x, y);
    assert_is_nan(at(k, db, n - 1));
    assert_is_nan(at(k, y, outer * inner - 1));
    k->mean_grad(outer, n, inner, y, false, dx);
    assert_is_nan(at(k, dx, count - 1));
    release_guarded();
}

static void check_axes(const struct kernels *k)
{
    for (int64_t n = 1; n <= 140; n += n < 18 ? 1 : 61)
        for (int64_t inner = 1; inner <= 70; inner += inner < 4 ? 1 : 29)
            for (int64_t outer = 1; outer <= 5; outer += 2)
                check_axis(k, outer, n, inner);
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(quick_measures_are_near_the_exact_ones, check_quick_measures)
TEST(channels_that_are_zero_and_values_beyond, check_channels)
TEST(statistics_of_every_size, check_statistics)
TEST(what_is_not_finite_is_found_in_every_place, check_every_place)
TEST(extreme_numbers_are_finite, check_extremes)
TEST(products_and_penalties, check_sums)
TEST(sums_and_means_over_an_axis, check_axes)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_measures_are_near_the_exact_ones),
        cmocka_unit_test(channels_that_are_zero_and_values_beyond),
        cmocka_unit_test(statistics_of_every_size),
        cmocka_unit_test(what_is_not_finite_is_found_in_every_place),
        cmocka_unit_test(extreme_numbers_are_finite),
        cmocka_unit_test(products_and_penalties),
        cmocka_unit_test(sums_and_means_over_an_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
