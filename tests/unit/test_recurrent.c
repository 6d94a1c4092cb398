/* LSTM and GRU cells against their formulas, and their gradients against differences. */
#include "kernel_check.h"

enum { ROWS = 3, GAP = 2, HIDDEN_MOST = 70 };

static struct {
    int64_t hidden;
    void *gates, *h_gates, *before, *dh, *dc;
} now;

static double sigmoid_of(double x)
{
    return 1 / (1 + exp(-x));
}

static int64_t hidden_size(void)
{
    return ROWS * (now.hidden + GAP);
}

static double lstm_loss(const struct kernels *k)
{
    const int64_t stride = now.hidden + GAP, four = 4 * now.hidden + GAP;
    double *room = malloc((size_t)(ROWS * four + 3 * hidden_size()) * sizeof(double));
    double *c = room + ROWS * four, *h = c + hidden_size(), *level = h + hidden_size(), loss = 0;
    memcpy(room, now.gates, (size_t)(ROWS * four) * sizeof(double));
    k->lstm_cell(ROWS, now.hidden, room, four, now.before, stride, c, level, stride, h, stride);
    for (int64_t row = 0; row < ROWS; row++)
        for (int64_t j = row * stride; j < row * stride + now.hidden; j++)
            loss += at(k, now.dh, j) * h[j] + at(k, now.dc, j) * c[j];
    free(room);
    return loss;
}

static void check_lstm_case(const struct kernels *k, int64_t hidden, bool first)
{
    const int64_t stride = hidden + GAP, four = 4 * hidden + GAP;
    now.hidden = hidden;
    now.gates = noisy(k, ROWS * four, 3), now.before = first ? NULL : noisy(k, hidden_size(), 1);
    now.dh = noisy(k, hidden_size(), 1), now.dc = noisy(k, hidden_size(), 1);
    void *gates = copy_of(k, ROWS * four, now.gates), *c = constant(k, hidden_size(), 9),
         *h = constant(k, hidden_size(), 9), *level = constant(k, hidden_size(), 9);
    k->lstm_cell(ROWS, hidden, gates, four, now.before, stride, c, level, stride, h, stride);
    for (int64_t row = 0; row < ROWS; row++) {
        for (int64_t j = 0; j < hidden; j++) {
            const int64_t g = row * four + j, s = row * stride + j;
            const double in = sigmoid_of(at(k, now.gates, g)),
                         forget = sigmoid_of(at(k, now.gates, g + hidden));
            const double cell = tanh(at(k, now.gates, g + 2 * hidden)),
                         out = sigmoid_of(at(k, now.gates, g + 3 * hidden));
            const double state = (first ? 0 : forget * at(k, now.before, s)) + in * cell;
            assert_at(k, c, s, state, near(k, 2e-6, 1e-14), near(k, 2e-7, 1e-15));
            assert_at(k, level, s, tanh(state), near(k, 2e-6, 1e-14), near(k, 2e-7, 1e-15));
            assert_at(k, h, s, out * tanh(state), near(k, 2e-6, 1e-14), near(k, 2e-7, 1e-15));
            assert_at(k, gates, g, in, near(k, 1e-6, 1e-14), 0);
            assert_at(k, gates, g + 2 * hidden, cell, near(k, 1e-6, 1e-14), 0);
        }
        assert_at(k, gates, row * four + 4 * hidden, at(k, now.gates, row * four + 4 * hidden), 0, 0);
        assert_at(k, h, row * stride + hidden, 9, 0, 0); /* what lies between the rows stays */
    }
    void *dgates = constant(k, ROWS * four, 0), *dc_prev = constant(k, hidden_size(), 0);
    k->lstm_cell_grad(ROWS, hidden, gates, four, now.before, stride, level, stride, now.dh, stride, now.dc,
                      stride, dgates, four, dc_prev, stride);
    check_derivatives(k, now.gates, ROWS * four, lstm_loss, dgates, "gates");
    if (!first)
        check_derivatives(k, now.before, hidden_size(), lstm_loss, dc_prev, "c_prev");
    trace(k, h, hidden_size()), trace(k, c, hidden_size()), trace(k, dgates, ROWS * four),
        trace(k, dc_prev, hidden_size());
    void *same = copy_of(k, hidden_size(), now.dc); /* dc_prev may be dc */
    k->lstm_cell_grad(ROWS, hidden, gates, four, now.before, stride, level, stride, now.dh, stride, same,
                      stride, dgates, four, same, stride);
    for (int64_t j = 0; j < hidden; j++)
        assert_at(k, same, j, at(k, dc_prev, j), 0, 0);
    release_guarded();
}

