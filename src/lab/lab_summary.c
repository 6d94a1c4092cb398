/*
 * What rules read of data, labels and initial values: a handful of numbers for each, as facts of the record.
 * Taken from what is loaded already; trains nothing, judges nothing.
 */
#include "inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of longer splits so many rows are looked at, evenly spread, where every row would have to be visited. */
static const int64_t ROWS_MOST = 10000;

/* Tables of indices that are longer are not counted: it would take a mark for each index. */
static const int64_t INDICES_MOST = 1 << 20;

/* A row of shares adds up to 1; so much may be lost in writing it down. */
static const double SUM_TOLERANCE = 1e-3;

/* From so many initial values on, drawing them would take longer than the rest of a check. */
static const int64_t INITIAL_MOST = 10000000;

static const char *path(const struct run *run, const char *kind, const char *name, const char *what)
{
    return arena_print(run->arena, "%s/%s/%s", kind, name, what);
}

static void record_summary(const char *kind, const char *name, const struct summary *summary, struct run *run)
{
    run_set_number(run, path(run, kind, name, "mean"), summary->mean);
    run_set_number(run, path(run, kind, name, "std"), summary->std);
    run_set_number(run, path(run, kind, name, "min"), summary->min);
    run_set_number(run, path(run, kind, name, "max"), summary->max);
}

