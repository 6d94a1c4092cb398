/* Cross-entropy and the losses that are sums over elements, against their definitions and differences. */
#include "kernel_check.h"

static struct {
    enum term kind;
    int64_t rows, classes, target_width;
    double a, smoothing, scale;
    void *x, *target, *weight;
    const int32_t *labels;
    const double *row_weight;
} now;

static double cross_entropy_loss(const struct kernels *k)
{
    double *room = malloc((size_t)(now.rows * (now.classes + 1)) * sizeof(double)), weights;
    const double loss = k->cross_entropy(now.rows, now.classes, now.x, now.labels, now.weight, now.smoothing,
                                         room, room + now.rows * now.classes, &weights);
    free(room);
    return loss * now.scale;
}

/* As torch.nn.CrossEntropyLoss defines it, before the division by the weights. */
static double expected_row(const struct kernels *k, const void *x, int64_t row, int64_t classes,
                           int32_t label, const void *weight, double smoothing)
{
    double sum = 0, all = 0;
    for (int64_t c = 0; c < classes; c++)
        sum += exp(at(k, x, row * classes + c));
    for (int64_t c = 0; c < classes; c++)
        all += (weight ? at(k, weight, c) : 1) * (log(sum) - at(k, x, row * classes + c));
    return (1 - smoothing) * (weight ? at(k, weight, label) : 1) *
               (log(sum) - at(k, x, row * classes + label)) +
           smoothing / (double)classes * all;
}

static void check_cross_entropy_case(const struct kernels *k, int64_t rows, int64_t classes, double smoothing,
                                     bool weighted)
{
    const int64_t count = rows * classes;
    void *x = noisy(k, count, 4), *weight = weighted ? noisy(k, classes, 0.5) : NULL,
         *softmax = blank(k, count);
    int32_t *labels = guarded((size_t)rows * sizeof *labels);
    double *row_loss = guarded((size_t)rows * sizeof *row_loss), weights = 0, expected_sum = 0,
           expected_weights = 0;
    for (int64_t c = 0; weighted && c < classes; c++)
        put(k, weight, c, at(k, weight, c) + 1);
    for (int64_t row = 0; row < rows; row++)
        labels[row] = row % 5 == 3 ? -1 : (int32_t)(row * 7 % classes);
    const double sum =
        k->cross_entropy(rows, classes, x, labels, weight, smoothing, softmax, row_loss, &weights);
    for (int64_t row = 0; row < rows; row++) {
        const double expected =
            labels[row] < 0 ? 0 : expected_row(k, x, row, classes, labels[row], weight, smoothing);
        assert_near(row_loss[row], expected, near(k, 1e-6, 1e-13), near(k, 1e-6, 1e-14));
        expected_sum += row_loss[row];
        expected_weights += labels[row] < 0 ? 0 : weighted ? at(k, weight, labels[row]) : 1;
        trace_value(k, row_loss[row], "row_loss", row);
    }
    assert_near(sum, expected_sum, 0, 0);
    assert_near(weights, expected_weights, 1e-15, 0);
    void *dx = blank(k, count);
    k->cross_entropy_grad(rows, classes, softmax, labels, weight, smoothing, 0.37, false, dx);
    now.rows = rows, now.classes = classes, now.x = x, now.labels = labels, now.weight = weight,
    now.smoothing = smoothing;
    now.scale = 0.37;
    check_derivatives(k, x, count, cross_entropy_loss, dx, "logits");
    trace(k, softmax, count), trace(k, dx, count);
    void *more = constant(k, count, 2);
    k->cross_entropy_grad(rows, classes, softmax, labels, weight, smoothing, 0.37, true, more);
    for (int64_t i = 0; i < count; i++)
        assert_at(k, more, i, 2 + at(k, dx, i), 1e-6, 0);
    release_guarded();
}

static void check_cross_entropy(const struct kernels *k)
{
    for (int64_t classes = 1; classes <= 40; classes += classes < 3 ? 1 : 7)
        for (int64_t rows = 1; rows <= 130; rows += rows < 5 ? 2 : classes == 10 ? 62 : 140)
            for (int kind = 0; kind < 4; kind++)
                check_cross_entropy_case(k, rows, classes, kind & 1 ? 0.1 : 0, kind & 2);
}

