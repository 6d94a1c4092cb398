/* What operators share: shapes in words, sizes that do not overflow, plain matrix products. */
#ifndef MLDBG_SRC_GRAPH_OPERATOR_H
#define MLDBG_SRC_GRAPH_OPERATOR_H

#include <mldbg/graph/ops.h>

/* A shape as an initializer of a static table: AXES(2, 3, 4). */
#define AXES(...)                                                                                  \
    {                                                                                              \
        .rank = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), .size = { __VA_ARGS__ } \
    }
#define EXAMPLES(table) .examples = (table), .example_count = (int)(sizeof(table) / sizeof((table)[0]))

/* A shape in words: "16 x 4 x 4", "a number". `words_of(&shape).at` lives to the end of the expression. */
struct words {
    char at[RANK_MOST * 24];
};
struct words words_of(const struct shape *shape);
struct words words_of_axes(const struct shape *shape, int from, int to);

enum { ALIGNMENT = 64 }; /* bytes, of every tensor */

/* A product of sizes that stops at 2^60 instead of overflowing. */
int64_t size_product(int64_t a, int64_t b);
int64_t size_aligned(int64_t bytes);
static inline int64_t size_larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* C = op(A) op(B), m x n over k, all contiguous. */
struct gemm gemm_of(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k);

/* Sets a rank-0 output: the number in double and the tensor. */
void op_set_scalar(const struct op_call *call, double value);
/* dx[input] (+)= alpha dy-like source of n numbers; nothing if no gradient is wanted there. */
void op_pass(const struct op_call *call, int input, int64_t n, double alpha, const void *source);
/* Address of the number with this index in memory of the graph's type. */
void *op_number(const struct op_call *call, void *data, int64_t index);
/* A flat view of such memory, for reading single numbers. */
struct tensor op_view(const struct op_call *call, void *data, int64_t count);

/* One more piece into a hash of pieces; begin with PIECES_NONE. */
#define PIECES_NONE UINT64_C(14695981039346656037)
static inline uint64_t pieces_add(uint64_t hash, uint64_t piece)
{
    return (hash ^ (piece + 1)) * UINT64_C(1099511628211);
}
/* Which piece of a term (l1, hinge, cut logarithms) the element is on; 0 for smooth terms. */
uint64_t term_piece(enum term term, double a, double prediction, double target);

#endif
