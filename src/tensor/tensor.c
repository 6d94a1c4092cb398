/* Views of memory: making them, reading and writing single elements, converting, and finding what is not
 * finite. */
#include <string.h>

#include <mldbg/base/text.h>
#include <mldbg/tensor.h>

struct tensor tensor_make(struct arena *arena, enum dtype dtype, struct shape shape, void *data)
{
    struct tensor tensor = {.dtype = dtype, .shape = shape, .data = data};
    const int64_t count = shape_count(&shape);
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, dtype_size(dtype), &bytes))
        out_of_memory(SIZE_MAX, arena ? arena->name : "tensor");
    for (int axis = shape.rank - 1; axis >= 0; axis--)
        tensor.stride[axis] = axis == shape.rank - 1 ? 1 : tensor.stride[axis + 1] * shape.size[axis + 1];
    if (!data)
        tensor.data = arena_numbers(arena, bytes);
    return tensor;
}

bool tensor_is_contiguous(const struct tensor *tensor)
{
    int64_t expected = 1;
    for (int axis = tensor->shape.rank - 1; axis >= 0; axis--) {
        if (tensor->shape.size[axis] != 1 && tensor->stride[axis] != expected)
            return false;
        expected *= tensor->shape.size[axis];
    }
    return true;
}

int64_t tensor_count(const struct tensor *tensor)
{
    return shape_count(&tensor->shape);
}

size_t tensor_bytes(const struct tensor *tensor)
{
    return (size_t)tensor_count(tensor) * dtype_size(tensor->dtype);
}

/* Where in the memory, in elements, the element with this flat index lies. */
static int64_t offset_of(const struct tensor *tensor, int64_t index)
{
    int64_t offset = 0;
    if (tensor_is_contiguous(tensor)) /* almost always, and divisions are slow */
        return index;
    for (int axis = tensor->shape.rank - 1; axis >= 0; axis--) {
        offset += index % tensor->shape.size[axis] * tensor->stride[axis];
        index /= tensor->shape.size[axis];
    }
    return offset;
}

static void check_index(const struct tensor *tensor, int64_t index)
{
    if (index < 0 || index >= tensor_count(tensor))
        BUG("element %lld of a tensor of %lld", (long long)index, (long long)tensor_count(tensor));
}

static double read_at(const struct tensor *tensor, int64_t offset)
{
    switch (tensor->dtype) {
    case DTYPE_F32: return (double)((const float *)tensor->data)[offset];
    case DTYPE_F64: return ((const double *)tensor->data)[offset];
    case DTYPE_I32: return ((const int32_t *)tensor->data)[offset];
    case DTYPE_COUNT: break;
    }
    BUG("there is no dtype %d", (int)tensor->dtype);
}

static void write_at(struct tensor *tensor, int64_t offset, double value)
{
    switch (tensor->dtype) {
    case DTYPE_F32: ((float *)tensor->data)[offset] = (float)value; return;
    case DTYPE_F64: ((double *)tensor->data)[offset] = value; return;
    case DTYPE_I32:
        if (!(value >= INT32_MIN && value <= INT32_MAX))
            BUG("%g does not fit in an int32 tensor", value);
        ((int32_t *)tensor->data)[offset] = (int32_t)value;
        return;
    case DTYPE_COUNT: break;
    }
    BUG("there is no dtype %d", (int)tensor->dtype);
}

double tensor_get(const struct tensor *tensor, int64_t index)
{
    check_index(tensor, index);
    return read_at(tensor, offset_of(tensor, index));
}

void tensor_set(struct tensor *tensor, int64_t index, double value)
{
    check_index(tensor, index);
    write_at(tensor, offset_of(tensor, index), value);
}

void tensor_convert(struct tensor *to, const struct tensor *from)
{
    const int64_t count = tensor_count(from);
    if (count != tensor_count(to))
        BUG("%lld elements cannot become %lld", (long long)count, (long long)tensor_count(to));
    if (count == 0)
        return;
    const bool plain = tensor_is_contiguous(to) && tensor_is_contiguous(from);
    if (plain && to->dtype == from->dtype) {
        memmove(to->data, from->data, tensor_bytes(from));
        return;
    }
    for (int64_t i = 0; i < count; i++)
        write_at(to, plain ? i : offset_of(to, i), read_at(from, plain ? i : offset_of(from, i)));
}

/* Exponent all ones: a NaN or an infinity. No floating-point comparison is involved. */
static bool is_finite_at(const struct tensor *tensor, int64_t offset)
{
    if (tensor->dtype == DTYPE_F32) {
        uint32_t bits;
        memcpy(&bits, (const float *)tensor->data + offset, sizeof bits);
        return (bits & 0x7f800000u) != 0x7f800000u;
    }
    uint64_t bits;
    memcpy(&bits, (const double *)tensor->data + offset, sizeof bits);
    return (bits & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

int64_t tensor_first_nonfinite(const struct tensor *tensor)
{
    if (tensor->dtype == DTYPE_I32)
        return -1;
    const int64_t count = tensor_count(tensor);
    const bool plain = tensor_is_contiguous(tensor);
    for (int64_t i = 0; i < count; i++)
        if (!is_finite_at(tensor, plain ? i : offset_of(tensor, i)))
            return i;
    return -1;
}

const char *tensor_index(struct arena *arena, const struct tensor *tensor, int64_t flat)
{
    int64_t at[RANK_MOST] = {0};
    check_index(tensor, flat);
    for (int axis = tensor->shape.rank - 1; axis >= 0; axis--) {
        at[axis] = flat % tensor->shape.size[axis];
        flat /= tensor->shape.size[axis];
    }
    struct text text;
    text_init(&text, arena);
    text_add(&text, "[");
    for (int axis = 0; axis < tensor->shape.rank; axis++)
        text_print(&text, axis ? ", %lld" : "%lld", (long long)at[axis]);
    text_add(&text, "]");
    return text.at;
}
