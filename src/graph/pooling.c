/* The shape rule of pooling. A sequence [N, C, L] is an image [N, C, H, W] of height 1. */
#include "pooling.h"

static struct pool pool_of(const struct op_pool_settings *settings, const struct shape *x)
{
    bool image = x->rank == 4;
    struct pool pool = {
        .planes = x->size[0] * x->size[1],
        .in_h = image ? x->size[2] : 1,
        .in_w = x->size[image ? 3 : 2],
        .kernel_h = image ? settings->kernel[0] : 1,
        .kernel_w = settings->kernel[1],
        .stride_h = image ? settings->stride[0] : 1,
        .stride_w = settings->stride[1],
        .pad_top = image ? settings->pad_before[0] : 0,
        .pad_left = settings->pad_before[1],
        .count_pad = settings->count_pad,
    };
    if (pool.stride_h == 0)
        pool.stride_h = pool.kernel_h;
    if (pool.stride_w == 0)
        pool.stride_w = pool.kernel_w;
    return pool;
}

static bool slide(const char *axis, int64_t in, int64_t before, int64_t after, int64_t kernel, int64_t stride,
                  int64_t *out, struct error *err)
{
    if (kernel < 1 || stride < 1)
        return fail(err, ERROR_REQUEST, "kernel_size is %lld and stride %lld, expected at least 1",
                    (long long)kernel, (long long)stride);
    if (before < 0 || after < 0 || before >= kernel || after >= kernel)
        return fail(
            err, ERROR_REQUEST,
            "padding is %lld before and %lld after, expected less than the kernel's %s %lld, or a window "
            "would see padding only",
            (long long)before, (long long)after, axis, (long long)kernel);
    if (kernel > in + before + after)
        return fail(err, ERROR_REQUEST,
                    "the window's %s is %lld, but the input gives %lld = %lld + padding %lld", axis,
                    (long long)kernel, (long long)(in + before + after), (long long)in,
                    (long long)(before + after));
    *out = (in + before + after - kernel) / stride + 1;
    return true;
}

bool pooling_plan(struct op_plan *plan, struct error *err)
{
    const struct op_pool_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0];
    if (x->rank != 3 && x->rank != 4)
        return fail(err, ERROR_REQUEST,
                    "the input is %s, expected channels x height x width or channels x length in each sample",
                    x->rank > 1 ? words_of_axes(x, 1, x->rank).at : words_of(x).at);
    struct pool pool = pool_of(settings, x);
    plan->output = *x;
    if (x->rank == 4 && !slide("height", pool.in_h, pool.pad_top, settings->pad_after[0], pool.kernel_h,
                               pool.stride_h, &plan->output.size[2], err))
        return false;
    if (!slide(x->rank == 4 ? "width" : "length", pool.in_w, pool.pad_left, settings->pad_after[1],
               pool.kernel_w, pool.stride_w, &plan->output.size[x->rank - 1], err))
        return false;
    plan->multiply_adds = size_product(shape_count(&plan->output), pool.kernel_h * pool.kernel_w);
    return true;
}

struct pool pooling_of(const struct op_call *call)
{
    struct pool pool = pool_of(call->settings, &call->x[0]->shape);
    bool image = call->y->shape.rank == 4;
    pool.out_h = image ? call->y->shape.size[2] : 1;
    pool.out_w = call->y->shape.size[image ? 3 : 2];
    return pool;
}
