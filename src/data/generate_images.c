/* Generators of small images [channels, height, width], and of word counts and word sequences. */
#include "generate.h"

#include <math.h>
#include <string.h>

struct patterns {
    int64_t h, w, c, classes;
    double noise, range;
    bool leak;
};

struct size {
    int64_t h, w;
    double noise;
};

struct words {
    int64_t vocab, classes, len;
    double boost;
};

/* ---- patterns ---- */

static bool make_patterns(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                          struct generated *out, struct error *err)
{
    const struct patterns *s = settings;
    struct draw noise = draw_from(seed, STREAM_NOISE);
    (void)err;
    generated_make(arena, out, rows, SHAPE(s->c, s->h, s->w), s->classes, 0);
    int64_t plane = s->h * s->w, width = s->c * plane;
    double *image = arena_array(arena, (size_t)s->classes, (size_t)width * sizeof *image);
    for (int64_t i = 0; i < s->classes * s->c; i++)
        smooth_image(seed, i, s->h, s->w, image + i * plane);
    int64_t distinct = s->leak ? (rows + 1) / 2 : rows;
    for (int64_t i = 0; i < rows; i++) {
        int64_t row = i % distinct, class = row % s->classes;
        for (int64_t k = 0; k < width; k++) {
            double x = image[class * width + k] + s->noise * draw_normal(noise, row * width + k);
            out->x[i * width + k] = s->range * (x < 0 ? 0 : x > 1 ? 1 : x);
        }
        out->y[i] = (double)class;
    }
    return true;
}

/* ---- xor_patterns ---- */

static bool make_xor_patterns(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                              struct generated *out, struct error *err)
{
    const struct size *s = settings;
    struct draw noise = draw_from(seed, STREAM_NOISE), sign = draw_from(seed, STREAM_ROW);
    (void)err;
    int64_t plane = s->h * s->w;
    generated_make(arena, out, rows, SHAPE(1, s->h, s->w), 2, 0);
    double *image = arena_array(arena, 2, (size_t)plane * sizeof *image);
    smooth_image(seed, 0, s->h, s->w, image);
    smooth_image(seed, 1, s->h, s->w, image + plane);
    for (int64_t i = 0; i < rows; i++) {
        double a = draw_uniform(sign, 2 * i) < 0.5 ? -1 : 1, b = draw_uniform(sign, 2 * i + 1) < 0.5 ? -1 : 1;
        for (int64_t k = 0; k < plane; k++)
            out->x[i * plane + k] = 0.5 + 0.8 * (a * (image[k] - 0.5) + b * (image[plane + k] - 0.5)) +
                                    s->noise * draw_normal(noise, i * plane + k);
        out->y[i] = a * b > 0;
    }
    return true;
}

/* ---- life: Conway's rule, as told by Gardner, Scientific American 223 (1970) ---- */

static double next_state(const double *cells, int64_t stride)
{
    double around = -cells[0];
    for (int64_t y = -1; y <= 1; y++)
        for (int64_t x = -1; x <= 1; x++)
            around += cells[y * stride + x];
    return around == 3 || (around == 2 && cells[0] == 1);
}

static bool make_life(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                      struct generated *out, struct error *err)
{
    const struct size *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW);
    (void)err;
    int64_t stride = s->w + 2, plane = (s->h + 2) * stride;
    generated_make(arena, out, rows, SHAPE(1, s->h + 2, stride), 0, s->h * s->w);
    for (int64_t i = 0; i < rows; i++) {
        double *grid = out->x + i * plane + stride + 1;
        for (int64_t k = 0; k < s->h * s->w; k++)
            grid[k / s->w * stride + k % s->w] = draw_uniform(draw, i * s->h * s->w + k) < 0.5;
        for (int64_t k = 0; k < s->h * s->w; k++)
            out->y[i * s->h * s->w + k] = next_state(grid + k / s->w * stride + k % s->w, stride);
    }
    return true;
}

/* ---- bow and tokens ---- */

/* A word of a class: those whose number leaves the class as remainder are `boost` times as frequent as the
 * others. */
static int64_t draw_word(const struct words *s, struct draw draw, int64_t index, int64_t class)
{
    int64_t own = (s->vocab - class + s->classes - 1) / s->classes;
    double weight = s->boost * (double)own, rest = (double)(s->vocab - own);
    double place = draw_uniform(draw, index) * (weight + rest);
    if (place < weight) {
        int64_t word = (int64_t)(place / s->boost);
        return class + (word < own ? word : own - 1) * s->classes;
    }
    /* The others in order, skipping every word of the class. */
    int64_t word = (int64_t)(place - weight), at = word;
    if (s->classes > 1) {
        int64_t before = word / (s->classes - 1), inside = word % (s->classes - 1);
        at = before * s->classes + inside + (inside >= class);
    }
    return at < s->vocab ? at : s->vocab - 1;
}

