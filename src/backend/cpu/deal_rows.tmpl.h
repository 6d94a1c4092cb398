/* Kernels over rows, which are cut between rows (outer): the same bits however they are cut. */

struct rows_call {
    struct deal deal;
    int64_t n, inner; /* a row is n x inner elements */
    int64_t x_stride, y_stride;
    bool add, logarithm;
    double eps;
    const REAL *x, *dy, *gamma, *beta, *b;
    const REAL *mean, *rstd;
    REAL *y, *mean_out, *rstd_out;
};

static const double norm_ns = 0.8; /* an element of a normalization, with its sums */

/* Rows of n x inner elements that take `ns` each. */
static struct deal deal_of_rows(int64_t rows, int64_t n, int64_t inner, double ns)
{
    return deal_of((double)(rows * n * inner) * ns, rows, 1, DEAL_FINE);
}

static void add_channels_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n * c->inner;
    single->add_channels(s.count, c->n, c->inner, c->x + at, c->b, c->y + at);
}

static void deal_add_channels(int64_t outer, int64_t n, int64_t inner, const void *x, const void *b, void *y)
{
    struct rows_call c = {deal_of_rows(outer, n, inner, copy_ns), n, inner, .x = x, .b = b, .y = y};
    if (deal_is_one(&c.deal))
        single->add_channels(outer, n, inner, x, b, y);
    else
        deal_out(&c, add_channels_part);
}

static void mean_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    single->mean(s.count, c->n, c->inner, c->x + s.from * c->n * c->inner, c->y + s.from * c->inner);
}

static void deal_mean(int64_t outer, int64_t n, int64_t inner, const void *x, void *y)
{
    struct rows_call c = {deal_of_rows(outer, n, inner, copy_ns), n, inner, .x = x, .y = y};
    if (deal_is_one(&c.deal))
        single->mean(outer, n, inner, x, y);
    else
        deal_out(&c, mean_part);
}

static void mean_grad_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    single->mean_grad(s.count, c->n, c->inner, c->dy + s.from * c->inner, c->add,
                      c->y + s.from * c->n * c->inner);
}

static void deal_mean_grad(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *dx)
{
    struct rows_call c = {
        deal_of_rows(outer, n, inner, copy_ns), n, inner, .dy = dy, .add = add, .y = dx,
    };
    if (deal_is_one(&c.deal))
        single->mean_grad(outer, n, inner, dy, add, dx);
    else
        deal_out(&c, mean_grad_part);
}

static void copy_rows_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    single->copy_rows(s.count, c->n, c->x + s.from * c->x_stride, c->x_stride, c->add,
                      c->y + s.from * c->y_stride, c->y_stride);
}

static void deal_copy_rows(int64_t rows, int64_t width, const void *x, int64_t x_stride, bool add, void *y,
                           int64_t y_stride)
{
    struct rows_call c = {
        deal_of_rows(rows, width, 1, copy_ns), width, 1, x_stride, y_stride, add, .x = x, .y = y,
    };
    if (deal_is_one(&c.deal))
        single->copy_rows(rows, width, x, x_stride, add, y, y_stride);
    else
        deal_out(&c, copy_rows_part);
}

static void transpose_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n * c->inner;
    single->transpose(s.count, c->n, c->inner, c->x + at, c->add, c->y + at);
}

static void deal_transpose(int64_t outer, int64_t rows, int64_t columns, const void *x, bool add, void *y)
{
    struct rows_call c = {
        deal_of_rows(outer, rows, columns, 2 * copy_ns), rows, columns, .add = add, .x = x, .y = y,
    };
    if (deal_is_one(&c.deal))
        single->transpose(outer, rows, columns, x, add, y);
    else
        deal_out(&c, transpose_part);
}

static void softmax_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n * c->inner;
    single->softmax(s.count, c->n, c->inner, c->logarithm, c->x + at, c->y + at);
}

