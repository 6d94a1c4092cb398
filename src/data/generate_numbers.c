/* Generators of tables of numbers, mostly with real targets. */
#include "generate.h"

#include <math.h>
#include <string.h>

#include "expression.h"

struct nothing {
    char unused;
};

struct mixed {
    int task;
};

struct curve {
    double lo, hi, noise;
    const char *expr;
};

struct linear {
    int64_t features, informative, targets;
    double coef, noise;
    struct sizes reshape;
};

static bool make_linear3(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                         struct generated *out, struct error *err)
{
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)settings, (void)err;
    generated_make(arena, out, rows, SHAPE(3), 0, 1);
    for (int64_t i = 0; i < rows; i++) {
        double *x = out->x + 3 * i;
        for (int64_t k = 0; k < 3; k++)
            x[k] = 10000 * draw_uniform(draw, 3 * i + k);
        out->y[i] = 2 * x[0] + x[1] + 0.5 * x[2] + 2.2;
    }
    return true;
}

/* ---- tabular_mixed ---- */

enum { MIXED_CLASS_COLUMNS = 8, CAR_COLUMNS = 7 };

/* A column that follows a standard normal z: its unit, and how much it counts. */
struct rule {
    double centre, spread, weight;
    bool whole;
};

static void make_mixed_classes(struct generated *out, uint64_t seed)
{
    static const struct rule rules[MIXED_CLASS_COLUMNS] = {
        {0.5, 0.15, 1.5, false},     {50, 15, -1.2, true},       {20, 6, 0.8, true},
        {100000, 30000, 1.3, false}, {200000, 50000, -1, false}, {0.002, 0.0005, 0.6, false},
        {1500, 400, -0.9, true},     {3, 1, 0.5, true},
    };
    struct draw draw = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    for (int64_t i = 0; i < out->rows; i++) {
        double score = 0.3 * draw_normal(noise, i);
        for (int64_t k = 0; k < MIXED_CLASS_COLUMNS; k++) {
            const struct rule *rule = &rules[k];
            double z = draw_normal(draw, i * MIXED_CLASS_COLUMNS + k);
            double x = rule->centre + rule->spread * z;
            x = x < 0 ? 0 : rule->whole ? round(x) : x;
            out->x[i * MIXED_CLASS_COLUMNS + k] = x;
            score += rule->weight * z;
        }
        out->y[i] = score > 0;
    }
}

/* Cars: cylinders, displacement, power, weight, acceleration, year, origin; the target is miles per gallon.
 */
static void make_cars(struct generated *out, uint64_t seed)
{
    struct draw draw = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    for (int64_t i = 0; i < out->rows; i++) {
        double *x = out->x + i * CAR_COLUMNS;
        double size = draw_normal(draw, i * 8), z[5];
        for (int64_t k = 0; k < 5; k++)
            z[k] = draw_normal(draw, i * 8 + 1 + k);
        x[0] = size < -0.2 ? 4 : size < 0.6 ? 6 : 8;
        x[1] = round(fmin(fmax(194 + 95 * size + 25 * z[0], 68), 455));
        x[2] = round(fmin(fmax(104 + 30 * size + 16 * z[1], 46), 230));
        x[3] = round(fmin(fmax(2977 + 750 * size + 250 * z[2], 1613), 5140));
        x[4] = round(10 * fmin(fmax(15.5 - 1.2 * size - 1.5 * z[1] + 1.5 * z[3], 8), 25)) / 10;
        x[5] = 70 + floor(13 * draw_uniform(draw_from(seed, STREAM_EXTRA), i));
        x[6] = size > 0.3 ? 1 : z[4] < -0.4 ? 1 : z[4] < 0.4 ? 2 : 3;
        double heavy = (x[3] - 2977) / 847;
        double y = 22.5 - 5.8 * heavy + 1.1 * heavy * heavy - 0.02 * (x[2] - 104) + 0.75 * (x[5] - 76) +
                   0.7 * (x[6] - 1.6) + 1.8 * draw_normal(noise, i);
        out->y[i] = round(10 * fmax(y, 9)) / 10;
    }
}

static const char *const tasks[] = {"classification", "regression", NULL};