/* Labels that are no class and logits that are no numbers spoil their own row, and nothing else. */
static void check_bad_rows(const struct kernels *k)
{
    void *x = noisy(k, 12, 1), *softmax = blank(k, 12), *dx = blank(k, 12);
    const int32_t labels[4] = {0, 3, -2, 2};
    double row_loss[4], weights;
    assert_is_nan(k->cross_entropy(4, 3, x, labels, NULL, 0, softmax, row_loss, &weights));
    assert_true(isfinite(row_loss[0]) && isfinite(row_loss[3]));
    assert_is_nan(row_loss[1]);
    assert_is_nan(row_loss[2]);
    k->cross_entropy_grad(4, 3, softmax, labels, NULL, 0, 1, false, dx);
    for (int64_t i = 0; i < 12; i++)
        assert_true((i / 3 == 1 || i / 3 == 2) == (isnan(at(k, dx, i)) != 0));
    const int32_t good[4] = {0, 1, 2, 2};
    put(k, x, 1, (double)NAN);
    assert_is_nan(k->cross_entropy(4, 3, x, good, NULL, 0, softmax, row_loss, &weights));
    assert_is_nan(row_loss[0]);
    assert_true(isfinite(row_loss[1]));
    k->cross_entropy_grad(4, 3, softmax, good, NULL, 0, 1, false, dx);
    for (int64_t i = 0; i < 12; i++)
        assert_true((i < 3) == (isnan(at(k, dx, i)) != 0));
    void *large = constant(k, 3, 0), *weight = constant(k, 3, 1);
    put(k, large, 0, 5000);
    assert_near(k->cross_entropy(1, 3, large, &good[2], NULL, 0, softmax, row_loss, &weights), 5000, 1e-12,
                0);
    assert_near(k->cross_entropy(1, 3, large, &good[0], NULL, 0, softmax, row_loss, &weights), 0, 0, 1e-12);
    put(k, weight, 2, (double)NAN);
    assert_is_nan(k->cross_entropy(1, 3, large, &good[2], weight, 0, softmax, row_loss, &weights));
}

static double expected_term(enum term kind, double a, double p, double t)
{
    const double cut = fmin(fmax(p, a), 1 - a);
    switch (kind) {
    case TERM_mse: return (p - t) * (p - t);
    case TERM_l1: return fabs(p - t);
    case TERM_huber: return fabs(p - t) <= a ? (p - t) * (p - t) / 2 : a * (fabs(p - t) - a / 2);
    case TERM_bce_clamp: return -(t * log(p) + (1 - t) * log(1 - p));
    case TERM_bce_clip: return -(t * log(cut) + (1 - t) * log(1 - cut));
    case TERM_bce_with_logits: return log(1 + exp(p)) - p * t;
    case TERM_hinge: return fmax(0, 1 - p * t);
    case TERM_negative_log: return -t * log(cut);
    case TERM_COUNT: break;
    }
    fail_msg("loss term %d has no expected values", (int)kind);
    return 0;
}

static bool on_probabilities(enum term kind)
{
    return kind == TERM_bce_clamp || kind == TERM_bce_clip || kind == TERM_negative_log;
}

static double terms_loss(const struct kernels *k)
{
    double *rows = malloc((size_t)now.rows * sizeof(double));
    const double loss = k->terms(now.kind, now.a, now.rows, now.classes, now.x, now.target, now.target_width,
                                 now.row_weight, rows);
    free(rows);
    return loss * now.scale;
}

