/*
 * Scores without a network: least squares with a small penalty on standardised inputs, solved by Cholesky in
 * double, and the nearest neighbours. Nothing is drawn by chance.
 */
#include <mldbg/lab/trial.h>

#include <mldbg/train/score.h>

#include <math.h>
#include <string.h>

#include "inside.h"

enum { ROWS_MOST = 2000, HELD_MOST = 1000, COLUMNS_MOST = 1000, NEIGHBOURS = 5 };

/* Ids of an input up to so many become counts, one column each; more are left out. */
enum { IDS_MOST = 512 };

/* The penalty on squared weights, beside sums over the rows of columns with deviation 1. */
static const double PENALTY = 1;

/* Rows as numbers, and their answers: one-hot classes or targets. */
struct sample {
    int64_t rows, columns, answers;
    double *x, *y;
    const struct dataset *set;
    int64_t step; /* row i is row i * step of the set */
};

static int64_t columns_of(const struct data_input *input)
{
    if (input->dtype == DTYPE_I32)
        return input->index_count <= IDS_MOST ? input->index_count : 0;
    return shape_count(&input->shape);
}

static int64_t columns_of_data(const struct data *data)
{
    int64_t columns = 0;

    for (int i = 0; i < data->input_count; i++)
        columns += columns_of(&data->inputs[i]);
    return columns;
}

/* All columns of a row; ids as counts. */
static void expand(const struct data *data, const struct dataset *set, int64_t row, double *out)
{
    for (int i = 0; i < data->input_count; i++) {
        int64_t columns = columns_of(&data->inputs[i]), width = shape_count(&data->inputs[i].shape);

        for (int64_t c = 0; c < width; c++) {
            double value = tensor_get(&set->inputs[i], row * width + c);

            if (data->inputs[i].dtype != DTYPE_I32)
                out[c] = value;
            else if (columns && value >= 0 && value < (double)columns)
                out[(int64_t)value] += 1;
        }
        out += columns;
    }
}

/* Every `stride`th column is taken, every `step`th row. */
static void take(struct arena *arena, const struct data *data, const struct dataset *set, int64_t most,
                 int64_t stride, struct sample *out)
{
    int64_t all = columns_of_data(data);
    double *row = arena_array(arena, (size_t)all, sizeof *row);

    out->set = set;
    out->step = (set->rows + most - 1) / most;
    out->rows = (set->rows + out->step - 1) / out->step;
    out->columns = (all + stride - 1) / stride;
    out->answers = data->classification ? data->classes : data->target_width;
    out->x = arena_array(arena, (size_t)(out->rows * out->columns), sizeof *out->x);
    out->y = arena_array(arena, (size_t)(out->rows * out->answers), sizeof *out->y);
    for (int64_t i = 0; i < out->rows; i++) {
        int64_t from = i * out->step;

        memset(row, 0, (size_t)all * sizeof *row);
        expand(data, set, from, row);
        for (int64_t c = 0; c < out->columns; c++)
            out->x[i * out->columns + c] = row[c * stride];
        for (int64_t k = 0; k < out->answers; k++)
            out->y[i * out->answers + k] = data->classification
                                               ? (double)(set->labels[from] == k)
                                               : (double)set->targets[from * out->answers + k];
    }
}

/* Takes the mean of train off x and y of both, so that no constant needs fitting; classes need their mean. */
static void centre(struct arena *arena, struct sample *train, struct sample *held, double **mean_y)
{
    double *mean = arena_array(arena, (size_t)train->columns, sizeof *mean);

    *mean_y = arena_array(arena, (size_t)train->answers, sizeof **mean_y);
    for (int64_t i = 0; i < train->rows; i++) {
        for (int64_t c = 0; c < train->columns; c++)
            mean[c] += train->x[i * train->columns + c] / (double)train->rows;
        for (int64_t k = 0; k < train->answers; k++)
            (*mean_y)[k] += train->y[i * train->answers + k] / (double)train->rows;
    }
    for (int64_t i = 0; i < train->rows; i++) {
        for (int64_t c = 0; c < train->columns; c++)
            train->x[i * train->columns + c] -= mean[c];
        for (int64_t k = 0; k < train->answers; k++)
            train->y[i * train->answers + k] -= (*mean_y)[k];
    }
    for (int64_t i = 0; i < held->rows * held->columns; i++)
        held->x[i] -= mean[i % held->columns];
}

