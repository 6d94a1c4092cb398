/*
 * The kernel table: all arithmetic on tensors goes through it. The CPU fills it (OpenBLAS and own products
 * behind gemm); a plug-in may fill the same table for another device.
 *
 * Conventions. Pointers are to the table's type (float or double), contiguous unless a stride is named, and
 * do not overlap unless said. `add` chooses y += ... (true) or y = ... (false). Arrays over (outer, n, inner)
 * have the index (o * n + i) * inner + j. Sums run in a fixed order that depends on sizes and on the number
 * of threads only; losses and statistics are added up in double. A NaN in any input reaches every output that
 * depends on it.
 */
#ifndef MLDBG_BACKEND_H
#define MLDBG_BACKEND_H

#include <mldbg/base/error.h>
#include <mldbg/base/random.h>
#include <mldbg/tensor.h>

enum unary {
#define UNARY(name, ...) UNARY_##name,
#include <mldbg/backend/unary.def>
#undef UNARY
    UNARY_COUNT
};

enum term {
#define TERM(name, ...) TERM_##name,
#include <mldbg/backend/terms.def>
#undef TERM
    TERM_COUNT
};

/* C = alpha op(A) op(B) + beta C, row-major, m x n over k; outer x inner such products with the given steps.
 */
struct gemm {
    bool trans_a, trans_b;
    int64_t m, n, k;
    int64_t lda, ldb, ldc; /* elements between rows as stored */
    double alpha, beta;    /* beta 0 overwrites C, NaN included */
    int64_t outer, inner;  /* counts of products, at least 1 */
    int64_t a_outer, a_inner, b_outer, b_inner, c_outer, c_inner;
};

/* Convolution, N C H W; weights are out_channels x (in_channels / groups) x kernel_h x kernel_w (PyTorch's
 * order). */
struct conv {
    int64_t batch, in_channels, in_h, in_w;
    int64_t out_channels, out_h, out_w;
    int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    int64_t pad_top,
        pad_left; /* zeros before the first row and column; those behind follow from out_h, out_w */
    int64_t groups;
};

struct pool {
    int64_t planes, in_h, in_w, out_h, out_w; /* planes = batch x channels */
    int64_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
    bool count_pad; /* average: padded zeros count in the divisor */
};

struct batchnorm {
    int64_t outer, channels, inner;
    double eps;
    double momentum; /* share of the new batch in the running statistics (PyTorch's meaning) */
    bool unbiased;   /* running variance divides by count - 1 (PyTorch) or by count (Keras) */
    bool training;   /* normalize by this batch and update running statistics, or normalize by those */
    int64_t stride;  /* elements from one outer to the next; 0: channels x inner */
};

enum update { UPDATE_sgd, UPDATE_adam, UPDATE_rmsprop, UPDATE_adagrad, UPDATE_adadelta };
enum { UPDATE_SLOTS = 3 };

/* One step of an optimizer on a span of parameters. Formulas are PyTorch's (torch.optim) unless keras is set.
 */
struct update_settings {
    enum update kind;
    double lr, momentum, dampening, beta1, beta2, alpha, rho, eps, lr_decay, weight_decay;
    bool nesterov, decoupled /* AdamW */,
        keras /* eps outside the root's correction, Keras's momentum form */, centered;
    int64_t step; /* from 1 */
};

struct statistics {
    int64_t count, zeros, nonfinite, first_nonfinite; /* flat index, or -1 */
    double sum, sum_squares, largest;                 /* over finite elements; largest is a magnitude */
    double least, most;                               /* of the finite elements; NaN: there are none */
};

/* The part of it that is quick to have. */
struct size {
    int64_t count, nonfinite;
    double sum, sum_squares, largest; /* over finite elements; largest is a magnitude */
};

/* What is quickest: squares of float are added up in float, which leaves about six digits. */
struct magnitude {
    int64_t nonfinite;
    double sum_squares, largest; /* over finite elements */
};

struct kernels {
    enum dtype dtype;
    const char *isa; /* "generic", "avx2", "avx512" */

