/* Batch and layer normalization, softmax, rows divided by their sums. */
#include "kernel_check.h"

static struct {
    struct batchnorm norm;
    int64_t rows, width, inner, count;
    bool logarithm;
    void *x, *gamma, *beta, *dy, *running_mean, *running_var;
} now; /* what the loss of check_derivatives is computed from */

static double batchnorm_loss(const struct kernels *k)
{
    double *room = calloc((size_t)(now.count + 2 * now.norm.channels), sizeof(double));
    double *mean = room + now.count, *rstd = mean + now.norm.channels;
    struct batchnorm norm = now.norm;
    norm.momentum = 0; /* the running statistics stay */
    k->batchnorm(&norm, now.x, now.gamma, now.beta, now.running_mean, now.running_var, mean, rstd, room);
    const double loss = weighed(k, now.count, room, now.dy);
    free(room);
    return loss;
}

static void check_running(const struct kernels *k, const struct batchnorm *norm, const void *x,
                          const void *mean, const void *var)
{
    const double count = (double)(norm->outer * norm->inner);
    for (int64_t c = 0; c < norm->channels; c++) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < norm->outer * norm->inner; i++)
            sum += at(k, x, (i / norm->inner * norm->channels + c) * norm->inner + i % norm->inner);
        for (int64_t i = 0; i < norm->outer * norm->inner; i++)
            squares += pow(at(k, x, (i / norm->inner * norm->channels + c) * norm->inner + i % norm->inner) -
                               sum / count,
                           2);
        assert_at(k, mean, c, 0.9 * 0.25 + 0.1 * sum / count, near(k, 1e-6, 1e-13), 1e-7);
        assert_at(k, var, c, 0.9 * 2 + 0.1 * squares / (norm->unbiased && count > 1 ? count - 1 : count),
                  near(k, 1e-6, 1e-13), 0);
    }
}

static void check_batchnorm_case(const struct kernels *k, struct batchnorm norm, bool affine)
{
    const int64_t c = norm.channels, count = norm.outer * c * norm.inner;
    void *x = noisy(k, count, 2), *gamma = affine ? noisy(k, c, 1) : NULL,
         *beta = affine ? noisy(k, c, 1) : NULL;
    void *running_mean = constant(k, c, 0.25), *running_var = constant(k, c, 2), *mean = blank(k, c),
         *rstd = blank(k, c);
    void *y = blank(k, count), *dy = noisy(k, count, 1), *dx = blank(k, count), *dgamma = blank(k, c),
         *dbeta = blank(k, c);
    for (int64_t i = 0; i < count; i++)
        put(k, x, i, at(k, x, i) + 3);
    k->batchnorm(&norm, x, gamma, beta, running_mean, running_var, mean, rstd, y);
    if (norm.training)
        check_running(k, &norm, x, running_mean, running_var);
    else
        assert_at(k, running_mean, 0, 0.25, 0, 0);
    for (int64_t i = 0; i < count; i++) {
        const int64_t ch = i / norm.inner % c;
        const double normal = (at(k, x, i) - at(k, mean, ch)) * at(k, rstd, ch);
        assert_at(k, y, i, affine ? normal * at(k, gamma, ch) + at(k, beta, ch) : normal,
                  near(k, 1e-5, 1e-13), near(k, 1e-5, 1e-13));
        if (!norm.training)
            assert_at(k, rstd, ch, 1 / sqrt(2 + norm.eps), near(k, 1e-7, 1e-15), 0);
    }
    k->batchnorm_grad(&norm, x, gamma, mean, rstd, dy, false, dx, false, dgamma, dbeta);
    now.norm = norm, now.count = count;
    now.x = x, now.gamma = gamma, now.beta = beta, now.dy = dy, now.running_mean = running_mean,
    now.running_var = running_var;
    if (!norm.training) /* the loss must see the same statistics */
        for (int64_t i = 0; i < c; i++)
            put(k, running_mean, i, 0.25), put(k, running_var, i, 2);
    if (norm.outer * norm.inner > 1)
        check_derivatives(k, x, count, batchnorm_loss, dx, "x");
    if (affine) {
        check_derivatives(k, gamma, c, batchnorm_loss, dgamma, "gamma");
        check_derivatives(k, beta, c, batchnorm_loss, dbeta, "beta");
    }
    if (norm.outer * norm.inner > 2)
        trace(k, y, count), trace(k, dx, count), trace(k, dgamma, c), trace(k, dbeta, c);
    void *more_x = copy_of(k, count, dx), *more_gamma = copy_of(k, c, dgamma),
         *more_beta = copy_of(k, c, dbeta);
    k->batchnorm_grad(&norm, x, gamma, mean, rstd, dy, true, more_x, true, more_gamma, more_beta);
    assert_at(k, more_x, count - 1, 2 * at(k, dx, count - 1), 1e-6, 1e-9);
    assert_at(k, more_gamma, c - 1, 2 * at(k, dgamma, c - 1), 1e-6, 1e-9);
    assert_at(k, more_beta, c - 1, 2 * at(k, dbeta, c - 1), 1e-6, 1e-9);
    k->batchnorm_grad(&norm, x, gamma, mean, rstd, dy, false, NULL, false, NULL, NULL);
    release_guarded();
}