static void multiply(const struct kernels *kernels, bool trans_a, bool trans_b, int64_t m, int64_t n,
                     int64_t k, const double *a, const double *b, double *c)
{
    struct gemm gemm = {.trans_a = trans_a,
                        .trans_b = trans_b,
                        .m = m,
                        .n = n,
                        .k = k,
                        .lda = trans_a ? m : k,
                        .ldb = trans_b ? k : n,
                        .ldc = n,
                        .alpha = 1,
                        .outer = 1,
                        .inner = 1};

    kernels->gemm(&gemm, a, b, c);
}

/* Solves A X = B for symmetric positive A (n x n, its lower half becomes its root) in place of B (n x k). */
static bool solve(int64_t n, double *a, int64_t k, double *b)
{
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = j; i < n; i++) {
            double sum = a[i * n + j];

            for (int64_t p = 0; p < j; p++)
                sum -= a[i * n + p] * a[j * n + p];
            if (i == j && !(sum > 0 && isfinite(sum)))
                return false;
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) {
            for (int64_t p = 0; p < i; p++)
                b[i * k + c] -= a[i * n + p] * b[p * k + c];
            b[i * k + c] /= a[i * n + i];
        }
    for (int64_t i = n - 1; i >= 0; i--)
        for (int64_t c = 0; c < k; c++) {
            for (int64_t p = i + 1; p < n; p++)
                b[i * k + c] -= a[p * n + i] * b[p * k + c];
            b[i * k + c] /= a[i * n + i];
        }
    return true;
}

/* Answers are rows x answers. */
static double score_of(const struct data *data, const struct sample *held, const double *answer)
{
    int64_t right = 0, width = held->answers;
    double sum = 0;

    for (int64_t i = 0; i < held->rows && data->classification; i++) {
        int64_t best = 0;

        for (int64_t k = 1; k < width; k++)
            best = answer[i * width + k] > answer[i * width + best] ? k : best;
        right += best == held->set->labels[i * held->step];
    }
    if (data->classification)
        return (double)right / (double)held->rows;
    for (int64_t k = 0; k < width; k++) {
        double mean = 0, off = 0, spread = 0;

        for (int64_t i = 0; i < held->rows; i++)
            mean += held->y[i * width + k] / (double)held->rows;
        for (int64_t i = 0; i < held->rows; i++) {
            double wanted = held->y[i * width + k];

            off += (answer[i * width + k] - wanted) * (answer[i * width + k] - wanted);
            spread += (wanted - mean) * (wanted - mean);
        }
        sum += spread > 0 ? 1 - off / spread : off > 0 ? 0 : 1;
    }
    sum /= (double)width;
    return sum > SCORE_WORST ? sum : SCORE_WORST;
}

/*
 * Ridge: from the columns' products where there are fewer columns than rows, else from the rows' products
 * (both give the same weights).
 */
static double linear_score(struct arena *arena, const struct kernels *kernels, const struct data *data,
                           const struct sample *train, const struct sample *held, const double *mean_y)
{
    int64_t n = train->rows, d = train->columns, k = train->answers;
    bool dual = n < d;
    int64_t side = dual ? n : d;
    double *products = arena_array(arena, (size_t)(side * side), sizeof *products);
    double *right = arena_array(arena, (size_t)((dual ? n : d) * k), sizeof *right);
    double *weights = arena_array(arena, (size_t)(d * k), sizeof *weights);
    double *answer = arena_array(arena, (size_t)(held->rows * k), sizeof *answer);

    multiply(kernels, !dual, dual, side, side, dual ? d : n, train->x, train->x, products);
    for (int64_t i = 0; i < side; i++)
        products[i * side + i] += PENALTY;
    if (dual)
        memcpy(right, train->y, (size_t)(n * k) * sizeof *right);
    else
        multiply(kernels, true, false, d, k, n, train->x, train->y, right);
    if (!solve(side, products, k, right))
        return (double)NAN;
    if (dual)
        multiply(kernels, true, false, d, k, n, train->x, right, weights);
    else
        memcpy(weights, right, (size_t)(d * k) * sizeof *weights);
    multiply(kernels, false, false, held->rows, k, d, held->x, weights, answer);
    for (int64_t i = 0; i < held->rows * k; i++)
        answer[i] += mean_y[i % k];
    return score_of(data, held, answer);
}

/* The rows nearest to one of them, by products: |a - b|^2 = |a|^2 + |b|^2 - 2 ab; |a|^2 is the same for all.
 */
