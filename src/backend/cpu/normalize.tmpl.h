/* Normalization: of channels over a batch (Ioffe and Szegedy 2015), of rows (Ba, Kiros and Hinton 2016). */

static int64_t outer_stride(const struct batchnorm *norm)
{
    return norm->stride ? norm->stride : norm->channels * norm->inner;
}

/*
 * For width <= COLUMNS channels from `first` on: the sums over outer and inner of x - centre to the power 1
 * or 2, or of (x - centre) dy. Channels of one element a row are added up side by side.
 */
enum moment { MOMENT_SUM, MOMENT_SQUARES, MOMENT_PRODUCTS };

static void add_moments(const struct batchnorm *norm, enum moment moment, int64_t first, int64_t width,
                        const REAL *x, const REAL *dy, const double *centre, double *restrict total)
{
    const int64_t stride = outer_stride(norm);
    for (int64_t c = 0; c < width; c++)
        total[c] = 0;
    for (int64_t o = 0; o < norm->outer && norm->inner == 1; o++) {
        const REAL *row = x + o * stride + first, *dy_row = dy + o * stride + first;
        for (int64_t c = 0; c < width; c++) {
            const double v = (double)row[c] - centre[c];
            total[c] += moment == MOMENT_SUM ? v : moment == MOMENT_SQUARES ? v * v : v * (double)dy_row[c];
        }
    }
    for (int64_t c = 0; c < width && norm->inner != 1; c++)
        for (int64_t o = 0; o < norm->outer; o++) {
            const int64_t at = o * stride + (first + c) * norm->inner;
            if (moment == MOMENT_SUM)
                total[c] += sum_of(norm->inner, x + at);
            else if (moment == MOMENT_SQUARES)
                total[c] += sum_of_squares_about(norm->inner, x + at, centre[c]);
            else
                total[c] += add_products_about(norm->inner, x + at, dy + at, dy + at, centre[c]);
        }
}

/* y = (x - mean) * scale + shift, a channel each */
static void normalize_channels(const struct batchnorm *norm, int64_t first, int64_t width, const REAL *px,
                               const REAL *restrict mean, const REAL *restrict scale,
                               const REAL *restrict shift, REAL *py)
{
    for (int64_t o = 0; o < norm->outer; o++) {
        const int64_t at = o * outer_stride(norm) + first * norm->inner;
        const REAL *restrict x = px + at;
        REAL *restrict y = py + at;
        if (norm->inner == 1)
            for (int64_t c = 0; c < width; c++)
                y[c] = (x[c] - mean[c]) * scale[c] + shift[c];
        else
            for (int64_t c = 0; c < width; c++)
                for (int64_t j = c * norm->inner; j < (c + 1) * norm->inner; j++)
                    y[j] = (x[j] - mean[c]) * scale[c] + shift[c];
    }
}

/* Mean and variance of this batch into the running ones. A batch of one number has no unbiased variance:
 * biased. */
static void update_running(const struct batchnorm *norm, double mean, double variance, REAL *running_mean,
                           REAL *running_var)
{
    const double count = (double)(norm->outer * norm->inner), keep = 1 - norm->momentum;
    if (norm->unbiased && count > 1)
        variance *= count / (count - 1);
    *running_mean = (REAL)(keep * (double)*running_mean + norm->momentum * mean);
    *running_var = (REAL)(keep * (double)*running_var + norm->momentum * variance);
}

static void batchnorm(const struct batchnorm *norm, const void *px, const void *pgamma, const void *pbeta,
                      void *prunning_mean, void *prunning_var, void *pmean, void *prstd, void *py)
{
    static const double zeros[COLUMNS];
    const double count = (double)(norm->outer * norm->inner);
    const REAL *x = px, *gamma = pgamma, *beta = pbeta;
    REAL *running_mean = prunning_mean, *running_var = prunning_var, *mean = pmean, *rstd = prstd;
    for (int64_t first = 0; first < norm->channels; first += COLUMNS) {
        const int64_t width = norm->channels - first < COLUMNS ? norm->channels - first : COLUMNS;
        double centre[COLUMNS], variance[COLUMNS];
        REAL scale[COLUMNS], shift[COLUMNS];
        if (norm->training) {
            add_moments(norm, MOMENT_SUM, first, width, x, x, zeros, centre);
            for (int64_t c = 0; c < width; c++)
                centre[c] /= count;
            add_moments(norm, MOMENT_SQUARES, first, width, x, x, centre, variance);
        }
        for (int64_t c = 0; c < width; c++) {
            const int64_t i = first + c;
            if (norm->training) {
                variance[c] /= count;
                if (running_mean && running_var)
                    update_running(norm, centre[c], variance[c], &running_mean[i], &running_var[i]);
            } else {
                centre[c] = (double)running_mean[i];
                variance[c] = (double)running_var[i];
            }
            mean[i] = (REAL)centre[c];
            rstd[i] = (REAL)(1 / sqrt(variance[c] + norm->eps));
            scale[c] = gamma ? rstd[i] * gamma[i] : rstd[i];
            shift[c] = beta ? beta[i] : 0;
        }
        normalize_channels(norm, first, width, x, mean + first, scale, shift, py);
    }
}

