/* Losses, their sums in double, and their gradients; the penalty on weights. */
enum { TERM_BLOCK = 256 }; /* elements of a loss computed before they are added up */

/* -log of the softmax of row element j, in double */
static double surprise(REAL x, REAL largest, double total)
{
    return log(total) - ((double)x - (double)largest);
}

/* Loss of one row with a label within the classes, as torch.nn.CrossEntropyLoss has it. */
static double cross_entropy_row(int64_t classes, const REAL *x, REAL largest, double total, int32_t label,
                                const REAL *weight, double smoothing)
{
    const double own = (weight ? (double)weight[label] : 1) * surprise(x[label], largest, total);
    if (smoothing == 0)
        return own;
    double all = 0;
    for (int64_t c = 0; c < classes; c++)
        all += (weight ? (double)weight[c] : 1) * surprise(x[c], largest, total);
    return (1 - smoothing) * own + smoothing / (double)classes * all;
}

static bool label_is_class(int32_t label, int64_t classes)
{
    return label >= 0 && label < classes;
}

static double cross_entropy(int64_t rows, int64_t classes, const void *px, const int32_t *labels,
                            const void *pweight, double smoothing, void *psoftmax, double *row_loss,
                            double *weight_sum)
{
    const REAL *x = px, *weight = pweight;
    REAL *y = psoftmax, largest[SOFTMAX_ROWS];
    double total[SOFTMAX_ROWS], sum_of_losses = 0, sum_of_weights = 0;
    for (int64_t first = 0, block; first < rows; first += block) {
        block = softmax_block(rows - first, classes);
        exponentials(block, classes, x + first * classes, y + first * classes, largest, total);
        for (int64_t i = 0; i < block; i++) {
            const int64_t row = first + i;
            const int32_t label = labels[row];
            const bool known = label_is_class(label, classes);
            REAL *restrict to = y + row * classes;
            const REAL share = (REAL)(1 / total[i]);
            for (int64_t c = 0; c < classes; c++)
                to[c] *= share;
            row_loss[row] = known ? cross_entropy_row(classes, x + row * classes, largest[i], total[i], label,
                                                      weight, smoothing)
                                  : (label == -1 ? 0 : (double)NAN);
            sum_of_losses += row_loss[row];
            sum_of_weights += label == -1 ? 0 : known && weight ? (double)weight[label] : 1;
        }
    }
    *weight_sum = sum_of_weights;
    return sum_of_losses;
}

static void cross_entropy_grad(int64_t rows, int64_t classes, const void *psoftmax, const int32_t *labels,
                               const void *pweight, double smoothing, double scale, bool add, void *pdx)
{
    const REAL *restrict weight = pweight;
    double all_weights = (double)classes;
    if (weight)
        all_weights = sum_of(classes, weight);
    const REAL spread = (REAL)(scale * smoothing / (double)classes);
    for (int64_t row = 0; row < rows; row++) {
        const REAL *restrict p = (const REAL *)psoftmax + row * classes;
        REAL *restrict dx = (REAL *)pdx + row * classes;
        const int32_t label = labels[row];
        if (!label_is_class(label, classes)) {
            for (int64_t c = 0; c < classes; c++)
                ASSIGN(dx[c], label == -1 ? 0 : (REAL)NAN);
            continue;
        }
        const double own = scale * (1 - smoothing) * (weight ? (double)weight[label] : 1);
        const REAL factor = (REAL)(own + scale * smoothing / (double)classes * all_weights);
        for (int64_t c = 0; c < classes; c++)
            ASSIGN(dx[c], factor * p[c]);
        dx[label] -= (REAL)own;
        for (int64_t c = 0; smoothing != 0 && c < classes; c++)
            dx[c] -= spread * (weight ? weight[c] : 1);
    }
}

#define TERM_GRAD_LOOP(derivative, assign)        \
    for (int64_t i = 0; i < n; i++) {             \
        const REAL p = pp[i], t = pt[i * step_t]; \
        (void)p, (void)t;                         \
        dp[i] assign scale *(REAL)(derivative);   \
    }

