/* Convolutions by images, pooling by planes, batch normalization by channels. */

static const double multiply_adds_a_ns = 20; /* of a convolution, its copies of patches included */
static const double window_ns = 0.7;         /* one output of pooling */

/*
 * The gradient by the weights is a sum over images: each part adds up its own, in workspace, and they are
 * added in the order of the parts. So few parts.
 */
enum { WEIGHT_PARTS = DEAL_COARSE };

struct conv_call {
    struct deal deal;
    const struct conv *conv;
    int64_t seat,
        weights; /* elements of workspace of one thread; of the weights, with room to a whole line */
    bool add;
    const REAL *x, *w, *b, *dy;
    REAL *out, *workspace, *sums;
};

static int64_t whole_lines(int64_t elements)
{
    return (elements + LINE - 1) / LINE * LINE;
}

static int64_t x_size(const struct conv *conv)
{
    return conv->in_channels * conv->in_h * conv->in_w;
}

static int64_t y_size(const struct conv *conv)
{
    return conv->out_channels * conv->out_h * conv->out_w;
}

static int64_t weight_size(const struct conv *conv)
{
    return conv->groups > 0
               ? conv->out_channels * (conv->in_channels / conv->groups) * conv->kernel_h * conv->kernel_w
               : 0;
}

static struct conv_call conv_call(const struct conv *conv, int parts, REAL *workspace)
{
    const double multiply_adds =
        (double)conv->batch * (double)(conv->out_h * conv->out_w) * (double)weight_size(conv);
    const int64_t seat = whole_lines(single->conv_workspace(conv));
    return (struct conv_call){
        .deal = deal_of(multiply_adds / multiply_adds_a_ns, conv->batch, 1, parts),
        .conv = conv,
        .seat = seat,
        .weights = whole_lines(weight_size(conv)),
        .workspace = workspace,
        .sums = workspace ? workspace + seat * crew_size() : NULL,
    };
}

/* The images of one part, and the workspace of the thread that runs it. */
static struct conv images_of(const struct conv_call *c, struct share s)
{
    struct conv images = *c->conv;
    images.batch = s.count;
    return images;
}

static REAL *workspace_here(const struct conv_call *c)
{
    return c->workspace ? c->workspace + c->seat * crew_seat() : NULL;
}

static int64_t deal_conv_workspace(const struct conv *conv)
{
    const struct conv_call c = conv_call(conv, WEIGHT_PARTS, NULL);
    const int64_t sums = c.deal.parts > 1 ? (c.deal.parts - 1) * c.weights : 0;
    return c.seat * crew_size() + sums;
}

static void conv_forward_part(void *context, int64_t index)
{
    const struct conv_call *c = context;
    const struct share s = share_of(c, index);
    const struct conv images = images_of(c, s);
    single->conv_forward(&images, c->x + s.from * x_size(c->conv), c->w, c->b,
                         c->out + s.from * y_size(c->conv), workspace_here(c));
}

static void deal_conv_forward(const struct conv *conv, const void *x, const void *w, const void *b, void *y,
                              void *workspace)
{
    struct conv_call c = conv_call(conv, DEAL_FINE, workspace);
    c.x = x, c.w = w, c.b = b, c.out = y;
    if (deal_is_one(&c.deal))
        single->conv_forward(conv, x, w, b, y, workspace);
    else
        deal_out(&c, conv_forward_part);
}

static void conv_grad_input_part(void *context, int64_t index)
{
    const struct conv_call *c = context;
    const struct share s = share_of(c, index);
    const struct conv images = images_of(c, s);
    single->conv_grad_input(&images, c->w, c->dy + s.from * y_size(c->conv), c->add,
                            c->out + s.from * x_size(c->conv), workspace_here(c));
}

static void deal_conv_grad_input(const struct conv *conv, const void *w, const void *dy, bool add, void *dx,
                                 void *workspace)
{
    struct conv_call c = conv_call(conv, DEAL_FINE, workspace);
    c.w = w, c.dy = dy, c.add = add, c.out = dx;
    if (deal_is_one(&c.deal))
        single->conv_grad_input(conv, w, dy, add, dx, workspace);
    else
        deal_out(&c, conv_grad_input_part);
}