    /*
     * Runs part(context, index) once for each index of 0 .. parts - 1, on several threads at the same time
     * where there are several and the multiply-adds of all parts together are worth it. Parts write different
     * places and may call kernels, which then stay on the thread of the part.
     */
    void (*parallel)(int64_t parts, double multiply_adds, void (*part)(void *context, int64_t index),
                     void *context);
    /* How many threads that may be: at least 1. */
    int (*threads)(void);

    void (*fill)(int64_t n, double value, void *y);
    /* y = alpha x + beta y; beta 0 overwrites. */
    void (*axpby)(int64_t n, double alpha, const void *x, double beta, void *y);
    void (*gemm)(const struct gemm *gemm, const void *a, const void *b, void *c);

    void (*unary)(enum unary kind, double a, int64_t n, const void *x, void *y);
    void (*unary_grad)(enum unary kind, double a, int64_t n, const void *x, const void *y, const void *dy,
                       bool add, void *dx);
    /* y = a + b; y (+)= a b */
    void (*sum)(int64_t n, const void *a, const void *b, void *y);
    void (*product)(int64_t n, const void *a, const void *b, bool add, void *y);
    /* y[o][i][j] = x[o][i][j] + b[i]; x may be y. */
    void (*add_channels)(int64_t outer, int64_t n, int64_t inner, const void *x, const void *b, void *y);
    /* db[i] (+)= sum over o, j */
    void (*sum_channels)(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *db);
    /* The same for n of the channels of a wider tensor, whose outer lie stride elements apart. */
    void (*sum_some_channels)(int64_t outer, int64_t n, int64_t inner, int64_t stride, const void *dy,
                              bool add, void *db);
    /* y[o][j] = mean over i, and its gradient */
    void (*mean)(int64_t outer, int64_t n, int64_t inner, const void *x, void *y);
    void (*mean_grad)(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *dx);
    /* rows of width elements, x_stride and y_stride apart */
    void (*copy_rows)(int64_t rows, int64_t width, const void *x, int64_t x_stride, bool add, void *y,
                      int64_t y_stride);
    /* y[o][c][r] (+)= x[o][r][c] */
    void (*transpose)(int64_t outer, int64_t rows, int64_t columns, const void *x, bool add, void *y);

    /* Over n for each (outer, inner); logarithm: log-softmax. The gradient reads y. */
    void (*softmax)(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *x, void *y);
    void (*softmax_grad)(int64_t outer, int64_t n, int64_t inner, bool logarithm, const void *y,
                         const void *dy, bool add, void *dx);
    /* scores[b][i][j] = -inf for j > i, over count squares of side t */
    void (*mask_causal)(int64_t count, int64_t t, void *scores);

    /* y[r] = table[index[r]]; an index outside of 0..entries-1 gives a row of NaN. Gradient adds into rows.
     */
    void (*gather)(int64_t rows, int64_t width, int64_t entries, const int32_t *index, const void *table,
                   void *y);
    void (*scatter_add)(int64_t rows, int64_t width, int64_t entries, const int32_t *index, const void *dy,
                        void *dtable);

    /* Elements of workspace that the three convolution kernels need. */
    int64_t (*conv_workspace)(const struct conv *conv);
    void (*conv_forward)(const struct conv *conv, const void *x, const void *w, const void *b /* or NULL */,
                         void *y, void *workspace);
    void (*conv_grad_input)(const struct conv *conv, const void *w, const void *dy, bool add, void *dx,
                            void *workspace);
    void (*conv_grad_weight)(const struct conv *conv, const void *x, const void *dy, bool add, void *dw,
                             void *workspace);

    /* winner[i]: flat index within the input plane of each output's maximum; a NaN wins over all; -1: only
     * padding. */
    void (*maxpool)(const struct pool *pool, const void *x, void *y, int32_t *winner);
    void (*maxpool_grad)(const struct pool *pool, const int32_t *winner, const void *dy, bool add, void *dx);
    void (*avgpool)(const struct pool *pool, const void *x, void *y);
    void (*avgpool_grad)(const struct pool *pool, const void *dy, bool add, void *dx);

