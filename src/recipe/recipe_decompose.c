/*
 * Where does the error come from? Finds the files, reads them, and hands numbers to the ladder. The
 * irreducible error comes from the options, else from the table or the config of the run; never by guess.
 */
#include <mldbg/recipe/decomposing.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/csv.h>
#include <mldbg/base/file.h>
#include <mldbg/base/json.h>

#include "irreducible.h"
#include "per_class.h"

#include "readings.h"
#include "choice.h"

/* What is gathered on the way. */
struct gathering {
    const struct decompose_options *options;
    struct run *run;
    struct arena *arena;
    struct sample rung[RUNG_COUNT];
    struct predictions set[RUNG_COUNT];
    bool read[RUNG_COUNT];
    bool regression; /* by the config or by the labels */
    enum measure measure;
    const char *source; /* of the irreducible error */
    struct bounds bounds;
    const struct json *config; /* of the run; or NULL */
};

/* ---- A table of errors ---- */

struct table {
    struct gathering *to;
    int split, errors, error, rows; /* columns, -1: none */
    size_t columns;
    const char *path;
};

static bool refuse_row(const struct table *table, int64_t line, struct error *err, const char *sentence)
{
    return fail_at(err, ERROR_REQUEST, (struct place){.file = table->path, .line = line}, "%s", sentence);
}

static bool table_header(struct table *table, const struct csv_cell *cells, size_t count, int64_t line,
                         struct error *err)
{
    struct {
        const char *name;
        int *column;
    } known[] = {{"split", &table->split},
                 {"errors", &table->errors},
                 {"error", &table->error},
                 {"rows", &table->rows}};

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (strcmp(cells[i].at, known[k].name) == 0)
                *known[k].column = (int)i;
    table->columns = count;
    if (table->split >= 0 && (table->errors >= 0) != (table->error >= 0) &&
        (table->errors < 0 || table->rows >= 0))
        return true;
    refuse_row(table, line, err,
               "the first line must name the columns split,errors,rows or split,error,rows");
    return fail_hint(err, "errors counts wrong rows; error is their share, such as 0.27 or 27 %%");
}

/* "0.27", "27 %", "27%". */
static bool read_share(struct arena *arena, const char *text, double *value)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';

    if (percent)
        length--;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (!text_read_double(arena_copy(arena, text, length), value))
        return false;
    if (percent)
        *value /= 100;
    return true;
}

static int find_rung(const char *name)
{
    static const char *const others[] = {"human", "target", "bayes"};

    for (int i = 0; i < RUNG_COUNT; i++)
        if (strcmp(name, rung_name((enum rung)i)) == 0)
            return i;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return RUNG_irreducible;
    return -1;
}

/* rows 0: not given. */
static bool table_sample(const struct table *table, int rung, double value, int64_t rows, int64_t line,
                         struct error *err)
{
    struct gathering *to = table->to;
    bool rate = to->measure == MEASURE_error;

    if (table->errors >= 0 && (value > (double)rows || value < 0))
        return refuse_row(table, line, err, "errors must be a number from 0 to rows");
    if (table->errors < 0 && (value < 0 || (measure_is_share(to->measure) && value > 1))) {
        refuse_row(table, line, err,
                   rate ? "an error rate must lie between 0 and 1" : "an error must not be below 0");
        return rate ? fail_hint(err, "27 percent is 0.27 or 27 %%; for other numbers give --metric") : false;
    }
    if (rate && rows > 0)
        to->rung[rung] = sample_rate(table->errors >= 0 ? value : value * (double)rows, rows);
    else if (rung == RUNG_irreducible)
        to->rung[rung] = sample_exact(value);
    else
        to->rung[rung] = sample_unsure(value);
    return true;
}

