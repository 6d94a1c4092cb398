/*
 * Convolution as one matrix product an image (and group): the patches under the kernel's positions become
 * columns. The image is first copied into a frame of zeros, so that the copy of patches knows no borders.
 * Rows are copied and added in whole vectors; what a vector writes behind its row is overwritten by the next
 * row, or lies in the slack.
 */
enum { CHUNK = VECTOR_BYTES / sizeof(REAL) }; /* elements copied at once */

typedef REAL chunk __attribute__((vector_size(VECTOR_BYTES)));
typedef REAL_SIGNED chunk_bits __attribute__((vector_size(VECTOR_BYTES)));

struct frame {
    int64_t h, w; /* of the part of the padded image that the kernel reaches */
    int64_t rows; /* rows and columns of the image that lie in it */
    int64_t columns;
    int64_t channels; /* of one group */
    int64_t filters;  /* of one group */
    int64_t patch;    /* elements under the kernel */
    int64_t out;      /* output positions */
    bool plain;       /* the image itself is the matrix of patches */
};

static int64_t within(int64_t size, int64_t room)
{
    return room < 0 ? 0 : size < room ? size : room;
}

static struct frame frame_of(const struct conv *conv)
{
    struct frame frame = {
        .h = (conv->out_h - 1) * conv->stride_h + (conv->kernel_h - 1) * conv->dilation_h + 1,
        .w = (conv->out_w - 1) * conv->stride_w + (conv->kernel_w - 1) * conv->dilation_w + 1,
        .channels = conv->in_channels / conv->groups,
        .filters = conv->out_channels / conv->groups,
        .out = conv->out_h * conv->out_w,
    };
    frame.rows = within(conv->in_h, frame.h - conv->pad_top);
    frame.columns = within(conv->in_w, frame.w - conv->pad_left);
    frame.patch = frame.channels * conv->kernel_h * conv->kernel_w;
    frame.plain = conv->kernel_h == 1 && conv->kernel_w == 1 && conv->stride_h == 1 && conv->stride_w == 1 &&
                  conv->pad_top == 0 && conv->pad_left == 0 && conv->out_h == conv->in_h &&
                  conv->out_w == conv->in_w;
    return frame;
}

/* Elements of the framed image, vectors that run over its end included, in whole chunks. */
static int64_t framed_size(const struct conv *conv, const struct frame *frame)
{
    return (conv->in_channels * frame->h * frame->w + 2 * CHUNK - 1) / CHUNK * CHUNK;
}

static int64_t conv_workspace(const struct conv *conv)
{
    const struct frame frame = frame_of(conv);
    return frame.plain ? 0 : framed_size(conv, &frame) + frame.patch * frame.out + CHUNK;
}

/* The image into the middle of its frame; the zeros around it stay. */
static void enter_frame(const struct conv *conv, const struct frame *frame, const REAL *x, REAL *framed)
{
    framed += conv->pad_top * frame->w + conv->pad_left;
    for (int64_t c = 0; c < conv->in_channels;
         c++, framed += frame->h * frame->w, x += conv->in_h * conv->in_w)
        for (int64_t row = 0; row < frame->rows; row++)
            memcpy(framed + row * frame->w, x + row * conv->in_w, (size_t)frame->columns * sizeof(REAL));
}

/* columns[channel, ky, kx][oy, ox] = framed[channel][oy * stride + ky * dilation][ox * stride + kx *
 * dilation] */
static void take_patches(const struct conv *conv, const struct frame *frame, const REAL *framed,
                         REAL *columns)
{
    for (int64_t c = 0; c < frame->channels; c++, framed += frame->h * frame->w)
        for (int64_t ky = 0; ky < conv->kernel_h; ky++)
            for (int64_t kx = 0; kx < conv->kernel_w; kx++) {
                const REAL *x = framed + ky * conv->dilation_h * frame->w + kx * conv->dilation_w;
                for (int64_t row = 0; row < conv->out_h; row++, x += conv->stride_h * frame->w) {
                    if (conv->stride_w == 1)
                        for (int64_t j = 0; j < conv->out_w; j += CHUNK)
                            memcpy(columns + j, x + j, CHUNK * sizeof(REAL));
                    else
                        for (int64_t j = 0; j < conv->out_w; j++)
                            columns[j] = x[j * conv->stride_w];
                    columns += conv->out_w;
                }
            }
}

