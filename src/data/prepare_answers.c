/* Preparations of the answers, and of the order and choice of rows. Class ids are treated as the numbers they
 * are. */
#include <mldbg/data.h>

#include <math.h>
#include <string.h>

struct factor {
    double by;
};

struct range {
    double lo, hi;
};

struct value {
    double value;
};

struct cut {
    int64_t classes;
    double lo, hi;
};

struct nothing {
    char unused;
};

static int64_t answers_of(const struct generated *set)
{
    return set->classes > 0 ? 1 : set->target_width;
}

struct fit {
    double min, max, mean, std;
};

static struct fit fit_answer(const struct generated *set, int64_t which)
{
    struct fit fit = {(double)INFINITY, -(double)INFINITY, 0, 0};
    int64_t width = answers_of(set);
    for (int64_t row = 0; row < set->rows; row++) {
        double y = set->y[row * width + which];
        fit.min = y < fit.min ? y : fit.min;
        fit.max = y > fit.max ? y : fit.max;
        fit.mean += y / (double)set->rows;
    }
    for (int64_t row = 0; row < set->rows; row++) {
        double distance = set->y[row * width + which] - fit.mean;
        fit.std += distance * distance / (double)set->rows;
    }
    fit.std = fit.max > fit.min ? sqrt(fit.std) : 0;
    return fit;
}

static void map_answer(struct generated *set, int64_t which, double shift, double divisor, double factor,
                       double offset)
{
    int64_t width = answers_of(set);
    for (int64_t row = 0; row < set->rows; row++) {
        double *y = &set->y[row * width + which];
        *y = (*y - shift) / (divisor == 0 ? 1 : divisor) * factor + offset;
    }
}

static void standardize_y(const void *settings, struct generated *set, const struct generated *fit,
                          struct random key)
{
    (void)settings, (void)key;
    for (int64_t i = 0; i < answers_of(set); i++) {
        struct fit f = fit_answer(fit, i);
        map_answer(set, i, f.mean, f.std, 1, 0);
    }
}

static void minmax_y(const void *settings, struct generated *set, const struct generated *fit,
                     struct random key)
{
    const struct range *s = settings;
    (void)key;
    for (int64_t i = 0; i < answers_of(set); i++) {
        struct fit f = fit_answer(fit, i);
        map_answer(set, i, f.min, f.max - f.min, s->hi - s->lo, s->lo);
    }
}

static void scale_y(const void *settings, struct generated *set, const struct generated *fit,
                    struct random key)
{
    const struct factor *s = settings;
    (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * answers_of(set); i++)
        set->y[i] *= s->by;
}

static void const_y(const void *settings, struct generated *set, const struct generated *fit,
                    struct random key)
{
    const struct value *s = settings;
    (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * answers_of(set); i++)
        set->y[i] = s->value;
}

static void trunc_y(const void *settings, struct generated *set, const struct generated *fit,
                    struct random key)
{
    (void)settings, (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * answers_of(set); i++)
        set->y[i] = trunc(set->y[i]);
}

static void binarise_y(const void *settings, struct generated *set, const struct generated *fit,
                       struct random key)
{
    const struct value *s = settings;
    (void)fit, (void)key;
    for (int64_t i = 0; i < set->rows * answers_of(set); i++)
        set->y[i] = set->y[i] > s->value;
}

/* Puts numbers, width a row, into the order given. */
static void reorder(double *numbers, int64_t width, const int64_t *order, int64_t rows, double *spare)
{
    for (int64_t row = 0; row < rows; row++)
        memcpy(spare + row * width, numbers + order[row] * width, (size_t)width * sizeof *numbers);
    memcpy(numbers, spare, (size_t)(rows * width) * sizeof *numbers);
}

static void permute_y(const void *settings, struct generated *set, const struct generated *fit,
                      struct random key)
{
    (void)settings, (void)fit;
    struct arena scratch;
    arena_init(&scratch, "permuted answers");
    size_t rows = (size_t)set->rows, width = (size_t)answers_of(set);
    int64_t *order = arena_array(&scratch, rows, sizeof *order);
    random_permutation(key, 0, set->rows, order);
    reorder(set->y, answers_of(set), order, set->rows, arena_array(&scratch, rows * width, sizeof(double)));
    arena_release(&scratch);
}

/* Keeps the rows in the list, in its order. */
static void choose_rows(struct generated *set, const int64_t *order, int64_t rows, struct arena *scratch)
{
    int64_t width = shape_count(&set->shape), answers = answers_of(set);
    int64_t most = width > answers ? width : answers;
    double *spare = arena_array(scratch, (size_t)rows * (size_t)most, sizeof *spare);
    int64_t *line = arena_array(scratch, (size_t)rows, sizeof *line);
    reorder(set->x, width, order, rows, spare);
    reorder(set->y, answers, order, rows, spare);
    for (int64_t row = 0; set->line && row < rows; row++)
        line[row] = set->line[order[row]];
    if (set->line)
        memcpy(set->line, line, (size_t)rows * sizeof *line);
    set->rows = rows;
}

/* A stable sort of row numbers by the first answer: merges runs of doubling length. */
static void sort_rows(const struct generated *set, int64_t *order, int64_t *spare)
{
    int64_t width = answers_of(set), rows = set->rows;
    for (int64_t run = 1; run < rows; run *= 2) {
        for (int64_t first = 0; first < rows; first += 2 * run) {
            int64_t middle = first + run < rows ? first + run : rows;
            int64_t end = first + 2 * run < rows ? first + 2 * run : rows;
            for (int64_t a = first, b = middle, to = first; to < end; to++) {
                bool left =
                    b == end || (a < middle && !(set->y[order[b] * width] < set->y[order[a] * width]));
                spare[to] = left ? order[a++] : order[b++];
            }
        }
        memcpy(order, spare, (size_t)rows * sizeof *order);
    }
}