static void check_batchnorm(const struct kernels *k)
{
    for (int64_t channels = 1; channels <= 70; channels += channels < 3 ? 1 : 66)
        for (int64_t inner = 1; inner <= 20; inner += inner < 2 ? 1 : 17)
            for (int64_t outer = 1; outer <= 5; outer += 2)
                for (int kind = 0; kind < 4; kind++)
                    check_batchnorm_case(
                        k,
                        (struct batchnorm){
                            .outer = outer,
                            .channels = channels,
                            .inner = inner,
                            .eps = 0.1, /* tames the curvature, which limits what differences can tell */
                            .momentum = 0.1,
                            .unbiased = kind & 1,
                            .training = kind != 2},
                        kind & 1);
}

static double layernorm_loss(const struct kernels *k)
{
    double *room = calloc((size_t)(now.count + 2 * now.rows), sizeof(double));
    k->layernorm(now.rows, now.width, 1e-3, now.x, now.gamma, now.beta, room + now.count,
                 room + now.count + now.rows, room);
    const double loss = weighed(k, now.count, room, now.dy);
    free(room);
    return loss;
}

static void check_layernorm(const struct kernels *k)
{
    for (int64_t width = 1; width <= 80; width += width < 4 ? 1 : 38)
        for (int affine = 0; affine < 2; affine++) {
            const int64_t rows = 4, count = rows * width;
            void *x = noisy(k, count, 2), *gamma = affine ? noisy(k, width, 1) : NULL,
                 *beta = affine ? noisy(k, width, 1) : NULL;
            void *mean = blank(k, rows), *rstd = blank(k, rows), *y = blank(k, count),
                 *dy = noisy(k, count, 1);
            void *dx = blank(k, count), *dgamma = blank(k, width), *dbeta = blank(k, width);
            k->layernorm(rows, width, 1e-3, x, gamma, beta, mean, rstd, y);
            for (int64_t row = 0; row < rows; row++) {
                double sum = 0, squares = 0;
                for (int64_t j = 0; j < width; j++)
                    sum += at(k, x, row * width + j) / (double)width;
                for (int64_t j = 0; j < width; j++)
                    squares += pow(at(k, x, row * width + j) - sum, 2) / (double)width;
                for (int64_t j = 0; j < width; j++) {
                    const double normal = (at(k, x, row * width + j) - sum) / sqrt(squares + 1e-3);
                    assert_at(k, y, row * width + j,
                              affine ? normal * at(k, gamma, j) + at(k, beta, j) : normal,
                              near(k, 1e-5, 1e-12), near(k, 1e-5, 1e-12));
                }
            }
            k->layernorm_grad(rows, width, x, gamma, mean, rstd, dy, false, dx, false, dgamma, dbeta);
            now.rows = rows, now.width = width, now.count = count;
            now.x = x, now.gamma = gamma, now.beta = beta, now.dy = dy;
            if (width > 1)
                check_derivatives(k, x, count, layernorm_loss, dx, "x");
            if (affine) {
                check_derivatives(k, gamma, width, layernorm_loss, dgamma, "gamma");
                check_derivatives(k, beta, width, layernorm_loss, dbeta, "beta");
            }
            if (width > 2)
                trace(k, y, count), trace(k, dx, count), trace(k, dgamma, width), trace(k, dbeta, width);
            void *more_x = copy_of(k, count, dx), *more_gamma = copy_of(k, width, dgamma);
            k->layernorm_grad(rows, width, x, gamma, mean, rstd, dy, true, more_x, true, more_gamma, dbeta);
            assert_at(k, more_x, count - 1, 2 * at(k, dx, count - 1), 1e-6, 1e-9);
            assert_at(k, more_gamma, width - 1, 2 * at(k, dgamma, width - 1), 1e-6, 1e-9);
            k->layernorm_grad(rows, width, x, gamma, mean, rstd, dy, false, NULL, false, NULL, NULL);
            release_guarded();
        }
}

