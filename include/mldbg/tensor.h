/* A typed, strided view of memory that it does not own. */
#ifndef MLDBG_TENSOR_H
#define MLDBG_TENSOR_H

#include <mldbg/base/arena.h>

enum dtype {
    DTYPE_F32,
    DTYPE_F64,
    DTYPE_I32, /* class labels and indices only */
    DTYPE_COUNT
};

size_t dtype_size(enum dtype dtype);
const char *dtype_name(enum dtype dtype); /* "float32", "float64", "int32" */

enum { RANK_MOST = 6 };

struct shape {
    int rank; /* 0: a single number */
    int64_t size[RANK_MOST];
};

struct shape shape_make(int rank, const int64_t *size);
#define SHAPE(...) \
    shape_make((int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__})

/* Number of elements; -1 when the product overflows. */
int64_t shape_count(const struct shape *shape);
bool shape_equal(const struct shape *a, const struct shape *b);

/* The product of the sizes from axis `from` to the last but `to` excluded. */
int64_t shape_span(const struct shape *shape, int from, int to);

/* "16 x 4 x 4"; "a number" for rank 0. with_batch false leaves the first axis out. */
const char *shape_print(struct arena *arena, const struct shape *shape, bool with_batch);

struct tensor {
    enum dtype dtype;
    struct shape shape;
    int64_t stride[RANK_MOST]; /* in elements */
    void *data;
};

/* A contiguous tensor over data; data NULL takes zeroed memory of 64-byte alignment from the arena. */
struct tensor tensor_make(struct arena *arena, enum dtype dtype, struct shape shape, void *data);
bool tensor_is_contiguous(const struct tensor *tensor);
int64_t tensor_count(const struct tensor *tensor);
size_t tensor_bytes(const struct tensor *tensor);

/* Element by flat index in row-major order, as double. */
double tensor_get(const struct tensor *tensor, int64_t index);
void tensor_set(struct tensor *tensor, int64_t index, double value);

/* Copies between tensors of equal count, converting the type. */
void tensor_convert(struct tensor *to, const struct tensor *from);

/* Position of the first NaN or infinity (flat index), or -1. Judged on the bits. */
int64_t tensor_first_nonfinite(const struct tensor *tensor);

/* "[3, 0, 7]": a flat index as coordinates. */
const char *tensor_index(struct arena *arena, const struct tensor *tensor, int64_t flat);

#endif