static void nearest(const double *products, const double *squares, int64_t rows, int64_t skipped,
                    int64_t found[NEIGHBOURS])
{
    double distance[NEIGHBOURS];
    int64_t count = 0;

    for (int64_t i = 0; i < rows; i++) {
        double far = squares[i] - 2 * products[i];
        int64_t at = NEIGHBOURS - 1;

        if (i == skipped || (count == NEIGHBOURS && !(far < distance[at])))
            continue;
        if (count < NEIGHBOURS)
            at = count++;
        for (; at > 0 && far < distance[at - 1]; at--) {
            distance[at] = distance[at - 1];
            found[at] = found[at - 1];
        }
        distance[at] = far;
        found[at] = i;
    }
}

static double *squared_lengths(struct arena *arena, const struct sample *sample)
{
    double *squares = arena_array(arena, (size_t)sample->rows, sizeof *squares);

    for (int64_t i = 0; i < sample->rows * sample->columns; i++)
        squares[i / sample->columns] += sample->x[i] * sample->x[i];
    return squares;
}

/* *answers: rows x answers of what the neighbours say; NULL where there are too few. */
static double neighbours_score(struct arena *arena, const struct kernels *kernels, const struct data *data,
                               const struct sample *train, const struct sample *held, const double *mean_y,
                               double **answers)
{
    int64_t k = train->answers, d = train->columns;
    double *products = arena_array(arena, (size_t)(held->rows * train->rows), sizeof *products);
    double *squares = squared_lengths(arena, train);
    double *answer = arena_array(arena, (size_t)(held->rows * k), sizeof *answer);

    *answers = NULL;
    if (train->rows < NEIGHBOURS)
        return (double)NAN;
    multiply(kernels, false, true, held->rows, train->rows, d, held->x, train->x, products);
    for (int64_t i = 0; i < held->rows; i++) {
        int64_t found[NEIGHBOURS];

        nearest(products + i * train->rows, squares, train->rows, -1, found);
        for (int64_t c = 0; c < k; c++) {
            for (int n = 0; n < NEIGHBOURS; n++)
                answer[i * k + c] += train->y[found[n] * k + c] / NEIGHBOURS;
            answer[i * k + c] += mean_y[c];
        }
    }
    *answers = answer;
    return score_of(data, held, answer);
}

/* ---- Labels that do not belong to their rows ---- */

/* Where neighbours are right more often than this above the most frequent class, labels belong to rows. */
static const double CHANCE = 0.15;

static double majority(const struct data *data, const struct sample *held)
{
    int64_t most = 0;

    for (int64_t k = 0; k < data->classes; k++)
        most = held->set->class_rows[k] > most ? held->set->class_rows[k] : most;
    return (double)most / (double)held->set->rows;
}

/* Labels of train by their line in the file; -1: the line is not among these rows. */
struct lines {
    int64_t first, count;
    int32_t *label;
};

static int64_t line_of(const struct dataset *set, int64_t row)
{
    return set->line ? set->line[row] : row;
}

static struct lines lines_of(struct arena *arena, const struct dataset *set)
{
    struct lines lines = {.first = line_of(set, 0)};
    int64_t last = lines.first;

    for (int64_t row = 0; row < set->rows; row++) {
        int64_t line = line_of(set, row);

        lines.first = line < lines.first ? line : lines.first;
        last = line > last ? line : last;
    }
    lines.count = last - lines.first + 1;
    lines.label = arena_array(arena, (size_t)lines.count, sizeof *lines.label);
    memset(lines.label, 0xff, (size_t)lines.count * sizeof *lines.label);
    for (int64_t row = 0; row < set->rows; row++)
        lines.label[line_of(set, row) - lines.first] = set->labels[row];
    return lines;
}

/* Label of the row `by` lines below a row of the sample, or -1. */
static int32_t label_at(const struct sample *train, const struct lines *lines, int64_t i, int64_t by)
{
    int64_t at = line_of(train->set, i * train->step) + by - lines->first;

    return at >= 0 && at < lines->count ? lines->label[at] : -1;
}

/* The label that most of the neighbours have. votes: one for each class, 0 before and after. */
static int32_t vote(const struct sample *train, const struct lines *lines, const int64_t *found, int64_t by,
                    int64_t *votes)
{
    int32_t best = -1;

    for (int n = 0; n < NEIGHBOURS; n++) {
        int32_t label = label_at(train, lines, found[n], by);

        if (label >= 0 && ++votes[label] > (best < 0 ? 0 : votes[best]))
            best = label;
    }
    for (int n = 0; n < NEIGHBOURS; n++) {
        int32_t label = label_at(train, lines, found[n], by);

        if (label >= 0)
            votes[label] = 0;
    }
    return best;
}