/* Adds columns back to where take_patches took them from. */
static void give_patches(const struct conv *conv, const struct frame *frame, const REAL *columns,
                         REAL *framed)
{
    for (int64_t c = 0; c < frame->channels; c++, framed += frame->h * frame->w)
        for (int64_t ky = 0; ky < conv->kernel_h; ky++)
            for (int64_t kx = 0; kx < conv->kernel_w; kx++) {
                REAL *y = framed + ky * conv->dilation_h * frame->w + kx * conv->dilation_w;
                for (int64_t row = 0; row < conv->out_h; row++, y += conv->stride_h * frame->w) {
                    for (int64_t j = 0; j < conv->out_w; j++)
                        y[j * conv->stride_w] += columns[j];
                    columns += conv->out_w;
                }
            }
}

/* dx from the middle of its frame; what the kernel never reached has no gradient. */
static void leave_frame(const struct conv *conv, const struct frame *frame, const REAL *framed, bool add,
                        REAL *dx)
{
    const int64_t plane = conv->in_h * conv->in_w;
    if (!add && (frame->rows < conv->in_h || frame->columns < conv->in_w))
        fill(conv->in_channels * plane, 0, dx);
    framed += conv->pad_top * frame->w + conv->pad_left;
    for (int64_t c = 0; c < conv->in_channels; c++, framed += frame->h * frame->w, dx += plane)
        copy_rows(frame->rows, frame->columns, framed, frame->w, add, dx, conv->in_w);
}

/* Bits that keep the lanes of a chunk that lie in 0 .. n - 1 when its first one lies at `at`. */
static inline void lanes_within(int64_t n, int64_t at, chunk_bits *keep)
{
    static const REAL_SIGNED window[2 * 16 + CHUNK] = {
        [16] = -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    };
    chunk_bits left, right;
    memcpy(&left, window + 16 + (at < 0 ? at : 0), sizeof left);
    memcpy(&right, window + 16 + (n - at < CHUNK ? 16 - (n - at) : 0), sizeof right);
    *keep = left & right;
}

/* Sum of what the kernel's positions give to the elements from (row, column) on, a chunk of a row of one
 * channel. */
static inline void collect_chunk(const struct conv *conv, const struct frame *frame, const REAL *columns,
                                 int64_t row, int64_t column, chunk *total)
{
    *total = (chunk){0};
    for (int64_t ky = 0; ky < conv->kernel_h; ky++) {
        const int64_t out_row = row + conv->pad_top - ky * conv->dilation_h;
        if (out_row < 0 || out_row >= conv->out_h)
            continue;
        for (int64_t kx = 0; kx < conv->kernel_w; kx++) {
            const int64_t at = column + conv->pad_left - kx * conv->dilation_w;
            if (at <= -CHUNK || at >= conv->out_w)
                continue;
            chunk x;
            chunk_bits keep;
            lanes_within(conv->out_w, at, &keep);
            memcpy(&x, columns + (ky * conv->kernel_w + kx) * frame->out + out_row * conv->out_w + at,
                   sizeof x);
            *total += (chunk)((chunk_bits)x & keep);
        }
    }
}

/*
 * The same sums as give_patches, for strides of 1: every element of dx collects its own, so that nothing is
 * written twice. May read up to a chunk before and behind the columns, and, unless adding, writes over the
 * ends of rows.
 */
static void collect_patches(const struct conv *conv, const struct frame *frame, const REAL *columns, bool add,
                            REAL *dx, const REAL *end)
{
    chunk total, before;
    for (int64_t c = 0; c < frame->channels; c++, columns += conv->kernel_h * conv->kernel_w * frame->out)
        for (int64_t row = 0; row < conv->in_h; row++, dx += conv->in_w)
            for (int64_t j = 0; j < conv->in_w; j += CHUNK) {
                collect_chunk(conv, frame, columns, row, j, &total);
                if (add ? j + CHUNK <= conv->in_w : end - (dx + j) >= CHUNK) {
                    if (add) {
                        memcpy(&before, dx + j, sizeof before);
                        total += before;
                    }
                    memcpy(dx + j, &total, sizeof total);
                } else {
                    for (int64_t i = 0; j + i < conv->in_w; i++)
                        ASSIGN(dx[j + i], total[i]);
                }
            }
}