static bool table_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                      struct error *err)
{
    struct table *table = context;
    struct arena *arena = table->to->arena;
    double value;
    int64_t rows = 0;

    if (!table->columns)
        return table_header(table, cells, count, line, err);
    if (count != table->columns)
        return refuse_row(table, line, err, "this row has more or fewer cells than the header");
    const struct csv_cell *name = &cells[table->split];
    int rung = find_rung(name->at);
    if (rung < 0) {
        refuse_row(table, line, err,
                   arena_print(arena, "\"%s\" is no split", text_escape(arena, name->at, name->length, 40)));
        return fail_hint(err, "irreducible (or human), train, val, testval, test");
    }
    if (table->to->rung[rung].given)
        return refuse_row(table, line, err,
                          arena_print(arena, "%s is given twice", rung_name((enum rung)rung)));
    const char *error = cells[table->errors >= 0 ? table->errors : table->error].at;
    if (table->errors >= 0 ? !text_read_double(error, &value) : !read_share(arena, error, &value))
        return refuse_row(table, line, err, "the error of this row is no number");
    if (table->rows >= 0 && cells[table->rows].length > 0 &&
        (!text_read_integer(cells[table->rows].at, &rows) || rows < 1))
        return refuse_row(table, line, err, "rows must be a whole number, at least 1, or empty");
    if (table->errors >= 0 && rows < 1)
        return refuse_row(table, line, err, "errors are counted, so rows must be given");
    return table_sample(table, rung, value, rows, line, err);
}

static bool read_table(struct gathering *to, struct error *err)
{
    struct table table = {
        .to = to, .split = -1, .errors = -1, .error = -1, .rows = -1, .path = to->options->table};

    to->measure = to->options->metric < 0 ? MEASURE_error : (enum measure)to->options->metric;
    if (!csv_read(table.path, NULL, table_row, &table, err))
        return false;
    if (to->rung[RUNG_irreducible].given)
        to->source = "the table";
    return true;
}

/* ---- Predictions ---- */

static const char *path_of(const struct gathering *to, enum rung rung)
{
    const struct decompose_options *options = to->options;
    const char *const given[RUNG_COUNT] = {NULL, options->train, options->val, options->testval,
                                           options->test};

    if (!options->run)
        return given[rung];
    const char *path = arena_print(to->arena, "%s/predictions/%s.csv", options->run, rung_name(rung));
    return file_exists(path) ? path : NULL;
}

static bool read_sets(struct gathering *to, struct error *err)
{
    bool real = false;

    for (int i = RUNG_train; i < RUNG_COUNT; i++) {
        const char *path = path_of(to, (enum rung)i);
        if (!path)
            continue;
        if (!predictions_read(to->arena, path, &to->set[i], err))
            return false;
        to->read[i] = true;
        real = real || to->set[i].real;
    }
    to->regression = to->regression || real;
    return true;
}

/* Files without answers have losses only: several targets a row. */
static enum measure usual_measure(const struct gathering *to)
{
    for (int i = RUNG_train; i < RUNG_COUNT; i++)
        if (to->read[i] && (!to->set[i].label || !to->set[i].given))
            return MEASURE_loss;
    return to->regression ? MEASURE_rmse : MEASURE_error;
}

/* Class numbers have no distance: "3" is not nearer to "2" than to "7". */
static bool check_distance(const struct gathering *to, struct error *err)
{
    if (to->measure != MEASURE_rmse && to->measure != MEASURE_mae)
        return true;
    for (int i = RUNG_train; i < RUNG_COUNT; i++) {
        if (!to->read[i] || !to->set[i].probability)
            continue;
        fail(err, ERROR_REQUEST, "--metric %s is for numbers; %s holds classes with their probabilities",
             to->measure == MEASURE_rmse ? "rmse" : "mae", to->set[i].path);
        return fail_hint(err, "for classes: --metric error, f1, auc or loss");
    }
    return true;
}