static void sort_by_y(const void *settings, struct generated *set, const struct generated *fit,
                      struct random key)
{
    (void)settings, (void)fit, (void)key;
    struct arena scratch;
    arena_init(&scratch, "sorted rows");
    int64_t *order = arena_array(&scratch, (size_t)set->rows, sizeof *order);
    for (int64_t row = 0; row < set->rows; row++)
        order[row] = row;
    sort_rows(set, order, arena_array(&scratch, (size_t)set->rows, sizeof *order));
    choose_rows(set, order, set->rows, &scratch);
    arena_release(&scratch);
}

static void imbalance(const void *settings, struct generated *set, const struct generated *fit,
                      struct random key)
{
    const struct cut *s = settings;
    (void)fit;
    struct arena scratch;
    arena_init(&scratch, "unbalanced rows");
    int64_t *order = arena_array(&scratch, (size_t)set->rows, sizeof *order), rows = 0;
    int64_t *met = arena_array(&scratch, (size_t)s->classes + 1, sizeof *met);
    for (int64_t row = 0; row < set->rows; row++) {
        int64_t class = (int64_t)set->y[row * answers_of(set)];
        if (class >= 0 && class < s->classes) {
            double keep = s->lo + (s->hi - s->lo) * random_uniform(key, 1, (uint64_t) class);
            if (met[class]++ > 0 && random_uniform(key, 0, (uint64_t)row) >= keep)
                continue;
        }
        order[rows++] = row;
    }
    choose_rows(set, order, rows, &scratch);
    arena_release(&scratch);
}

static const struct option factor_rows[] = {
    {"by", OPTION_REAL, offsetof(struct factor, by), .required = true, .help = "factor"},
};
static const struct option range_rows[] = {
    {"lo", OPTION_REAL, offsetof(struct range, lo), .fallback = "0", .help = "smallest value"},
    {"hi", OPTION_REAL, offsetof(struct range, hi), .fallback = "1", .help = "largest value"},
};
static const struct option value_rows[] = {
    {"value", OPTION_REAL, offsetof(struct value, value), .fallback = "0", .help = "the answer of every row"},
};
static const struct option threshold_rows[] = {
    {"threshold", OPTION_REAL, offsetof(struct value, value), .fallback = "0",
     .help = "answers above it become 1"},
};
static const struct option cut_rows[] = {
    {"classes", OPTION_INTEGER, offsetof(struct cut, classes), .fallback = "6", .min = 0, .max = 1e6,
     .help = "how many classes are cut, from the first"},
    {"lo", OPTION_REAL, offsetof(struct cut, lo), .fallback = "0.01", .max = 1,
     .help = "smallest share that stays"},
    {"hi", OPTION_REAL, offsetof(struct cut, hi), .fallback = "0.05", .max = 1,
     .help = "largest share that stays"},
};

const struct preparation preparation_standardize_y = {
    {"standardize_y", "brings every target to mean 0 and standard deviation 1",
     "Mean and deviation are those of train."},
    {NULL, 0},
    sizeof(struct nothing),
    standardize_y};

const struct preparation preparation_minmax_y = {
    {"minmax_y", "brings every target to the range lo..hi", "Smallest and largest value are those of train."},
    OPTION_TABLE(range_rows),
    sizeof(struct range),
    minmax_y};

const struct preparation preparation_scale_y = {
    {"scale_y", "multiplies the targets by a constant",
     "On class ids it is a mistake that people make when they scale whole arrays."},
    OPTION_TABLE(factor_rows),
    sizeof(struct factor),
    scale_y};

const struct preparation preparation_const_y = {{"const_y", "gives every row the same answer (a mistake)",
                                                 "What a lost join or a wrong column leaves behind."},
                                                OPTION_TABLE(value_rows),
                                                sizeof(struct value),
                                                const_y};

const struct preparation preparation_permute_y = {
    {"permute_y", "moves the answers to other rows (a mistake)",
     "Inputs and answers no longer belong together: nothing but memorizing can be learned."},
    {NULL, 0},
    sizeof(struct nothing),
    permute_y};

const struct preparation preparation_trunc_y = {{"trunc_y",
                                                 "cuts the answers to whole numbers towards zero (a mistake)",
                                                 "After scale_y every class id becomes 0."},
                                                {NULL, 0},
                                                sizeof(struct nothing),
                                                trunc_y};

const struct preparation preparation_binarise_y = {
    {"binarise_y", "makes answers above a threshold 1 and all others 0",
     "A cast of class ids to true and false throws all classes but the first together."},
    OPTION_TABLE(threshold_rows),
    sizeof(struct value),
    binarise_y};

const struct preparation preparation_sort_by_y = {
    {"sort_by_y", "sorts the rows by their answer (a mistake)",
     "With \"shuffle\": false in \"split\" the held-out tail holds other classes than train."},
    {NULL, 0},
    sizeof(struct nothing),
    sort_by_y};

const struct preparation preparation_imbalance = {
    {"imbalance", "cuts the first classes to a few per cent of their rows",
     "Each of the first `classes` classes keeps a share between lo and hi of its rows, one at\n"
     "least; the last class of all is never cut."},
    OPTION_TABLE(cut_rows),
    sizeof(struct cut),
    imbalance};
