/* Optimizer steps against their formulas, element by element over several steps. */
#include "kernel_check.h"

enum { STEPS = 6 };

struct element {
    double w, slot[UPDATE_SLOTS];
};

/* The formulas as torch.optim documents them; keras: those of tf.keras.optimizers of Keras 2. */
static void expected_step(const struct update_settings *s, struct element *e, double g)
{
    double *m = e->slot, *v = e->slot + 1;
    if (s->decoupled)
        e->w -= s->lr * s->weight_decay * e->w;
    else
        g += s->weight_decay * e->w;
    switch (s->kind) {
    case UPDATE_sgd:
        if (s->keras) {
            m[0] = s->momentum * m[0] - s->lr * g;
            e->w += s->nesterov ? s->momentum * m[0] - s->lr * g : m[0];
        } else {
            m[0] = s->step == 1 ? g : s->momentum * m[0] + (1 - s->dampening) * g;
            e->w -= s->lr * (s->momentum == 0 ? g : s->nesterov ? g + s->momentum * m[0] : m[0]);
        }
        break;
    case UPDATE_adam: {
        m[0] = s->beta1 * m[0] + (1 - s->beta1) * g;
        v[0] = s->beta2 * v[0] + (1 - s->beta2) * g * g;
        const double c1 = 1 - pow(s->beta1, (double)s->step), c2 = 1 - pow(s->beta2, (double)s->step);
        if (s->keras)
            e->w -= s->lr * sqrt(c2) / c1 * m[0] / (sqrt(v[0]) + s->eps);
        else
            e->w -= s->lr / c1 * m[0] / (sqrt(v[0]) / sqrt(c2) + s->eps);
        break;
    }
    case UPDATE_rmsprop: {
        e->slot[0] = s->alpha * e->slot[0] + (1 - s->alpha) * g * g;
        e->slot[2] = s->alpha * e->slot[2] + (1 - s->alpha) * g;
        const double spread = e->slot[0] - (s->centered ? e->slot[2] * e->slot[2] : 0);
        if (s->keras && s->momentum != 0) {
            e->slot[1] = s->momentum * e->slot[1] + s->lr * g / sqrt(spread + s->eps);
            e->w -= e->slot[1];
        } else {
            e->slot[1] = s->momentum * e->slot[1] + g / (sqrt(spread) + s->eps);
            e->w -= s->lr * e->slot[1];
        }
        break;
    }
    case UPDATE_adagrad:
        m[0] += g * g;
        e->w -= s->lr / (1 + (double)(s->step - 1) * s->lr_decay) * g / (sqrt(m[0]) + s->eps);
        break;
    case UPDATE_adadelta: {
        m[0] = s->rho * m[0] + (1 - s->rho) * g * g;
        const double step = sqrt(v[0] + s->eps) / sqrt(m[0] + s->eps) * g;
        v[0] = s->rho * v[0] + (1 - s->rho) * step * step;
        e->w -= s->lr * step;
        break;
    }
    }
}

static bool uses_slot(const struct update_settings *s, int slot)
{
    switch (s->kind) {
    case UPDATE_sgd: return slot == 0 && s->momentum != 0;
    case UPDATE_rmsprop: return slot == 0 || (slot == 1 && s->momentum != 0) || (slot == 2 && s->centered);
    case UPDATE_adagrad: return slot == 0;
    case UPDATE_adam:
    case UPDATE_adadelta: return slot < 2;
    }
    return false;
}

static void check_settings(const struct kernels *k, struct update_settings s, int64_t n)
{
    void *w = noisy(k, n, 1), *slots[UPDATE_SLOTS];
    struct element *expected = guarded((size_t)n * sizeof *expected);
    memset(expected, 0, (size_t)n * sizeof *expected);
    for (int slot = 0; slot < UPDATE_SLOTS; slot++)
        slots[slot] = uses_slot(&s, slot) ? constant(k, n, 0) : NULL;
    for (int64_t i = 0; i < n; i++)
        expected[i].w = at(k, w, i);
    for (s.step = 1; s.step <= STEPS; s.step++) {
        void *g = noisy(k, n, 1);
        k->update(&s, n, w, g, slots);
        for (int64_t i = 0; i < n; i++)
            expected_step(&s, &expected[i], at(k, g, i));
    }
    for (int64_t i = 0; i < n; i++)
        assert_at(k, w, i, expected[i].w, near(k, 2e-6, 1e-14), near(k, 2e-6, 1e-14));
    trace(k, w, n);
    for (int slot = 0; slot < UPDATE_SLOTS; slot++) {
        if (slots[slot] && n > 1) { /* a NaN in a slot, a gradient or a weight stays */
            void *g = constant(k, n, 0.5), *before = copy_of(k, n, w);
            put(k, slots[slot], n - 1, (double)NAN);
            k->update(&s, n, w, g, slots);
            assert_is_nan(at(k, w, n - 1));
            assert_true(isfinite(at(k, w, 0)));
            put(k, slots[slot], n - 1, 0.5);
            memcpy(w, before, (size_t)n * dtype_size(k->dtype));
        }
    }
    void *g = constant(k, n, 0.5);
    put(k, g, 0, (double)NAN);
    k->update(&s, n, w, g, slots);
    assert_is_nan(at(k, w, 0));
    for (int slot = 0; slot < UPDATE_SLOTS; slot++)
        if (slots[slot])
            assert_is_nan(at(k, slots[slot], 0));
    release_guarded();
}