static double gru_loss(const struct kernels *k)
{
    const int64_t stride = now.hidden + GAP, three = 3 * now.hidden + GAP;
    double *room = malloc((size_t)(ROWS * three + hidden_size()) * sizeof(double)), *h = room + ROWS * three,
           loss = 0;
    memcpy(room, now.gates, (size_t)(ROWS * three) * sizeof(double));
    k->gru_cell(ROWS, now.hidden, room, three, now.h_gates, three, now.before, stride, h, stride);
    for (int64_t row = 0; row < ROWS; row++)
        for (int64_t j = row * stride; j < row * stride + now.hidden; j++)
            loss += at(k, now.dh, j) * h[j];
    free(room);
    return loss;
}

static void check_gru_case(const struct kernels *k, int64_t hidden, bool first)
{
    const int64_t stride = hidden + GAP, three = 3 * hidden + GAP;
    now.hidden = hidden;
    now.gates = noisy(k, ROWS * three, 3), now.h_gates = noisy(k, ROWS * three, 3);
    now.before = first ? NULL : noisy(k, hidden_size(), 1), now.dh = noisy(k, hidden_size(), 1);
    void *gates = copy_of(k, ROWS * three, now.gates), *h = constant(k, hidden_size(), 9);
    k->gru_cell(ROWS, hidden, gates, three, now.h_gates, three, now.before, stride, h, stride);
    for (int64_t row = 0; row < ROWS; row++)
        for (int64_t j = 0; j < hidden; j++) {
            const int64_t g = row * three + j, s = row * stride + j;
            const double r = sigmoid_of(at(k, now.gates, g) + at(k, now.h_gates, g));
            const double z = sigmoid_of(at(k, now.gates, g + hidden) + at(k, now.h_gates, g + hidden));
            const double n = tanh(at(k, now.gates, g + 2 * hidden) + r * at(k, now.h_gates, g + 2 * hidden));
            assert_at(k, h, s, (1 - z) * n + (first ? 0 : z * at(k, now.before, s)), near(k, 2e-6, 1e-14),
                      near(k, 3e-7, 1e-15));
            assert_at(k, gates, g + hidden, z, near(k, 1e-6, 1e-14), 0);
        }
    void *dx = constant(k, ROWS * three, 0), *dhg = constant(k, ROWS * three, 0),
         *dprev = constant(k, hidden_size(), 0);
    k->gru_cell_grad(ROWS, hidden, gates, three, now.h_gates, three, now.before, stride, now.dh, stride, dx,
                     three, dhg, three, false, dprev, stride);
    check_derivatives(k, now.gates, ROWS * three, gru_loss, dx, "x_gates");
    check_derivatives(k, now.h_gates, ROWS * three, gru_loss, dhg, "h_gates");
    if (!first)
        check_derivatives(k, now.before, hidden_size(), gru_loss, dprev, "h_prev");
    trace(k, h, hidden_size()), trace(k, dx, ROWS * three), trace(k, dhg, ROWS * three),
        trace(k, dprev, hidden_size());
    void *more = copy_of(k, hidden_size(), dprev);
    k->gru_cell_grad(ROWS, hidden, gates, three, now.h_gates, three, now.before, stride, now.dh, stride, dx,
                     three, dhg, three, true, more, stride);
    for (int64_t j = 0; j < hidden; j++)
        assert_at(k, more, j, 2 * at(k, dprev, j), 0, 0);
    k->gru_cell_grad(ROWS, hidden, gates, three, now.h_gates, three, now.before, stride, now.dh, stride, dx,
                     three, dhg, three, false, NULL, 0);
    release_guarded();
}

