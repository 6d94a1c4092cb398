/*
 * All kernels for one type and one instruction set, and their table. The file that includes this one says
 * which type: REAL, its literals REAL_C, its bits as an integer (REAL_INFINITY: those of infinity), functions
 * and the product.
 */
#ifndef KERNEL_ISA
#define KERNEL_ISA generic
#endif

#define KERNEL_JOIN_(a, b) a##b
#define KERNEL_JOIN(a, b)  KERNEL_JOIN_(a, b)
#define KERNEL_NAME_(isa)  #isa
#define KERNEL_NAME(isa)   KERNEL_NAME_(isa)

#include "functions.tmpl.h"
#include "reduce.tmpl.h"
#include "elementwise.tmpl.h"
#include "gather.tmpl.h"
#include "convolve.tmpl.h"
#include "pool.tmpl.h"
#include "normalize.tmpl.h"
#include "softmax.tmpl.h"
#include "recurrent.tmpl.h"
#include "loss.tmpl.h"
#include "statistics.tmpl.h"
#include "magnitude.tmpl.h"
#include "update.tmpl.h"

/* One after the other. */
static void serial_parts(int64_t parts, double multiply_adds, void (*part)(void *context, int64_t index),
                         void *context)
{
    (void)multiply_adds;
    for (int64_t i = 0; i < parts; i++)
        part(context, i);
}

static int one_thread(void)
{
    return 1;
}

const struct kernels KERNEL_JOIN(KERNEL_TABLE, KERNEL_ISA) = {
    .dtype = REAL_DTYPE,
    .isa = KERNEL_NAME(KERNEL_ISA),
    .parallel = serial_parts,
    .threads = one_thread,
    .fill = fill,
    .axpby = axpby,
    .gemm = KERNEL_GEMM,
    .unary = unary,
    .unary_grad = unary_grad,
    .sum = sum,
    .product = product,
    .add_channels = add_channels,
    .sum_channels = sum_channels,
    .sum_some_channels = sum_some_channels,
    .mean = mean,
    .mean_grad = mean_grad,
    .copy_rows = copy_rows,
    .transpose = transpose,
    .softmax = softmax,
    .softmax_grad = softmax_grad,
    .mask_causal = mask_causal,
    .gather = gather,
    .scatter_add = scatter_add,
    .conv_workspace = conv_workspace,
    .conv_forward = conv_forward,
    .conv_grad_input = conv_grad_input,
    .conv_grad_weight = conv_grad_weight,
    .maxpool = maxpool,
    .maxpool_grad = maxpool_grad,
    .avgpool = avgpool,
    .avgpool_grad = avgpool_grad,
    .batchnorm = batchnorm,
    .batchnorm_grad = batchnorm_grad,
    .layernorm = layernorm,
    .layernorm_grad = layernorm_grad,
    .layernorm_grad_weights = layernorm_grad_weights,
    .dropout = dropout,
    .dropout_grad = dropout_grad,
    .lstm_cell = lstm_cell,
    .lstm_cell_grad = lstm_cell_grad,
    .gru_cell = gru_cell,
    .gru_cell_grad = gru_cell_grad,
    .cross_entropy = cross_entropy,
    .cross_entropy_grad = cross_entropy_grad,
    .terms = terms,
    .terms_grad = terms_grad,
    .normalize_rows = normalize_rows,
    .normalize_rows_grad = normalize_rows_grad,
    .penalty = penalty,
    .penalty_grad = penalty_grad,
    .update = update,
    .dot = dot,
    .distance = distance,
    .change = change,
    .size = size,
    .magnitude = magnitude,
    .statistics = statistics,
    .zero_channels = zero_channels,
    .count_beyond = count_beyond,
    .first_nonfinite = first_nonfinite,
};
