/* Measures of a split. Turns predictions into numbers and functions of weights; draws nothing. */
#include <mldbg/run/statistic.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/text.h>

typedef bool prepare_fn(struct arena *arena, const struct predictions *predictions, enum measure measure,
                        struct statistic *out, struct error *err);

static double weight_of(const double *weight, int64_t row)
{
    return weight ? weight[row] : 1;
}

static bool is_right(const struct predictions *predictions, int64_t row)
{
    if (strcmp(predictions->label[row], predictions->given[row]) == 0)
        return true;
    /* 3 and 3.0 are one class: programs differ in how they write it. */
    return predictions->label_value && predictions->value &&
           predictions->label_value[row] == predictions->value[row];
}

bool predictions_measure(struct arena *arena, const struct predictions *predictions, enum measure measure,
                         double **each, struct error *err)
{
    const struct place file = {.file = predictions->path};
    bool distance = measure == MEASURE_rmse || measure == MEASURE_mae;

    assert(measure <= MEASURE_mae);
    *each = arena_array(arena, (size_t)predictions->rows, sizeof **each);
    if (measure != MEASURE_loss && (!predictions->label || !predictions->given)) {
        fail_at(err, ERROR_REQUEST, file,
                "no columns \"label\" and \"prediction\", which --metric %s compares", measure_name(measure));
        return fail_hint(err, "--metric loss needs the column \"loss\" only");
    }
    if (measure == MEASURE_loss && !predictions->loss)
        return fail_at(err, ERROR_REQUEST, file, "no column \"loss\", which --metric loss averages");
    if (distance && (!predictions->label_value || !predictions->value))
        return fail_at(err, ERROR_REQUEST, file,
                       "the columns \"label\" and \"prediction\" are not all numbers, as --metric %s needs",
                       measure_name(measure));
    for (int64_t i = 0; i < predictions->rows; i++) {
        double *number = &(*each)[i];
        if (measure == MEASURE_error)
            *number = is_right(predictions, i) ? 0 : 1;
        else if (measure == MEASURE_loss)
            *number = predictions->loss[i];
        else
            *number = fabs(predictions->value[i] - predictions->label_value[i]);
        if (measure == MEASURE_rmse)
            *number *= *number;
        if (!isfinite(*number)) {
            fail_at(err, ERROR_REQUEST,
                    (struct place){.file = predictions->path, .line = predictions->line[i]},
                    "the %s of this row is %s; a mean over the other rows would hide it",
                    measure == MEASURE_loss ? "loss" : "distance", text_double(arena, *number));
            return fail_hint(err, "find out why the network answers so before taking the error apart");
        }
    }
    return true;
}

/* ---- Means ---- */

struct mean {
    const double *each;
    bool root;
};

static double mean_value(const struct statistic *statistic, const double *weight)
{
    const struct mean *mean = statistic->made;
    double total = 0, weights = 0;

    for (int64_t i = 0; i < statistic->rows; i++) {
        total += weight_of(weight, i) * mean->each[i];
        weights += weight_of(weight, i);
    }
    return mean->root ? sqrt(total / weights) : total / weights;
}

static void mean_influence(const struct statistic *statistic, double *out)
{
    const struct mean *mean = statistic->made;
    double value = mean_value(statistic, NULL), middle = mean->root ? value * value : value;
    double slope = mean->root && value > 0 ? 0.5 / value : 1;

    for (int64_t i = 0; i < statistic->rows; i++)
        out[i] = slope * (mean->each[i] - middle) / (double)statistic->rows;
}

struct statistic statistic_mean(struct arena *arena, const double *each, int64_t rows, bool root, bool share)
{
    struct mean *mean = arena_alloc(arena, sizeof *mean);

    *mean = (struct mean){each, root};
    return (struct statistic){rows, mean_value, mean_influence, share, rows, mean};
}

static bool prepare_mean(struct arena *arena, const struct predictions *predictions, enum measure measure,
                         struct statistic *out, struct error *err)
{
    double *each;

    if (!predictions_measure(arena, predictions, measure, &each, err))
        return false;
    *out = statistic_mean(arena, each, predictions->rows, measure == MEASURE_rmse, measure_is_share(measure));
    return true;
}

/* ---- Area under the ROC curve ---- */

/* Rows by score; equal scores are one block. */
struct ranking {
    const int64_t *order;
    const bool *begins, *positive; /* place in order: a new score; row: of the second class */
};

struct scored {
    double score;
    int64_t row;
};

