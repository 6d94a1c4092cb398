/* Element by element: filling, scaling, activation functions, sums and products, copies and dropout. */

static void fill(int64_t n, double value, void *py)
{
    REAL *restrict y = py;
    const REAL v = (REAL)value;
    for (int64_t i = 0; i < n; i++)
        y[i] = v;
}

static void axpby(int64_t n, double alpha, const void *px, double beta, void *py)
{
    const REAL *restrict x = px;
    REAL *restrict y = py;
    const REAL a = (REAL)alpha, b = (REAL)beta;
    if (beta == 0)
        for (int64_t i = 0; i < n; i++)
            y[i] = a * x[i];
    else if (beta == 1)
        for (int64_t i = 0; i < n; i++)
            y[i] += a * x[i];
    else
        for (int64_t i = 0; i < n; i++)
            y[i] = a * x[i] + b * y[i];
}

/* Loops of its own for each activation function, and for adding or not, so that no choice stands inside of
 * them. */
#define BACKWARD_LOOP(derivative, assign)        \
    for (int64_t i = 0; i < n; i++) {            \
        const REAL x = px[i], y = py[i];         \
        (void)x, (void)y;                        \
        dx[i] assign dy[i] * (REAL)(derivative); \
    }

#define UNARY(name, summary, parameter, value, function, derivative)                                 \
    static void forward_##name(REAL a, int64_t n, const REAL *restrict px, REAL *restrict py)        \
    {                                                                                                \
        (void)a;                                                                                     \
        for (int64_t i = 0; i < n; i++) {                                                            \
            const REAL x = px[i];                                                                    \
            py[i] = (REAL)(function);                                                                \
        }                                                                                            \
    }                                                                                                \
                                                                                                     \
    static void backward_##name(REAL a, int64_t n, const REAL *restrict px, const REAL *restrict py, \
                                const REAL *restrict dy, bool add, REAL *restrict dx)                \
    {                                                                                                \
        (void)a;                                                                                     \
        if (add)                                                                                     \
            BACKWARD_LOOP(derivative, +=)                                                            \
        else                                                                                         \
            BACKWARD_LOOP(derivative, =)                                                             \
    }
#include <mldbg/backend/unary.def>
#undef UNARY

static const struct {
    void (*forward)(REAL a, int64_t n, const REAL *x, REAL *y);
    void (*backward)(REAL a, int64_t n, const REAL *x, const REAL *y, const REAL *dy, bool add, REAL *dx);
} unaries[UNARY_COUNT] = {
#define UNARY(name, ...) [UNARY_##name] = {forward_##name, backward_##name},
#include <mldbg/backend/unary.def>
#undef UNARY
};

static void unary(enum unary kind, double a, int64_t n, const void *x, void *y)
{
    if ((unsigned)kind >= UNARY_COUNT)
        BUG("there is no activation function %d", (int)kind);
    unaries[kind].forward((REAL)a, n, x, y);
}

static void unary_grad(enum unary kind, double a, int64_t n, const void *x, const void *y, const void *dy,
                       bool add, void *dx)
{
    if ((unsigned)kind >= UNARY_COUNT)
        BUG("there is no activation function %d", (int)kind);
    unaries[kind].backward((REAL)a, n, x, y, dy, add, dx);
}

