/* What each operator reads: its inputs, their shapes, and its settings. N: batch. */
#ifndef MLDBG_GRAPH_OPS_H
#define MLDBG_GRAPH_OPS_H

#include <mldbg/graph.h>

/* linear: x [..., in], weight [out, in], optional bias [out] -> [..., out]. No settings. */
/* matmul: a [..., m, k], b [..., k, n] of equal leading sizes -> [..., m, n]. */
struct op_matmul_settings {
    bool transpose_b; /* b is [..., n, k] */
    double factor;    /* of the product; 0 means 1 */
};
/*
 * conv: x [N, C, H, W] or [N, C, L], weight [out, C / groups, kh, kw] or [out, C / groups, k], optional bias
 * [out].
 */
struct op_conv_settings {
    int64_t stride[2], dilation[2];      /* 0 means 1 */
    int64_t pad_before[2], pad_after[2]; /* height, width; for [N, C, L] the second entry counts */
    int64_t groups;                      /* 0 means 1 */
};
/*
 * maxpool, avgpool: x [N, C, H, W] or [N, C, L]. A window that would stick out at the end is left out
 * (floor), as in PyTorch. Padding is less than the kernel.
 */
struct op_pool_settings {
    int64_t kernel[2],
        stride[2]; /* height, width; for [N, C, L] the second entry counts; stride 0: the kernel */
    int64_t pad_before[2], pad_after[2];
    bool count_pad;
};
/* mean: over axes from..to (to excluded, counted with the batch axis 0); those axes go. */
struct op_mean_settings {
    int from, to;
};
/* reshape: x -> the shape given (same count; alias). */
struct op_reshape_settings {
    struct shape shape;
};
/* transpose: swaps the last two axes. No settings. */
/* select: x [N, T, ...] -> [N, ...] at one position of axis 1; -1: the last. */
struct op_select_settings {
    int64_t index;
};
struct op_unary_settings {
    enum unary kind;
    double a;
};
/* softmax: over one axis (negative: from the end). */
struct op_softmax_settings {
    int axis;
    bool logarithm;
};
struct op_dropout_settings {
    double p;
};
/*
 * batchnorm: x [N, C, ...], gamma [C], beta [C], running_mean [C], running_var [C]. The last two are state
 * parameters; forward in training moves them.
 */
struct op_batchnorm_settings {
    double eps, momentum;
    bool unbiased;
    bool frozen; /* always by the running statistics, which do not move */
    bool affine; /* gamma and beta are among the inputs: x, gamma, beta, mean, var; else x, mean, var */
};
/* layernorm: x [..., D], gamma [D], beta [D]. */
struct op_layernorm_settings {
    double eps;
};
/* embedding: int32 indices [N, ...], table [entries, width] -> [N, ..., width]. No settings. */
/*
 * rnn, lstm, gru: x [N, T, D], w_ih [G H, D], w_hh [G H, H], optional b_ih [G H], b_hh [G H] (both or
 * neither)
 * -> [N, T, H]. Gates stand in PyTorch's order; the state before the first step is zero.
 */
struct op_recurrent_settings {
    enum unary activation; /* rnn only: tanh or relu */
    bool reverse;          /* from the last step to the first */
};
/* attention: q, k, v [N, T, D] -> [N, T, D]; softmax(q k' / sqrt(D / heads)) v for each head. */
struct op_attention_settings {
    int64_t heads;
    bool causal;
};
/* add, multiply: two or more inputs of one shape (add: also rank-0 scalars). */
/* add_broadcast: x [N, ...], b of the shape of x's last axes -> x + b for every row. */
/* concat: inputs that agree but for one axis. */
struct op_concat_settings {
    int axis;
};
/* scale: y = factor x. */
struct op_scale_settings {
    double factor;
};

enum reduction { REDUCTION_mean, REDUCTION_sum };

/*
 * cross_entropy: logits [..., C] (classes last), int32 labels [...] (-1: the row is left out), optional class
 * weight [C]
 * -> a number. mean divides by the sum of the weights of the rows that count.
 */
struct op_cross_entropy_settings {
    enum reduction reduction;
    double label_smoothing;
    double factor; /* of the whole loss */
};
/*
 * probability_loss: cross-entropy of probabilities [N, C] with real targets [N, C] (one-hot, or as they are),
 * Keras's way: optionally divide by the row's sum, cut to [clip, 1 - clip], minus target times logarithm,
 * summed over the row. Optional third input: weight of each row [N]. mean divides by the number of rows,
 * whatever their weights.
 */
struct op_probability_loss_settings {
    enum reduction reduction; /* over rows */
    bool normalize;
    double clip; /* 0: not cut */
    double factor;
};
/* nll: log-probabilities [..., C], real targets of the same shape, optional class weight [C] -> a number. */
struct op_nll_settings {
    enum reduction reduction;
    double factor;
};
/*
 * term_loss: prediction [N, ...], target of the same shape (axes of 1 at its end aside) or [N] / [N, 1],
 * which repeats; optional row weight [N]. A row's loss is the mean of its elements for mean, else their sum.
 */
struct op_term_loss_settings {
    enum term term;
    double a;
    enum reduction reduction; /* mean: over all elements, whatever the weights of their rows */
    double factor;
};
/* penalty: a parameter -> l1 sum |w| + l2 sum w^2. */
struct op_penalty_settings {
    double l1, l2;
};

#endif
