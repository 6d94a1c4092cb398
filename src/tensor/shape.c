/* Types and shapes: sizes, products with a check for overflow, and how they are printed. */
#include <mldbg/base/text.h>
#include <mldbg/tensor.h>

static const struct {
    const char *name;
    size_t size;
} dtypes[DTYPE_COUNT] = {
    [DTYPE_F32] = {"float32", 4},
    [DTYPE_F64] = {"float64", 8},
    [DTYPE_I32] = {"int32", 4},
};

size_t dtype_size(enum dtype dtype)
{
    if ((unsigned)dtype >= DTYPE_COUNT)
        BUG("there is no dtype %d", (int)dtype);
    return dtypes[dtype].size;
}

const char *dtype_name(enum dtype dtype)
{
    if ((unsigned)dtype >= DTYPE_COUNT)
        BUG("there is no dtype %d", (int)dtype);
    return dtypes[dtype].name;
}

struct shape shape_make(int rank, const int64_t *size)
{
    struct shape shape = {.rank = rank};
    if (rank < 0 || rank > RANK_MOST)
        BUG("a shape has 0 to %d axes, not %d", (int)RANK_MOST, rank);
    for (int axis = 0; axis < rank; axis++) {
        if (size[axis] < 0)
            BUG("axis %d of a shape has the size %lld", axis, (long long)size[axis]);
        shape.size[axis] = size[axis];
    }
    return shape;
}

int64_t shape_span(const struct shape *shape, int from, int to)
{
    int64_t count = 1;
    for (int axis = from; axis < to; axis++)
        if (shape->size[axis] == 0)
            return 0;
    for (int axis = from; axis < to; axis++)
        if (__builtin_mul_overflow(count, shape->size[axis], &count))
            return -1;
    return count;
}

int64_t shape_count(const struct shape *shape)
{
    return shape_span(shape, 0, shape->rank);
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int axis = 0; axis < a->rank; axis++)
        if (a->size[axis] != b->size[axis])
            return false;
    return true;
}

const char *shape_print(struct arena *arena, const struct shape *shape, bool with_batch)
{
    const int first = with_batch ? 0 : 1;
    if (shape->rank <= first)
        return "a number";
    struct text text;
    text_init(&text, arena);
    for (int axis = first; axis < shape->rank; axis++)
        text_print(&text, axis > first ? " x %lld" : "%lld", (long long)shape->size[axis]);
    return text.at;
}
