/* Largest and average of windows. Windows of 2 x 2 side by side, the usual case, have loops of their own. */
enum { POOL_CHUNK = 16 }; /* outputs of the 2 x 2 case worked on at once */

struct window {
    int64_t top, bottom, left, right; /* within the image, bottom and right excluded */
};

static int64_t window_end(int64_t start, int64_t kernel, int64_t size)
{
    return start + kernel < size ? start + kernel : size;
}

static struct window window_of(const struct pool *pool, int64_t row, int64_t column)
{
    const int64_t top = row * pool->stride_h - pool->pad_top, left = column * pool->stride_w - pool->pad_left;
    return (struct window){
        .top = top < 0 ? 0 : top,
        .bottom = window_end(top, pool->kernel_h, pool->in_h),
        .left = left < 0 ? 0 : left,
        .right = window_end(left, pool->kernel_w, pool->in_w),
    };
}

static bool pool_is_2x2(const struct pool *pool)
{
    return pool->kernel_h == 2 && pool->kernel_w == 2 && pool->stride_h == 2 && pool->stride_w == 2 &&
           pool->pad_top == 0 && pool->pad_left == 0 && pool->out_h * 2 <= pool->in_h &&
           pool->out_w * 2 <= pool->in_w;
}

/* All bits set if the challenger wins: the first of the largest does, and the first NaN over all. */
static inline int32_t beats(REAL challenger, REAL holder)
{
    return (challenger <= holder ? 0 : -1) & (holder == holder ? -1 : 0);
}

/*
 * n outputs from the rows `upper` and, in_w behind it, `lower`; base is the index of upper[0] in the plane.
 * Choices between integers are made by masks and the function stays one of its own, or compilers leave the
 * loop scalar.
 */
static __attribute__((noinline)) void maxpool_2x2_row(int64_t n, int32_t base, int32_t in_w,
                                                      const REAL *restrict upper, const REAL *restrict lower,
                                                      REAL *restrict y, int32_t *restrict winner)
{
    for (int64_t j = 0; j < n; j++) {
        const REAL a = upper[2 * j], b = upper[2 * j + 1], c = lower[2 * j], d = lower[2 * j + 1];
        const int32_t right_above = beats(b, a), right_below = beats(d, c);
        const REAL above = right_above ? b : a, below = right_below ? d : c;
        const int32_t under = beats(below, above);
        y[j] = under ? below : above;
        winner[j] = base + 2 * (int32_t)j + (under & (in_w - right_below)) + (~under & -right_above);
    }
}

/* Outputs of a row in whole chunks: the rest of the last one runs into the next row, which is written later.
 */
static int64_t whole_chunks(int64_t n)
{
    return (n + POOL_CHUNK - 1) / POOL_CHUNK * POOL_CHUNK;
}

static void maxpool_2x2(const struct pool *pool, const REAL *x, REAL *y, int32_t *winner)
{
    const int64_t plane = pool->in_h * pool->in_w, end = pool->planes * plane,
                  reach = whole_chunks(pool->out_w);
    const int64_t out_end = pool->planes * pool->out_h * pool->out_w;
    int64_t out = 0;
    for (int64_t p = 0; p < pool->planes; p++)
        for (int64_t row = 0; row < pool->out_h; row++, out += pool->out_w) {
            const int64_t base = 2 * row * pool->in_w, at = p * plane + base;
            const bool near_end = out + reach > out_end || at + pool->in_w + 2 * reach > end;
            maxpool_2x2_row(near_end ? pool->out_w : reach, (int32_t)base, (int32_t)pool->in_w, x + at,
                            x + at + pool->in_w, y + out, winner + out);
        }
}

static void maxpool_plane(const struct pool *pool, const REAL *x, REAL *y, int32_t *winner)
{
    for (int64_t row = 0; row < pool->out_h; row++)
        for (int64_t column = 0; column < pool->out_w; column++) {
            const struct window window = window_of(pool, row, column);
            REAL best = -(REAL)INFINITY;
            int64_t at = -1; /* a window that lies in the padding has no winner */
            for (int64_t i = window.top; i < window.bottom; i++)
                for (int64_t j = window.left; j < window.right; j++)
                    if (at < 0 || beats(x[i * pool->in_w + j], best)) {
                        best = x[i * pool->in_w + j];
                        at = i * pool->in_w + j;
                    }
            *y++ = best;
            *winner++ = (int32_t)at;
        }
}