/* How many of an embedding's indices occur among all rows. */
static int64_t count_distinct(const struct tensor *input, int64_t index_count)
{
    const int32_t *index = input->data;
    int64_t count = tensor_count(input), distinct = 0;
    struct arena scratch;
    bool *seen;

    arena_init(&scratch, "indices");
    seen = arena_array(&scratch, (size_t)index_count, sizeof *seen);
    for (int64_t i = 0; i < count; i++) {
        if (index[i] < 0 || index[i] >= index_count || seen[index[i]])
            continue;
        seen[index[i]] = true;
        distinct++;
    }
    arena_release(&scratch);
    return distinct;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * The median over the elements of a row that vary of their largest size; NaN: none varies. A single large
 * column does not hide the others from it.
 */
static double typical_size(const struct summary *features, int64_t width)
{
    struct arena scratch;
    double *size, typical;
    size_t count = 0;

    arena_init(&scratch, "sizes");
    size = arena_array(&scratch, (size_t)width, sizeof *size);
    for (int64_t i = 0; i < width; i++)
        if (features[i].std > 0)
            size[count++] = fmax(fabs(features[i].min), fabs(features[i].max));
    qsort(size, count, sizeof *size, ascending);
    typical = count ? size[count / 2] : (double)NAN;
    arena_release(&scratch);
    return typical;
}

static void record_inputs(const struct data *data, const struct dataset *set, struct run *run)
{
    const struct summary *features = set->features;

    for (int i = 0; i < data->input_count; features += shape_count(&data->inputs[i].shape), i++) {
        const struct data_input *input = &data->inputs[i];
        const char *name = arena_print(run->arena, "%s/%s", input->name, set->name);

        record_summary("input", name, &set->entering[i], run);
        if (input->dtype != DTYPE_I32) {
            run_set_number(run, path(run, "input", name, "typical"),
                           typical_size(features, shape_count(&input->shape)));
            continue;
        }
        run_set_number(run, path(run, "input", input->name, "ids"), 1);
        if (input->index_count > 0 && input->index_count <= INDICES_MOST)
            run_set_number(run, path(run, "input", name, "distinct"),
                           (double)count_distinct(&set->inputs[i], input->index_count));
    }
}

/* Share of the rows whose targets are shares: none below 0, together 1. */
static double share_of_shares(const struct dataset *set, int64_t width)
{
    int64_t stride = (set->rows + ROWS_MOST - 1) / ROWS_MOST, looked = 0, found = 0;

    for (int64_t row = 0; row < set->rows; row += stride) {
        const float *target = set->targets + row * width;
        bool positive = true;
        double sum = 0;

        for (int64_t i = 0; i < width; i++) {
            sum += (double)target[i];
            positive = positive && target[i] >= 0;
        }
        looked++;
        found += positive && fabs(sum - 1) <= SUM_TOLERANCE;
    }
    return (double)found / (double)looked;
}

/* Class ids as the numbers that a loss on dense targets gets for them. */
static struct summary summarize_labels(const struct data *data, const struct dataset *set)
{
    struct summary summary = {(double)INFINITY, -(double)INFINITY, 0, 0};
    double rows = (double)set->rows;

    for (int64_t c = 0; c < data->classes; c++) {
        if (!set->class_rows[c])
            continue;
        summary.min = summary.min < (double)c ? summary.min : (double)c;
        summary.max = (double)c;
        summary.mean += (double)c * (double)set->class_rows[c] / rows;
    }
    for (int64_t c = 0; c < data->classes; c++)
        summary.std += ((double)c - summary.mean) * ((double)c - summary.mean) * (double)set->class_rows[c];
    summary.std = sqrt(summary.std / rows);
    return summary;
}

static void record_classes(const struct data *data, const struct dataset *set, struct run *run)
{
    const struct dataset *train = &data->splits[SPLIT_train];
    int64_t classes = 0, unseen = 0;

    for (int64_t c = 0; c < data->classes; c++) {
        classes += set->class_rows[c] > 0;
        unseen += set->class_rows[c] > 0 && train->class_rows[c] == 0;
    }
    run_set_number(run, path(run, "labels", set->name, "classes"), (double)classes);
    if (set != train)
        run_set_number(run, path(run, "labels", set->name, "unseen"), (double)unseen);
}

/* Whether rows of one class lie side by side: the share of neighbours of one class, and what chance gives. */
static void record_order(const struct data *data, const struct dataset *train, struct run *run)
{
    double rows = (double)train->rows, alike = 0, expected = 0;

    if (train->rows < 2)
        return;
    for (int64_t row = 1; row < train->rows; row++)
        alike += train->labels[row] == train->labels[row - 1];
    for (int64_t c = 0; c < data->classes; c++)
        expected += (double)train->class_rows[c] * ((double)train->class_rows[c] - 1);
    run_set_number(run, "labels/train/neighbours", alike / (rows - 1));
    run_set_number(run, "labels/train/neighbours_expected", expected / (rows * (rows - 1)));
}

static void record_answers(const struct data *data, const struct dataset *set, struct run *run)
{
    struct summary labels;

    if (!data->classification) {
        record_summary("target", set->name, &set->target, run);
        if (data->target_width > 1)
            run_set_number(run, path(run, "target", set->name, "rows_sum_to_one"),
                           share_of_shares(set, data->target_width));
        return;
    }
    labels = summarize_labels(data, set);
    record_summary("target", set->name, &labels, run);
    record_classes(data, set, run);
}

/* Updates of the whole configured training, as the trainer counts them. */
static int64_t updates(const struct config *config, int64_t rows)
{
    int64_t size = config->train.batch_size < rows ? config->train.batch_size : rows;
    int64_t batches = config->train.drop_last ? rows / size : (rows + size - 1) / size;

    return batches * config->train.epochs /
           (config->optimizer.accumulate > 1 ? config->optimizer.accumulate : 1);
}

void lab_summarize(const struct lab *lab, struct run *run)
{
    const struct data *data = &lab->data;
    const struct dataset *train = &data->splits[SPLIT_train];

    for (int s = 0; s < SPLIT_COUNT; s++) {
        if (!data->splits[s].rows)
            continue;
        record_inputs(data, &data->splits[s], run);
        record_answers(data, &data->splits[s], run);
    }
    if (data->classification)
        record_order(data, train, run);
    else
        run_set_number(run, "data/target_width", (double)data->target_width);
    run_set_number(run, "train/updates", (double)updates(&lab->config, train->rows));
}

/* ---- Initial values ---- */

static struct summary summarize(const double *values, int64_t count)
{
    struct summary out = {(double)INFINITY, -(double)INFINITY, 0, 0};

    for (int64_t i = 0; i < count; i++) {
        out.min = values[i] < out.min ? values[i] : out.min;
        out.max = values[i] > out.max ? values[i] : out.max;
        out.mean += values[i] / (double)count;
    }
    for (int64_t i = 0; i < count; i++)
        out.std += (values[i] - out.mean) * (values[i] - out.mean) / (double)count;
    out.std = sqrt(out.std);
    return out;
}

/* Of an embedding or of positions: looked up, so that no fan bounds it. */
static bool is_table(const char *role)
{
    return strcmp(role, "embedding") == 0 || strcmp(role, "position") == 0;
}

static bool is_matrix(const char *role)
{
    return is_table(role) || strcmp(role, "weight") == 0 || strcmp(role, "projection") == 0 ||
           strcmp(role, "recurrent") == 0;
}

void lab_summarize_init(const struct model *model, struct run *run)
{
    if (parameters_total(&model->parameters, false) > INITIAL_MOST)
        return;
    for (size_t i = 0; i < model->fill_count; i++) {
        const struct init_target *target = &model->fills[i].target;
        const char *name = model->parameters.at[i].name;
        struct summary summary;
        struct arena scratch;
        double *values;

        if (model->parameters.at[i].state || !is_matrix(target->role))
            continue;
        arena_init(&scratch, "initial values");
        values = model_draw(model, &scratch, i);
        summary = summarize(values, shape_count(&target->shape));
        arena_release(&scratch);
        run_set_number(run, path(run, "init", name, "count"), (double)shape_count(&target->shape));
        run_set_number(run, path(run, "init", name, "std"), summary.std);
        run_set_number(run, path(run, "init", name, "min"), summary.min);
        run_set_number(run, path(run, "init", name, "max"), summary.max);
        if (is_table(target->role))
            continue;
        run_set_number(run, path(run, "init", name, "xavier"),
                       sqrt(2 / (double)(target->fan_in + target->fan_out)));
        run_set_number(run, path(run, "init", name, "kaiming"), sqrt(2 / (double)target->fan_in));
    }
}
