/* Generators of points in few dimensions: classes that are lumps, rings, arms and bands. */
#include "generate.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

struct noise {
    double noise;
};

/* ---- xor ---- */

static bool make_xor(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                     struct generated *out, struct error *err)
{
    const struct noise *s = settings;
    struct draw noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(2), 2, 0);
    for (int64_t i = 0; i < rows; i++) {
        int64_t a = i & 1, b = i >> 1 & 1;
        out->x[2 * i] = (double)a + s->noise * draw_normal(noise, 2 * i);
        out->x[2 * i + 1] = (double)b + s->noise * draw_normal(noise, 2 * i + 1);
        out->y[i] = (double)(a ^ b);
    }
    return true;
}

/* ---- spirals ---- */

struct spirals {
    int64_t classes;
    double noise, turns;
};

static bool make_spirals(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                         struct generated *out, struct error *err)
{
    const struct spirals *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(2), s->classes, 0);
    for (int64_t i = 0; i < rows; i++) {
        int64_t class = i % s->classes;
        double t = 0.1 + 0.9 * sqrt(draw_uniform(draw, i));
        double angle = 2 * PI * (t * s->turns + (double)class / (double)s->classes);
        out->x[2 * i] = 3 * t * cos(angle) + s->noise * draw_normal(noise, 2 * i);
        out->x[2 * i + 1] = 3 * t * sin(angle) + s->noise * draw_normal(noise, 2 * i + 1);
        out->y[i] = (double)class;
    }
    return true;
}

/* ---- blobs ---- */

struct blobs {
    int64_t classes, features;
    double std;
};

static bool make_blobs(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                       struct generated *out, struct error *err)
{
    const struct blobs *s = settings;
    struct draw centre = draw_from(seed, STREAM_STRUCTURE), noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->features), s->classes, 0);
    for (int64_t i = 0; i < rows; i++) {
        int64_t class = i % s->classes;
        for (int64_t k = 0; k < s->features; k++)
            out->x[i * s->features + k] = 20 * draw_uniform(centre, class * s->features + k) - 10 +
                                          s->std * draw_normal(noise, i * s->features + k);
        out->y[i] = (double)class;
    }
    return true;
}

/* ---- circles ---- */

struct circles {
    double noise, factor;
};

static bool make_circles(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                         struct generated *out, struct error *err)
{
    const struct circles *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW), noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(2), 2, 0);
    for (int64_t i = 0; i < rows; i++) {
        double angle = 2 * PI * draw_uniform(draw, i), radius = i & 1 ? s->factor : 1;
        out->x[2 * i] = radius * cos(angle) + s->noise * draw_normal(noise, 2 * i);
        out->x[2 * i + 1] = radius * sin(angle) + s->noise * draw_normal(noise, 2 * i + 1);
        out->y[i] = (double)(i & 1);
    }
    return true;
}

/* ---- bands ---- */

struct nothing {
    char unused;
};

static bool make_bands(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                       struct generated *out, struct error *err)
{
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)settings, (void)err;
    generated_make(arena, out, rows, SHAPE(2), 2, 0);
    for (int64_t i = 0; i < 2 * rows; i++)
        out->x[i] = (i / 2 & 1 ? 0.5 : 0.2) + 0.2 * draw_uniform(draw, i);
    for (int64_t i = 0; i < rows; i++)
        out->y[i] = (double)(i & 1);
    return true;
}

/* ---- clusters ---- */

struct clusters {
    int64_t features, classes, informative;
    double sep;
    struct sizes reshape;
};

static int64_t differences(const double *a, const double *b, int64_t count)
{
    int64_t different = 0;
    for (int64_t i = 0; i < count; i++)
        different += a[i] != b[i];
    return different;
}

/* Draws vertices until each differs from all earlier ones in two coordinates; in one where that is not to be
 * had. */
static bool draw_vertices(const struct clusters *s, uint64_t seed, double *vertices)
{
    struct draw draw = draw_from(seed, STREAM_STRUCTURE);
    enum { TRIES = 2000 };
    int64_t n = s->informative;
    for (int64_t class = 0; class < s->classes; class ++) {
        double *vertex = vertices + class * n;
        bool good = false;
        for (int64_t attempt = 0; attempt < TRIES && !good; attempt++) {
            for (int64_t i = 0; i < n; i++)
                vertex[i] = draw_uniform(draw, (class * TRIES + attempt) * n + i) < 0.5 ? -s->sep : s->sep;
            good = true;
            for (int64_t other = 0; other < class && good; other++)
                good = differences(vertices + other * n, vertex, n) >= (attempt < TRIES / 2 && n > 1 ? 2 : 1);
        }
        if (!good)
            return false;
    }
    return true;
}

