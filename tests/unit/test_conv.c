/* Convolution against loops, with integers to the bit: strides, dilation, padding on one side, groups, 1 x 1.
 */
#include "kernel_check.h"

static int64_t x_size(const struct conv *c)
{
    return c->batch * c->in_channels * c->in_h * c->in_w;
}

static int64_t w_size(const struct conv *c)
{
    return c->out_channels * (c->in_channels / c->groups) * c->kernel_h * c->kernel_w;
}

static int64_t y_size(const struct conv *c)
{
    return c->batch * c->out_channels * c->out_h * c->out_w;
}

/* Calls visit for every product x[i] w[j] that goes into y[o]. */
static void each_product(const struct conv *c, void (*visit)(void *context, int64_t x, int64_t w, int64_t y),
                         void *context)
{
    const int64_t channels = c->in_channels / c->groups, filters = c->out_channels / c->groups;
    for (int64_t y = 0; y < y_size(c); y++) {
        const int64_t ox = y % c->out_w, oy = y / c->out_w % c->out_h,
                      f = y / c->out_w / c->out_h % c->out_channels;
        const int64_t n = y / c->out_w / c->out_h / c->out_channels;
        for (int64_t i = 0; i < channels; i++)
            for (int64_t ky = 0; ky < c->kernel_h; ky++)
                for (int64_t kx = 0; kx < c->kernel_w; kx++) {
                    const int64_t iy = oy * c->stride_h + ky * c->dilation_h - c->pad_top;
                    const int64_t ix = ox * c->stride_w + kx * c->dilation_w - c->pad_left;
                    if (iy < 0 || iy >= c->in_h || ix < 0 || ix >= c->in_w)
                        continue;
                    visit(context,
                          ((n * c->in_channels + f / filters * channels + i) * c->in_h + iy) * c->in_w + ix,
                          ((f * channels + i) * c->kernel_h + ky) * c->kernel_w + kx, y);
                }
    }
}

struct arrays {
    const struct kernels *k;
    const void *x, *w, *dy;
    double *y, *dx, *dw;
};

static void add_products(void *context, int64_t x, int64_t w, int64_t y)
{
    struct arrays *a = context;
    a->y[y] += at(a->k, a->x, x) * at(a->k, a->w, w);
    a->dx[x] += at(a->k, a->dy, y) * at(a->k, a->w, w);
    a->dw[w] += at(a->k, a->dy, y) * at(a->k, a->x, x);
}

static double *zeros(int64_t n)
{
    return memset(guarded((size_t)n * sizeof(double)), 0, (size_t)n * sizeof(double));
}

static void check_conv(const struct kernels *k, const struct conv *c, bool add)
{
    const int64_t nx = x_size(c), nw = w_size(c), ny = y_size(c), plane = c->out_h * c->out_w;
    void *x = integers(k, nx, 4), *w = integers(k, nw, 4), *b = integers(k, c->out_channels, 4);
    void *dy = integers(k, ny, 4), *y = blank(k, ny), *workspace = blank(k, k->conv_workspace(c));
    void *dx = add ? constant(k, nx, 3) : blank(k, nx), *dw = add ? constant(k, nw, 5) : blank(k, nw);
    struct arrays a = {k, x, w, dy, zeros(ny), zeros(nx), zeros(nw)};
    each_product(c, add_products, &a);
    k->conv_forward(c, x, w, add ? b : NULL, y, workspace);
    k->conv_grad_input(c, w, dy, add, dx, workspace);
    k->conv_grad_weight(c, x, dy, add, dw, workspace);
    for (int64_t i = 0; i < ny; i++)
        assert_at(k, y, i, a.y[i] + (add ? at(k, b, i / plane % c->out_channels) : 0), 0, 0);
    for (int64_t i = 0; i < nx; i++)
        assert_at(k, dx, i, a.dx[i] + (add ? 3 : 0), 0, 0);
    for (int64_t i = 0; i < nw; i++)
        assert_at(k, dw, i, a.dw[i] + (add ? 5 : 0), 0, 0);
    trace(k, y, ny), trace(k, dx, nx), trace(k, dw, nw);
    release_guarded();
}

/* Fills in the output's size for equal padding on both sides plus `behind`. */
static struct conv sized(struct conv c, int64_t behind_h, int64_t behind_w)
{
    c.out_h = (c.in_h + c.pad_top + behind_h - (c.kernel_h - 1) * c.dilation_h - 1) / c.stride_h + 1;
    c.out_w = (c.in_w + c.pad_left + behind_w - (c.kernel_w - 1) * c.dilation_w - 1) / c.stride_w + 1;
    return c;
}

static void check_usual(const struct kernels *k)
{
    for (int64_t size = 3; size <= 35; size += size < 9 ? 1 : 13)
        for (int64_t kernel = 1; kernel <= 3; kernel += 2)
            for (int64_t pad = 0; pad <= 1; pad++)
                for (int add = 0; add < 2; add++) {
                    struct conv c = {2, 3, size, size, 5, 0, 0, kernel, kernel, 1, 1, 1, 1, pad, pad, 1};
                    c = sized(c, pad, pad);
                    check_conv(k, &c, add);
                }
    struct conv lenet = sized((struct conv){2, 1, 28, 28, 6, 0, 0, 5, 5, 1, 1, 1, 1, 2, 2, 1}, 2, 2);
    check_conv(k, &lenet, true);
    struct conv second = sized((struct conv){2, 6, 14, 14, 16, 0, 0, 5, 5, 1, 1, 1, 1, 0, 0, 1}, 0, 0);
    check_conv(k, &second, false);
}