static bool make_tabular_mixed(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                               struct generated *out, struct error *err)
{
    const struct mixed *s = settings;
    (void)err;
    if (s->task == 0) {
        generated_make(arena, out, rows, SHAPE(MIXED_CLASS_COLUMNS), 2, 0);
        make_mixed_classes(out, seed);
    } else {
        generated_make(arena, out, rows, SHAPE(CAR_COLUMNS), 0, 1);
        make_cars(out, seed);
    }
    return true;
}

/* ---- func1d, poly ---- */

static bool make_func1d(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                        struct generated *out, struct error *err)
{
    const struct curve *s = settings;
    const struct expression *expression = expression_read(arena, s->expr, err);
    struct draw noise = draw_from(seed, STREAM_NOISE);
    if (!expression)
        return false;
    generated_make(arena, out, rows, SHAPE(1), 0, 1);
    int64_t *order = arena_array(arena, (size_t)rows, sizeof *order);
    random_permutation(noise.key, STREAM_ORDER, rows, order);
    for (int64_t i = 0; i < rows; i++) {
        double share = rows > 1 ? (double)order[i] / (double)(rows - 1) : 0;
        out->x[i] = s->lo + (s->hi - s->lo) * share;
        out->y[i] = expression_value(expression, out->x[i]) + s->noise * draw_normal(noise, i);
        if (!isfinite(out->y[i]))
            return fail(err, ERROR_REQUEST, "\"%s\" has no finite value at x = %g", s->expr, out->x[i]);
    }
    return true;
}

static bool make_poly(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                      struct generated *out, struct error *err)
{
    static const struct curve curve = {.lo = 0, .hi = 10, .expr = "x**5 - 8*x**3 + 10*x + 6"};
    (void)settings;
    return make_func1d(arena, &curve, rows, seed, out, err);
}

/* ---- linreg ---- */

static bool make_linreg(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                        struct generated *out, struct error *err)
{
    const struct linear *s = settings;
    int64_t used = s->informative < 0 || s->informative > s->features ? s->features : s->informative;
    struct draw draw = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    struct draw coefficient = draw_from(seed, STREAM_STRUCTURE);
    generated_make(arena, out, rows, SHAPE(s->features), 0, s->targets);
    for (int64_t i = 0; i < rows; i++) {
        double *x = out->x + i * s->features;
        for (int64_t k = 0; k < s->features; k++)
            x[k] = draw_normal(draw, i * s->features + k);
        for (int64_t t = 0; t < s->targets; t++) {
            double y = s->noise * draw_normal(noise, i * s->targets + t);
            for (int64_t k = 0; k < used; k++)
                y += s->coef * draw_uniform(coefficient, t * s->features + k) * x[k];
            out->y[i * s->targets + t] = y;
        }
    }
    return generated_reshape(out, &s->reshape, err);
}

/* ---- col1, bits_mod7, average2 ---- */

enum { COL1_COLUMNS = 30, BITS = 20 };

static bool make_col1(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                      struct generated *out, struct error *err)
{
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)settings, (void)err;
    generated_make(arena, out, rows, SHAPE(COL1_COLUMNS), 0, 1);
    for (int64_t i = 0; i < rows * COL1_COLUMNS; i++)
        out->x[i] = 2 * draw_uniform(draw, i) - 1;
    for (int64_t i = 0; i < rows; i++)
        out->y[i] = out->x[i * COL1_COLUMNS + 1];
    return true;
}

static bool make_bits_mod7(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                           struct generated *out, struct error *err)
{
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)settings, (void)err;
    generated_make(arena, out, rows, SHAPE(BITS), 0, BITS);
    for (int64_t i = 0; i < rows; i++) {
        int64_t value = draw_below(draw, i, (int64_t)1 << BITS), rest = value % 7;
        for (int64_t k = 0; k < BITS; k++) {
            out->x[i * BITS + k] = (double)(value >> (BITS - 1 - k) & 1);
            out->y[i * BITS + k] = (double)(rest >> (BITS - 1 - k) & 1);
        }
    }
    return true;
}

static bool make_average2(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                          struct generated *out, struct error *err)
{
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)settings, (void)err;
    generated_make(arena, out, rows, SHAPE(2), 0, 1);
    for (int64_t i = 0; i < rows; i++) {
        out->x[2 * i] = (double)draw_below(draw, 2 * i, 101);
        out->x[2 * i + 1] = (double)draw_below(draw, 2 * i + 1, 101);
        out->y[i] = (out->x[2 * i] + out->x[2 * i + 1]) / 2;
    }
    return true;
}