static bool make_clusters(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                          struct generated *out, struct error *err)
{
    struct clusters s = *(const struct clusters *)settings;
    struct draw noise = draw_from(seed, STREAM_NOISE);
    if (s.informative < 0 || s.informative > s.features)
        s.informative = s.features;
    double *vertices = arena_array(arena, (size_t)s.classes, (size_t)s.informative * sizeof *vertices);
    if (!draw_vertices(&s, seed, vertices))
        return fail(err, ERROR_REQUEST, "%lld informative features have too few corners for %lld classes",
                    (long long)s.informative, (long long)s.classes);
    generated_make(arena, out, rows, SHAPE(s.features), s.classes, 0);
    for (int64_t i = 0; i < rows; i++) {
        int64_t class = i % s.classes;
        for (int64_t k = 0; k < s.features; k++)
            out->x[i * s.features + k] = (k < s.informative ? vertices[class * s.informative + k] : 0) +
                                         draw_normal(noise, i * s.features + k);
        out->y[i] = (double)class;
    }
    return generated_reshape(out, &s.reshape, err);
}

/* ---- constants ---- */

struct constants {
    struct sizes shape;
};

static bool make_constants(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                           struct generated *out, struct error *err)
{
    const struct constants *s = settings;
    (void)seed;
    if (s->shape.count > RANK_MOST - 1)
        return fail(err, ERROR_REQUEST, "shape has %d axes, at most %d", s->shape.count, RANK_MOST - 1);
    generated_make(arena, out, rows, shape_make(s->shape.count, s->shape.at), 2, 0);
    int64_t width = shape_count(&out->shape);
    for (int64_t i = 0; i < rows; i++) {
        out->y[i] = (double)(i & 1);
        for (int64_t k = 0; k < width; k++)
            out->x[i * width + k] = out->y[i];
    }
    return true;
}

/* ---- rows ---- */

struct listed {
    const struct json *x, *y;
};

/* Rows of equal length, or plain numbers (length 1), into out; returns the length, 0 after an error. */
static int64_t list_numbers(struct arena *arena, const struct json *list, const char *name, double **out,
                            struct error *err)
{
    int64_t count = (int64_t)json_count(list), at = 0;
    if (list->type != JSON_ARRAY || count == 0)
        return fail(err, ERROR_REQUEST, "\"%s\" is %s, expected a list of rows", name,
                    list->type == JSON_ARRAY ? "an empty list" : json_type_name(list)),
               0;
    int64_t width = list->child->type == JSON_ARRAY ? (int64_t)json_count(list->child) : 1;
    if (width == 0)
        return fail(err, ERROR_REQUEST, "row 0 of \"%s\" is empty, expected numbers", name), 0;
    *out = arena_array(arena, (size_t)count, (size_t)width * sizeof **out);
    for (const struct json *row = list->child; row; row = row->next) {
        bool single = row->type == JSON_NUMBER;
        if (!(single && width == 1) && !(row->type == JSON_ARRAY && (int64_t)json_count(row) == width))
            return fail(err, ERROR_REQUEST, "row %lld of \"%s\" is not like the first one",
                        (long long)(at / width), name),
                   0;
        for (const struct json *value = single ? row : row->child; value;
             value = single ? NULL : value->next) {
            if (value->type != JSON_NUMBER)
                return fail(err, ERROR_REQUEST, "row %lld of \"%s\" holds %s, expected numbers",
                            (long long)(at / width), name, json_type_name(value)),
                       0;
            (*out)[at++] = value->number;
        }
    }
    return width;
}

static bool make_rows(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                      struct generated *out, struct error *err)
{
    const struct listed *s = settings;
    (void)seed, (void)rows;
    double *x = NULL, *y = NULL;
    int64_t width = list_numbers(arena, s->x, "x", &x, err);
    int64_t answers = width > 0 ? list_numbers(arena, s->y, "y", &y, err) : 0;
    if (width == 0 || answers == 0)
        return false;
    int64_t count = (int64_t)json_count(s->x);
    if ((int64_t)json_count(s->y) != count)
        return fail(err, ERROR_REQUEST, "\"x\" has %lld rows, but \"y\" has %zu", (long long)count,
                    json_count(s->y));
    double most = 0;
    bool classes = s->y->child->type == JSON_NUMBER;
    for (int64_t i = 0; i < count && classes; i++) {
        classes = y[i] >= 0 && y[i] < 1000 && y[i] == floor(y[i]);
        most = y[i] > most ? y[i] : most;
    }
    *out = (struct generated){.rows = count, .shape = SHAPE(width), .x = x, .y = y};
    out->classes = classes ? (int64_t)most + 1 : 0;
    out->target_width = answers;
    return true;
}

