/* Kernels that work element by element, or row by row: the same bits however they are cut. */

/* Nanoseconds an element, for arrays that come from the second cache or from memory. */
static const double fill_ns = 0.05, copy_ns = 0.1, function_ns = 0.6, random_ns = 1.5;

enum { GRAIN = 1024 }; /* elements: whole cache lines, and blocks of the sums */

struct fill_call {
    struct deal deal;
    double value;
    REAL *y;
};

static void fill_part(void *context, int64_t index)
{
    const struct fill_call *c = context;
    const struct share s = share_of(c, index);
    single->fill(s.count, c->value, c->y + s.from);
}

static void deal_fill(int64_t n, double value, void *y)
{
    struct fill_call c = {deal_of((double)n * fill_ns, n, GRAIN, DEAL_FINE), value, y};
    if (deal_is_one(&c.deal))
        single->fill(n, value, y);
    else
        deal_out(&c, fill_part);
}

struct axpby_call {
    struct deal deal;
    double alpha, beta;
    const REAL *x;
    REAL *y;
};

static void axpby_part(void *context, int64_t index)
{
    const struct axpby_call *c = context;
    const struct share s = share_of(c, index);
    single->axpby(s.count, c->alpha, c->x + s.from, c->beta, c->y + s.from);
}

static void deal_axpby(int64_t n, double alpha, const void *x, double beta, void *y)
{
    struct axpby_call c = {deal_of((double)n * copy_ns, n, GRAIN, DEAL_FINE), alpha, beta, x, y};
    if (deal_is_one(&c.deal))
        single->axpby(n, alpha, x, beta, y);
    else
        deal_out(&c, axpby_part);
}

struct unary_call {
    struct deal deal;
    enum unary kind;
    bool add;
    double a;
    const REAL *x, *y, *dy;
    REAL *out;
};

/* relu and its like are as quick as a copy. */
static double unary_ns(enum unary kind)
{
    return kind == UNARY_relu || kind == UNARY_leaky_relu ? copy_ns : function_ns;
}

static void unary_part(void *context, int64_t index)
{
    const struct unary_call *c = context;
    const struct share s = share_of(c, index);
    single->unary(c->kind, c->a, s.count, c->x + s.from, c->out + s.from);
}

static void deal_unary(enum unary kind, double a, int64_t n, const void *x, void *y)
{
    struct unary_call c = {deal_of((double)n * unary_ns(kind), n, GRAIN, DEAL_FINE), kind, .a = a, .x = x,
                           .out = y};
    if (deal_is_one(&c.deal))
        single->unary(kind, a, n, x, y);
    else
        deal_out(&c, unary_part);
}

static void unary_grad_part(void *context, int64_t index)
{
    const struct unary_call *c = context;
    const struct share s = share_of(c, index);
    single->unary_grad(c->kind, c->a, s.count, c->x + s.from, c->y + s.from, c->dy + s.from, c->add,
                       c->out + s.from);
}

static void deal_unary_grad(enum unary kind, double a, int64_t n, const void *x, const void *y,
                            const void *dy, bool add, void *dx)
{
    struct unary_call c = {
        deal_of((double)n * unary_ns(kind), n, GRAIN, DEAL_FINE), kind, add, a, x, y, dy, dx,
    };
    if (deal_is_one(&c.deal))
        single->unary_grad(kind, a, n, x, y, dy, add, dx);
    else
        deal_out(&c, unary_grad_part);
}

struct pair_call {
    struct deal deal;
    bool add;
    const REAL *a, *b;
    REAL *y;
};

static void sum_part(void *context, int64_t index)
{
    const struct pair_call *c = context;
    const struct share s = share_of(c, index);
    single->sum(s.count, c->a + s.from, c->b + s.from, c->y + s.from);
}

static void deal_sum(int64_t n, const void *a, const void *b, void *y)
{
    struct pair_call c = {deal_of((double)n * copy_ns, n, GRAIN, DEAL_FINE), false, a, b, y};
    if (deal_is_one(&c.deal))
        single->sum(n, a, b, y);
    else
        deal_out(&c, sum_part);
}

static void product_part(void *context, int64_t index)
{
    const struct pair_call *c = context;
    const struct share s = share_of(c, index);
    single->product(s.count, c->a + s.from, c->b + s.from, c->add, c->y + s.from);
}