/* How many rows of train the others tell, with labels taken from a row above, as given, a row below. */
static void ask_moved(struct arena *arena, const struct kernels *kernels, const struct data *data,
                      const struct sample *train, struct simple_scores *out)
{
    struct lines lines = lines_of(arena, train->set);
    double *squares = squared_lengths(arena, train);
    double *products = arena_array(arena, (size_t)(train->rows * train->rows), sizeof *products);
    int64_t *votes = arena_array(arena, (size_t)data->classes, sizeof *votes), right[3] = {0}, asked[3] = {0};

    multiply(kernels, false, true, train->rows, train->rows, train->columns, train->x, train->x, products);
    for (int64_t i = 0; i < train->rows; i++) {
        int64_t found[NEIGHBOURS];

        nearest(products + i * train->rows, squares, train->rows, i, found);
        for (int by = -1; by <= 1; by++) {
            int32_t label = label_at(train, &lines, i, by);

            asked[by + 1] += label >= 0;
            right[by + 1] += label >= 0 && vote(train, &lines, found, by, votes) == label;
        }
    }
    if (!asked[0] || !asked[2])
        return;
    double above = (double)right[0] / (double)asked[0], below = (double)right[2] / (double)asked[2];
    out->moved_rows = above > below ? -1 : 1;
    out->moved_score = above > below ? above : below;
    out->moved_given = (double)right[1] / (double)asked[1];
}

/* Each class under the name that most of its rows are given; two classes may not get one name. */
static double renamed(struct arena *arena, const struct data *data, const struct sample *held,
                      const double *answer)
{
    int64_t k = data->classes, right = 0;
    int64_t *given = arena_array(arena, (size_t)(k * k), sizeof *given);
    bool *taken = arena_array(arena, (size_t)k, sizeof *taken);

    for (int64_t i = 0; i < held->rows; i++) {
        int64_t best = 0;

        for (int64_t c = 1; c < k; c++)
            best = answer[i * k + c] > answer[i * k + best] ? c : best;
        given[held->set->labels[i * held->step] * k + best]++;
    }
    for (int64_t c = 0; c < k; c++) {
        int64_t best = 0;

        for (int64_t name = 1; name < k; name++)
            best = given[c * k + name] > given[c * k + best] ? name : best;
        if (given[c * k + best] && taken[best])
            return (double)NAN;
        taken[best] = taken[best] || given[c * k + best];
        right += given[c * k + best];
    }
    return (double)right / (double)held->rows;
}

static void score(struct arena *arena, const struct kernels *kernels, const struct data *data,
                  struct simple_scores *out)
{
    bool held_out = data->splits[SPLIT_val].rows > 0;
    int64_t columns = columns_of_data(data), stride = (columns + COLUMNS_MOST - 1) / COLUMNS_MOST;
    struct sample train, held;
    double *mean_y, *answers;

    if (!columns)
        return;
    take(arena, data, &data->splits[SPLIT_train], ROWS_MOST, stride, &train);
    take(arena, data, &data->splits[held_out ? SPLIT_val : SPLIT_train], HELD_MOST, stride, &held);
    centre(arena, &train, &held, &mean_y);
    out->linear = linear_score(arena, kernels, data, &train, &held, mean_y);
    /* A row is its own nearest neighbour, so train cannot be judged by itself. */
    if (held_out)
        out->neighbours = neighbours_score(arena, kernels, data, &train, &held, mean_y, &answers);
    if (!held_out || !data->classification || !(out->neighbours < majority(data, &held) + CHANCE))
        return;
    ask_moved(arena, kernels, data, &train, out);
    if (answers)
        out->renamed = renamed(arena, data, &held, answers);
}

bool lab_simple_scores(struct lab *lab, struct simple_scores *out, struct problems *problems)
{
    struct arena arena;
    struct config config;
    const struct data *data;
    const struct patch *patches;
    size_t count;
    bool good;

    *out = (struct simple_scores){.linear = (double)NAN, .neighbours = (double)NAN, .renamed = (double)NAN};
    arena_init(&arena, "scores without a network");
    patches = lab_reference(lab, &arena, &count);
    good = lab_changed(lab, &arena, patches, count, lab->seed, &config, &data, problems);
    if (good)
        score(&arena, lab->backend->kernels[DTYPE_F64], data, out);
    arena_release(&arena);
    return good;
}