static void maxpool(const struct pool *pool, const void *px, void *py, int32_t *winner)
{
    const REAL *x = px;
    REAL *y = py;
    if (pool->in_h * pool->in_w > INT32_MAX)
        BUG("pooling over planes of %lld x %lld, whose positions do not fit in 32 bits",
            (long long)pool->in_h, (long long)pool->in_w);
    if (pool_is_2x2(pool)) {
        maxpool_2x2(pool, x, y, winner);
        return;
    }
    for (int64_t p = 0; p < pool->planes; p++)
        maxpool_plane(pool, x + p * pool->in_h * pool->in_w, y + p * pool->out_h * pool->out_w,
                      winner + p * pool->out_h * pool->out_w);
}

/* One of the two input rows over n outputs; first is the plane's index of dx[0]. */
static __attribute__((noinline)) void maxpool_grad_2x2_row(int64_t n, int32_t first,
                                                           const int32_t *restrict winner,
                                                           const REAL *restrict dy, REAL *restrict dx)
{
    for (int64_t j = 0; j < n; j++) {
        const int32_t at = winner[j] - 2 * (int32_t)j - first;
        const REAL d = dy[j];
        dx[2 * j] = at == 0 ? d : 0;
        dx[2 * j + 1] = at == 1 ? d : 0;
    }
}

/* Planes without an odd row or column, not adding: every element of dx is written in order, in whole chunks.
 */
static void maxpool_grad_2x2(const struct pool *pool, const int32_t *winner, const REAL *dy, REAL *dx)
{
    const int64_t plane = pool->in_h * pool->in_w, end = pool->planes * plane,
                  reach = whole_chunks(pool->out_w);
    const int64_t out_end = pool->planes * pool->out_h * pool->out_w;
    for (int64_t p = 0; p < pool->planes; p++)
        for (int64_t row = 0; row < pool->in_h; row++) {
            const int64_t first = row * pool->in_w, at = p * plane + first;
            const int64_t out = (p * pool->out_h + row / 2) * pool->out_w;
            const bool near_end = out + reach > out_end || at + 2 * reach > end;
            maxpool_grad_2x2_row(near_end ? pool->out_w : reach, (int32_t)first, winner + out, dy + out,
                                 dx + at);
        }
}

static void maxpool_grad(const struct pool *pool, const int32_t *winner, const void *pdy, bool add, void *pdx)
{
    const REAL *dy = pdy;
    REAL *dx = pdx;
    const int64_t plane = pool->in_h * pool->in_w, out = pool->out_h * pool->out_w;
    if (!add && pool_is_2x2(pool) && pool->out_h * 2 == pool->in_h && pool->out_w * 2 == pool->in_w) {
        maxpool_grad_2x2(pool, winner, dy, dx);
        return;
    }
    if (!add)
        fill(pool->planes * plane, 0, dx);
    for (int64_t p = 0; p < pool->planes; p++)
        for (int64_t i = p * out; i < (p + 1) * out; i++)
            if (winner[i] >= 0)
                dx[p * plane + winner[i]] += dy[i];
}

/* What a window's sum is divided by: its elements, those in the padding included if the pool says so. */
static REAL window_size(const struct pool *pool, const struct window *window)
{
    const int64_t size = pool->count_pad ? pool->kernel_h * pool->kernel_w
                                         : (window->bottom - window->top) * (window->right - window->left);
    return size > 0 ? (REAL)size : 1;
}

static void avgpool(const struct pool *pool, const void *px, void *py)
{
    const REAL *x = px;
    REAL *y = py;
    for (int64_t p = 0; p < pool->planes; p++, x += pool->in_h * pool->in_w)
        for (int64_t row = 0; row < pool->out_h; row++)
            for (int64_t column = 0; column < pool->out_w; column++) {
                const struct window window = window_of(pool, row, column);
                REAL total = 0;
                for (int64_t i = window.top; i < window.bottom; i++)
                    for (int64_t j = window.left; j < window.right; j++)
                        total += x[i * pool->in_w + j];
                *y++ = total / window_size(pool, &window);
            }
}

static void avgpool_grad(const struct pool *pool, const void *pdy, bool add, void *pdx)
{
    const REAL *dy = pdy;
    REAL *dx = pdx;
    if (!add)
        fill(pool->planes * pool->in_h * pool->in_w, 0, dx);
    for (int64_t p = 0; p < pool->planes; p++, dx += pool->in_h * pool->in_w)
        for (int64_t row = 0; row < pool->out_h; row++)
            for (int64_t column = 0; column < pool->out_w; column++) {
                const struct window window = window_of(pool, row, column);
                const REAL share = *dy++ / window_size(pool, &window);
                for (int64_t i = window.top; i < window.bottom; i++)
                    for (int64_t j = window.left; j < window.right; j++)
                        dx[i * pool->in_w + j] += share;
            }
}