static void deal_product(int64_t n, const void *a, const void *b, bool add, void *y)
{
    struct pair_call c = {deal_of((double)n * copy_ns, n, GRAIN, DEAL_FINE), add, a, b, y};
    if (deal_is_one(&c.deal))
        single->product(n, a, b, add, y);
    else
        deal_out(&c, product_part);
}

struct dropout_call {
    struct deal deal;
    double p;
    struct random key;
    uint64_t step, first_index;
    bool add;
    const REAL *x;
    uint8_t *mask;
    const uint8_t *kept;
    REAL *y;
};

static void dropout_part(void *context, int64_t index)
{
    const struct dropout_call *c = context;
    const struct share s = share_of(c, index);
    single->dropout(s.count, c->p, c->key, c->step, c->first_index + (uint64_t)s.from, c->x + s.from,
                    c->mask + s.from, c->y + s.from);
}

static void deal_dropout(int64_t n, double p, struct random key, uint64_t step, uint64_t first_index,
                         const void *x, uint8_t *mask, void *y)
{
    struct dropout_call c = {
        deal_of((double)n * random_ns, n, GRAIN, DEAL_FINE),
        p,
        key,
        step,
        first_index,
        .x = x,
        .mask = mask,
        .y = y,
    };
    if (deal_is_one(&c.deal))
        single->dropout(n, p, key, step, first_index, x, mask, y);
    else
        deal_out(&c, dropout_part);
}

static void dropout_grad_part(void *context, int64_t index)
{
    const struct dropout_call *c = context;
    const struct share s = share_of(c, index);
    single->dropout_grad(s.count, c->p, c->kept + s.from, c->x + s.from, c->add, c->y + s.from);
}

static void deal_dropout_grad(int64_t n, double p, const uint8_t *mask, const void *dy, bool add, void *dx)
{
    struct dropout_call c = {
        deal_of((double)n * copy_ns, n, GRAIN, DEAL_FINE), p, .add = add, .x = dy, .kept = mask, .y = dx,
    };
    if (deal_is_one(&c.deal))
        single->dropout_grad(n, p, mask, dy, add, dx);
    else
        deal_out(&c, dropout_grad_part);
}

struct penalty_call {
    struct deal deal;
    double l1, l2, scale;
    bool add;
    const REAL *w;
    REAL *dw;
};

static void penalty_grad_part(void *context, int64_t index)
{
    const struct penalty_call *c = context;
    const struct share s = share_of(c, index);
    single->penalty_grad(s.count, c->l1, c->l2, c->scale, c->w + s.from, c->add, c->dw + s.from);
}

static void deal_penalty_grad(int64_t n, double l1, double l2, double scale, const void *w, bool add,
                              void *dw)
{
    struct penalty_call c = {deal_of((double)n * copy_ns, n, GRAIN, DEAL_FINE), l1, l2, scale, add, w, dw};
    if (deal_is_one(&c.deal))
        single->penalty_grad(n, l1, l2, scale, w, add, dw);
    else
        deal_out(&c, penalty_grad_part);
}

struct update_call {
    struct deal deal;
    const struct update_settings *settings;
    REAL *w;
    const REAL *g;
    void *const *slots;
    atomic_bool finite;
};

static void update_part(void *context, int64_t index)
{
    struct update_call *c = context;
    const struct share s = share_of(c, index);
    void *slots[UPDATE_SLOTS] = {0};
    for (int i = 0; c->slots && i < UPDATE_SLOTS; i++)
        slots[i] = c->slots[i] ? (REAL *)c->slots[i] + s.from : NULL;
    if (!single->update(c->settings, s.count, c->w + s.from, c->g + s.from, slots))
        atomic_store(&c->finite, false);
}

static double update_ns(enum update kind)
{
    return kind == UPDATE_sgd ? 0.15 : kind == UPDATE_adagrad ? 0.3 : 0.45;
}

static bool deal_update(const struct update_settings *settings, int64_t n, void *w, const void *g,
                        void *const *slots)
{
    struct update_call c = {
        deal_of((double)n * update_ns(settings->kind), n, GRAIN, DEAL_FINE),
        settings,
        w,
        g,
        slots,
        .finite = true,
    };
    if (deal_is_one(&c.deal))
        return single->update(settings, n, w, g, slots);
    deal_out(&c, update_part);
    return atomic_load(&c.finite);
}