static int compare_scores(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    int by_score = (x->score > y->score) - (x->score < y->score);
    return by_score ? by_score : (x->row > y->row) - (x->row < y->row);
}

/* The share of pairs of both classes in the wrong order, ties being half (Mann and Whitney). */
static double auc_value(const struct statistic *statistic, const double *weight)
{
    const struct ranking *ranking = statistic->made;
    double below[2] = {0, 0}, at[2] = {0, 0}, wrong = 0;

    for (int64_t i = 0; i < statistic->rows; i++) {
        int64_t row = ranking->order[i];
        if (ranking->begins[i]) {
            wrong += at[0] * (below[1] + at[1] / 2);
            below[0] += at[0];
            below[1] += at[1];
            at[0] = at[1] = 0;
        }
        at[ranking->positive[row]] += weight_of(weight, row);
    }
    wrong += at[0] * (below[1] + at[1] / 2);
    return wrong / ((below[0] + at[0]) * (below[1] + at[1]));
}

/* DeLong, DeLong and Clarke-Pearson 1988, by midranks: what each row has of the other class on its wrong
 * side. */
static void auc_influence(const struct statistic *statistic, double *out)
{
    const struct ranking *ranking = statistic->made;
    double value = auc_value(statistic, NULL), below[2] = {0, 0}, all[2] = {0, 0};

    for (int64_t i = 0; i < statistic->rows; i++)
        all[ranking->positive[i]] += 1;
    for (int64_t i = 0, end; i < statistic->rows; i = end) {
        double at[2] = {0, 0};
        for (end = i; end < statistic->rows && (end == i || !ranking->begins[end]); end++)
            at[ranking->positive[ranking->order[end]]] += 1;
        for (int64_t k = i; k < end; k++) {
            int64_t row = ranking->order[k];
            bool positive = ranking->positive[row];
            double share = positive ? 1 - (below[0] + at[0] / 2) / all[0] : (below[1] + at[1] / 2) / all[1];
            out[row] = (share - value) / all[positive];
        }
        below[0] += at[0];
        below[1] += at[1];
    }
}

/* Classes stand as in a record: as numbers where all are numbers, else bytewise; p1 is that of the second. */
static bool is_second(const struct predictions *predictions, int64_t row, int64_t other)
{
    if (predictions->label_value)
        return predictions->label_value[row] > predictions->label_value[other];
    return strcmp(predictions->label[row], predictions->label[other]) > 0;
}

static bool same_label(const struct predictions *predictions, int64_t row, int64_t other)
{
    return !is_second(predictions, row, other) && !is_second(predictions, other, row);
}

/* Marks the rows of the second class; false: not two classes. */
static bool mark_positive(const struct predictions *predictions, bool *positive)
{
    int64_t other = 0;

    for (int64_t i = 0; i < predictions->rows; i++)
        if (!same_label(predictions, i, 0)) {
            other = i;
            break;
        }
    if (other == 0)
        return false;
    int64_t second = is_second(predictions, other, 0) ? other : 0;
    for (int64_t i = 0; i < predictions->rows; i++) {
        if (!same_label(predictions, i, 0) && !same_label(predictions, i, other))
            return false;
        positive[i] = same_label(predictions, i, second);
    }
    return true;
}

static bool refuse_scores(const struct predictions *predictions, int64_t row, struct error *err)
{
    return fail_at(err, ERROR_REQUEST,
                   (struct place){.file = predictions->path, .line = predictions->line[row]},
                   "the probability \"p1\" of this row is not finite, and has no place in an order");
}

static bool prepare_auc(struct arena *arena, const struct predictions *predictions, enum measure measure,
                        struct statistic *out, struct error *err)
{
    const struct place file = {.file = predictions->path};
    int64_t rows = predictions->rows, positives = 0;
    struct ranking *ranking = arena_alloc(arena, sizeof *ranking);
    struct scored *scored = arena_array(arena, (size_t)rows, sizeof *scored);
    int64_t *order = arena_array(arena, (size_t)rows, sizeof *order);
    bool *begins = arena_array(arena, (size_t)rows, sizeof *begins);
    bool *positive = arena_array(arena, (size_t)rows, sizeof *positive);

