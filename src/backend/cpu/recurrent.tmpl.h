/* One time step of LSTM (Hochreiter and Schmidhuber 1997; Gers et al. 2000) and GRU (Cho et al. 2014), a row
 * each. */
enum {
    CELL_BLOCK = 64
}; /* elements of a row whose incoming gradient is kept aside, so that it may be overwritten */

static void lstm_row(int64_t n, REAL *restrict pi, REAL *restrict pf, REAL *restrict pg, REAL *restrict po,
                     const REAL *restrict c_prev, REAL *restrict c, REAL *restrict level, REAL *restrict h)
{
    for (int64_t j = 0; j < n; j++) {
        const REAL i = sigmoid(pi[j]), f = sigmoid(pf[j]), g = tanh(pg[j]), o = sigmoid(po[j]);
        const REAL state = (c_prev ? f * c_prev[j] : 0) + i * g;
        pi[j] = i;
        pf[j] = f;
        pg[j] = g;
        po[j] = o;
        c[j] = state;
        level[j] = tanh(state);
        h[j] = o * level[j];
    }
}

static void lstm_cell(int64_t rows, int64_t hidden, void *gates, int64_t gates_stride, const void *c_prev,
                      int64_t c_prev_stride, void *c, void *level, int64_t c_stride, void *h,
                      int64_t h_stride)
{
    for (int64_t row = 0; row < rows; row++) {
        REAL *gate = (REAL *)gates + row * gates_stride;
        lstm_row(hidden, gate, gate + hidden, gate + 2 * hidden, gate + 3 * hidden,
                 c_prev ? (const REAL *)c_prev + row * c_prev_stride : NULL, (REAL *)c + row * c_stride,
                 (REAL *)level + row * c_stride, (REAL *)h + row * h_stride);
    }
}

/* gate and dgate: the four gates, `hidden` apart; n <= CELL_BLOCK of their elements */
static void lstm_block_grad(int64_t n, int64_t hidden, const REAL *restrict gate, const REAL *restrict c_prev,
                            const REAL *restrict level, const REAL *restrict dh, const REAL *restrict dc,
                            REAL *restrict dgate, REAL *restrict dc_prev)
{
    REAL *restrict di = dgate, *restrict df = dgate + hidden, *restrict dg = dgate + 2 * hidden,
                   *restrict dout = dgate + 3 * hidden;
    for (int64_t j = 0; j < n; j++) {
        const REAL i = gate[j], f = gate[hidden + j], g = gate[2 * hidden + j], o = gate[3 * hidden + j];
        const REAL state = dc[j] + dh[j] * o * (1 - level[j] * level[j]);
        di[j] = state * g * i * (1 - i);
        df[j] = c_prev ? state * c_prev[j] * f * (1 - f) : state * 0;
        dg[j] = state * i * (1 - g * g);
        dout[j] = dh[j] * level[j] * o * (1 - o);
        dc_prev[j] = state * f;
    }
}

static void lstm_cell_grad(int64_t rows, int64_t hidden, const void *gates, int64_t gates_stride,
                           const void *c_prev, int64_t c_prev_stride, const void *level, int64_t level_stride,
                           const void *dh, int64_t dh_stride, const void *dc, int64_t dc_stride, void *dgates,
                           int64_t dgates_stride, void *dc_prev, int64_t dc_prev_stride)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t j = 0; j < hidden; j += CELL_BLOCK) {
            const int64_t n = hidden - j < CELL_BLOCK ? hidden - j : CELL_BLOCK;
            REAL dh_in[CELL_BLOCK] = {0}, dc_in[CELL_BLOCK] = {0}, dc_out[CELL_BLOCK];
            if (dh)
                memcpy(dh_in, (const REAL *)dh + row * dh_stride + j, (size_t)n * sizeof(REAL));
            if (dc)
                memcpy(dc_in, (const REAL *)dc + row * dc_stride + j, (size_t)n * sizeof(REAL));
            lstm_block_grad(n, hidden, (const REAL *)gates + row * gates_stride + j,
                            c_prev ? (const REAL *)c_prev + row * c_prev_stride + j : NULL,
                            (const REAL *)level + row * level_stride + j, dh_in, dc_in,
                            (REAL *)dgates + row * dgates_stride + j, dc_out);
            if (dc_prev)
                memcpy((REAL *)dc_prev + row * dc_prev_stride + j, dc_out, (size_t)n * sizeof(REAL));
        }
}

