/*
 * Optimizer steps: SGD with momentum (Sutskever et al. 2013), Adam (Kingma and Ba 2015), AdamW (Loshchilov
 * and Hutter 2019), RMSprop (Hinton 2012, centered: Graves 2013), Adagrad (Duchi et al. 2011), Adadelta
 * (Zeiler 2012), in PyTorch's formulas or those of Keras 2. Factors are worked out in double and rounded
 * once. Every loop also looks at what it writes, while it is at hand, and says whether it is finite.
 */
#define LOOK(value) lost |= magnitude_bits(value) >= REAL_INFINITY

/* Plain step without a memory. */
static bool sgd(int64_t n, REAL lr, REAL decay, REAL *restrict w, const REAL *restrict g)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        w[i] -= lr * (decay != 0 ? g[i] + decay * w[i] : g[i]);
        LOOK(w[i]);
    }
    return !lost;
}

/* v = momentum v + share g; w -= lr v, or with nesterov lr (g + momentum v) */
static bool sgd_momentum(int64_t n, REAL lr, REAL decay, REAL momentum, REAL share, bool nesterov,
                         REAL *restrict w, const REAL *restrict g, REAL *restrict v)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = decay != 0 ? g[i] + decay * w[i] : g[i];
        const REAL buffer = momentum * v[i] + share * d;
        v[i] = buffer;
        w[i] -= lr * (nesterov ? d + momentum * buffer : buffer);
        LOOK(w[i]);
    }
    return !lost;
}

/* Keras: v = momentum v - lr g; w += v, or with nesterov momentum v - lr g */
static bool sgd_keras(int64_t n, REAL lr, REAL decay, REAL momentum, bool nesterov, REAL *restrict w,
                      const REAL *restrict g, REAL *restrict v)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = decay != 0 ? g[i] + decay * w[i] : g[i];
        const REAL velocity = momentum * v[i] - lr * d;
        v[i] = velocity;
        w[i] += nesterov ? momentum * velocity - lr * d : velocity;
        LOOK(w[i]);
    }
    return !lost;
}

static bool update_sgd(const struct update_settings *s, int64_t n, REAL decay, REAL *w, const REAL *g,
                       REAL *v)
{
    const REAL lr = (REAL)s->lr, momentum = (REAL)s->momentum;
    if (s->momentum == 0)
        return sgd(n, lr, decay, w, g);
    if (s->keras)
        return sgd_keras(n, lr, decay, momentum, s->nesterov, w, g, v);
    return sgd_momentum(n, lr, decay, momentum, s->step <= 1 ? 1 : (REAL)(1 - s->dampening), s->nesterov, w,
                        g, v);
}

/* w -= rate m / (root sqrt(v) + eps), all of it after w -= shrink w */
static bool adam(int64_t n, REAL rate, REAL root, REAL eps, REAL beta1, REAL beta2, REAL rest1, REAL rest2,
                 REAL decay, REAL *restrict w, const REAL *restrict g, REAL *restrict m, REAL *restrict v)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = decay != 0 ? g[i] + decay * w[i] : g[i];
        const REAL first = beta1 * m[i] + rest1 * d, second = beta2 * v[i] + rest2 * d * d;
        m[i] = first;
        v[i] = second;
        w[i] -= rate * (first / (root * sqrt(second) + eps));
        LOOK(w[i]);
    }
    return !lost;
}

static bool update_adam(const struct update_settings *s, int64_t n, REAL decay, REAL *w, const REAL *g,
                        REAL *m, REAL *v)
{
    const double correction1 = 1 - pow(s->beta1, (double)s->step),
                 correction2 = 1 - pow(s->beta2, (double)s->step);
    const double root = 1 / sqrt(correction2);
    const double rate = s->keras ? s->lr / correction1 / root : s->lr / correction1;
    return adam(n, (REAL)rate, s->keras ? 1 : (REAL)root, (REAL)s->eps, (REAL)s->beta1, (REAL)s->beta2,
                (REAL)(1 - s->beta1), (REAL)(1 - s->beta2), decay, w, g, m, v);
}

struct rmsprop {
    REAL lr, alpha, rest, eps, momentum, decay;
};

/*
 * The flags are constants of each call below, so that every variant is a loop without branches. inside: eps
 * under the root, as Keras has it with momentum, whose buffer then holds steps times lr.
 */