static void check_lstm(const struct kernels *k)
{
    for (int64_t hidden = 1; hidden <= HIDDEN_MOST; hidden += hidden < 18 ? 4 : 49)
        for (int first = 0; first < 2; first++)
            check_lstm_case(k, hidden, first);
}

static void check_gru(const struct kernels *k)
{
    for (int64_t hidden = 1; hidden <= HIDDEN_MOST; hidden += hidden < 18 ? 4 : 49)
        for (int first = 0; first < 2; first++)
            check_gru_case(k, hidden, first);
}

/* The last step of a sequence has no gradient at c, and possibly none at h. */
static void check_no_gradient(const struct kernels *k)
{
    void *gates = constant(k, 4, 0.5), *c = constant(k, 1, 0.25), *dgates = blank(k, 4),
         *dc_prev = blank(k, 1), *one = constant(k, 1, 1), *level = constant(k, 1, tanh(0.25));
    k->lstm_cell_grad(1, 1, gates, 4, c, 1, level, 1, one, 1, NULL, 1, dgates, 4, dc_prev, 1);
    assert_at(k, dc_prev, 0, 0.25 * (1 - tanh(0.25) * tanh(0.25)), 1e-6, 0);
    k->lstm_cell_grad(1, 1, gates, 4, c, 1, level, 1, NULL, 1, one, 1, dgates, 4, dc_prev, 1);
    assert_at(k, dc_prev, 0, 0.5, 0, 0);
    assert_at(k, dgates, 3, 0, 0, 0);
}

static void check_nan(const struct kernels *k)
{
    for (int64_t hidden = 1; hidden <= 20; hidden += 19)
        for (int64_t gate = 0; gate < 5; gate++) {
            void *gates = noisy(k, 4 * hidden, 1), *before = noisy(k, hidden, 1), *c = blank(k, hidden),
                 *h = blank(k, hidden), *level = blank(k, hidden);
            void *dh = noisy(k, hidden, 1), *dc = noisy(k, hidden, 1), *dgates = blank(k, 4 * hidden),
                 *dprev = blank(k, hidden);
            put(k, gate < 4 ? gates : before, gate < 4 ? gate * hidden : 0, (double)NAN);
            k->lstm_cell(1, hidden, gates, 4 * hidden, before, hidden, c, level, hidden, h, hidden);
            assert_is_nan(at(k, h, 0));
            if (gate != 3)
                assert_is_nan(at(k, c, 0));
            k->lstm_cell_grad(1, hidden, gates, 4 * hidden, before, hidden, level, hidden, dh, hidden, dc,
                              hidden, dgates, 4 * hidden, dprev, hidden);
            assert_is_nan(at(k, dgates, 3 * hidden));
            void *x = noisy(k, 3 * hidden, 1), *hx = noisy(k, 3 * hidden, 1);
            put(k, gate < 3 ? x : gate == 3 ? hx : before, gate < 3 ? gate * hidden : 0, (double)NAN);
            k->gru_cell(1, hidden, x, 3 * hidden, hx, 3 * hidden, before, hidden, h, hidden);
            assert_is_nan(at(k, h, 0));
            k->gru_cell_grad(1, hidden, x, 3 * hidden, hx, 3 * hidden, before, hidden, dh, hidden, gates,
                             3 * hidden, dgates, 3 * hidden, false, dprev, hidden);
            put(k, dh, 0, (double)NAN);
            k->gru_cell_grad(1, hidden, x, 3 * hidden, hx, 3 * hidden, before, hidden, dh, hidden, gates,
                             3 * hidden, dgates, 3 * hidden, false, dprev, hidden);
            for (int64_t i = 0; i < 3; i++) {
                assert_is_nan(at(k, gates, i * hidden));
                assert_is_nan(at(k, dgates, i * hidden));
            }
            assert_is_nan(at(k, dprev, 0));
            release_guarded();
        }
}

#define TEST(name, check)          \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_all_kernels(check);    \
    }
TEST(lstm_cells, check_lstm)
TEST(gru_cells, check_gru)
TEST(absent_gradients_are_zero, check_no_gradient)
TEST(nan_passes, check_nan)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lstm_cells),
        cmocka_unit_test(gru_cells),
        cmocka_unit_test(absent_gradients_are_zero),
        cmocka_unit_test(nan_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