/* dx = scale (dy - offset - (x - mean) slope), a channel each */
static void normalize_channels_grad(const struct batchnorm *norm, int64_t first, int64_t width,
                                    const REAL *px, const REAL *pdy, const REAL *restrict mean,
                                    const REAL *restrict scale, const REAL *restrict offset,
                                    const REAL *restrict slope, bool add, REAL *pdx)
{
    for (int64_t o = 0; o < norm->outer; o++) {
        const int64_t at = o * outer_stride(norm) + first * norm->inner;
        const REAL *restrict x = px + at, *restrict dy = pdy + at;
        REAL *restrict dx = pdx + at;
        if (norm->inner == 1)
            for (int64_t c = 0; c < width; c++)
                ASSIGN(dx[c], scale[c] * (dy[c] - offset[c] - (x[c] - mean[c]) * slope[c]));
        else
            for (int64_t c = 0; c < width; c++)
                for (int64_t j = c * norm->inner; j < (c + 1) * norm->inner; j++)
                    ASSIGN(dx[j], scale[c] * (dy[j] - offset[c] - (x[j] - mean[c]) * slope[c]));
    }
}

static void batchnorm_grad(const struct batchnorm *norm, const void *px, const void *pgamma,
                           const void *pmean, const void *prstd, const void *pdy, bool add_dx, void *dx,
                           bool add, void *pdgamma, void *pdbeta)
{
    static const double zeros[COLUMNS];
    const double count = (double)(norm->outer * norm->inner);
    const REAL *x = px, *dy = pdy, *gamma = pgamma, *mean = pmean, *rstd = prstd;
    REAL *dgamma = pdgamma, *dbeta = pdbeta;
    for (int64_t first = 0; first < norm->channels; first += COLUMNS) {
        const int64_t width = norm->channels - first < COLUMNS ? norm->channels - first : COLUMNS;
        double centre[COLUMNS], sums[COLUMNS], products[COLUMNS];
        REAL scale[COLUMNS], offset[COLUMNS], slope[COLUMNS];
        for (int64_t c = 0; c < width; c++)
            centre[c] = (double)mean[first + c];
        add_moments(norm, MOMENT_SUM, first, width, dy, dy, zeros, sums);
        add_moments(norm, MOMENT_PRODUCTS, first, width, x, dy, centre, products);
        for (int64_t c = 0; c < width; c++) {
            const int64_t i = first + c;
            const double root = (double)rstd[i];
            scale[c] = gamma ? rstd[i] * gamma[i] : rstd[i];
            offset[c] = norm->training ? (REAL)(sums[c] / count) : 0;
            slope[c] = norm->training ? (REAL)(products[c] * root * root / count) : 0;
            if (dgamma)
                ASSIGN(dgamma[i], (REAL)(products[c] * root));
            if (dbeta)
                ASSIGN(dbeta[i], (REAL)sums[c]);
        }
        if (dx)
            normalize_channels_grad(norm, first, width, x, dy, mean + first, scale, offset, slope, add_dx,
                                    dx);
    }
}

static void layernorm(int64_t rows, int64_t width, double eps, const void *px, const void *pgamma,
                      const void *pbeta, void *pmean, void *prstd, void *py)
{
    const REAL *restrict gamma = pgamma, *restrict beta = pbeta;
    REAL *mean = pmean, *rstd = prstd;
    for (int64_t row = 0; row < rows; row++) {
        const REAL *restrict x = (const REAL *)px + row * width;
        REAL *restrict y = (REAL *)py + row * width;
        const double centre = sum_of(width, x) / (double)width;
        const double variance = sum_of_squares_about(width, x, centre) / (double)width;
        const REAL m = (REAL)centre, r = (REAL)(1 / sqrt(variance + eps));
        for (int64_t j = 0; j < width; j++)
            y[j] = (x[j] - m) * r;
        for (int64_t j = 0; gamma && j < width; j++)
            y[j] *= gamma[j];
        for (int64_t j = 0; beta && j < width; j++)
            y[j] += beta[j];
        mean[row] = m;
        rstd[row] = r;
    }
}

