/*
 * conv: cross-correlation over images [N, C, H, W] or sequences [N, C, L], with stride, padding, dilation and
 * groups, as torch.nn.functional.conv2d and conv1d. A sequence is an image of height 1.
 */
#include "operator.h"

static int64_t one_if_unset(int64_t value)
{
    return value == 0 ? 1 : value;
}

/* All sizes but those of the output, from the shapes of input and weight. */
static struct conv conv_of(const struct op_conv_settings *settings, const struct shape *x,
                           const struct shape *w)
{
    bool image = x->rank == 4;
    return (struct conv){
        .batch = x->size[0],
        .in_channels = x->size[1],
        .in_h = image ? x->size[2] : 1,
        .in_w = x->size[image ? 3 : 2],
        .out_channels = w->size[0],
        .kernel_h = image ? w->size[2] : 1,
        .kernel_w = w->size[image ? 3 : 2],
        .stride_h = image ? one_if_unset(settings->stride[0]) : 1,
        .stride_w = one_if_unset(settings->stride[1]),
        .dilation_h = image ? one_if_unset(settings->dilation[0]) : 1,
        .dilation_w = one_if_unset(settings->dilation[1]),
        .pad_top = image ? settings->pad_before[0] : 0,
        .pad_left = settings->pad_before[1],
        .groups = one_if_unset(settings->groups),
    };
}

/* Output size along one axis; axis is the name for the sentence. */
static bool slide(const char *axis, int64_t in, int64_t before, int64_t after, int64_t kernel,
                  int64_t dilation, int64_t stride, int64_t *out, struct error *err)
{
    if (stride < 1 || dilation < 1 || before < 0 || after < 0)
        return fail(err, ERROR_REQUEST,
                    "stride is %lld, dilation %lld, padding %lld and %lld; expected at least 1, 1, 0 and 0",
                    (long long)stride, (long long)dilation, (long long)before, (long long)after);
    int64_t span = dilation * (kernel - 1) + 1, room = in + before + after;
    if (span > room)
        return fail(err, ERROR_REQUEST,
                    "the kernel needs %s %lld = %lld x (%lld - 1) + 1, but the input gives %lld = %lld + "
                    "padding %lld",
                    axis, (long long)span, (long long)dilation, (long long)kernel, (long long)room,
                    (long long)in, (long long)(before + after));
    *out = (room - span) / stride + 1;
    return true;
}

static bool channels_fit(const struct op_plan *plan, const struct conv *conv, struct error *err)
{
    const struct shape *x = &plan->input[0], *w = &plan->input[1];
    int64_t groups = conv->groups;
    if (groups < 1 || conv->in_channels % groups || conv->out_channels % groups)
        return fail(
            err, ERROR_REQUEST,
            "groups is %lld, expected a number that divides the %lld channels of the input and the %lld of "
            "the output",
            (long long)groups, (long long)conv->in_channels, (long long)conv->out_channels);
    if (w->size[1] * groups != conv->in_channels) {
        if (groups == 1)
            return fail(err, ERROR_REQUEST,
                        "in_channels is %lld, but the input gives %lld (%s without the batch)",
                        (long long)w->size[1], (long long)conv->in_channels, words_of_axes(x, 1, x->rank).at);
        return fail(err, ERROR_REQUEST, "in_channels is %lld = %lld x %lld groups, but the input gives %lld",
                    (long long)(w->size[1] * groups), (long long)w->size[1], (long long)groups,
                    (long long)conv->in_channels);
    }
    if (plan->input_count > 2 && (plan->input[2].rank != 1 || plan->input[2].size[0] != conv->out_channels))
        return fail(err, ERROR_REQUEST, "the bias is %s, expected %lld, one for each of out_channels",
                    words_of(&plan->input[2]).at, (long long)conv->out_channels);
    return true;
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_conv_settings *settings = plan->settings;
    const struct shape *x = &plan->input[0], *w = &plan->input[1];
    if (x->rank != 3 && x->rank != 4)
        return fail(err, ERROR_REQUEST,
                    "the input is %s, expected channels x height x width or channels x length in each sample",
                    x->rank > 1 ? words_of_axes(x, 1, x->rank).at : words_of(x).at);
    if (w->rank != x->rank)
        return fail(err, ERROR_REQUEST, "the weight is %s, expected %d axes as the input has", words_of(w).at,
                    x->rank);
    struct conv conv = conv_of(settings, x, w);
    if (!channels_fit(plan, &conv, err))
        return false;
    if (x->rank == 4 && !slide("height", conv.in_h, conv.pad_top, settings->pad_after[0], conv.kernel_h,
                               conv.dilation_h, conv.stride_h, &conv.out_h, err))
        return false;
    if (!slide(x->rank == 4 ? "width" : "length", conv.in_w, conv.pad_left, settings->pad_after[1],
               conv.kernel_w, conv.dilation_w, conv.stride_w, &conv.out_w, err))
        return false;
    if (x->rank == 3)
        conv.out_h = 1;
    plan->output = (struct shape){.rank = x->rank, .size = {conv.batch, conv.out_channels}};
    plan->output.size[2] = x->rank == 4 ? conv.out_h : conv.out_w;
    if (x->rank == 4)
        plan->output.size[3] = conv.out_w;
    plan->workspace_bytes = size_product(plan->kernels->conv_workspace(&conv), (int64_t)plan->real_size);
    plan->multiply_adds = size_product(size_product(conv.batch * conv.out_h, conv.out_w), shape_count(w));
    return true;
}