static double softmax_loss(const struct kernels *k)
{
    double *y = calloc((size_t)now.count, sizeof(double));
    k->softmax(now.rows, now.width, now.inner, now.logarithm, now.x, y);
    const double loss = weighed(k, now.count, y, now.dy);
    free(y);
    return loss;
}

static void check_softmax(const struct kernels *k)
{
    for (int64_t n = 1; n <= 40; n += n < 5 ? 1 : n == 10 ? 30 : 5)
        for (int64_t inner = 1; inner <= 3; inner += 2)
            for (int logarithm = 0; logarithm < 2; logarithm++) {
                const int64_t outer = 5, count = outer * n * inner;
                void *x = noisy(k, count, 4), *y = blank(k, count), *dy = noisy(k, count, 1),
                     *dx = blank(k, count);
                k->softmax(outer, n, inner, logarithm, x, y);
                for (int64_t o = 0; o < outer; o++)
                    for (int64_t j = 0; j < inner; j++) {
                        double sum = 0;
                        for (int64_t i = 0; i < n; i++)
                            sum += exp(at(k, x, (o * n + i) * inner + j));
                        for (int64_t i = 0; i < n; i++) {
                            const int64_t e = (o * n + i) * inner + j;
                            const double share = exp(at(k, x, e)) / sum;
                            assert_at(k, y, e, logarithm ? log(share) : share, near(k, 2e-6, 1e-13),
                                      near(k, 1e-6, 1e-14));
                        }
                    }
                k->softmax_grad(outer, n, inner, logarithm, y, dy, false, dx);
                now.rows = outer, now.width = n, now.inner = inner, now.count = count,
                now.logarithm = logarithm;
                now.x = x, now.dy = dy;
                check_derivatives(k, x, count, softmax_loss, dx, "x");
                trace(k, y, count), trace(k, dx, count);
                void *more = copy_of(k, count, dx);
                k->softmax_grad(outer, n, inner, logarithm, y, dy, true, more);
                assert_at(k, more, count - 1, 2 * at(k, dx, count - 1), 1e-6, 1e-9);
                release_guarded();
            }
}

/* Large numbers do not overflow, rows of -inf have no softmax, +inf and NaN spoil their own row and no other.
 */
static void check_softmax_ends(const struct kernels *k)
{
    for (int64_t n = 2; n <= 40; n += 19)
        for (int logarithm = 0; logarithm < 2; logarithm++) {
            void *x = constant(k, 5 * n, 1000), *y = blank(k, 5 * n);
            put(k, x, n + n / 2, (double)NAN);
            put(k, x, 3 * n - 1, (double)INFINITY);
            for (int64_t i = 3 * n; i < 4 * n; i++)
                put(k, x, i, -(double)INFINITY);
            put(k, x, 4 * n, -(double)INFINITY); /* masked */
            k->softmax(5, n, 1, logarithm, x, y);
            for (int64_t i = 0; i < n; i++) {
                assert_at(k, y, i, logarithm ? -log((double)n) : 1 / (double)n, 1e-6, 0);
                for (int64_t row = 1; row <= 3; row++)
                    assert_is_nan(at(k, y, row * n + i));
            }
            assert_at(k, y, 4 * n, logarithm ? -(double)INFINITY : 0, 0, 0);
            assert_at(k, y, 4 * n + 1, logarithm ? -log((double)(n - 1)) : 1 / (double)(n - 1), 1e-6, 1e-7);
            release_guarded();
        }
}

static double normalize_loss(const struct kernels *k)
{
    double *y = calloc((size_t)now.count, sizeof(double));
    k->normalize_rows(now.rows, now.width, now.x, y);
    const double loss = weighed(k, now.count, y, now.dy);
    free(y);
    return loss;
}

static void check_rows(const struct kernels *k)
{
    for (int64_t width = 1; width <= 20; width += 3) {
        const int64_t rows = 3, count = rows * width;
        void *x = noisy(k, count, 0.5), *y = blank(k, count), *dy = noisy(k, count, 1), *dx = blank(k, count);
        for (int64_t i = 0; i < count; i++)
            put(k, x, i, at(k, x, i) + 1);
        k->normalize_rows(rows, width, x, y);
        for (int64_t row = 0; row < rows; row++) {
            double sum = 0;
            for (int64_t j = 0; j < width; j++)
                sum += at(k, x, row * width + j);
            for (int64_t j = 0; j < width; j++)
                assert_at(k, y, row * width + j, at(k, x, row * width + j) / sum, near(k, 1e-6, 1e-14), 0);
        }
        k->normalize_rows_grad(rows, width, x, dy, false, dx);
        now.rows = rows, now.width = width, now.count = count, now.x = x, now.dy = dy;
        check_derivatives(k, x, count, normalize_loss, dx, "x");
        trace(k, y, count), trace(k, dx, count);
        void *more = copy_of(k, count, dx);
        k->normalize_rows_grad(rows, width, x, dy, true, more);
        assert_at(k, more, 0, 2 * at(k, dx, 0), 1e-6, 1e-9);
        release_guarded();
    }
}

