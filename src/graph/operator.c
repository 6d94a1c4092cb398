/*
 * The table of operators, made from graph/ops.def, and the small things that operators share. Nothing here
 * computes on tensors.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "operator.h"

static const struct entry *const table[] = {
#define OPERATOR(id) &op_##id.entry,
#include <mldbg/graph/ops.def>
#undef OPERATOR
};

const struct catalog op_catalog = {
    .kind = "operator",
    .plural = "operators",
    .at = table,
    .count = sizeof(table) / sizeof(table[0]),
};

struct words words_of_axes(const struct shape *shape, int from, int to)
{
    struct words words = {{0}};
    size_t used = 0;
    if (from >= to)
        snprintf(words.at, sizeof(words.at), "a number");
    for (int i = from; i < to; i++) {
        int wrote = snprintf(words.at + used, sizeof(words.at) - used, i > from ? " x %lld" : "%lld",
                             (long long)shape->size[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return words;
}

struct words words_of(const struct shape *shape)
{
    return words_of_axes(shape, 0, shape->rank);
}

int64_t size_product(int64_t a, int64_t b)
{
    int64_t product;
    const int64_t most = INT64_C(1) << 60;
    if (__builtin_mul_overflow(a, b, &product) || product > most)
        return most;
    return product;
}

int64_t size_aligned(int64_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct gemm gemm_of(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k)
{
    return (struct gemm){
        .trans_a = trans_a,
        .trans_b = trans_b,
        .m = m,
        .n = n,
        .k = k,
        .lda = trans_a ? m : k,
        .ldb = trans_b ? k : n,
        .ldc = n,
        .alpha = 1,
        .outer = 1,
        .inner = 1,
    };
}

void op_set_scalar(const struct op_call *call, double value)
{
    *call->scalar = value;
    call->kernels->fill(1, value, call->y->data);
}

void op_pass(const struct op_call *call, int input, int64_t n, double alpha, const void *source)
{
    if (call->dx[input])
        call->kernels->axpby(n, alpha, source, call->add[input] ? 1 : 0, call->dx[input]->data);
}

void *op_number(const struct op_call *call, void *data, int64_t index)
{
    return (char *)data + index * (int64_t)dtype_size(call->kernels->dtype);
}

struct tensor op_view(const struct op_call *call, void *data, int64_t count)
{
    return (struct tensor){
        .dtype = call->kernels->dtype,
        .shape = {.rank = 1, .size = {count}},
        .stride = {1},
        .data = data,
    };
}

uint64_t term_piece(enum term term, double a, double p, double t)
{
    switch (term) {
    case TERM_l1: return p > t ? 1 : p < t ? 2 : 0;
    case TERM_huber: return p - t > a ? 1 : p - t < -a ? 2 : 0;
    case TERM_hinge: return 1 - p * t < 0;
    case TERM_bce_clip:
    case TERM_negative_log: return p < a ? 1 : p > 1 - a ? 2 : 0;
    case TERM_bce_clamp: return p * (1 - p) < 1e-12 ? 1 : 0;
    default: return 0;
    }
}