static struct conv conv_of_call(const struct op_call *call)
{
    struct conv conv = conv_of(call->settings, &call->x[0]->shape, &call->x[1]->shape);
    bool image = call->y->shape.rank == 4;
    conv.out_h = image ? call->y->shape.size[2] : 1;
    conv.out_w = call->y->shape.size[image ? 3 : 2];
    return conv;
}

static void forward(const struct op_call *call)
{
    struct conv conv = conv_of_call(call);
    const void *bias = call->input_count > 2 ? call->x[2]->data : NULL;
    call->kernels->conv_forward(&conv, call->x[0]->data, call->x[1]->data, bias, call->y->data,
                                call->workspace);
}

static void backward(const struct op_call *call)
{
    struct conv conv = conv_of_call(call);
    const struct kernels *k = call->kernels;
    if (call->dx[0])
        k->conv_grad_input(&conv, call->x[1]->data, call->dy->data, call->add[0], call->dx[0]->data,
                           call->workspace);
    if (call->dx[1])
        k->conv_grad_weight(&conv, call->x[0]->data, call->dy->data, call->add[1], call->dx[1]->data,
                            call->workspace);
    if (call->input_count > 2 && call->dx[2])
        k->sum_channels(conv.batch, conv.out_channels, conv.out_h * conv.out_w, call->dy->data, call->add[2],
                        call->dx[2]->data);
}

static const struct op_conv_settings plain = {0};
static const struct op_conv_settings same = {.pad_before = {1, 1}, .pad_after = {1, 1}};
static const struct op_conv_settings strided = {
    .stride = {2, 1}, .dilation = {1, 2}, .pad_before = {0, 2}, .pad_after = {1, 1}};
static const struct op_conv_settings grouped = {.groups = 2, .pad_before = {1, 0}};
static const struct op_conv_settings three_groups = {.groups = 3};
static const struct op_conv_settings causal = {.dilation = {1, 2}, .pad_before = {0, 4}};

static const struct op_example examples[] = {
    {.name = "3 x 3, padded",
     .input = {AXES(2, 3, 5, 4), AXES(4, 3, 3, 3), AXES(4)},
     .input_count = 3,
     .settings = &same},
    {.name = "stride, dilation, uneven padding",
     .input = {AXES(2, 2, 5, 6), AXES(3, 2, 2, 3), AXES(3)},
     .input_count = 3,
     .settings = &strided},
    {.name = "groups, without bias",
     .input = {AXES(2, 4, 4, 3), AXES(6, 2, 3, 2)},
     .input_count = 2,
     .settings = &grouped},
    {.name = "1 x 1",
     .input = {AXES(2, 3, 3, 3), AXES(2, 3, 1, 1), AXES(2)},
     .input_count = 3,
     .settings = &plain},
    {.name = "sequence, causal",
     .input = {AXES(2, 3, 7), AXES(4, 3, 3), AXES(4)},
     .input_count = 3,
     .settings = &causal},
    {.name = "wrong channels",
     .input = {AXES(2, 1, 8, 8), AXES(6, 3, 5, 5)},
     .input_count = 2,
     .settings = &plain,
     .refused = "in_channels is 3, but the input gives 1 (1 x 8 x 8 without the batch)"},
    {.name = "kernel too large",
     .input = {AXES(2, 1, 4, 4), AXES(6, 1, 5, 5)},
     .input_count = 2,
     .settings = &plain,
     .refused = "needs height 5 = 1 x (5 - 1) + 1, but the input gives 4 = 4 + padding 0"},
    {.name = "groups do not divide",
     .input = {AXES(2, 4, 4, 4), AXES(6, 1, 3, 3)},
     .input_count = 2,
     .settings = &three_groups,
     .refused = "groups is 3"},
    {.name = "rows, not images",
     .input = {AXES(2, 64), AXES(6, 1, 3, 3)},
     .input_count = 2,
     .settings = &plain,
     .refused = "expected channels x height x width"},
};

const struct op op_conv = {
    .entry =
        {
            .name = "conv",
            .summary = "Convolution of images or sequences with a bank of kernels",
            .explain = "Slides each kernel over the input and sums the products (cross-correlation, as\n"
                       "every deep-learning library does). Along each axis the output has\n"
                       "(in + padding - dilation (kernel - 1) - 1) / stride + 1 places, rounded down.\n"
                       "With groups, channels are split and each part sees its own kernels only.\n",
        },
    .inputs_least = 2,
    .inputs_most = 3,
    .settings_size = sizeof(struct op_conv_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