static void sum(int64_t n, const void *pa, const void *pb, void *py)
{
    const REAL *a = pa, *b = pb;
    REAL *restrict y = py;
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void product(int64_t n, const void *pa, const void *pb, bool add, void *py)
{
    const REAL *a = pa, *b = pb;
    REAL *restrict y = py;
    for (int64_t i = 0; i < n; i++)
        ASSIGN(y[i], a[i] * b[i]);
}

/* In place is a loop of its own: compilers vectorise neither loop for pointers that may be equal. */
static void add_row(int64_t n, const REAL *x, const REAL *restrict b, REAL *y)
{
    if (x == y) {
        REAL *restrict both = y;
        for (int64_t i = 0; i < n; i++)
            both[i] += b[i];
    } else {
        const REAL *restrict from = x;
        REAL *restrict to = y;
        for (int64_t i = 0; i < n; i++)
            to[i] = from[i] + b[i];
    }
}

static void add_number(int64_t n, const REAL *x, REAL b, REAL *y)
{
    if (x == y) {
        for (int64_t i = 0; i < n; i++)
            y[i] += b;
    } else {
        const REAL *restrict from = x;
        REAL *restrict to = y;
        for (int64_t i = 0; i < n; i++)
            to[i] = from[i] + b;
    }
}

static void add_channels(int64_t outer, int64_t n, int64_t inner, const void *px, const void *pb, void *py)
{
    const REAL *x = px, *b = pb;
    REAL *y = py;
    for (int64_t o = 0; o < outer; o++) {
        if (inner == 1)
            add_row(n, x + o * n, b, y + o * n);
        else
            for (int64_t i = 0; i < n; i++)
                add_number(inner, x + (o * n + i) * inner, b[i], y + (o * n + i) * inner);
    }
}

static void copy_rows(int64_t rows, int64_t width, const void *px, int64_t x_stride, bool add, void *py,
                      int64_t y_stride)
{
    const REAL *restrict x = px;
    REAL *restrict y = py;
    if (x_stride == width && y_stride == width) {
        width *= rows;
        rows = rows > 0;
    }
    for (int64_t row = 0; row < rows; row++)
        for (int64_t j = 0; j < width; j++)
            ASSIGN(y[row * y_stride + j], x[row * x_stride + j]);
}

/* By squares of this side, which stay in the first cache. */
enum { TRANSPOSE_SIDE = 16 };

static void transpose(int64_t outer, int64_t rows, int64_t columns, const void *px, bool add, void *py)
{
    for (int64_t o = 0; o < outer; o++) {
        const REAL *restrict x = (const REAL *)px + o * rows * columns;
        REAL *restrict y = (REAL *)py + o * rows * columns;
        for (int64_t r = 0; r < rows; r += TRANSPOSE_SIDE)
            for (int64_t c = 0; c < columns; c += TRANSPOSE_SIDE)
                for (int64_t j = c; j < c + TRANSPOSE_SIDE && j < columns; j++)
                    for (int64_t i = r; i < r + TRANSPOSE_SIDE && i < rows; i++)
                        ASSIGN(y[j * rows + i], x[i * columns + j]);
    }
}

static void mask_causal(int64_t count, int64_t t, void *scores)
{
    REAL *restrict y = scores;
    for (int64_t row = 0; row < count * t; row++)
        for (int64_t j = row % t + 1; j < t; j++)
            y[row * t + j] = -(REAL)INFINITY;
}

enum { DROPOUT_BLOCKS = 64 }; /* of four random words each, drawn at once */

/* Element e is decided by word e % 4 of block e / 4 of the stream, so masks do not depend on where a call
 * begins. */
static void dropout_mask(int64_t n, double p, struct random key, uint64_t step, uint64_t first_index,
                         uint8_t *mask)
{
    const double limit = p * 4294967296.0; /* kept from this word on */
    uint32_t word[4 * DROPOUT_BLOCKS];
    for (int64_t i = 0; i < n;) {
        const uint64_t index = first_index + (uint64_t)i;
        const int64_t skip = (int64_t)(index % 4), room = 4 * DROPOUT_BLOCKS - skip;
        const int64_t count = n - i < room ? n - i : room;
        random_blocks(key, step, index / 4, (skip + count + 3) / 4, word);
        for (int64_t j = 0; j < count; j++)
            mask[i + j] = (double)word[skip + j] >= limit;
        i += count;
    }
}

/* The factor of elements that are kept; with p = 1 none is. */
static REAL dropout_scale(double p)
{
    return p < 1 ? (REAL)(1 / (1 - p)) : 0;
}

static void dropout_grad(int64_t n, double p, const uint8_t *restrict mask, const void *pdy, bool add,
                         void *pdx)
{
    const REAL *restrict dy = pdy;
    REAL *restrict dx = pdx;
    const REAL scale = dropout_scale(p);
    for (int64_t i = 0; i < n; i++)
        ASSIGN(dx[i], dy[i] * (scale * (REAL)mask[i]));
}

static void dropout(int64_t n, double p, struct random key, uint64_t step, uint64_t first_index,
                    const void *x, uint8_t *mask, void *y)
{
    dropout_mask(n, p, key, step, first_index, mask);
    dropout_grad(n, p, mask, x, false, y);
}
