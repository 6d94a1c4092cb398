/* Pooling against loops: the 2 x 2 case over every width, odd windows, padding, ties, NaN. */
#include "kernel_check.h"

static struct pool sized(struct pool p, int64_t behind)
{
    p.out_h = (p.in_h + p.pad_top + behind - p.kernel_h) / p.stride_h + 1;
    p.out_w = (p.in_w + p.pad_left + behind - p.kernel_w) / p.stride_w + 1;
    return p;
}

/* The winner among the window's elements in order: the first NaN, else the first of the largest; -1 if there
 * is none. */
static int64_t expected_winner(const struct kernels *k, const struct pool *p, const void *x, int64_t o)
{
    const int64_t column = o % p->out_w, row = o / p->out_w % p->out_h, plane = o / p->out_w / p->out_h;
    const int64_t base = plane * p->in_h * p->in_w;
    int64_t best = -1;
    for (int64_t i = row * p->stride_h - p->pad_top; i < row * p->stride_h - p->pad_top + p->kernel_h; i++)
        for (int64_t j = column * p->stride_w - p->pad_left;
             j < column * p->stride_w - p->pad_left + p->kernel_w; j++) {
            if (i < 0 || i >= p->in_h || j < 0 || j >= p->in_w)
                continue;
            const double v = at(k, x, base + i * p->in_w + j), b = best < 0 ? 0 : at(k, x, base + best);
            if (best < 0 || (!isnan(b) && (isnan(v) || v > b)))
                best = i * p->in_w + j;
        }
    return best;
}

static void check_max(const struct kernels *k, const struct pool *p, bool with_nan)
{
    const int64_t plane = p->in_h * p->in_w, nx = p->planes * plane, out = p->out_h * p->out_w,
                  ny = p->planes * out;
    void *x = integers(k, nx, 3), *y = blank(k, ny), *dy = integers(k, ny, 3), *dx = blank(k, nx);
    void *more = constant(k, nx, 2), *expected = constant(k, nx, 0);
    int32_t *winner = guarded((size_t)ny * sizeof *winner);
    if (with_nan)
        for (int64_t i = 0; i < nx; i += 5)
            put(k, x, i, (double)NAN);
    k->maxpool(p, x, y, winner);
    for (int64_t i = 0; i < ny; i++) {
        const int64_t best = expected_winner(k, p, x, i), from = i / out * plane;
        assert_int_equal(winner[i], best);
        if (best < 0)
            assert_at(k, y, i, -(double)INFINITY, 0, 0);
        else if (isnan(at(k, x, from + best)))
            assert_is_nan(at(k, y, i));
        else
            assert_at(k, y, i, at(k, x, from + best), 0, 0);
        if (best >= 0)
            put(k, expected, from + best, at(k, expected, from + best) + at(k, dy, i));
    }
    k->maxpool_grad(p, winner, dy, false, dx);
    k->maxpool_grad(p, winner, dy, true, more);
    for (int64_t i = 0; i < nx; i++) {
        assert_at(k, dx, i, at(k, expected, i), 0, 0);
        assert_at(k, more, i, 2 + at(k, expected, i), 0, 0);
    }
    put(k, dy, ny - 1, (double)NAN);
    k->maxpool_grad(p, winner, dy, false, dx);
    if (winner[ny - 1] >= 0)
        assert_is_nan(at(k, dx, nx - plane + winner[ny - 1]));
    release_guarded();
}

static void check_average(const struct kernels *k, struct pool p)
{
    const int64_t plane = p.in_h * p.in_w, nx = p.planes * plane, out = p.out_h * p.out_w,
                  ny = p.planes * out;
    void *x = noisy(k, nx, 1), *y = blank(k, ny), *dy = noisy(k, ny, 1), *dx = blank(k, nx),
         *more = constant(k, nx, 2);
    void *expected = constant(k, nx, 0);
    k->avgpool(&p, x, y);
    for (int64_t o = 0; o < ny; o++) {
        const int64_t column = o % p.out_w, row = o / p.out_w % p.out_h, base = o / out * plane;
        double sum = 0, inside = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int64_t i = 0; i < p.kernel_h * p.kernel_w; i++) {
                const int64_t r = row * p.stride_h - p.pad_top + i / p.kernel_w;
                const int64_t c = column * p.stride_w - p.pad_left + i % p.kernel_w,
                              from = base + r * p.in_w + c;
                if (r < 0 || r >= p.in_h || c < 0 || c >= p.in_w)
                    continue;
                if (pass == 0)
                    sum += at(k, x, from), inside++;
                else
                    put(k, expected, from,
                        at(k, expected, from) +
                            at(k, dy, o) / (p.count_pad ? (double)(p.kernel_h * p.kernel_w) : inside));
            }
        assert_at(k, y, o, sum / (p.count_pad ? (double)(p.kernel_h * p.kernel_w) : inside), 1e-6,
                  near(k, 1e-6, 1e-15));
    }
    k->avgpool_grad(&p, dy, false, dx);
    k->avgpool_grad(&p, dy, true, more);
    for (int64_t i = 0; i < nx; i++) {
        assert_at(k, dx, i, at(k, expected, i), 1e-6, near(k, 1e-6, 1e-15));
        assert_at(k, more, i, 2 + at(k, expected, i), 1e-6, 0);
    }
    trace(k, y, ny), trace(k, dx, nx);
    put(k, x, 0, (double)NAN), put(k, dy, 0, (double)NAN);
    k->avgpool(&p, x, y);
    k->avgpool_grad(&p, dy, false, dx);
    assert_is_nan(at(k, y, 0));
    assert_is_nan(at(k, dx, 0));
    release_guarded();
}

static void check_usual(const struct kernels *k)
{
    for (int64_t w = 2; w <= 70; w += w < 20 ? 1 : 7)
        for (int64_t h = 2; h <= 5; h++) {
            const struct pool p = sized((struct pool){2, h, w, 0, 0, 2, 2, 2, 2, 0, 0, false}, 0);
            check_max(k, &p, false);
            check_max(k, &p, true);
        }
}

static void check_odd(const struct kernels *k)
{
    const struct pool cases[] = {
        sized((struct pool){2, 7, 9, 0, 0, 3, 3, 2, 2, 1, 1, false}, 1),
        sized((struct pool){2, 7, 9, 0, 0, 3, 2, 1, 1, 0, 0, true}, 0),
        sized((struct pool){2, 7, 9, 0, 0, 3, 3, 2, 2, 1, 1, true}, 1),
        sized((struct pool){1, 1, 20, 0, 0, 1, 3, 1, 2, 0, 1, false}, 0), /* one dimension */
        sized((struct pool){2, 6, 6, 0, 0, 2, 2, 2, 2, 1, 1, false}, 1),  /* 2 x 2 with padding */
        sized((struct pool){3, 8, 8, 0, 0, 8, 8, 8, 8, 0, 0, false}, 0),  /* the whole plane */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_max(k, &cases[i], false);
        check_max(k, &cases[i], true);
        check_average(k, cases[i]);
    }
    struct pool outside = sized((struct pool){1, 4, 4, 0, 0, 2, 2, 2, 2, 0, 0, false}, 0);
    outside.out_h = outside.out_w = 3; /* the last windows lie behind the image */
    check_max(k, &outside, false);
}

static void usual_windows(void **state)
{
    (void)state;
    for_all_kernels(check_usual);
}

static void odd_windows(void **state)
{
    (void)state;
    for_all_kernels(check_odd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_windows),
        cmocka_unit_test(odd_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
