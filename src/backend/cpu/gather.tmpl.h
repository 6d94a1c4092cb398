/* Rows of a table by index, and the gradient back into them. */

static void gather(int64_t rows, int64_t width, int64_t entries, const int32_t *index, const void *table,
                   void *py)
{
    REAL *restrict y = py;
    for (int64_t row = 0; row < rows; row++, y += width) {
        if (index[row] < 0 || index[row] >= entries) {
            fill(width, (double)NAN, y);
            continue;
        }
        const REAL *restrict x = (const REAL *)table + index[row] * width;
        for (int64_t j = 0; j < width; j++)
            y[j] = x[j];
    }
}

static void scatter_add(int64_t rows, int64_t width, int64_t entries, const int32_t *index, const void *dy,
                        void *dtable)
{
    const REAL *restrict x = dy;
    for (int64_t row = 0; row < rows; row++) {
        if (index[row] < 0 || index[row] >= entries)
            continue;
        REAL *restrict y = (REAL *)dtable + index[row] * width;
        for (int64_t j = 0; j < width; j++)
            y[j] += x[row * width + j];
    }
}