    if (!predictions->label || !predictions->probability || predictions->classes != 2)
        return fail_at(err, ERROR_REQUEST, file,
                       "--metric auc needs the columns \"label\", \"p0\" and \"p1\" of two classes");
    if (!mark_positive(predictions, positive))
        return fail_at(err, ERROR_REQUEST, file,
                       "--metric auc compares two classes; the labels of this file are not of two");
    for (int64_t i = 0; i < rows; i++) {
        scored[i] = (struct scored){predictions->probability[2 * i + 1], i};
        positives += positive[i];
        if (!isfinite(scored[i].score))
            return refuse_scores(predictions, i, err);
    }
    qsort(scored, (size_t)rows, sizeof *scored, compare_scores);
    for (int64_t i = 0; i < rows; i++) {
        order[i] = scored[i].row;
        begins[i] = i == 0 || scored[i].score > scored[i - 1].score;
    }
    *ranking = (struct ranking){order, begins, positive};
    *out = (struct statistic){rows,
                              auc_value,
                              auc_influence,
                              measure_is_share(measure),
                              positives < rows - positives ? positives : rows - positives,
                              ranking};
    return true;
}

/* ---- F1 ---- */

struct confusion {
    int64_t classes;
    const int64_t *label, *given;
    double *right, *seen; /* room for a number a class; seen: labels and answers together */
};

static double f1_value(const struct statistic *statistic, const double *weight)
{
    const struct confusion *confusion = statistic->made;
    double sum = 0, present = 0;

    memset(confusion->right, 0, (size_t)confusion->classes * sizeof *confusion->right);
    memset(confusion->seen, 0, (size_t)confusion->classes * sizeof *confusion->seen);
    for (int64_t i = 0; i < statistic->rows; i++) {
        double w = weight_of(weight, i);
        confusion->seen[confusion->label[i]] += w;
        confusion->seen[confusion->given[i]] += w;
        if (confusion->label[i] == confusion->given[i])
            confusion->right[confusion->label[i]] += w;
    }
    for (int64_t c = 0; c < confusion->classes; c++)
        if (confusion->seen[c] > 0) {
            sum += 2 * confusion->right[c] / confusion->seen[c];
            present += 1;
        }
    return 1 - sum / present;
}

/* The infinitesimal jackknife (Jaeckel 1972): F1 of a class is 2 right / seen. */
static void f1_influence(const struct statistic *statistic, double *out)
{
    const struct confusion *confusion = statistic->made;

    (void)f1_value(statistic, NULL); /* counts */
    for (int64_t i = 0; i < statistic->rows; i++) {
        const int64_t sides[] = {confusion->label[i], confusion->given[i]};
        double sum = sides[0] == sides[1] ? 2 / confusion->seen[sides[0]] : 0;
        for (int side = 0; side < 2; side++) {
            double seen = confusion->seen[sides[side]];
            sum -= 2 * confusion->right[sides[side]] / (seen * seen);
        }
        out[i] = -sum / (double)confusion->classes;
    }
}

static bool prepare_f1(struct arena *arena, const struct predictions *predictions, enum measure measure,
                       struct statistic *out, struct error *err)
{
    struct confusion *confusion = arena_alloc(arena, sizeof *confusion);
    int64_t *label, *given;
    const char *const *names;

    if (!predictions->label || !predictions->given)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = predictions->path},
                       "no columns \"label\" and \"prediction\", which --metric f1 compares");
    confusion->classes = predictions_classes(arena, predictions, &label, &given, &names);
    confusion->label = label;
    confusion->given = given;
    confusion->right = arena_array(arena, (size_t)confusion->classes, sizeof *confusion->right);
    confusion->seen = arena_array(arena, (size_t)confusion->classes, sizeof *confusion->seen);
    *out = (struct statistic){predictions->rows,         f1_value,          f1_influence,
                              measure_is_share(measure), predictions->rows, confusion};
    return true;
}

/* ---- The table ---- */

#define prepare_error prepare_mean
#define prepare_loss  prepare_mean
#define prepare_rmse  prepare_mean
#define prepare_mae   prepare_mean

static const struct {
    const char *name, *words;
    bool share;
    prepare_fn *prepare;
} measures[] = {
#define MEASURE(name, words, share) {#name, words, share, prepare_##name},
#include <mldbg/run/measures.def>
#undef MEASURE
};

const char *measure_name(enum measure measure)
{
    return measures[measure].name;
}

const char *measure_words(enum measure measure)
{
    return measures[measure].words;
}

bool measure_is_share(enum measure measure)
{
    return measures[measure].share;
}

bool measure_prepare(struct arena *arena, const struct predictions *predictions, enum measure measure,
                     struct statistic *out, struct error *err)
{
    return measures[measure].prepare(arena, predictions, measure, out, err);
}