static void deal_softmax(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *x, void *y)
{
    struct rows_call c = {
        deal_of_rows(outer, n, inner, 1.5 * function_ns), n, inner, .logarithm = logarithm, .x = x, .y = y,
    };
    if (deal_is_one(&c.deal))
        single->softmax(outer, n, inner, logarithm, x, y);
    else
        deal_out(&c, softmax_part);
}

static void softmax_grad_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n * c->inner;
    single->softmax_grad(s.count, c->n, c->inner, c->logarithm, c->x + at, c->dy + at, c->add, c->y + at);
}

static void deal_softmax_grad(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *y,
                              const void *dy, bool add, void *dx)
{
    struct rows_call c = {
        deal_of_rows(outer, n, inner, function_ns),
        n,
        inner,
        .add = add,
        .logarithm = logarithm,
        .x = y,
        .dy = dy,
        .y = dx,
    };
    if (deal_is_one(&c.deal))
        single->softmax_grad(outer, n, inner, logarithm, y, dy, add, dx);
    else
        deal_out(&c, softmax_grad_part);
}

struct gather_call {
    struct deal deal;
    int64_t width, entries;
    const int32_t *index;
    const REAL *table;
    REAL *y;
};

static void gather_part(void *context, int64_t index)
{
    const struct gather_call *c = context;
    const struct share s = share_of(c, index);
    single->gather(s.count, c->width, c->entries, c->index + s.from, c->table, c->y + s.from * c->width);
}

static void deal_gather(int64_t rows, int64_t width, int64_t entries, const int32_t *index, const void *table,
                        void *y)
{
    struct gather_call c = {deal_of_rows(rows, width, 1, copy_ns), width, entries, index, table, y};
    if (deal_is_one(&c.deal))
        single->gather(rows, width, entries, index, table, y);
    else
        deal_out(&c, gather_part);
}

static void layernorm_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n;
    single->layernorm(s.count, c->n, c->eps, c->x + at, c->gamma, c->beta, c->mean_out + s.from,
                      c->rstd_out + s.from, c->y + at);
}

static void deal_layernorm(int64_t rows, int64_t width, double eps, const void *x, const void *gamma,
                           const void *beta, void *mean, void *rstd, void *y)
{
    struct rows_call c = {
        deal_of_rows(rows, width, 1, norm_ns),
        width,
        1,
        .eps = eps,
        .x = x,
        .gamma = gamma,
        .beta = beta,
        .mean_out = mean,
        .rstd_out = rstd,
        .y = y,
    };
    if (deal_is_one(&c.deal))
        single->layernorm(rows, width, eps, x, gamma, beta, mean, rstd, y);
    else
        deal_out(&c, layernorm_part);
}

static void layernorm_grad_part(void *context, int64_t index)
{
    const struct rows_call *c = context;
    const struct share s = share_of(c, index);
    const int64_t at = s.from * c->n;
    single->layernorm_grad(s.count, c->n, c->x + at, c->gamma, c->mean + s.from, c->rstd + s.from, c->dy + at,
                           c->add, c->y + at, false, NULL, NULL);
}

struct columns_call {
    struct deal deal;
    int64_t outer, inner, stride;
    bool add;
    const REAL *x, *mean, *rstd, *dy;
    REAL *dgamma, *dbeta;
};

static void layernorm_weights_part(void *context, int64_t index)
{
    const struct columns_call *c = context;
    const struct share s = share_of(c, index);
    single->layernorm_grad_weights(c->outer, s.count, c->stride, c->x + s.from, c->mean, c->rstd,
                                   c->dy + s.from, c->add, c->dgamma ? c->dgamma + s.from : NULL,
                                   c->dbeta ? c->dbeta + s.from : NULL);
}