static INLINE bool rmsprop(const struct rmsprop *by, bool moving, bool centered, bool inside, int64_t n,
                           REAL *restrict w, const REAL *restrict g, REAL *restrict square,
                           REAL *restrict buffer, REAL *restrict average)
{
    const struct rmsprop s = *by;
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = s.decay != 0 ? g[i] + s.decay * w[i] : g[i];
        REAL spread = s.alpha * square[i] + s.rest * d * d;
        square[i] = spread;
        if (centered) {
            const REAL centre = s.alpha * average[i] + s.rest * d;
            average[i] = centre;
            spread -= centre * centre;
        }
        const REAL step = d / (inside ? sqrt(spread + s.eps) : sqrt(spread) + s.eps);
        const REAL moved = moving ? s.momentum * buffer[i] + (inside ? s.lr * step : step) : step;
        if (moving)
            buffer[i] = moved;
        w[i] -= inside ? moved : s.lr * moved;
        LOOK(w[i]);
    }
    return !lost;
}

static bool update_rmsprop(const struct update_settings *settings, int64_t n, REAL decay, REAL *w,
                           const REAL *g, REAL *square, REAL *buffer, REAL *average)
{
    const struct rmsprop s = {
        .lr = (REAL)settings->lr,
        .alpha = (REAL)settings->alpha,
        .rest = (REAL)(1 - settings->alpha),
        .eps = (REAL)settings->eps,
        .momentum = (REAL)settings->momentum,
        .decay = decay,
    };
    const bool moving = settings->momentum != 0, centered = settings->centered;
    if (!moving && !centered)
        return rmsprop(&s, false, false, false, n, w, g, square, NULL, NULL);
    if (!moving)
        return rmsprop(&s, false, true, false, n, w, g, square, NULL, average);
    if (!centered && !settings->keras)
        return rmsprop(&s, true, false, false, n, w, g, square, buffer, NULL);
    if (!centered)
        return rmsprop(&s, true, false, true, n, w, g, square, buffer, NULL);
    if (!settings->keras)
        return rmsprop(&s, true, true, false, n, w, g, square, buffer, average);
    return rmsprop(&s, true, true, true, n, w, g, square, buffer, average);
}

static bool adagrad(int64_t n, REAL lr, REAL eps, REAL decay, REAL *restrict w, const REAL *restrict g,
                    REAL *restrict total)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = decay != 0 ? g[i] + decay * w[i] : g[i];
        const REAL squares = total[i] + d * d;
        total[i] = squares;
        w[i] -= lr * (d / (sqrt(squares) + eps));
        LOOK(w[i]);
    }
    return !lost;
}

static bool adadelta(int64_t n, REAL lr, REAL rho, REAL rest, REAL eps, REAL decay, REAL *restrict w,
                     const REAL *restrict g, REAL *restrict square, REAL *restrict moved)
{
    REAL_SIGNED lost = 0;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = decay != 0 ? g[i] + decay * w[i] : g[i];
        const REAL spread = rho * square[i] + rest * d * d;
        const REAL step = sqrt(moved[i] + eps) / sqrt(spread + eps) * d;
        square[i] = spread;
        moved[i] = rho * moved[i] + rest * step * step;
        w[i] -= lr * step;
        LOOK(w[i]);
    }
    return !lost;
}

static void need_slot(const struct update_settings *s, void *const *slots, int slot)
{
    if (!slots || !slots[slot])
        BUG("update %d needs its slot %d", (int)s->kind, slot);
}

static bool update(const struct update_settings *s, int64_t n, void *pw, const void *g, void *const *slots)
{
    static void *const none[UPDATE_SLOTS];
    REAL *w = pw;
    REAL decay = (REAL)s->weight_decay;
    if (!slots)
        slots = none;
    if (s->decoupled && s->weight_decay != 0) {
        const REAL keep = (REAL)(1 - s->lr * s->weight_decay);
        for (int64_t i = 0; i < n; i++)
            w[i] *= keep;
        decay = 0;
    }
    switch (s->kind) {
    case UPDATE_sgd:
        if (s->momentum != 0)
            need_slot(s, slots, 0);
        return update_sgd(s, n, decay, w, g, slots[0]);
    case UPDATE_adam:
        need_slot(s, slots, 0), need_slot(s, slots, 1);
        return update_adam(s, n, decay, w, g, slots[0], slots[1]);
    case UPDATE_rmsprop:
        need_slot(s, slots, 0);
        if (s->momentum != 0)
            need_slot(s, slots, 1);
        if (s->centered)
            need_slot(s, slots, 2);
        return update_rmsprop(s, n, decay, w, g, slots[0], slots[1], slots[2]);
    case UPDATE_adagrad:
        need_slot(s, slots, 0);
        return adagrad(n, (REAL)(s->lr / (1 + (double)(s->step - 1) * s->lr_decay)), (REAL)s->eps, decay, w,
                       g, slots[0]);
    case UPDATE_adadelta:
        need_slot(s, slots, 0), need_slot(s, slots, 1);
        return adadelta(n, (REAL)s->lr, (REAL)s->rho, (REAL)(1 - s->rho), (REAL)s->eps, decay, w, g, slots[0],
                        slots[1]);
    }
    BUG("there is no update %d", (int)s->kind);
}