static const struct option xor_rows[] = {
    {"noise", OPTION_REAL, offsetof(struct noise, noise), .fallback = "0.1", .max = 1e6,
     .help = "standard deviation"},
};
static const struct option spirals_rows[] = {
    {"classes", OPTION_INTEGER, offsetof(struct spirals, classes), .fallback = "2", .min = 2, .max = 100,
     .help = "arms"},
    {"noise", OPTION_REAL, offsetof(struct spirals, noise), .fallback = "0.1", .max = 1e6,
     .help = "standard deviation"},
    {"turns", OPTION_REAL, offsetof(struct spirals, turns), .fallback = "1", .max = 100,
     .help = "of each arm"},
};
static const struct option blobs_rows[] = {
    {"classes", OPTION_INTEGER, offsetof(struct blobs, classes), .fallback = "3", .min = 2, .max = 1e6,
     .help = "lumps"},
    {"features", OPTION_INTEGER, offsetof(struct blobs, features), .fallback = "2", .min = 1, .max = 1e6,
     .help = "dimensions"},
    {"std", OPTION_REAL, offsetof(struct blobs, std), .fallback = "1", .max = 1e6,
     .help = "standard deviation of a lump"},
};
static const struct option circles_rows[] = {
    {"noise", OPTION_REAL, offsetof(struct circles, noise), .fallback = "0.1", .max = 1e6,
     .help = "standard deviation"},
    {"factor", OPTION_REAL, offsetof(struct circles, factor), .fallback = "0.5", .max = 1e6,
     .help = "inner radius"},
};
static const struct option clusters_rows[] = {
    {"features", OPTION_INTEGER, offsetof(struct clusters, features), .fallback = "10", .min = 1, .max = 1e6,
     .help = "columns"},
    {"classes", OPTION_INTEGER, offsetof(struct clusters, classes), .fallback = "2", .min = 2, .max = 1000,
     .help = "clusters"},
    {"informative", OPTION_INTEGER, offsetof(struct clusters, informative), .min = 1, .max = 1e6,
     .help = "columns that tell the classes apart (default: all)"},
    {"sep", OPTION_REAL, offsetof(struct clusters, sep), .fallback = "1.5", .max = 1e6,
     .help = "distance of a cluster from zero along each of them"},
    {"reshape", OPTION_SIZES, offsetof(struct clusters, reshape), .min = 1, .max = 1e9,
     .help = "shape of a row"},
};
static const struct option constants_rows[] = {
    {"shape", OPTION_SIZES, offsetof(struct constants, shape), .fallback = "8", .min = 1, .max = 1e9,
     .help = "shape of a row"},
};
static const struct option listed_rows[] = {
    {"x", OPTION_JSON, offsetof(struct listed, x), .required = true, .help = "rows of inputs"},
    {"y", OPTION_JSON, offsetof(struct listed, y), .required = true,
     .help = "an answer or a list of them for each row"},
};

const struct generator generator_xor = {
    {"xor", "noisy corners of a square; opposite corners share a class",
     "Two inputs near 0 or 1, class 1 where exactly one of them is near 1. The smallest problem\n"
     "that no linear model solves."},
    OPTION_TABLE(xor_rows),
    sizeof(struct noise),
    400,
    make_xor};

const struct generator generator_spirals = {
    {"spirals", "interleaved spiral arms in two dimensions",
     "Every class is an arm that winds `turns` times from radius 0.3 to 3. Needs a hidden\n"
     "layer of some width; no scaling needed."},
    OPTION_TABLE(spirals_rows),
    sizeof(struct spirals),
    400,
    make_spirals};

const struct generator generator_blobs = {
    {"blobs", "round lumps around random centres in -10..10",
     "One Gaussian lump per class. With a large std the lumps overlap, and no model is perfect."},
    OPTION_TABLE(blobs_rows),
    sizeof(struct blobs),
    400,
    make_blobs};

const struct generator generator_circles = {
    {"circles", "two noisy concentric circles", "Class 0 on radius 1, class 1 on radius `factor`."},
    OPTION_TABLE(circles_rows),
    sizeof(struct circles),
    400,
    make_circles};

const struct generator generator_bands = {
    {"bands", "two separate squares in two dimensions",
     "Both inputs uniform in 0.2..0.4 (class 0) or in 0.5..0.7 (class 1)."},
    {NULL, 0},
    sizeof(struct nothing),
    200,
    make_bands};

const struct generator generator_clusters = {
    {"clusters", "Gaussian clusters at corners of a cube, among noise columns",
     "Each class sits at a corner +-sep in the first `informative` columns; every column has\n"
     "noise of standard deviation 1. Classes are balanced."},
    OPTION_TABLE(clusters_rows),
    sizeof(struct clusters),
    400,
    make_clusters};

const struct generator generator_constants = {
    {"constants", "rows of ones (class 1) and rows of zeros (class 0)",
     "The easiest problem there is: whoever cannot learn it has a broken network."},
    OPTION_TABLE(constants_rows),
    sizeof(struct constants),
    400,
    make_constants};

const struct generator generator_rows = {
    {"rows", "the rows that are listed in the config",
     "\"x\": a list of rows, \"y\": an answer for each. Whole numbers from 0 up are classes,\n"
     "anything else and lists are targets."},
    OPTION_TABLE(listed_rows),
    sizeof(struct listed),
    0,
    make_rows};