static const struct update_settings usual = {
    .lr = 0.05,
    .beta1 = 0.9,
    .beta2 = 0.99,
    .alpha = 0.9,
    .rho = 0.9,
    .eps = 1e-3,
};

static void check_kind(const struct kernels *k, enum update kind)
{
    for (int variant = 0; variant < 64; variant++) {
        struct update_settings s = usual;
        s.kind = kind;
        s.keras = variant & 1;
        s.momentum = variant & 2 ? 0.8 : 0;
        s.nesterov = variant & 4;
        s.centered = variant & 4;
        s.dampening = variant & 8 && !s.nesterov ? 0.3 : 0;
        s.lr_decay = variant & 8 ? 0.1 : 0;
        s.weight_decay = variant & 16 ? 0.01 : 0;
        s.decoupled = variant & 32;
        check_settings(k, s, variant % 19 + 1);
    }
    struct update_settings s = usual;
    s.kind = kind;
    check_settings(k, s, 67);
}

static void check_sgd(const struct kernels *k)
{
    check_kind(k, UPDATE_sgd);
}

static void check_adam(const struct kernels *k)
{
    check_kind(k, UPDATE_adam);
}

static void check_rmsprop(const struct kernels *k)
{
    check_kind(k, UPDATE_rmsprop);
}

static void check_adagrad(const struct kernels *k)
{
    check_kind(k, UPDATE_adagrad);
}

static void check_adadelta(const struct kernels *k)
{
    check_kind(k, UPDATE_adadelta);
}

/* What can be said without a formula: rate 0 moves nothing, Adam's first step is the rate, decay alone is
 * geometric. */
static void check_closed_forms(const struct kernels *k)
{
    for (enum update kind = UPDATE_sgd; kind <= UPDATE_adadelta; kind++) {
        void *w = noisy(k, 9, 1), *before = copy_of(k, 9, w), *g = noisy(k, 9, 1);
        void *slots[UPDATE_SLOTS] = {constant(k, 9, 0), constant(k, 9, 0), constant(k, 9, 0)};
        struct update_settings s = usual;
        s.kind = kind, s.lr = 0, s.momentum = 0.9, s.weight_decay = 0.1, s.step = 1;
        k->update(&s, 9, w, g, slots);
        assert_memory_equal(w, before, 9 * dtype_size(k->dtype));
        s.decoupled = true;
        k->update(&s, 9, w, g, slots);
        assert_memory_equal(w, before, 9 * dtype_size(k->dtype));
    }
    void *w = constant(k, 2, 0), *g = constant(k, 2, 300), *m = constant(k, 2, 0), *v = constant(k, 2, 0);
    void *slots[UPDATE_SLOTS] = {m, v, NULL};
    struct update_settings s = usual;
    put(k, g, 1, -0.01);
    s.kind = UPDATE_adam, s.eps = 1e-12, s.step = 1;
    k->update(&s, 2, w, g, slots);
    assert_at(k, w, 0, -0.05, 1e-6, 0);
    assert_at(k, w, 1, 0.05, 1e-6, 0);
    struct update_settings plain = {.kind = UPDATE_sgd, .lr = 0.5, .weight_decay = 0.5, .step = 1};
    void *still = constant(k, 2, 0), *weights = constant(k, 2, 16);
    for (int i = 0; i < 2; i++)
        k->update(&plain, 2, weights, still, NULL);
    assert_at(k, weights, 0, 9, 0, 0); /* times 3/4, twice */
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(sgd, check_sgd)
TEST(adam, check_adam)
TEST(rmsprop, check_rmsprop)
TEST(adagrad, check_adagrad)
TEST(adadelta, check_adadelta)
TEST(closed_forms, check_closed_forms)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd),     cmocka_unit_test(adam),     cmocka_unit_test(rmsprop),
        cmocka_unit_test(adagrad), cmocka_unit_test(adadelta), cmocka_unit_test(closed_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
