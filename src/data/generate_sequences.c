/* Generators of sequences [T, D] with one answer each. */
#include "generate.h"

#include <math.h>

struct length {
    int64_t t;
};

struct sequence {
    int64_t t, d;
    double gain;
};

struct sines {
    int64_t t;
    double noise;
};

/* ---- adding: Hochreiter and Schmidhuber, "Long short-term memory", 1997, in the form with two markers ----
 */

static bool make_adding(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                        struct generated *out, struct error *err)
{
    const struct length *s = settings;
    struct draw value = draw_from(seed, STREAM_ROW), mark = draw_from(seed, STREAM_CHOICE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->t, 2), 0, 1);
    for (int64_t i = 0; i < rows; i++) {
        double *x = out->x + i * s->t * 2;
        for (int64_t k = 0; k < s->t; k++)
            x[2 * k] = draw_uniform(value, i * s->t + k);
        int64_t half = s->t / 2, first = draw_below(mark, 2 * i, half);
        int64_t second = half + draw_below(mark, 2 * i + 1, s->t - half);
        x[2 * first + 1] = x[2 * second + 1] = 1;
        out->y[i] = x[2 * first] + x[2 * second];
    }
    return true;
}

/* ---- sines ---- */

static bool make_sines(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                       struct generated *out, struct error *err)
{
    const struct sines *s = settings;
    struct draw wave = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->t, 1), 0, 1);
    for (int64_t i = 0; i < rows; i++) {
        double step = 0.2 + 0.4 * draw_uniform(wave, 2 * i),
               phase = 6.283185307179586 * draw_uniform(wave, 2 * i + 1);
        for (int64_t k = 0; k < s->t; k++)
            out->x[i * s->t + k] =
                sin(phase + step * (double)k) + s->noise * draw_normal(noise, i * s->t + k);
        out->y[i] = sin(phase + step * (double)s->t);
    }
    return true;
}

/* ---- seqdigits ---- */

static bool make_seqdigits(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                           struct generated *out, struct error *err)
{
    const struct length *s = settings;
    struct draw digit = draw_from(seed, STREAM_ROW);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->t, 1), 2, 0);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t k = 0; k < s->t; k++)
            out->x[i * s->t + k] = 1 + (double)draw_below(digit, i * s->t + k, 9);
        out->y[i] = out->x[i * s->t + s->t - 1] >= 5;
    }
    return true;
}

/* ---- seqmean ---- */

static bool make_seqmean(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                         struct generated *out, struct error *err)
{
    const struct sequence *s = settings;
    struct draw offset = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->t, s->d), 2, 0);
    for (int64_t i = 0; i < rows; i++) {
        double sum = 0, shift = draw_normal(offset, i);
        for (int64_t k = 0; k < s->t * s->d; k++) {
            double *x = &out->x[i * s->t * s->d + k];
            *x = shift + draw_normal(noise, i * s->t * s->d + k);
            sum += k % s->d == 0 ? *x : 0;
        }
        out->y[i] = sum > 0;
    }
    return true;
}

/* ---- seqreg ---- */

static bool make_seqreg(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                        struct generated *out, struct error *err)
{
    static const double weight[] = {1, -0.5, 2};
    const struct sequence *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->t, s->d), 0, 1);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < s->t * s->d; k++) {
            double x = draw_normal(draw, i * s->t * s->d + k);
            out->x[i * s->t * s->d + k] = x;
            if (k % s->d < 3)
                out->y[i] += s->gain * x * weight[k % s->d] * (double)(k / s->d + 1) / (double)s->t;
        }
    return true;
}

static const struct option adding_rows[] = {
    {"t", OPTION_INTEGER, offsetof(struct length, t), .fallback = "20", .min = 2, .max = 1e6,
     .help = "steps"},
};
static const struct option sines_rows[] = {
    {"t", OPTION_INTEGER, offsetof(struct sines, t), .fallback = "20", .min = 1, .max = 1e6, .help = "steps"},
    {"noise", OPTION_REAL, offsetof(struct sines, noise), .fallback = "0", .max = 1e6,
     .help = "standard deviation"},
};
static const struct option seqdigits_rows[] = {
    {"t", OPTION_INTEGER, offsetof(struct length, t), .fallback = "8", .min = 1, .max = 1e6, .help = "steps"},
};
static const struct option seqmean_rows[] = {
    {"t", OPTION_INTEGER, offsetof(struct sequence, t), .fallback = "10", .min = 1, .max = 1e6,
     .help = "steps"},
    {"d", OPTION_INTEGER, offsetof(struct sequence, d), .fallback = "1", .min = 1, .max = 1e6,
     .help = "channels"},
};
static const struct option seqreg_rows[] = {
    {"t", OPTION_INTEGER, offsetof(struct sequence, t), .fallback = "8", .min = 1, .max = 1e6,
     .help = "steps"},
    {"d", OPTION_INTEGER, offsetof(struct sequence, d), .fallback = "3", .min = 1, .max = 1e6,
     .help = "channels"},
    {"gain", OPTION_REAL, offsetof(struct sequence, gain), .fallback = "4", .help = "factor of the target"},
};

const struct generator generator_adding = {
    {"adding", "sequences of numbers; the answer is the sum of two marked ones",
     "Two channels: numbers in 0..1, and marks at one place in each half. Long sequences need a\n"
     "network that remembers. Always answering 1 gives a mean squared error of 1/6."},
    OPTION_TABLE(adding_rows),
    sizeof(struct length),
    1000,
    make_adding};

const struct generator generator_sines = {
    {"sines", "pieces of sine waves; the answer is the next value",
     "Frequency and phase differ from row to row; three steps tell the next one."},
    OPTION_TABLE(sines_rows),
    sizeof(struct sines),
    400,
    make_sines};

const struct generator generator_seqdigits = {
    {"seqdigits", "sequences of digits 1..9; is the last one at least 5?", "Inputs are not scaled."},
    OPTION_TABLE(seqdigits_rows),
    sizeof(struct length),
    400,
    make_seqdigits};

const struct generator generator_seqmean = {
    {"seqmean", "noisy sequences; is the mean of the first channel above 0?",
     "Every row has an offset of its own, and noise of standard deviation 1 around it."},
    OPTION_TABLE(seqmean_rows),
    sizeof(struct sequence),
    400,
    make_seqmean};

const struct generator generator_seqreg = {
    {"seqreg", "random sequences; the answer is a weighted sum over time",
     "Weights 1, -0.5 and 2 for the first three channels, growing along the sequence, times\n"
     "`gain`. Other channels do not matter."},
    OPTION_TABLE(seqreg_rows),
    sizeof(struct sequence),
    400,
    make_seqreg};
