/*
 * The norm of a gradient and its clipping, by value and by norm (Pascanu, Mikolov, Bengio, "On the difficulty
 * of training recurrent neural networks", ICML 2013; formula of torch.nn.utils). Never hides a NaN or an
 * infinity.
 */
#include <mldbg/optim.h>

#include <math.h>

/* Keeps the division sound for a gradient of zeros; PyTorch adds the same. */
static const double norm_guard = 1e-6;

/* Length of the x of zeros with which a vector is scaled piece by piece. */
enum { ZEROS = 512 };

static const char *at_span(const struct kernels *kernels, const void *gradient, struct span span)
{
    return (const char *)gradient + (size_t)span.offset * dtype_size(kernels->dtype);
}

static void *in_span(const struct kernels *kernels, void *gradient, struct span span)
{
    return (char *)gradient + (size_t)span.offset * dtype_size(kernels->dtype);
}

/* The quick size leaves out what is not finite; then the squares themselves tell NaN from infinity. */
double gradient_norm(const struct kernels *kernels, const void *gradient, const struct span *spans,
                     size_t span_count, struct magnitude *sizes)
{
    double sum = 0;
    for (size_t i = 0; i < span_count; i++) {
        const char *start = at_span(kernels, gradient, spans[i]);
        struct magnitude size;

        kernels->magnitude(spans[i].count, start, &size);
        sum += size.nonfinite ? kernels->dot(spans[i].count, start, start) : size.sum_squares;
        if (sizes)
            sizes[i] = size;
    }
    return sqrt(sum);
}

/* Both comparisons are false for NaN; infinities are left alone on purpose. */
static void clip_f32(int64_t n, float limit, float *g)
{
    for (int64_t i = 0; i < n; i++)
        if (isfinite(g[i]))
            g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

static void clip_f64(int64_t n, double limit, double *g)
{
    for (int64_t i = 0; i < n; i++)
        if (isfinite(g[i]))
            g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

static void clip_value(const struct kernels *kernels, double limit, void *gradient, const struct span *spans,
                       size_t span_count)
{
    for (size_t i = 0; i < span_count; i++) {
        void *start = in_span(kernels, gradient, spans[i]);
        if (kernels->dtype == DTYPE_F32)
            clip_f32(spans[i].count, (float)limit, start);
        else
            clip_f64(spans[i].count, limit, start);
    }
}

/* y = 0 x + factor y: the BLAS's own scaling of a vector loses NaN, this kernel does not. */
static void scale(const struct kernels *kernels, double factor, int64_t n, char *y)
{
    static const double zeros[ZEROS];
    for (int64_t first = 0; first < n; first += ZEROS) {
        int64_t count = n - first < ZEROS ? n - first : ZEROS;
        kernels->axpby(count, 0, zeros, factor, y + (size_t)first * dtype_size(kernels->dtype));
    }
}

/* By norm; false: there was nothing to do. */
static bool clip_norm(const struct kernels *kernels, double limit, double norm, void *gradient,
                      const struct span *spans, size_t span_count)
{
    const double factor = limit / (norm + norm_guard);

    if (!isfinite(norm) || !(factor < 1))
        return false;
    for (size_t i = 0; i < span_count; i++)
        scale(kernels, factor, spans[i].count, in_span(kernels, gradient, spans[i]));
    return true;
}

double gradient_clip(const struct optimizer_spec *spec, const struct kernels *kernels, void *gradient,
                     const struct span *spans, size_t span_count, struct magnitude *sizes)
{
    const double before = gradient_norm(kernels, gradient, spans, span_count, sizes);
    double norm = before;

    if (!isnan(spec->clip_value)) {
        clip_value(kernels, spec->clip_value, gradient, spans, span_count);
        norm = gradient_norm(kernels, gradient, spans, span_count, sizes);
    }
    if (!isnan(spec->clip_norm) && clip_norm(kernels, spec->clip_norm, norm, gradient, spans, span_count) &&
        sizes)
        (void)gradient_norm(kernels, gradient, spans, span_count, sizes);
    return before;
}