/* c (+)= op(a) op(b), rows as long as stored. */
static void multiply(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const REAL *a,
                     const REAL *b, bool add, REAL *c)
{
    const struct gemm gemm = {
        .trans_a = trans_a,
        .trans_b = trans_b,
        .m = m,
        .n = n,
        .k = k,
        .lda = trans_a ? m : k,
        .ldb = trans_b ? k : n,
        .ldc = n,
        .alpha = 1,
        .beta = add,
        .outer = 1,
        .inner = 1,
    };
    KERNEL_GEMM(&gemm, a, b, c);
}

static void conv_forward(const struct conv *conv, const void *px, const void *pw, const void *pb, void *py,
                         void *workspace)
{
    const struct frame frame = frame_of(conv);
    const REAL *x = px, *w = pw, *b = pb;
    REAL *y = py, *framed = workspace;
    if (!frame.plain)
        fill(framed_size(conv, &frame), 0, framed);
    for (int64_t image = 0; image < conv->batch; image++, x += conv->in_channels * conv->in_h * conv->in_w) {
        if (!frame.plain)
            enter_frame(conv, &frame, x, framed);
        for (int64_t g = 0; g < conv->groups; g++, y += frame.filters * frame.out) {
            const REAL *columns = x + g * frame.channels * frame.out;
            if (!frame.plain) {
                REAL *patches = framed + framed_size(conv, &frame);
                take_patches(conv, &frame, framed + g * frame.channels * frame.h * frame.w, patches);
                columns = patches;
            }
            for (int64_t f = 0; b && f < frame.filters; f++)
                fill(frame.out, (double)b[g * frame.filters + f], y + f * frame.out);
            multiply(false, false, frame.filters, frame.out, frame.patch, w + g * frame.filters * frame.patch,
                     columns, b != NULL, y);
        }
    }
}

static void conv_grad_input(const struct conv *conv, const void *pw, const void *pdy, bool add, void *pdx,
                            void *workspace)
{
    const struct frame frame = frame_of(conv);
    const int64_t image_size = conv->in_channels * conv->in_h * conv->in_w;
    const bool collect = conv->stride_h == 1 && conv->stride_w == 1;
    const REAL *w = pw, *dy = pdy;
    REAL *dx = pdx, *framed = workspace;
    const REAL *end = dx + conv->batch * image_size;
    for (int64_t image = 0; image < conv->batch; image++, dx += image_size) {
        if (!collect)
            fill(framed_size(conv, &frame), 0, framed);
        for (int64_t g = 0; g < conv->groups; g++, dy += frame.filters * frame.out) {
            REAL *part = dx + g * frame.channels * conv->in_h * conv->in_w;
            REAL *columns = frame.plain ? part : framed + framed_size(conv, &frame);
            multiply(true, false, frame.patch, frame.out, frame.filters, w + g * frame.filters * frame.patch,
                     dy, frame.plain && add, columns);
            if (!collect)
                give_patches(conv, &frame, columns, framed + g * frame.channels * frame.h * frame.w);
            else if (!frame.plain)
                collect_patches(conv, &frame, columns, add, part, end);
        }
        if (!collect)
            leave_frame(conv, &frame, framed, add, dx);
    }
}

static void conv_grad_weight(const struct conv *conv, const void *px, const void *pdy, bool add, void *pdw,
                             void *workspace)
{
    const struct frame frame = frame_of(conv);
    const REAL *x = px, *dy = pdy;
    REAL *dw = pdw, *framed = workspace;
    if (conv->batch == 0 && !add)
        fill(conv->out_channels * frame.patch, 0, dw);
    if (!frame.plain)
        fill(framed_size(conv, &frame), 0, framed);
    for (int64_t image = 0; image < conv->batch; image++, x += conv->in_channels * conv->in_h * conv->in_w) {
        if (!frame.plain)
            enter_frame(conv, &frame, x, framed);
        for (int64_t g = 0; g < conv->groups; g++, dy += frame.filters * frame.out) {
            const REAL *columns = x + g * frame.channels * frame.out;
            if (!frame.plain) {
                REAL *patches = framed + framed_size(conv, &frame);
                take_patches(conv, &frame, framed + g * frame.channels * frame.h * frame.w, patches);
                columns = patches;
            }
            multiply(false, true, frame.filters, frame.patch, frame.out, dy, columns, add || image > 0,
                     dw + g * frame.filters * frame.patch);
        }
    }
}