static bool measure_sets(struct gathering *to, struct error *err)
{
    enum measure usual = usual_measure(to);

    to->measure = to->options->metric < 0 ? usual : (enum measure)to->options->metric;
    if (!check_distance(to, err))
        return false;
    for (int i = RUNG_train; i < RUNG_COUNT; i++) {
        const struct predictions *set = &to->set[i];
        struct statistic statistic;

        if (!to->read[i])
            continue;
        if (!measure_prepare(to->arena, set, to->measure, &statistic, err))
            return false;
        if (to->measure == MEASURE_error && !set->group)
            to->rung[i] =
                sample_rate(round(statistic.value(&statistic, NULL) * (double)set->rows), set->rows);
        else
            to->rung[i] = sample_statistic(to->arena, &statistic, set->group, set->groups, to->options->seed,
                                           (enum rung)i);
        if (set->group)
            run_set_number(to->run, arena_print(to->arena, "decompose/clusters/%s", rung_name((enum rung)i)),
                           (double)set->groups);
    }
    return true;
}

/* The config of a run: its name, its task, and the error that is held to be irreducible. */
static bool read_config(struct gathering *to, double *target, struct error *err)
{
    const char *path = arena_print(to->arena, "%s/config.json", to->options->run);
    struct json *config;

    if (!file_exists(path))
        return true;
    if (!json_read(to->arena, path, JSON_CONFIG_BYTES_MOST, &config, NULL, err))
        return false;
    to->config = config;
    const struct json *name = json_get(config, "name"), *task = json_get(config, "task");
    const struct json *known = json_get(json_get(config, "targets"), "irreducible_error");
    to->regression = task && task->type == JSON_STRING && strcmp(task->string, "regression") == 0;
    if (name && name->type == JSON_STRING && *name->string)
        to->run->name = name->string;
    if (known && known->type == JSON_NUMBER)
        *target = known->number;
    return true;
}

static bool read_run(struct gathering *to, struct error *err)
{
    const char *path = to->options->run;
    double target = (double)NAN;
    bool any = false;

    if (!file_exists(path))
        return fail(err, ERROR_MACHINE, "%s: no such run directory",
                    text_escape(to->arena, path, strlen(path), 0));
    if (!read_config(to, &target, err) || !read_sets(to, err))
        return false;
    bounds_read(to->arena, path, &to->bounds);
    for (int i = RUNG_train; i < RUNG_COUNT; i++)
        any = any || to->read[i];
    if (!any) {
        fail(err, ERROR_REQUEST, "%s holds no predictions: predictions/train.csv and so on",
             text_escape(to->arena, path, strlen(path), 0));
        return fail_hint(err,
                         "a training that was finished has them; other files: --train, --val, --testval, "
                         "--test");
    }
    if (!measure_sets(to, err))
        return false;
    /* The target of a config is one of the usual measure. */
    if (isfinite(target) && to->measure == usual_measure(to)) {
        to->rung[RUNG_irreducible] = sample_exact(target);
        to->source = "targets";
    }
    return true;
}

/* ---- Irreducible error ---- */

static bool read_human(struct gathering *to, struct error *err)
{
    const char *text = to->options->human, *slash = strchr(text, '/');
    int64_t errors = -1, rows = 0;

    if (!slash || !text_read_integer(arena_copy(to->arena, text, (size_t)(slash - text)), &errors) ||
        !text_read_integer(slash + 1, &rows) || errors < 0 || rows < 1 || errors > rows)
        return fail(err, ERROR_REQUEST, "--human: expected ERRORS/ROWS such as 12/200, found \"%s\"",
                    text_escape(to->arena, text, strlen(text), 40));
    if (to->measure != MEASURE_error)
        return fail(err, ERROR_REQUEST, "--human counts wrong answers; with --metric %s give --irreducible",
                    measure_name(to->measure));
    to->rung[RUNG_irreducible] = sample_rate((double)errors, rows);
    to->source = arena_print(to->arena, "%s answers", text_count(to->arena, rows));
    return true;
}

