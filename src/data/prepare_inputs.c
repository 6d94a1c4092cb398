/* Preparations of the inputs: scaling right and wrong, and noise. Columns are those of the features. */
#include <mldbg/data.h>

#include <math.h>

struct factor {
    double by;
};

struct affine {
    double a, b;
};

struct range {
    double lo, hi;
};

struct erase {
    double noise, share, lo, hi;
};

struct nothing {
    char unused;
};

static int64_t width_of(const struct generated *set)
{
    return shape_count(&set->shape);
}

struct fit {
    double min, max, mean, std;
};

static struct fit fit_column(const struct generated *set, int64_t column, int64_t width)
{
    struct fit fit = {(double)INFINITY, -(double)INFINITY, 0, 0};
    for (int64_t row = 0; row < set->rows; row++) {
        double value = set->x[row * width + column];
        fit.min = value < fit.min ? value : fit.min;
        fit.max = value > fit.max ? value : fit.max;
        fit.mean += value / (double)set->rows;
    }
    for (int64_t row = 0; row < set->rows; row++) {
        double distance = set->x[row * width + column] - fit.mean;
        fit.std += distance * distance / (double)set->rows;
    }
    fit.std = fit.max > fit.min ? sqrt(fit.std) : 0;
    return fit;
}

/* x = (x - shift) / divisor * factor + offset for one column; constant columns are not divided. */
static void map_column(struct generated *set, int64_t column, int64_t width, double shift, double divisor,
                       double factor, double offset)
{
    for (int64_t row = 0; row < set->rows; row++) {
        double *x = &set->x[row * width + column];
        *x = (*x - shift) / (divisor == 0 ? 1 : divisor) * factor + offset;
    }
}

static void scale_x(const void *settings, struct generated *set, const struct generated *fit,
                    struct random key)
{
    const struct factor *s = settings;
    (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * width_of(set); i++)
        set->x[i] *= s->by;
}

static void affine_x(const void *settings, struct generated *set, const struct generated *fit,
                     struct random key)
{
    const struct affine *s = settings;
    (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * width_of(set); i++)
        set->x[i] = s->a * set->x[i] + s->b;
}

static void standardize_x(const void *settings, struct generated *set, const struct generated *fit,
                          struct random key)
{
    (void)settings, (void)key;
    int64_t width = width_of(set);
    for (int64_t i = 0; i < width; i++) {
        struct fit f = fit_column(fit, i, width);
        map_column(set, i, width, f.mean, f.std, 1, 0);
    }
}

static void minmax_x(const void *settings, struct generated *set, const struct generated *fit,
                     struct random key)
{
    const struct range *s = settings;
    (void)key;
    int64_t width = width_of(set);
    for (int64_t i = 0; i < width; i++) {
        struct fit f = fit_column(fit, i, width);
        map_column(set, i, width, f.min, f.max - f.min, s->hi - s->lo, s->lo);
    }
}

static void double_minmax_x(const void *settings, struct generated *set, const struct generated *fit,
                            struct random key)
{
    (void)settings, (void)key;
    int64_t width = width_of(set);
    for (int64_t i = 0; i < width; i++) {
        struct fit f = fit_column(fit, i, width);
        double range = f.max > f.min ? f.max - f.min : 1;
        map_column(set, i, width, f.min, range, 1 / range, 0);
    }
}

static void unit_rows(const void *settings, struct generated *set, const struct generated *fit,
                      struct random key)
{
    (void)settings, (void)fit, (void)key;
    int64_t width = width_of(set);
    for (int64_t row = 0; row < set->rows; row++) {
        double *x = set->x + row * width, square = 0;
        for (int64_t i = 0; i < width; i++)
            square += x[i] * x[i];
        for (int64_t i = 0; i < width && square > 0; i++)
            x[i] /= sqrt(square);
    }
}

static void trunc_int_x(const void *settings, struct generated *set, const struct generated *fit,
                        struct random key)
{
    (void)settings, (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * width_of(set); i++)
        set->x[i] = trunc(set->x[i]);
}

/* Streams of noise_erase_x. */
enum { STREAM_NOISE, STREAM_WHERE, STREAM_ERASE, STREAM_SHARE, STREAM_PIXEL };