static void check_terms_case(const struct kernels *k, enum term kind, int64_t rows, int64_t width,
                             bool repeat, bool weighted)
{
    const int64_t count = rows * width, target_width = repeat ? 1 : width;
    void *x = noisy(k, count, 0.5), *target = noisy(k, rows * target_width, 0.5), *dx = blank(k, count);
    double *row_loss = guarded((size_t)rows * sizeof(double)),
           *row_weight = guarded((size_t)rows * sizeof(double)), sum = 0;
    const double a = kind == TERM_huber ? 0.4 : 0.05;
    for (int64_t i = 0; i < count; i++) {
        const bool beyond = kind != TERM_bce_clamp && i % 9 >= 7; /* the cut */
        if (on_probabilities(kind))
            put(k, x, i, beyond ? (i % 9 == 8 ? 0.02 : 0.98) : 0.5 + 0.6 * at(k, x, i));
        if (fabs(at(k, x, i) - a) < 1e-3 || fabs(at(k, x, i) - 1 + a) < 1e-3)
            put(k, x, i, 0.5);
    }
    for (int64_t i = 0; i < rows * target_width; i++)
        put(k, target, i,
            kind == TERM_hinge       ? (i % 3 ? 1 : -1)
            : on_probabilities(kind) ? 0.5 + at(k, target, i)
                                     : 2 * at(k, target, i) + 0.001);
    for (int64_t i = 0; i < count; i++) { /* away from the kinks */
        const double t = at(k, target, repeat ? i / width : i),
                     p = at(k, x, i) * (kind == TERM_hinge ? 4 : 1);
        const bool kink =
            kind == TERM_hinge ? fabs(1 - p * t) < 1e-3 : fabs(p - t) < 1e-3 || fabs(fabs(p - t) - a) < 1e-3;
        put(k, x, i, kink && !on_probabilities(kind) ? p + 0.0078125 : p);
    }
    for (int64_t row = 0; row < rows; row++)
        row_weight[row] = 0.5 + (double)(row % 3);
    const double total =
        k->terms(kind, a, rows, width, x, target, target_width, weighted ? row_weight : NULL, row_loss);
    for (int64_t row = 0; row < rows; row++) {
        double expected = 0;
        for (int64_t j = 0; j < width; j++)
            expected += expected_term(kind, a, at(k, x, row * width + j),
                                      at(k, target, repeat ? row : row * width + j));
        expected *= weighted ? row_weight[row] : 1;
        assert_near(row_loss[row], expected, near(k, 2e-6, 1e-13), near(k, 2e-6, 1e-14));
        sum += row_loss[row];
        trace_value(k, row_loss[row], "row_loss", row);
    }
    assert_near(total, sum, 0, 0);
    k->terms_grad(kind, a, rows, width, x, target, target_width, weighted ? row_weight : NULL, 0.7, false,
                  dx);
    now.kind = kind, now.a = a, now.rows = rows, now.classes = width, now.x = x, now.target = target;
    now.target_width = target_width, now.row_weight = weighted ? row_weight : NULL, now.scale = 0.7;
    check_derivatives(k, x, count, terms_loss, dx, "prediction");
    trace(k, dx, count);
    void *more = constant(k, count, 2);
    k->terms_grad(kind, a, rows, width, x, target, target_width, weighted ? row_weight : NULL, 0.7, true,
                  more);
    assert_at(k, more, count - 1, 2 + at(k, dx, count - 1), 1e-6, 0);
    put(k, x, count - 1, (double)NAN);
    assert_is_nan(k->terms(kind, a, rows, width, x, target, target_width, NULL, NULL));
    k->terms_grad(kind, a, rows, width, x, target, target_width, NULL, 1, false, dx);
    if (kind != TERM_hinge) /* its slope does not depend on the prediction */
        assert_is_nan(at(k, dx, count - 1));
    put(k, x, count - 1, 0.5);
    put(k, target, rows * target_width - 1, (double)NAN);
    assert_is_nan(k->terms(kind, a, rows, width, x, target, target_width, NULL, NULL));
    release_guarded();
}

static void check_terms(const struct kernels *k)
{
    for (enum term kind = 0; kind < TERM_COUNT; kind++)
        for (int64_t width = 1; width <= 300; width += width < 18 ? 8 : 273)
            for (int variant = 0; variant < 4; variant++)
                check_terms_case(k, kind, width > 100 ? 2 : 7, width, variant & 1, variant & 2);
}

/* Logits far from zero, probabilities of 0 and 1. */
static void check_term_ends(const struct kernels *k)
{
    void *p = constant(k, 1, 1000), *t = constant(k, 1, 0), *dp = blank(k, 1);
    assert_near(k->terms(TERM_bce_with_logits, 0, 1, 1, p, t, 1, NULL, NULL), 1000, 1e-6, 0);
    k->terms_grad(TERM_bce_with_logits, 0, 1, 1, p, t, 1, NULL, 1, false, dp);
    assert_at(k, dp, 0, 1, 0, 0);
    put(k, p, 0, -1000);
    assert_near(k->terms(TERM_bce_with_logits, 0, 1, 1, p, t, 1, NULL, NULL), 0, 0, 0);
    put(k, p, 0, 1);
    assert_near(k->terms(TERM_bce_clamp, 0, 1, 1, p, t, 1, NULL, NULL), 100, 1e-6, 0);
    assert_near(k->terms(TERM_bce_clip, 0.25, 1, 1, p, t, 1, NULL, NULL), -log(0.25), 1e-6, 0);
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(cross_entropy, check_cross_entropy)
TEST(rows_that_cannot_be_judged, check_bad_rows)
TEST(sums_over_elements, check_terms)
TEST(terms_at_their_ends, check_term_ends)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_entropy),
        cmocka_unit_test(rows_that_cannot_be_judged),
        cmocka_unit_test(sums_over_elements),
        cmocka_unit_test(terms_at_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
