/* Softmax and its logarithm, with the largest element taken out first so that nothing overflows. */
enum { SOFTMAX_ROWS = 64, SOFTMAX_ELEMENTS = 2048 }; /* rows worked on together, if they are short */

static int64_t softmax_block(int64_t rows, int64_t width)
{
    const int64_t fit = width > 0 ? SOFTMAX_ELEMENTS / width : 1;
    const int64_t most = fit < 1 ? 1 : fit > SOFTMAX_ROWS ? SOFTMAX_ROWS : fit;
    return rows < most ? rows : most;
}

/*
 * For rows <= SOFTMAX_ROWS: y = exp(x - largest), each row's largest and sum of y. A NaN or +inf in a row
 * makes its sum NaN. The exponentials run over all rows at once: rows of ten would leave vectors half empty.
 */
static void exponentials(int64_t rows, int64_t width, const REAL *restrict x, REAL *restrict y,
                         REAL *restrict largest, double *restrict total)
{
    for (int64_t row = 0; row < rows; row++) {
        const REAL top = largest[row] = largest_of(width, x + row * width);
        for (int64_t j = row * width; j < (row + 1) * width; j++)
            y[j] = x[j] - top;
    }
    for (int64_t j = 0; j < rows * width; j++)
        y[j] = exp(y[j]);
    for (int64_t row = 0; row < rows; row++)
        total[row] = sum_of(width, y + row * width);
}

static void softmax_rows(int64_t rows, int64_t width, bool logarithm, const REAL *restrict x,
                         REAL *restrict y)
{
    REAL largest[SOFTMAX_ROWS];
    double total[SOFTMAX_ROWS];
    exponentials(rows, width, x, y, largest, total);
    for (int64_t row = 0; row < rows; row++) {
        const REAL share = (REAL)(1 / total[row]), top = largest[row], offset = (REAL)log(total[row]);
        if (logarithm)
            for (int64_t j = row * width; j < (row + 1) * width; j++)
                y[j] = x[j] - top - offset;
        else
            for (int64_t j = row * width; j < (row + 1) * width; j++)
                y[j] *= share;
    }
}

/* One softmax over n elements that lie inner apart. */
static void softmax_strided(int64_t n, int64_t inner, bool logarithm, const REAL *x, REAL *y)
{
    REAL largest = x[0];
    double total = 0;
    for (int64_t i = 1; i < n; i++)
        largest = x[i * inner] > largest ? x[i * inner] : largest;
    for (int64_t i = 0; i < n; i++) {
        y[i * inner] = exp(x[i * inner] - largest);
        total += (double)y[i * inner];
    }
    const REAL share = (REAL)(1 / total), offset = (REAL)log(total);
    for (int64_t i = 0; i < n; i++)
        y[i * inner] = logarithm ? x[i * inner] - largest - offset : y[i * inner] * share;
}

static void softmax(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *px, void *py)
{
    const REAL *x = px;
    REAL *y = py;
    if (n == 0)
        return;
    if (inner != 1) {
        for (int64_t o = 0; o < outer; o++)
            for (int64_t j = 0; j < inner; j++)
                softmax_strided(n, inner, logarithm, x + o * n * inner + j, y + o * n * inner + j);
        return;
    }
    for (int64_t row = 0; row < outer;) {
        const int64_t rows = softmax_block(outer - row, n);
        softmax_rows(rows, n, logarithm, x + row * n, y + row * n);
        row += rows;
    }
}

/* dx = y (dy - sum dy y); of the logarithm: dx = dy - exp(y) sum dy */
static void softmax_grad(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *py,
                         const void *pdy, bool add, void *pdx)
{
    for (int64_t o = 0; o < outer; o++)
        for (int64_t j = 0; j < inner; j++) {
            const int64_t at = o * n * inner + j;
            const REAL *restrict y = (const REAL *)py + at, *restrict dy = (const REAL *)pdy + at;
            REAL *restrict dx = (REAL *)pdx + at;
            double total = 0;
            if (inner == 1)
                total = logarithm ? sum_of(n, dy) : dot(n, y, dy);
            for (int64_t i = 0; inner != 1 && i < n; i++)
                total += (double)dy[i * inner] * (logarithm ? 1 : (double)y[i * inner]);
            const REAL offset = (REAL)total;
            if (inner != 1)
                for (int64_t i = 0; i < n * inner; i += inner)
                    ASSIGN(dx[i], logarithm ? dy[i] - exp(y[i]) * offset : y[i] * (dy[i] - offset));
            else if (logarithm)
                for (int64_t i = 0; i < n; i++)
                    ASSIGN(dx[i], dy[i] - exp(y[i]) * offset);
            else
                for (int64_t i = 0; i < n; i++)
                    ASSIGN(dx[i], y[i] * (dy[i] - offset));
        }
}