static bool make_bow(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                     struct generated *out, struct error *err)
{
    const struct words *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW);
    if (s->vocab < s->classes)
        return fail(err, ERROR_REQUEST, "%lld words are too few for %lld classes", (long long)s->vocab,
                    (long long)s->classes);
    generated_make(arena, out, rows, SHAPE(s->vocab), s->classes, 0);
    for (int64_t i = 0; i < rows; i++) {
        out->y[i] = (double)(i % s->classes);
        for (int64_t k = 0; k < s->len; k++)
            out->x[i * s->vocab + draw_word(s, draw, i * s->len + k, i % s->classes)] = 1;
    }
    return true;
}

static bool make_tokens(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                        struct generated *out, struct error *err)
{
    const struct words *s = settings;
    struct draw draw = draw_from(seed, STREAM_ROW);
    if (s->vocab < s->classes)
        return fail(err, ERROR_REQUEST, "%lld words are too few for %lld classes", (long long)s->vocab,
                    (long long)s->classes);
    generated_make(arena, out, rows, SHAPE(s->len), s->classes, 0);
    out->integer = true;
    out->index_count = s->vocab;
    for (int64_t i = 0; i < rows; i++) {
        out->y[i] = (double)(i % s->classes);
        for (int64_t k = 0; k < s->len; k++)
            out->x[i * s->len + k] = (double)draw_word(s, draw, i * s->len + k, i % s->classes);
    }
    return true;
}

#define SIDE(type, name, words) \
    {                           \
#name, OPTION_INTEGER, offsetof(struct type, name), .fallback = words, .min = 1, .max = 10000

static const struct option patterns_rows[] = {SIDE(patterns, h, "12"), .help = "height in pixels"},
                           SIDE(patterns, w, "12"), .help = "width in pixels"
}
, SIDE(patterns, c, "1"), .help = "channels"
}
, {"classes",    OPTION_INTEGER,     offsetof(struct patterns, classes), .fallback = "3", .min = 2,
   .max = 10000, .help = "templates"},
    {"noise",
     OPTION_REAL,
     offsetof(struct patterns, noise),
     .fallback = "0.25",
     .max = 1e6,
     .help = "standard deviation, before clipping"},
    {"range", OPTION_REAL, offsetof(struct patterns, range), .fallback = "1", .help = "largest pixel"},
    {"leak", OPTION_BOOL, offsetof(struct patterns, leak), .fallback = "false",
     .help = "the second half of the rows repeats the first"},
}
;
static const struct option xor_patterns_rows[] = {SIDE(size, h, "10"), .help = "height in pixels"},
                           SIDE(size, w, "10"), .help = "width in pixels"
}
, {"noise",           OPTION_REAL, offsetof(struct size, noise),
   .fallback = "0.1", .max = 1e6,  .help = "standard deviation"},
}
;
static const struct option life_rows[] = {SIDE(size, h, "8"), .help = "rows of cells"}, SIDE(size, w, "8"),
                           .help = "columns of cells"
}
,
}
;
static const struct option words_rows[] = {
    {"vocab", OPTION_INTEGER, offsetof(struct words, vocab), .fallback = "100", .min = 2, .max = 1e6,
     .help = "words"},
    {"classes", OPTION_INTEGER, offsetof(struct words, classes), .fallback = "2", .min = 2, .max = 1e6,
     .help = "classes"},
    {"len", OPTION_INTEGER, offsetof(struct words, len), .fallback = "25", .min = 1, .max = 1e6,
     .help = "words drawn for a row"},
    {"boost", OPTION_REAL, offsetof(struct words, boost), .fallback = "6", .min = 0, .above_min = true,
     .max = 1e6, .help = "how much more frequent the words of a class are in it"},
};

const struct generator generator_patterns = {
    {"patterns", "images: a smooth template for each class, plus noise",
     "Pixels are clipped to 0..1 and multiplied by `range` (255 for unscaled pixels). `leak`\n"
     "makes held-out rows reappear in train."},
    OPTION_TABLE(patterns_rows),
    sizeof(struct patterns),
    400,
    make_patterns};

const struct generator generator_xor_patterns = {
    {"xor_patterns", "images of two templates, each positive or negative; same sign?",
     "image = 0.5 + 0.8 (a T1 + b T2) + noise with random signs a and b, class 1 where a = b.\n"
     "No linear model separates the classes."},
    OPTION_TABLE(xor_patterns_rows),
    sizeof(struct size),
    400,
    make_xor_patterns};

const struct generator generator_life = {
    {"life", "one step of Conway's Game of Life on random grids",
     "Input: a grid with a border of one dead cell, [1, h + 2, w + 2]. Targets: the next state\n"
     "of each of the h x w cells. A 3 x 3 convolution without padding sees all it needs."},
    OPTION_TABLE(life_rows),
    sizeof(struct size),
    300,
    make_life};

const struct generator generator_bow = {
    {"bow", "bags of words: 0/1 columns, each class favours its own words",
     "A row holds `len` draws with repetition from the words; the words of its class are\n"
     "`boost` times as likely as the others."},
    OPTION_TABLE(words_rows),
    sizeof(struct words),
    400,
    make_bow};

const struct generator generator_tokens = {{"tokens",
                                            "sequences of word numbers, each class favours its own words",
                                            "For an embedding: inputs are indices 0..vocab-1."},
                                           OPTION_TABLE(words_rows),
                                           sizeof(struct words),
                                           400,
                                           make_tokens};