    /* mean, rstd: channels values kept for the gradient. running_* are updated in training. gamma, beta may
     * be NULL. */
    void (*batchnorm)(const struct batchnorm *norm, const void *x, const void *gamma, const void *beta,
                      void *running_mean, void *running_var, void *mean, void *rstd, void *y);
    void (*batchnorm_grad)(const struct batchnorm *norm, const void *x, const void *gamma, const void *mean,
                           const void *rstd, const void *dy, bool add_dx, void *dx /* or NULL */, bool add_dw,
                           void *dgamma /* or NULL */, void *dbeta);
    void (*layernorm)(int64_t rows, int64_t width, double eps, const void *x, const void *gamma,
                      const void *beta, void *mean, void *rstd, void *y);
    void (*layernorm_grad)(int64_t rows, int64_t width, const void *x, const void *gamma, const void *mean,
                           const void *rstd, const void *dy, bool add_dx, void *dx, bool add_dw, void *dgamma,
                           void *dbeta);
    /* dgamma, dbeta alone (either may be NULL), of width columns of rows that lie stride elements apart. */
    void (*layernorm_grad_weights)(int64_t rows, int64_t width, int64_t stride, const void *x,
                                   const void *mean, const void *rstd, const void *dy, bool add, void *dgamma,
                                   void *dbeta);

    /*
     * Keeps an element with probability 1 - p and divides it by 1 - p; mask[i] is 1 where kept, 0 where the
     * element is multiplied by 0. Element e = first_index + i is kept where word e % 4 of random_block(key,
     * step, e / 4) is at least p * 2^32, on every back end. p = 1 keeps none.
     */
    void (*dropout)(int64_t n, double p, struct random key, uint64_t step, uint64_t first_index,
                    const void *x, uint8_t *mask, void *y);
    void (*dropout_grad)(int64_t n, double p, const uint8_t *mask, const void *dy, bool add, void *dx);

    /*
     * Recurrent cells on rows x hidden at one time step; every array has its own row stride (elements). Gates
     * come in as sums W x + U h + b and are replaced by their activated values, which the gradient reads.
     * lstm: gates i, f, g, o side by side (PyTorch's order), each hidden wide. c_prev NULL: zeros. level
     * (c_stride apart): tanh(c), which the gradient reads.
     * gru: gates r, z, n from the input (x_gates) and from the state (h_gates), PyTorch's order and formula;
     * x_gates are replaced by the activated r, z, n. h_prev NULL: zeros.
     */
    void (*lstm_cell)(int64_t rows, int64_t hidden, void *gates, int64_t gates_stride, const void *c_prev,
                      int64_t c_prev_stride, void *c, void *level, int64_t c_stride, void *h,
                      int64_t h_stride);
    /* dh, dc: gradients that arrive at h and c of this step; dgates and dc_prev are written (dc_prev may be
     * dc). */
    void (*lstm_cell_grad)(int64_t rows, int64_t hidden, const void *gates, int64_t gates_stride,
                           const void *c_prev, int64_t c_prev_stride, const void *level, int64_t level_stride,
                           const void *dh, int64_t dh_stride, const void *dc, int64_t dc_stride, void *dgates,
                           int64_t dgates_stride, void *dc_prev, int64_t dc_prev_stride);
    void (*gru_cell)(int64_t rows, int64_t hidden, void *x_gates, int64_t x_stride, const void *h_gates,
                     int64_t hg_stride, const void *h_prev, int64_t h_prev_stride, void *h, int64_t h_stride);
    /* dx_gates, dh_gates: gradients of the two sums; dh_prev (+)= the direct part dh * z. */
    void (*gru_cell_grad)(int64_t rows, int64_t hidden, const void *x_gates, int64_t x_stride,
                          const void *h_gates, int64_t hg_stride, const void *h_prev, int64_t h_prev_stride,
                          const void *dh, int64_t dh_stride, void *dx_gates, int64_t dx_stride,
                          void *dh_gates, int64_t dhg_stride, bool add, void *dh_prev,
                          int64_t dh_prev_stride);