static void check_odd(const struct kernels *k)
{
    const struct conv cases[] = {
        sized((struct conv){2, 2, 7, 9, 4, 0, 0, 3, 2, 2, 3, 1, 1, 1, 0, 1}, 1, 0),   /* strides */
        sized((struct conv){1, 2, 11, 13, 3, 0, 0, 3, 3, 1, 1, 2, 3, 2, 3, 1}, 2, 3), /* dilation */
        sized((struct conv){1, 2, 11, 13, 3, 0, 0, 3, 3, 2, 2, 2, 1, 0, 1, 1}, 3, 0), /* all at once */
        sized((struct conv){2, 4, 6, 5, 6, 0, 0, 3, 3, 1, 1, 1, 1, 1, 1, 2}, 1, 1),   /* groups */
        sized((struct conv){2, 5, 6, 20, 5, 0, 0, 3, 3, 1, 1, 1, 1, 1, 1, 5}, 1, 1),  /* a filter a channel */
        sized((struct conv){2, 6, 6, 7, 12, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 3}, 0, 0),  /* 1 x 1 in groups */
        sized((struct conv){2, 3, 8, 8, 4, 0, 0, 1, 1, 2, 2, 1, 1, 0, 0, 1}, 0, 0),   /* 1 x 1 that skips */
        sized((struct conv){3, 3, 1, 40, 4, 0, 0, 1, 5, 1, 1, 1, 1, 0, 4, 1}, 0,
              0), /* causal, one dimension */
        sized((struct conv){3, 3, 1, 17, 4, 0, 0, 1, 4, 1, 2, 1, 1, 0, 1, 1}, 0,
              2), /* "same" of an even kernel */
        sized((struct conv){1, 1, 2, 2, 1, 0, 0, 5, 5, 1, 1, 1, 1, 2, 2, 1}, 2,
              2), /* kernel larger than the image */
        sized((struct conv){1, 1, 10, 10, 2, 0, 0, 2, 2, 3, 4, 1, 1, 0, 0, 1}, 0,
              0), /* elements never reached */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int add = 0; add < 2; add++)
            check_conv(k, &cases[i], add);
}

static void mark_dependent(void *context, int64_t x, int64_t w, int64_t y)
{
    struct arrays *a = context;
    if (isnan(at(a->k, a->x, x)) || isnan(at(a->k, a->w, w)))
        a->y[y] = 1;
    if (isnan(at(a->k, a->dy, y)) || isnan(at(a->k, a->w, w)))
        a->dx[x] = 1;
    if (isnan(at(a->k, a->dy, y)) || isnan(at(a->k, a->x, x)))
        a->dw[w] = 1;
}

static void check_nan(const struct kernels *k)
{
    for (int which = 0; which < 3; which++)
        for (int64_t stride = 1; stride <= 2; stride++) {
            const struct conv c =
                sized((struct conv){1, 2, 7, 18, 3, 0, 0, 3, 3, stride, stride, 1, 1, 1, 1, 1}, 1, 1);
            const int64_t nx = x_size(&c), nw = w_size(&c), ny = y_size(&c);
            void *x = constant(k, nx, 0), *w = constant(k, nw, 0), *dy = constant(k, ny, 0),
                 *y = blank(k, ny);
            void *dx = blank(k, nx), *dw = blank(k, nw), *workspace = blank(k, k->conv_workspace(&c));
            if (which == 0)
                put(k, x, nx / 2, (double)NAN);
            else if (which == 1)
                put(k, w, nw / 2, (double)NAN);
            else
                put(k, dy, ny / 2, (double)NAN);
            struct arrays a = {k, x, w, dy, zeros(ny), zeros(nx), zeros(nw)};
            each_product(&c, mark_dependent, &a);
            k->conv_forward(&c, x, w, NULL, y, workspace);
            k->conv_grad_input(&c, w, dy, false, dx, workspace);
            k->conv_grad_weight(&c, x, dy, false, dw, workspace);
            for (int64_t i = 0; i < ny; i++)
                assert_true(a.y[i] == 0 || isnan(at(k, y, i)));
            for (int64_t i = 0; i < nx; i++)
                assert_true(a.dx[i] == 0 || isnan(at(k, dx, i)));
            for (int64_t i = 0; i < nw; i++)
                assert_true(a.dw[i] == 0 || isnan(at(k, dw, i)));
        }
}

static void usual_convolutions_are_exact(void **state)
{
    (void)state;
    for_all_kernels(check_usual);
}

static void odd_convolutions_are_exact(void **state)
{
    (void)state;
    for_all_kernels(check_odd);
}

static void nan_reaches_what_depends_on_it(void **state)
{
    (void)state;
    for_all_kernels(check_nan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_convolutions_are_exact),
        cmocka_unit_test(odd_convolutions_are_exact),
        cmocka_unit_test(nan_reaches_what_depends_on_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