static void conv_grad_weight_part(void *context, int64_t index)
{
    const struct conv_call *c = context;
    const struct share s = share_of(c, index);
    const struct conv images = images_of(c, s);
    single->conv_grad_weight(&images, c->x + s.from * x_size(c->conv), c->dy + s.from * y_size(c->conv),
                             index == 0 && c->add, index == 0 ? c->out : c->sums + (index - 1) * c->weights,
                             workspace_here(c));
}

static void deal_conv_grad_weight(const struct conv *conv, const void *x, const void *dy, bool add, void *dw,
                                  void *workspace)
{
    struct conv_call c = conv_call(conv, WEIGHT_PARTS, workspace);
    c.x = x, c.dy = dy, c.add = add, c.out = dw;
    if (deal_is_one(&c.deal)) {
        single->conv_grad_weight(conv, x, dy, add, dw, workspace);
        return;
    }
    deal_out(&c, conv_grad_weight_part);
    for (int64_t part = 1; part < c.deal.parts; part++)
        single->axpby(weight_size(conv), 1, c.sums + (part - 1) * c.weights, 1, dw);
}

struct pool_call {
    struct deal deal;
    const struct pool *pool;
    bool add;
    const REAL *x;
    REAL *y;
    int32_t *winner;
    const int32_t *won;
};

static struct pool_call pool_call(const struct pool *pool)
{
    const double outputs = (double)pool->planes * (double)(pool->out_h * pool->out_w);
    return (struct pool_call){.deal = deal_of(outputs * window_ns, pool->planes, 1, DEAL_FINE), .pool = pool};
}

/* The planes of one part, and where they begin. */
struct planes {
    struct pool pool;
    int64_t in, out;
};

static struct planes planes_of(const struct pool_call *c, int64_t index)
{
    const struct share s = share_of(c, index);
    const struct pool *pool = c->pool;
    struct planes planes = {*pool, s.from * pool->in_h * pool->in_w, s.from * pool->out_h * pool->out_w};
    planes.pool.planes = s.count;
    return planes;
}

static void maxpool_part(void *context, int64_t index)
{
    const struct pool_call *c = context;
    const struct planes p = planes_of(c, index);
    single->maxpool(&p.pool, c->x + p.in, c->y + p.out, c->winner + p.out);
}

static void deal_maxpool(const struct pool *pool, const void *x, void *y, int32_t *winner)
{
    struct pool_call c = pool_call(pool);
    c.x = x, c.y = y, c.winner = winner;
    if (deal_is_one(&c.deal))
        single->maxpool(pool, x, y, winner);
    else
        deal_out(&c, maxpool_part);
}

static void maxpool_grad_part(void *context, int64_t index)
{
    const struct pool_call *c = context;
    const struct planes p = planes_of(c, index);
    single->maxpool_grad(&p.pool, c->won + p.out, c->x + p.out, c->add, c->y + p.in);
}

static void deal_maxpool_grad(const struct pool *pool, const int32_t *winner, const void *dy, bool add,
                              void *dx)
{
    struct pool_call c = pool_call(pool);
    c.won = winner, c.x = dy, c.add = add, c.y = dx;
    if (deal_is_one(&c.deal))
        single->maxpool_grad(pool, winner, dy, add, dx);
    else
        deal_out(&c, maxpool_grad_part);
}

static void avgpool_part(void *context, int64_t index)
{
    const struct pool_call *c = context;
    const struct planes p = planes_of(c, index);
    single->avgpool(&p.pool, c->x + p.in, c->y + p.out);
}

static void deal_avgpool(const struct pool *pool, const void *x, void *y)
{
    struct pool_call c = pool_call(pool);
    c.x = x, c.y = y;
    if (deal_is_one(&c.deal))
        single->avgpool(pool, x, y);
    else
        deal_out(&c, avgpool_part);
}

static void avgpool_grad_part(void *context, int64_t index)
{
    const struct pool_call *c = context;
    const struct planes p = planes_of(c, index);
    single->avgpool_grad(&p.pool, c->x + p.out, c->add, c->y + p.in);
}