    /*
     * Softmax cross-entropy on rows x classes logits. labels: class per row, or -1 to leave the row out.
     * weight per class or NULL. smoothing as in torch.nn.CrossEntropyLoss. Writes the softmax and each row's
     * weighted loss; returns the sum of the rows, and the sum of their weights in *weight_sum.
     */
    double (*cross_entropy)(int64_t rows, int64_t classes, const void *logits, const int32_t *labels,
                            const void *weight, double smoothing, void *softmax, double *row_loss,
                            double *weight_sum);
    void (*cross_entropy_grad)(int64_t rows, int64_t classes, const void *softmax, const int32_t *labels,
                               const void *weight, double smoothing, double scale, bool add, void *dlogits);
    /* Sum over rows x width elements of a term of terms.def; target is rows x target_width, target_width 1
     * repeats. */
    double (*terms)(enum term kind, double a, int64_t rows, int64_t width, const void *prediction,
                    const void *target, int64_t target_width, const double *row_weight /* or NULL */,
                    double *row_loss);
    void (*terms_grad)(enum term kind, double a, int64_t rows, int64_t width, const void *prediction,
                       const void *target, int64_t target_width, const double *row_weight, double scale,
                       bool add, void *dprediction);
    /* y = x / sum of the row, and its gradient (Keras's renormalizing of probabilities) */
    void (*normalize_rows)(int64_t rows, int64_t width, const void *x, void *y);
    void (*normalize_rows_grad)(int64_t rows, int64_t width, const void *x, const void *dy, bool add,
                                void *dx);
    /* l1 sum |w| + l2 sum w^2, and its gradient times scale */
    double (*penalty)(int64_t n, double l1, double l2, const void *w);
    void (*penalty_grad)(int64_t n, double l1, double l2, double scale, const void *w, bool add, void *dw);

    /* Returns whether every weight that was written is finite. */
    bool (*update)(const struct update_settings *settings, int64_t n, void *w, const void *g,
                   void *const *slots);
    double (*dot)(int64_t n, const void *a, const void *b);
    /* sum of (a - b)^2, to about six digits */
    double (*distance)(int64_t n, const void *a, const void *b);
    /* The same of now and before, with the magnitude of now beside it. */
    double (*change)(int64_t n, const void *now, const void *before, struct magnitude *out);
    void (*size)(int64_t n, const void *x, struct size *out);
    void (*magnitude)(int64_t n, const void *x, struct magnitude *out);
    void (*statistics)(int64_t n, const void *x, struct statistics *out);
    /* How many of the n channels are zero for every o and j. */
    int64_t (*zero_channels)(int64_t outer, int64_t n, int64_t inner, const void *x);
    /* Elements at most low or at least high; a NaN is neither. */
    int64_t (*count_beyond)(int64_t n, double low, double high, const void *x);
    /* Flat index of the first NaN or infinity, or -1; the quick check of every step. */
    int64_t (*first_nonfinite)(int64_t n, const void *x);
};

struct backend {
    const char *name;                           /* "cpu" */
    const struct kernels *kernels[DTYPE_COUNT]; /* F32 and F64 */
};

/*
 * The CPU, its kernels chosen for this processor; with more than one thread, kernels share out what is worth
 * it. Makes sure that the BLAS can have its work memory, and starts the threads; fails with ERROR_MACHINE
 * when it cannot. threads 0: one. A process has one number of threads beside one: another is ERROR_REQUEST.
 */
bool backend_cpu(int threads, const struct backend **out, struct error *err);

/* What stands behind gemm: "OpenBLAS 0.3.21 (SkylakeX, pthread)". */
const char *backend_blas(struct arena *arena);

/* The kernels of one instruction set by name, for tests and benchmarks; NULL if this processor lacks it. */
const struct kernels *backend_kernels(const char *isa, enum dtype dtype);

/*
 * For tests: the same on several threads, all work cut into parts however small. There is one such table a
 * type; what the call before returned, and the back end of several threads, must not be used any more.
 */
const struct kernels *backend_kernels_dealt(const char *isa, enum dtype dtype, int threads);

const char *unary_name(enum unary kind);

#endif
