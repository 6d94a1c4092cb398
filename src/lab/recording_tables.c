/* The tables of a record: metrics by epoch, probes by step, and what was predicted for every row. */
#include "training.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <mldbg/base/log.h>

/* The measures of a split, in the order of their columns. */
struct measure {
    const char *name;
    size_t offset;
    bool classes, numbers; /* for which tasks */
};

#define AT(member) offsetof(struct evaluation, member)
static const struct measure measures[] = {
    {"loss", AT(loss), true, true},
    {"accuracy", AT(accuracy), true, false},
    {"macro_f1", AT(macro_f1), true, false},
    {"auc", AT(auc), true, false},
    {"rmse", AT(rmse), false, true},
    {"mae", AT(mae), false, true},
    {"r2", AT(r2), false, true},
};
#undef AT
enum { MEASURES = sizeof measures / sizeof *measures };

static bool applies(const struct measure *measure, const struct data *data)
{
    if (strcmp(measure->name, "auc") == 0)
        return data->classification && data->classes == 2;
    return data->classification ? measure->classes : measure->numbers;
}

static double value_of(const struct evaluation *evaluation, const struct measure *measure)
{
    double value;

    memcpy(&value, (const char *)evaluation + measure->offset, sizeof value);
    return value;
}

bool split_is_watched(enum split split)
{
    return split != SPLIT_test;
}

typedef void measure_fn(void *context, const char *name, double value);

/* Every measure of every split that is watched, in the order of the columns. */
static void each_measure(const struct training *training, measure_fn *visit, void *context)
{
    const struct data *data = training->epochs->trainer.data;

    for (int s = 0; s < SPLIT_COUNT; s++)
        for (int m = 0; m < MEASURES; m++)
            if (data->splits[s].rows && split_is_watched((enum split)s) && applies(&measures[m], data))
                visit(context,
                      arena_print(training->run->arena, "%s/%s", split_name((enum split)s), measures[m].name),
                      value_of(&training->epochs->splits[s], &measures[m]));
}

/* ---- metrics.csv ---- */

static void add_name(void *context, const char *name, double value)
{
    (void)value;
    text_print(context, ",%s", name);
}

struct metrics_row {
    struct run *run;
    struct text line;
    int64_t step;
};

static void put(struct metrics_row *row, const char *name, double value)
{
    series_add(row->run, run_series(row->run, name), row->step, value);
}

static void add_value(void *context, const char *name, double value)
{
    struct metrics_row *row = context;

    put(row, name, value);
    text_print(&row->line, ",%s", text_double(row->run->arena, value));
}

/*
 * Columns that tell of the machine and not of the training: they differ from run to run. All others are the
 * same bytes for the same config, data and seed.
 */
#define CLOCK_COLUMNS "time,train/rows_per_second,memory"

/* The most memory that the process has held, in bytes. */
static double memory_peak(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024 * (double)usage.ru_maxrss : (double)NAN;
}

static double rows_per_second(const struct training *training)
{
    return training->stepping > 0 ? (double)training->rows / training->stepping : (double)NAN;
}

bool create_tables(struct training *training, struct error *err)
{
    struct text names;

    text_init(&names, training->run->arena);
    text_add(&names, "step,epoch," CLOCK_COLUMNS ",rate");
    each_measure(training, add_name, &names);
    return sheet_create(&training->metrics, training->record, "metrics.csv", names.at, err);
}

bool write_metrics(struct training *training, double seconds, struct error *err)
{
    struct epochs *epochs = training->epochs;
    struct metrics_row row = {.run = training->run, .step = epochs->trainer.step};

    text_init(&row.line, training->run->arena);
    put(&row, "epoch", (double)epochs->trainer.epoch);
    put(&row, "time", seconds);
    put(&row, "train/rows_per_second", rows_per_second(training));
    put(&row, "memory", memory_peak());
    put(&row, "rate", epochs->rate);
    text_print(&row.line, "%" PRId64 ",%" PRId64 ",%.3f,%s,%.0f,%s", epochs->trainer.step,
               epochs->trainer.epoch, seconds,
               text_number(training->run->arena, rows_per_second(training), 6), memory_peak(),
               text_double(training->run->arena, epochs->rate));
    each_measure(training, add_value, &row);
    text_add(&row.line, "\n");
    training->rows = 0;
    training->stepping = 0;
    epochs->metric_rows++;
    return sheet_append(&training->metrics, &row.line, err);
}

/* ---- probes.csv ---- */

/* Points of a probe that a training keeps in memory. Of more it lets every second one go; the table has all.
 */
enum { POINTS_KEPT = 2048 };

static void thin_out(struct series *series)
{
    size_t kept = 0;

    if (series->count < POINTS_KEPT)
        return;
    for (size_t i = 0; i < series->count; i += 2) {
        series->step[kept] = series->step[i];
        series->value[kept++] = series->value[i];
    }
    series->count = kept;
}

static void add_column(struct training *training, struct series *series)
{
    *(struct series **)arena_append(training->run->arena, &training->probe_series, &training->probe_count,
                                    &training->probe_capacity, sizeof series) = series;
}

/* Columns are the series that probes have written by the first row. */
static bool create_probes(struct training *training, struct error *err)
{
    const struct run *run = training->run;
    struct text names;

    text_init(&names, run->arena);
    text_add(&names, "step");
    for (size_t i = 0; i < run->series_count; i++) {
        if (!probes_write(run->series[i]->name, PROBE_PREFIX))
            continue;
        text_add(&names, ",");
        csv_add_cell(&names, run->series[i]->name);
        add_column(training, run->series[i]);
    }
    return sheet_create(&training->probes, training->record, "probes.csv", names.at, err);
}