/* dgamma and dbeta of all rows: sums down the columns. */
static void layernorm_grad_weights(int64_t rows, int64_t width, int64_t stride, const void *px,
                                   const void *pmean, const void *prstd, const void *pdy, bool add,
                                   void *pdgamma, void *pdbeta)
{
    const REAL *x = px, *mean = pmean, *rstd = prstd, *dy = pdy;
    REAL *dgamma = pdgamma, *dbeta = pdbeta;
    for (int64_t first = 0; first < width; first += COLUMNS) {
        const int64_t columns = width - first < COLUMNS ? width - first : COLUMNS;
        double products[COLUMNS] = {0}, sums[COLUMNS] = {0};
        for (int64_t row = 0; row < rows; row++) {
            const REAL *restrict from = x + row * stride + first, *restrict grad = dy + row * stride + first;
            const double m = (double)mean[row], r = (double)rstd[row];
            for (int64_t j = 0; j < columns; j++) {
                products[j] += (double)grad[j] * (((double)from[j] - m) * r);
                sums[j] += (double)grad[j];
            }
        }
        for (int64_t j = 0; dgamma && j < columns; j++)
            ASSIGN(dgamma[first + j], (REAL)products[j]);
        for (int64_t j = 0; dbeta && j < columns; j++)
            ASSIGN(dbeta[first + j], (REAL)sums[j]);
    }
}

static void layernorm_grad(int64_t rows, int64_t width, const void *px, const void *pgamma, const void *pmean,
                           const void *prstd, const void *pdy, bool add_dx, void *pdx, bool add_dw,
                           void *dgamma, void *dbeta)
{
    const REAL *restrict gamma = pgamma, *mean = pmean, *rstd = prstd;
    if (dgamma || dbeta)
        layernorm_grad_weights(rows, width, width, px, mean, rstd, pdy, add_dw, dgamma, dbeta);
    for (int64_t row = 0; pdx && row < rows; row++) {
        const REAL *restrict x = (const REAL *)px + row * width, *restrict dy =
                                                                     (const REAL *)pdy + row * width;
        REAL *restrict dx = (REAL *)pdx + row * width;
        const double m = (double)mean[row], r = (double)rstd[row], n = (double)width;
        const double total = gamma ? add_products(width, dy, gamma, gamma, 0) : sum_of(width, dy);
        const double products = gamma ? add_triple_products_about(width, x, dy, gamma, m)
                                      : add_products_about(width, x, dy, dy, m);
        const REAL centre = mean[row], scale = rstd[row], offset = (REAL)(total / n),
                   slope = (REAL)(products * r * r / n);
        const bool add = add_dx;
        if (gamma)
            for (int64_t j = 0; j < width; j++)
                ASSIGN(dx[j], scale * (dy[j] * gamma[j] - offset - (x[j] - centre) * slope));
        else
            for (int64_t j = 0; j < width; j++)
                ASSIGN(dx[j], scale * (dy[j] - offset - (x[j] - centre) * slope));
    }
}

static void normalize_rows(int64_t rows, int64_t width, const void *px, void *py)
{
    for (int64_t row = 0; row < rows; row++) {
        const REAL *restrict x = (const REAL *)px + row * width;
        REAL *restrict y = (REAL *)py + row * width;
        const REAL total = (REAL)sum_of(width, x);
        for (int64_t j = 0; j < width; j++)
            y[j] = x[j] / total;
    }
}

/* dx_i = (dy_i - sum_j dy_j x_j / s) / s with the row's sum s */
static void normalize_rows_grad(int64_t rows, int64_t width, const void *px, const void *pdy, bool add,
                                void *pdx)
{
    for (int64_t row = 0; row < rows; row++) {
        const REAL *restrict x = (const REAL *)px + row * width, *restrict dy =
                                                                     (const REAL *)pdy + row * width;
        REAL *restrict dx = (REAL *)pdx + row * width;
        const double total = sum_of(width, x);
        const REAL offset = (REAL)(dot(width, dy, x) / total), divisor = (REAL)total;
        for (int64_t j = 0; j < width; j++)
            ASSIGN(dx[j], (dy[j] - offset) / divisor);
    }
}