/* A NaN in each input reaches its channel or row in each output. */
static void check_nan(const struct kernels *k)
{
    for (int64_t inner = 1; inner <= 20; inner += 19) {
        const struct batchnorm norm = {3, 2, inner, 1e-5, 0.1, true, true, 0};
        const int64_t count = 6 * inner;
        void *x = noisy(k, count, 1), *dy = noisy(k, count, 1), *y = blank(k, count), *dx = blank(k, count);
        void *small[8];
        for (int i = 0; i < 8; i++)
            small[i] = constant(k, 2, 1);
        put(k, x, 0, (double)NAN);
        k->batchnorm(&norm, x, NULL, NULL, small[0], small[1], small[2], small[3], y);
        for (int64_t i = 0; i < inner; i++)
            assert_is_nan(at(k, y, 2 * inner + i));
        assert_is_nan(at(k, small[0], 0));
        assert_is_nan(at(k, small[1], 0));
        assert_true(isfinite(at(k, y, inner)) && isfinite(at(k, small[0], 1)));
        put(k, x, 0, 1), put(k, dy, inner, (double)NAN);
        k->batchnorm(&norm, x, NULL, NULL, small[4], small[5], small[2], small[3], y);
        k->batchnorm_grad(&norm, x, NULL, small[2], small[3], dy, false, dx, false, small[6], small[7]);
        assert_is_nan(at(k, dx, count - 1));
        assert_is_nan(at(k, small[6], 1));
        assert_is_nan(at(k, small[7], 1));
        put(k, small[6], 0, (double)NAN);
        k->batchnorm(&norm, x, small[6], NULL, small[4], small[5], small[2], small[3], y);
        assert_is_nan(at(k, y, 0));
        release_guarded();
    }
    void *x = noisy(k, 34, 1), *dy = noisy(k, 34, 1), *y = blank(k, 34), *m = blank(k, 2), *r = blank(k, 2);
    void *dgamma = blank(k, 17), *dbeta = blank(k, 17);
    put(k, x, 5, (double)NAN), put(k, dy, 20, (double)NAN);
    k->layernorm(2, 17, 1e-5, x, NULL, NULL, m, r, y);
    assert_is_nan(at(k, y, 16));
    assert_true(isfinite(at(k, y, 17)));
    k->layernorm_grad(2, 17, x, NULL, m, r, dy, false, y, false, dgamma, dbeta);
    assert_is_nan(at(k, y, 0));
    assert_is_nan(at(k, y, 33));
    assert_is_nan(at(k, dgamma, 3));
    assert_is_nan(at(k, dbeta, 3));
    k->normalize_rows(2, 17, x, y);
    assert_is_nan(at(k, y, 16));
    assert_true(isfinite(at(k, y, 17)));
    k->normalize_rows_grad(2, 17, x, dy, false, y);
    assert_is_nan(at(k, y, 16));
    assert_is_nan(at(k, y, 17));
    for (int logarithm = 0; logarithm < 2; logarithm++) {
        put(k, x, 5, -1);
        k->softmax_grad(2, 17, 1, logarithm, x, dy, false, y);
        assert_is_nan(at(k, y, 33));
        assert_true(isfinite(at(k, y, 0)));
        put(k, x, 5, (double)NAN);
        k->softmax_grad(2, 17, 1, logarithm, x, dy, false, y);
        assert_is_nan(at(k, y, 5));
    }
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(batch_normalization, check_batchnorm)
TEST(layer_normalization, check_layernorm)
TEST(softmax_and_its_logarithm, check_softmax)
TEST(softmax_of_extreme_numbers, check_softmax_ends)
TEST(rows_divided_by_their_sum, check_rows)
TEST(nan_passes, check_nan)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_normalization),       cmocka_unit_test(layer_normalization),
        cmocka_unit_test(softmax_and_its_logarithm), cmocka_unit_test(softmax_of_extreme_numbers),
        cmocka_unit_test(rows_divided_by_their_sum), cmocka_unit_test(nan_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