static void deal_avgpool_grad(const struct pool *pool, const void *dy, bool add, void *dx)
{
    struct pool_call c = pool_call(pool);
    c.x = dy, c.add = add, c.y = dx;
    if (deal_is_one(&c.deal))
        single->avgpool_grad(pool, dy, add, dx);
    else
        deal_out(&c, avgpool_grad_part);
}

struct batchnorm_call {
    struct deal deal;
    const struct batchnorm *norm;
    const REAL *x, *gamma, *beta, *dy, *mean, *rstd;
    REAL *running_mean, *running_var, *mean_out, *rstd_out, *out;
    bool add_dx, add_dw;
    REAL *dgamma, *dbeta;
};

static struct deal deal_of_channels(const struct batchnorm *norm)
{
    const double elements = (double)norm->outer * (double)(norm->channels * norm->inner);
    return deal_of(elements * norm_ns, norm->channels, norm->inner == 1 ? LINE : 1, DEAL_FINE);
}

/* Channels of one part. */
static struct batchnorm channels_of(const struct batchnorm *norm, struct share s)
{
    struct batchnorm channels = *norm;
    channels.stride = norm->stride ? norm->stride : norm->channels * norm->inner;
    channels.channels = s.count;
    return channels;
}

#define CHANNEL(pointer) (c->pointer ? c->pointer + s.from : NULL)

static void batchnorm_part(void *context, int64_t index)
{
    const struct batchnorm_call *c = context;
    const struct share s = share_of(c, index);
    const struct batchnorm channels = channels_of(c->norm, s);
    const int64_t at = s.from * c->norm->inner;
    single->batchnorm(&channels, c->x + at, CHANNEL(gamma), CHANNEL(beta), CHANNEL(running_mean),
                      CHANNEL(running_var), CHANNEL(mean_out), CHANNEL(rstd_out), c->out + at);
}

static void deal_batchnorm(const struct batchnorm *norm, const void *x, const void *gamma, const void *beta,
                           void *running_mean, void *running_var, void *mean, void *rstd, void *y)
{
    struct batchnorm_call c = {
        .deal = deal_of_channels(norm),
        .norm = norm,
        .x = x,
        .gamma = gamma,
        .beta = beta,
        .running_mean = running_mean,
        .running_var = running_var,
        .mean_out = mean,
        .rstd_out = rstd,
        .out = y,
    };
    if (deal_is_one(&c.deal))
        single->batchnorm(norm, x, gamma, beta, running_mean, running_var, mean, rstd, y);
    else
        deal_out(&c, batchnorm_part);
}

static void batchnorm_grad_part(void *context, int64_t index)
{
    const struct batchnorm_call *c = context;
    const struct share s = share_of(c, index);
    const struct batchnorm channels = channels_of(c->norm, s);
    const int64_t at = s.from * c->norm->inner;
    single->batchnorm_grad(&channels, c->x + at, CHANNEL(gamma), CHANNEL(mean), CHANNEL(rstd), c->dy + at,
                           c->add_dx, c->out ? c->out + at : NULL, c->add_dw, CHANNEL(dgamma),
                           CHANNEL(dbeta));
}

static void deal_batchnorm_grad(const struct batchnorm *norm, const void *x, const void *gamma,
                                const void *mean, const void *rstd, const void *dy, bool add_dx, void *dx,
                                bool add_dw, void *dgamma, void *dbeta)
{
    struct batchnorm_call c = {
        .deal = deal_of_channels(norm),
        .norm = norm,
        .x = x,
        .gamma = gamma,
        .mean = mean,
        .rstd = rstd,
        .dy = dy,
        .add_dx = add_dx,
        .out = dx,
        .add_dw = add_dw,
        .dgamma = dgamma,
        .dbeta = dbeta,
    };
    if (deal_is_one(&c.deal))
        single->batchnorm_grad(norm, x, gamma, mean, rstd, dy, add_dx, dx, add_dw, dgamma, dbeta);
    else
        deal_out(&c, batchnorm_grad_part);
}