static void noise_erase_x(const void *settings, struct generated *set, const struct generated *fit,
                          struct random key)
{
    const struct erase *s = settings;
    (void)fit;
    int64_t width = width_of(set);
    for (int64_t row = 0; row < set->rows; row++) {
        uint64_t index = (uint64_t)row;
        bool erased = random_uniform(key, STREAM_ERASE, index) < s->share;
        double share = s->lo + (s->hi - s->lo) * random_uniform(key, STREAM_SHARE, index);
        for (int64_t i = 0; i < width; i++) {
            uint64_t at = index * (uint64_t)width + (uint64_t)i;
            double *x = &set->x[row * width + i];
            if (random_uniform(key, STREAM_WHERE, at) < 0.5)
                *x += s->noise * (2 * random_uniform(key, STREAM_NOISE, at) - 1);
            if (erased && random_uniform(key, STREAM_PIXEL, at) < share)
                *x = 0;
        }
    }
}

#define FACTOR_ROWS                                                                        \
    {                                                                                      \
        "by", OPTION_REAL, offsetof(struct factor, by), .required = true, .help = "factor" \
    }
#define RANGE_ROWS                                                                              \
    {"lo", OPTION_REAL, offsetof(struct range, lo), .fallback = "0", .help = "smallest value"}, \
    {                                                                                           \
        "hi", OPTION_REAL, offsetof(struct range, hi), .fallback = "1", .help = "largest value" \
    }

static const struct option factor_rows[] = {FACTOR_ROWS};
static const struct option range_rows[] = {RANGE_ROWS};
static const struct option affine_rows[] = {
    {"a", OPTION_REAL, offsetof(struct affine, a), .fallback = "1", .help = "factor"},
    {"b", OPTION_REAL, offsetof(struct affine, b), .fallback = "0", .help = "added after it"},
};
static const struct option erase_rows[] = {
    {"noise", OPTION_REAL, offsetof(struct erase, noise), .fallback = "0.5",
     .help = "largest noise either way"},
    {"share", OPTION_REAL, offsetof(struct erase, share), .fallback = "0.5", .max = 1,
     .help = "rows that are erased"},
    {"lo", OPTION_REAL, offsetof(struct erase, lo), .fallback = "0.4", .max = 1,
     .help = "least part of such a row"},
    {"hi", OPTION_REAL, offsetof(struct erase, hi), .fallback = "0.8", .max = 1,
     .help = "largest part of such a row"},
};

const struct preparation preparation_scale_x = {
    {"scale_x", "multiplies the inputs by a constant",
     "x becomes x * by. 0.00392157 brings pixels of 0..255 to 0..1; the same twice is a\ncommon mistake."},
    OPTION_TABLE(factor_rows),
    sizeof(struct factor),
    scale_x};

const struct preparation preparation_affine_x = {
    {"affine_x", "multiplies the inputs by a and adds b",
     "x becomes a * x + b: shows what inputs far from zero do to training."},
    OPTION_TABLE(affine_rows),
    sizeof(struct affine),
    affine_x};

const struct preparation preparation_standardize_x = {
    {"standardize_x", "brings every input column to mean 0 and standard deviation 1",
     "Mean and deviation are those of train. Constant columns are only shifted."},
    {NULL, 0},
    sizeof(struct nothing),
    standardize_x};

const struct preparation preparation_minmax_x = {
    {"minmax_x", "brings every input column to the range lo..hi",
     "Smallest and largest value are those of train; held-out values may lie outside."},
    OPTION_TABLE(range_rows),
    sizeof(struct range),
    minmax_x};

const struct preparation preparation_double_minmax_x = {
    {"double_minmax_x", "divides every input column by its range twice (a mistake)",
     "x becomes (x - min) / range / range: a second scaling with the constants of the first\n"
     "makes columns with a large range vanish."},
    {NULL, 0},
    sizeof(struct nothing),
    double_minmax_x};

const struct preparation preparation_unit_rows = {
    {"unit_rows", "divides every row by its length", "Rows of zeros stay."},
    {NULL, 0},
    sizeof(struct nothing),
    unit_rows};

const struct preparation preparation_trunc_int_x = {
    {"trunc_int_x", "cuts inputs to whole numbers towards zero (a mistake)",
     "What a cast to integer does to inputs that were scaled before: most become 0."},
    {NULL, 0},
    sizeof(struct nothing),
    trunc_int_x};

const struct preparation preparation_noise_erase_x = {
    {"noise_erase_x", "noise on half of the inputs and erased parts of rows (a mistake)",
     "Uniform noise of at most `noise` either way falls on half of the inputs; a `share` of\n"
     "the rows loses between lo and hi of its inputs. Augmentation that destroys the content."},
    OPTION_TABLE(erase_rows),
    sizeof(struct erase),
    noise_erase_x};