static const struct option mixed_rows[] = {
    {"task", OPTION_CHOICE, offsetof(struct mixed, task), .fallback = "classification", .choices = tasks,
     .help = "two classes, or a target like miles per gallon"},
};
static const struct option curve_rows[] = {
    {"lo", OPTION_REAL, offsetof(struct curve, lo), .fallback = "-1", .help = "smallest x"},
    {"hi", OPTION_REAL, offsetof(struct curve, hi), .fallback = "1", .help = "largest x"},
    {"expr", OPTION_TEXT, offsetof(struct curve, expr), .fallback = "sin(x)",
     .help = "y as an expression in x"},
    {"noise", OPTION_REAL, offsetof(struct curve, noise), .fallback = "0", .max = 1e30,
     .help = "standard deviation"},
};
static const struct option linear_rows[] = {
    {"features", OPTION_INTEGER, offsetof(struct linear, features), .fallback = "10", .min = 1, .max = 1e6,
     .help = "columns"},
    {"informative", OPTION_INTEGER, offsetof(struct linear, informative), .min = 1, .max = 1e6,
     .help = "columns that matter (default: all)"},
    {"targets", OPTION_INTEGER, offsetof(struct linear, targets), .fallback = "1", .min = 1, .max = 1e6,
     .help = "answers of a row"},
    {"coef", OPTION_REAL, offsetof(struct linear, coef), .fallback = "1", .help = "largest coefficient"},
    {"noise", OPTION_REAL, offsetof(struct linear, noise), .fallback = "0.1", .max = 1e30,
     .help = "standard deviation"},
    {"reshape", OPTION_SIZES, offsetof(struct linear, reshape), .min = 1, .max = 1e9,
     .help = "shape of a row"},
};

const struct generator generator_linear3 = {
    {"linear3", "three inputs of 0..10000; the answer is linear in them",
     "y = 2a + b + 0.5c + 2.2, up to 35000: easy once inputs and target are scaled, hopeless\n"
     "before."},
    {NULL, 0},
    sizeof(struct nothing),
    1000,
    make_linear3};

const struct generator generator_tabular_mixed = {
    {"tabular_mixed", "columns of very different units with a noisy rule",
     "classification: eight columns from thousandths to hundreds of thousands. regression:\n"
     "seven columns like those of cars, the target like miles per gallon."},
    OPTION_TABLE(mixed_rows),
    sizeof(struct mixed),
    400,
    make_tabular_mixed};

const struct generator generator_func1d = {
    {"func1d", "a function of one number, evenly spaced over lo..hi",
     "\"expr\" knows numbers, x, pi, + - * / **, brackets, sin cos tanh exp log sqrt abs.\n"
     "Rows come in random order."},
    OPTION_TABLE(curve_rows),
    sizeof(struct curve),
    200,
    make_func1d};

const struct generator generator_linreg = {
    {"linreg", "normal inputs and linear targets with a little noise",
     "Coefficients are uniform in 0..coef on the informative columns and 0 on the others."},
    OPTION_TABLE(linear_rows),
    sizeof(struct linear),
    400,
    make_linreg};

const struct generator generator_col1 = {{"col1", "thirty inputs in -1..1; the answer is the second",
                                          "The network has to find one column and pass it on."},
                                         {NULL, 0},
                                         sizeof(struct nothing),
                                         800,
                                         make_col1};

const struct generator generator_bits_mod7 = {
    {"bits_mod7", "twenty random bits; the answer is their value modulo 7, in bits",
     "Twenty targets, the first seventeen always 0. Nearly impossible to learn, easy to look\n"
     "good at."},
    {NULL, 0},
    sizeof(struct nothing),
    2000,
    make_bits_mod7};

const struct generator generator_poly = {
    {"poly", "a polynomial of degree five on 0..10", "x^5 - 8 x^3 + 10 x + 6 on evenly spaced x."},
    {NULL, 0},
    sizeof(struct nothing),
    200,
    make_poly};

const struct generator generator_average2 = {
    {"average2", "two whole numbers of 0..100; the answer is their mean", "Not scaled."},
    {NULL, 0},
    sizeof(struct nothing),
    800,
    make_average2};