static bool read_irreducible(struct gathering *to, struct error *err)
{
    const char *text = to->options->irreducible;
    double value;

    if (to->options->human && text)
        return fail(err, ERROR_REQUEST, "--human and --irreducible say the same thing; give one of them");
    if (to->options->human)
        return read_human(to, err);
    if (!text)
        return true;
    if (bounds_name(text)) {
        if (!bounds_value(to->arena, &to->bounds, text, to->measure, &value, &to->source, err))
            return false;
    } else if (!read_share(to->arena, text, &value) || !(value >= 0) || !isfinite(value)) {
        fail(err, ERROR_REQUEST, "--irreducible: \"%s\" is no error",
             text_escape(to->arena, text, strlen(text), 40));
        return fail_hint(err, "a number that is not below 0, such as 0.01; or duplicates, or neighbours");
    } else {
        to->source = "--irreducible";
    }
    if (measure_is_share(to->measure) && value > 1) {
        fail(err, ERROR_REQUEST, "--irreducible: an error rate must lie between 0 and 1");
        return fail_hint(err, "25 percent is 0.25");
    }
    to->rung[RUNG_irreducible] = sample_exact(value);
    return true;
}

/* ---- */

static bool any_files(const struct decompose_options *options)
{
    return options->train || options->val || options->testval || options->test;
}

static bool take_classes(struct gathering *to, struct error *err)
{
    if (!to->options->per_class)
        return true;
    if (to->measure != MEASURE_error || to->options->table) {
        fail(err, ERROR_REQUEST, "--per-class takes error rates of rows apart, not %s",
             to->options->table ? "a table" : measure_words(to->measure));
        return fail_hint(err, "give predictions of classes, and no --metric or --metric error");
    }
    return per_class(to->set, to->read, to->options->seed, to->run, err);
}

static bool check_form(const struct decompose_options *options, struct error *err)
{
    bool files = any_files(options);
    int forms = (options->run != NULL) + (options->table != NULL) + files;

    if (forms == 1 || (forms == 0 && options->trials))
        return true;
    fail(err, ERROR_REQUEST,
         forms ? "several things to take apart are given; expected one" : "nothing to take apart is given");
    return fail_hint(err, "a run directory; or --train, --val, --testval, --test; or --table; or --trials");
}

/* ---- */

/* An error on test that is shown is a reading of it. */
static void count_reading(const struct gathering *to)
{
    const struct decompose_options *options = to->options;
    const char *metric = measure_name(to->measure);
    struct reading reading;
    struct past past;

    if (!options->ledger ||
        !(options->run    ? reading_of_record(to->arena, options->run, "decompose", metric, &reading)
          : options->test ? reading_of_file(to->arena, options->test, "decompose", metric, &reading)
                          : false))
        return;
    const char *sentence = reading_enter(to->arena, options->ledger, &reading, &past);
    run_set_number(to->run, "decompose/readings/before", (double)past.readings);
    run_set_number(to->run, "decompose/readings/runs", (double)past.runs);
    if (sentence)
        decompose_note(to->run, sentence);
}

bool recipe_decompose(const struct decompose_options *options, struct run *run, struct decomposition *out,
                      struct error *err)
{
    struct gathering to = {.options = options, .run = run, .arena = run->arena};
    struct choice choice = {0};

    if (!check_form(options, err))
        return false;
    run->name = options->run                             ? options->run
                : options->table                         ? file_name(options->table)
                : options->trials && !any_files(options) ? file_name(options->trials)
                                                         : "predictions";
    run->seed = options->seed;
    if (options->run     ? !read_run(&to, err)
        : options->table ? !read_table(&to, err)
                         : !read_sets(&to, err) || !measure_sets(&to, err))
        return false;
    if (options->trials && !choice_read(&choice, options, &to.measure, to.rung, run->arena, err))
        return false;
    if (!read_irreducible(&to, err) || !decompose(run->arena, to.rung, out, err))
        return false;
    run->status = "finished";
    run_set_text(run, "decompose/metric", "%s", measure_name(to.measure));
    run_set_text(run, "decompose/metric_words", "%s", measure_words(to.measure));
    if (to.source)
        run_set_text(run, "decompose/irreducible/source", "%s", to.source);
    decompose_record(out, to.config, run);
    if (options->trials)
        choice_record(&choice, to.rung, run);
    if (to.measure == MEASURE_error)
        bounds_record(&to.bounds, out, run);
    count_reading(&to);
    return take_classes(&to, err);
}