/* A measurement holds no more than nine digits, and they are quick to write. */
static void add_measurement(struct text *line, double value)
{
    if (isnan(value))
        text_add(line, ",nan");
    else
        text_print(line, ",%.9g", value);
}

bool write_probes(struct training *training, int64_t step, struct error *err)
{
    struct text *line = &training->line;

    if (!training->probe_count && !create_probes(training, err))
        return false;
    if (!line->at)
        text_init(line, training->run->arena);
    line->length = 0; /* its memory is used again: probing must not gather any */
    text_print(line, "%" PRId64, step);
    for (size_t i = 0; i < training->probe_count; i++) {
        struct series *series = training->probe_series[i];

        if (series->count && series->step[series->count - 1] == step)
            add_measurement(line, series->value[series->count - 1]);
        else
            text_add(line, ",");
        thin_out(series);
    }
    text_add(line, "\n");
    training->epochs->probe_rows++;
    return sheet_append(&training->probes, line, err);
}

bool reopen_tables(struct training *training, struct error *err)
{
    const struct epochs *epochs = training->epochs;
    struct run *run = training->run, old;
    const char *names = "";
    struct text notes;
    const struct series *time;

    if (!sheet_reopen(&training->metrics, training->record, "metrics.csv", epochs->metric_rows, &names, err))
        return false;
    if (epochs->probe_rows > 0) {
        if (!sheet_reopen(&training->probes, training->record, "probes.csv", epochs->probe_rows, &names,
                          err)) {
            sheet_close(&training->metrics);
            return false;
        }
    }
    if (epochs->probe_rows == 0)
        (void)unlink(record_path(training->record, "probes.csv")); /* of steps that are made again */
    text_init(&notes, run->arena);
    if (!record_read(run->arena, training->record->folder, &old, NULL, &notes, err))
        return false;
    run->series = old.series;
    run->series_count = old.series_count;
    run->series_capacity = old.series_capacity;
    for (size_t i = 0; epochs->probe_rows > 0 && i < run->series_count; i++)
        if (probes_write(run->series[i]->name, PROBE_PREFIX)) {
            add_column(training, run->series[i]);
            while (run->series[i]->count >= POINTS_KEPT)
                thin_out(run->series[i]);
        }
    time = run_find(run, "time");
    training->earlier = time ? time->value[time->count - 1] : 0;
    return true;
}

/* ---- predictions ---- */

/* Inputs, targets and outputs in single precision are written as such: no digits that mean nothing. */
static const char *number(const struct training *training, double value, bool single)
{
    struct arena *arena = training->run->arena;

    return single || training->lab->dtype == DTYPE_F32 ? text_float(arena, (float)value)
                                                       : text_double(arena, value);
}

static void prediction_names(const struct data *data, bool grouped, struct text *out)
{
    text_add(out, grouped ? "row,group" : "row");
    if (data->classification || data->target_width == 1)
        text_add(out, ",label,prediction");
    for (int64_t t = 0; !data->classification && data->target_width > 1 && t < data->target_width; t++)
        text_print(out, ",label%" PRId64 ",prediction%" PRId64, t, t);
    text_add(out, ",loss");
    for (int64_t c = 0; data->classification && c < data->classes; c++)
        text_print(out, ",p%" PRId64, c);
    text_add(out, "\n");
}

static void cell(struct text *out, const char *words)
{
    text_add(out, ",");
    csv_add_cell(out, words);
}

static void prediction_row(const struct training *training, const struct evaluation *e, int64_t i,
                           struct text *out)
{
    const struct data *data = training->epochs->trainer.data;
    const double *values = e->value + i * e->width;

    text_print(out, "%" PRId64, e->set->line ? e->set->line[i] : i + 1);
    if (e->set->group)
        cell(out, e->set->group[i]);
    if (data->classification) {
        cell(out, data->class_names[e->set->labels[i]]);
        cell(out, e->class_of[i] >= 0 ? data->class_names[e->class_of[i]] : "nan");
    }
    for (int64_t t = 0; !data->classification && t < e->width; t++) {
        double label =
            (double)e->set->targets[i * e->width + t] * data->target_factor[t] + data->target_shift[t];

        cell(out, number(training, label, true));
        cell(out, number(training, values[t], false));
    }
    cell(out, isnan(e->row_loss[i]) ? "nan" : number(training, e->row_loss[i], false));
    for (int64_t c = 0; data->classification && c < e->width; c++)
        cell(out, number(training, values[c], false));
    text_add(out, "\n");
}

bool write_predictions(struct training *training, enum split split, struct error *err)
{
    const struct evaluation *e = &training->epochs->splits[split];
    struct arena scratch, *arena = training->run->arena;
    struct training own = *training;
    struct run run = *training->run; /* its words go to an arena of their own */
    struct text text;
    bool good;

    if (!e->predicts) {
        log_note("no predictions of %s are written: the outputs are not one answer a row", e->set->name);
        return true;
    }
    arena_init(&scratch, "predictions");
    run.arena = &scratch;
    own.run = &run;
    text_init(&text, &scratch);
    prediction_names(own.epochs->trainer.data, e->set->group != NULL, &text);
    for (int64_t i = 0; i < e->set->rows; i++)
        prediction_row(&own, e, i, &text);
    good = record_write_text(training->record, arena_print(arena, "predictions/%s.csv", e->set->name), &text,
                             err);
    arena_release(&scratch);
    return good;
}

void record_end(struct training *training, enum split split)
{
    const struct data *data = training->epochs->trainer.data;
    struct run *run = training->run;

    for (int m = 0; m < MEASURES; m++)
        if (applies(&measures[m], data))
            run_set_number(run, arena_print(run->arena, "end/%s/%s", split_name(split), measures[m].name),
                           value_of(&training->epochs->splits[split], &measures[m]));
}