/* x and hx: the gates r, z, n, `hidden` apart */
static void gru_row(int64_t hidden, REAL *restrict x, const REAL *restrict hx, const REAL *restrict h_prev,
                    REAL *restrict h)
{
    REAL *restrict xr = x, *restrict xz = x + hidden, *restrict xn = x + 2 * hidden;
    for (int64_t j = 0; j < hidden; j++) {
        const REAL r = sigmoid(xr[j] + hx[j]), z = sigmoid(xz[j] + hx[hidden + j]);
        const REAL n = tanh(xn[j] + r * hx[2 * hidden + j]);
        xr[j] = r;
        xz[j] = z;
        xn[j] = n;
        h[j] = (1 - z) * n + (h_prev ? z * h_prev[j] : 0);
    }
}

static void gru_cell(int64_t rows, int64_t hidden, void *x_gates, int64_t x_stride, const void *h_gates,
                     int64_t hg_stride, const void *h_prev, int64_t h_prev_stride, void *h, int64_t h_stride)
{
    for (int64_t row = 0; row < rows; row++)
        gru_row(hidden, (REAL *)x_gates + row * x_stride, (const REAL *)h_gates + row * hg_stride,
                h_prev ? (const REAL *)h_prev + row * h_prev_stride : NULL, (REAL *)h + row * h_stride);
}

static void gru_block_grad(int64_t count, int64_t hidden, const REAL *restrict x, const REAL *restrict hx,
                           const REAL *restrict h_prev, const REAL *restrict dh, REAL *restrict dx,
                           REAL *restrict dhx, REAL *restrict direct)
{
    REAL *restrict dxr = dx, *restrict dxz = dx + hidden, *restrict dxn = dx + 2 * hidden;
    REAL *restrict dhr = dhx, *restrict dhz = dhx + hidden, *restrict dhn = dhx + 2 * hidden;
    for (int64_t j = 0; j < count; j++) {
        const REAL r = x[j], z = x[hidden + j], n = x[2 * hidden + j];
        const REAL before = h_prev ? h_prev[j] : 0;
        const REAL to_n = dh[j] * (1 - z) * (1 - n * n);
        const REAL to_z = dh[j] * (before - n) * z * (1 - z);
        const REAL to_r = to_n * hx[2 * hidden + j] * r * (1 - r);
        dxr[j] = to_r;
        dxz[j] = to_z;
        dxn[j] = to_n;
        dhr[j] = to_r;
        dhz[j] = to_z;
        dhn[j] = to_n * r;
        direct[j] = dh[j] * z;
    }
}

static void gru_cell_grad(int64_t rows, int64_t hidden, const void *x_gates, int64_t x_stride,
                          const void *h_gates, int64_t hg_stride, const void *h_prev, int64_t h_prev_stride,
                          const void *dh, int64_t dh_stride, void *dx_gates, int64_t dx_stride,
                          void *dh_gates, int64_t dhg_stride, bool add, void *dh_prev, int64_t dh_prev_stride)
{
    for (int64_t row = 0; row < rows; row++)
        for (int64_t j = 0; j < hidden; j += CELL_BLOCK) {
            const int64_t n = hidden - j < CELL_BLOCK ? hidden - j : CELL_BLOCK;
            REAL dh_in[CELL_BLOCK], direct[CELL_BLOCK];
            memcpy(dh_in, (const REAL *)dh + row * dh_stride + j, (size_t)n * sizeof(REAL));
            gru_block_grad(n, hidden, (const REAL *)x_gates + row * x_stride + j,
                           (const REAL *)h_gates + row * hg_stride + j,
                           h_prev ? (const REAL *)h_prev + row * h_prev_stride + j : NULL, dh_in,
                           (REAL *)dx_gates + row * dx_stride + j, (REAL *)dh_gates + row * dhg_stride + j,
                           direct);
            REAL *to = dh_prev ? (REAL *)dh_prev + row * dh_prev_stride + j : NULL;
            for (int64_t i = 0; to && i < n; i++)
                ASSIGN(to[i], direct[i]);
        }
}