/* Loops for a term and its derivative; step_t is 0 where one target serves the whole row. */
#define TERM(name, term, derivative)                                                                  \
    static void term_##name(REAL a, int64_t n, const REAL *restrict pp, const REAL *restrict pt,      \
                            int64_t step_t, REAL *restrict py)                                        \
    {                                                                                                 \
        (void)a;                                                                                      \
        for (int64_t i = 0; i < n; i++) {                                                             \
            const REAL p = pp[i], t = pt[i * step_t];                                                 \
            py[i] = (REAL)(term);                                                                     \
        }                                                                                             \
    }                                                                                                 \
                                                                                                      \
    static void term_grad_##name(REAL a, int64_t n, const REAL *restrict pp, const REAL *restrict pt, \
                                 int64_t step_t, REAL scale, bool add, REAL *restrict dp)             \
    {                                                                                                 \
        (void)a;                                                                                      \
        if (add)                                                                                      \
            TERM_GRAD_LOOP(derivative, +=)                                                            \
        else                                                                                          \
            TERM_GRAD_LOOP(derivative, =)                                                             \
    }
#include <mldbg/backend/terms.def>
#undef TERM

static const struct {
    void (*term)(REAL a, int64_t n, const REAL *p, const REAL *t, int64_t step_t, REAL *y);
    void (*grad)(REAL a, int64_t n, const REAL *p, const REAL *t, int64_t step_t, REAL scale, bool add,
                 REAL *dp);
} term_loops[TERM_COUNT] = {
#define TERM(name, ...) [TERM_##name] = {term_##name, term_grad_##name},
#include <mldbg/backend/terms.def>
#undef TERM
};

static void check_terms(enum term kind, int64_t width, int64_t target_width)
{
    if ((unsigned)kind >= TERM_COUNT)
        BUG("there is no loss term %d", (int)kind);
    if (target_width != width && target_width != 1)
        BUG("targets are %lld wide and predictions %lld", (long long)target_width, (long long)width);
}

static double terms(enum term kind, double a, int64_t rows, int64_t width, const void *pp, const void *pt,
                    int64_t target_width, const double *row_weight, double *row_loss)
{
    const REAL *p = pp, *t = pt;
    REAL term[TERM_BLOCK];
    double total = 0;
    check_terms(kind, width, target_width);
    const int64_t step = target_width == width;
    for (int64_t row = 0; row < rows; row++) {
        double loss = 0;
        for (int64_t j = 0; j < width; j += TERM_BLOCK) {
            const int64_t n = width - j < TERM_BLOCK ? width - j : TERM_BLOCK;
            term_loops[kind].term((REAL)a, n, p + row * width + j, t + row * target_width + j * step, step,
                                  term);
            loss += sum_of(n, term);
        }
        loss *= row_weight ? row_weight[row] : 1;
        total += loss;
        if (row_loss)
            row_loss[row] = loss;
    }
    return total;
}

static void terms_grad(enum term kind, double a, int64_t rows, int64_t width, const void *pp, const void *pt,
                       int64_t target_width, const double *row_weight, double scale, bool add, void *pdp)
{
    const REAL *p = pp, *t = pt;
    REAL *dp = pdp;
    check_terms(kind, width, target_width);
    for (int64_t row = 0; row < rows; row++)
        term_loops[kind].grad((REAL)a, width, p + row * width, t + row * target_width, target_width == width,
                              (REAL)(scale * (row_weight ? row_weight[row] : 1)), add, dp + row * width);
}

static double penalty(int64_t n, double l1, double l2, const void *pw)
{
    const REAL *w = pw;
    double total = 0;
    if (l1 != 0)
        total += l1 * add_magnitudes(n, w, w, w, 0);
    if (l2 != 0)
        total += l2 * sum_of_squares_about(n, w, 0);
    return total;
}

static void penalty_grad(int64_t n, double l1, double l2, double scale, const void *pw, bool add, void *pdw)
{
    const REAL *restrict w = pw;
    REAL *restrict dw = pdw;
    const REAL first = (REAL)(scale * l1), second = (REAL)(2 * scale * l2);
    for (int64_t i = 0; i < n; i++) {
        const REAL sign = w[i] > 0 ? 1 : w[i] < 0 ? -1 : w[i];
        ASSIGN(dw[i], first * sign + second * w[i]);
    }
}