static void deal_layernorm_grad_weights(int64_t rows, int64_t width, int64_t stride, const void *x,
                                        const void *mean, const void *rstd, const void *dy, bool add,
                                        void *dgamma, void *dbeta)
{
    struct columns_call c = {
        deal_of((double)(rows * width) * norm_ns / 2, width, LINE, DEAL_COARSE),
        rows,
        1,
        stride,
        add,
        x,
        mean,
        rstd,
        dy,
        dgamma,
        dbeta,
    };
    if (deal_is_one(&c.deal))
        single->layernorm_grad_weights(rows, width, stride, x, mean, rstd, dy, add, dgamma, dbeta);
    else
        deal_out(&c, layernorm_weights_part);
}

static void deal_layernorm_grad(int64_t rows, int64_t width, const void *x, const void *gamma,
                                const void *mean, const void *rstd, const void *dy, bool add_dx, void *dx,
                                bool add_dw, void *dgamma, void *dbeta)
{
    struct rows_call c = {
        deal_of_rows(rows, width, 1, norm_ns),
        width,
        1,
        .add = add_dx,
        .x = x,
        .gamma = gamma,
        .mean = mean,
        .rstd = rstd,
        .dy = dy,
        .y = dx,
    };
    if (deal_is_one(&c.deal)) {
        single->layernorm_grad(rows, width, x, gamma, mean, rstd, dy, add_dx, dx, add_dw, dgamma, dbeta);
        return;
    }
    if (dgamma || dbeta)
        deal_layernorm_grad_weights(rows, width, width, x, mean, rstd, dy, add_dw, dgamma, dbeta);
    if (dx)
        deal_out(&c, layernorm_grad_part);
}

static void sum_channels_part(void *context, int64_t index)
{
    const struct columns_call *c = context;
    const struct share s = share_of(c, index);
    single->sum_some_channels(c->outer, s.count, c->inner, c->stride, c->dy + s.from * c->inner, c->add,
                              c->dbeta + s.from);
}

static void deal_sum_some_channels(int64_t outer, int64_t n, int64_t inner, int64_t stride, const void *dy,
                                   bool add, void *db)
{
    struct columns_call c = {
        deal_of((double)(outer * n * inner) * copy_ns, n, inner == 1 ? LINE : 1, DEAL_COARSE),
        outer,
        inner,
        stride,
        add,
        .dy = dy,
        .dbeta = db,
    };
    if (deal_is_one(&c.deal))
        single->sum_some_channels(outer, n, inner, stride, dy, add, db);
    else
        deal_out(&c, sum_channels_part);
}

static void deal_sum_channels(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *db)
{
    deal_sum_some_channels(outer, n, inner, n * inner, dy, add, db);
}

/* Adds up each row's entry in the order of the rows; a part has the entries of its share. */
struct scatter_call {
    struct deal deal;
    int64_t rows, width;
    const int32_t *index;
    const REAL *dy;
    REAL *table;
};

enum { SCATTER_ROWS = 256 }; /* whose indices are shifted at once */

static void scatter_part(void *context, int64_t part)
{
    const struct scatter_call *c = context;
    const struct share s = share_of(c, part);
    int32_t shifted[SCATTER_ROWS];
    for (int64_t row = 0; row < c->rows; row += SCATTER_ROWS) {
        const int64_t count = c->rows - row < SCATTER_ROWS ? c->rows - row : SCATTER_ROWS;
        for (int64_t i = 0; i < count; i++) {
            const int64_t at = c->index[row + i] - s.from;
            shifted[i] = at < 0 || at >= s.count ? -1 : (int32_t)at;
        }
        single->scatter_add(count, c->width, s.count, shifted, c->dy + row * c->width,
                            c->table + s.from * c->width);
    }
}

static void deal_scatter_add(int64_t rows, int64_t width, int64_t entries, const int32_t *index,
                             const void *dy, void *table)
{
    struct scatter_call c = {
        deal_of((double)(rows * width) * copy_ns, entries, 1, DEAL_COARSE), rows, width, index, dy, table,
    };
    if (deal_is_one(&c.deal))
        single->scatter_add(rows, width, entries, index, dy, table);
    else
        deal_out(&c, scatter_part);
}
