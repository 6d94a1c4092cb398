/*
 * Reads a table of trials: one line a trial with its error, or one line a row of the validation set with one
 * column a trial. Refuses what it would have to guess.
 */
#include "choice.h"

#include <math.h>
#include <string.h>
#include <mldbg/base/csv.h>
#include <mldbg/base/text.h>

/* Cells of a table of rows and trials, as numbers in memory. */
static const int64_t CELLS_MOST = (int64_t)1 << 27;

/* The last digit of an error that was written as "3.1 %". */
static const double ROUNDED = 0.0006;

struct reading {
    struct arena *arena;
    const struct decompose_options *options;
    const char *path;
    size_t columns;
    int trial, label, wrong, error, score, rows; /* columns; -1: none */
    int *column;                                 /* of each trial, in a table of rows */
    const char **name;                           /* of each trial */
    size_t names, name_capacity, column_count, column_capacity;
    double *number; /* the error of each trial, or the cells, trials running fastest */
    size_t numbers, number_capacity;
    int64_t lines, rows_given; /* lines of data; rows behind every error, 0: not given */
    bool whole;                /* every cell is 0 or 1 */
};

static bool refuse_line(const struct reading *reading, int64_t line, struct error *err, const char *sentence)
{
    return fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path, .line = line}, "%s", sentence);
}

static const char *shown(struct arena *arena, const struct csv_cell *cell)
{
    return text_escape(arena, cell->at, cell->length, 40);
}

static void add_name(struct reading *reading, const struct csv_cell *cell)
{
    const char **name =
        arena_append(reading->arena, &reading->name, &reading->names, &reading->name_capacity, sizeof *name);
    *name = shown(reading->arena, cell);
}

static bool take_header(struct reading *reading, const struct csv_cell *cells, size_t count, int64_t line,
                        struct error *err)
{
    struct {
        const char *name;
        int *column;
    } known[] = {{"trial", &reading->trial}, {"label", &reading->label}, {"errors", &reading->wrong},
                 {"error", &reading->error}, {"score", &reading->score}, {"accuracy", &reading->score},
                 {"rows", &reading->rows}};

    reading->columns = count;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (strcmp(cells[i].at, known[k].name) == 0)
                *known[k].column = (int)i;
    if (reading->trial >= 0) {
        if ((reading->wrong >= 0) + (reading->error >= 0) + (reading->score >= 0) == 1)
            return true;
        refuse_line(reading, line, err,
                    "a table with a column \"trial\" needs one of the columns error, errors, accuracy");
        return fail_hint(err, "error: share of wrong rows; errors: their number; accuracy or score: share of "
                              "right ones");
    }
    for (size_t i = 0; i < count; i++) {
        if ((int)i == reading->label || strcmp(cells[i].at, "row") == 0 || strcmp(cells[i].at, "group") == 0)
            continue;
        int *column = arena_append(reading->arena, &reading->column, &reading->column_count,
                                   &reading->column_capacity, sizeof *column);
        *column = (int)i;
        add_name(reading, &cells[i]);
    }
    return true;
}

static double *add_number(struct reading *reading)
{
    return arena_append(reading->arena, &reading->number, &reading->numbers, &reading->number_capacity,
                        sizeof *reading->number);
}

/* "0.27", "27 %"; nan and inf are those of a trial that went astray. */
static bool read_share(struct arena *arena, const char *text, double *value)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';

    if (strcmp(text, "nan") == 0 || strcmp(text, "inf") == 0 || !length) {
        *value = (double)NAN;
        return true;
    }
    length -= percent;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (!text_read_double(arena_copy(arena, text, length), value))
        return false;
    *value /= percent ? 100 : 1;
    return true;
}

/* A line of a table of trials. */
static bool take_trial(struct reading *reading, const struct csv_cell *cells, int64_t line, struct error *err)
{
    int column = reading->error >= 0 ? reading->error : reading->score >= 0 ? reading->score : reading->wrong;
    double *error = add_number(reading);
    int64_t rows = reading->rows_given;

    add_name(reading, &cells[reading->trial]);
    if (!read_share(reading->arena, cells[column].at, error))
        return refuse_line(reading, line, err, "the error or accuracy of this trial is no number");
    if (reading->rows >= 0 && (!text_read_integer(cells[reading->rows].at, &rows) || rows < 2))
        return refuse_line(reading, line, err, "rows must be a whole number, at least 2");
    if (reading->rows_given && rows != reading->rows_given)
        return refuse_line(reading, line, err,
                           "trials are compared on one set of rows; this has another "
                           "number of them");
    reading->rows_given = rows;
    if (reading->wrong >= 0)
        *error = rows ? *error / (double)rows : (double)NAN;
    if (*error < 0 || *error > 1)
        return refuse_line(reading, line, err, "an error rate or accuracy must lie between 0 and 1");
    if (reading->score >= 0)
        *error = 1 - *error;
    return true;
}

/* 3 and 3.0 are one class. */
static bool same_class(const char *a, const char *b)
{
    double x, y;
    return strcmp(a, b) == 0 || (text_read_double(a, &x) && text_read_double(b, &y) && !(x < y) && !(x > y));
}

/* A line of a table of rows. */
static bool take_cells(struct reading *reading, const struct csv_cell *cells, int64_t line, struct error *err)
{
    if ((int64_t)(reading->numbers + reading->column_count) > CELLS_MOST)
        return refuse_line(reading, line, err, "the table has more than 134,217,728 cells");
    for (size_t i = 0; i < reading->column_count; i++) {
        const char *cell = cells[reading->column[i]].at;
        double *number = add_number(reading);

        if (reading->label >= 0)
            *number = same_class(cell, cells[reading->label].at) ? 0 : 1;
        else if (!read_share(reading->arena, cell, number))
            return refuse_line(reading, line, err,
                               arena_print(reading->arena,
                                           "column \"%s\": \"%s\" is no number, and there is no column "
                                           "\"label\" to compare it with",
                                           reading->name[i],
                                           shown(reading->arena, &cells[reading->column[i]])));
        reading->whole = reading->whole &&
                         (isnan(*number) || !((*number > 0 && *number < 1) || *number < 0 || *number > 1));
    }
    return true;
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct reading *reading = context;

    if (!reading->columns)
        return take_header(reading, cells, count, line, err);
    if (count != reading->columns)
        return refuse_line(reading, line, err, "this row has more or fewer cells than the header");
    reading->lines++;
    return reading->trial >= 0 ? take_trial(reading, cells, line, err)
                               : take_cells(reading, cells, line, err);
}

/* Errors of the trials of a table of rows; cells of 0 and 1 say what is right. */
static const double *means_of(struct reading *reading, bool right)
{
    double *mean = arena_array(reading->arena, reading->names, sizeof *mean);

    for (size_t i = 0; i < reading->numbers; i++) {
        if (right)
            reading->number[i] = 1 - reading->number[i];
        mean[i % reading->names] += reading->number[i] / (double)reading->lines;
    }
    return mean;
}

static bool gather(struct choice *choice, struct reading *reading, int64_t rows, struct error *err)
{
    struct trials *trials = &choice->trials;
    bool right = reading->label < 0 && reading->whole;

    *trials = (struct trials){.count = (int64_t)reading->names, .rows = rows, .name = reading->name};
    choice->rate = reading->trial >= 0 || reading->label >= 0 || reading->whole;
    if (reading->trial < 0) {
        trials->rows = reading->lines;
        trials->error = means_of(reading, right);
        trials->each = reading->number;
        choice->cells = right                 ? "1 was taken for right, 0 for wrong"
                        : reading->label >= 0 ? ""
                                              : "the numbers were taken for losses";
        return trials->rows > 1 ||
               fail_at(
                   err, ERROR_REQUEST, (struct place){.file = reading->path},
                   "one row does not tell trials apart; expected a line for every row that was chosen on");
    }
    trials->error = reading->number;
    if (reading->rows_given)
        trials->rows = reading->rows_given;
    if (trials->rows > 1)
        return true;
    fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path},
            "on how many rows the trials were compared is not known");
    return fail_hint(err, "add a column \"rows\", or give the predictions on the split: --testval or --val");
}

/* Alone, a table of trials is a ladder of two rungs. */
static void stand_alone(struct choice *choice, enum measure *measure, struct sample rung[RUNG_COUNT],
                        struct arena *arena, uint64_t seed)
{
    const struct luck *luck = &choice->luck;
    const struct trials *trials = &choice->trials;

    choice->alone = true;
    *measure = choice->rate ? MEASURE_error : MEASURE_loss;
    if (choice->rate) {
        rung[choice->on] = sample_rate(fmin(luck->read * (double)luck->rows, (double)luck->rows), luck->rows);
        return;
    }
    double *each = arena_array(arena, (size_t)trials->rows, sizeof *each);
    for (int64_t row = 0; row < trials->rows; row++)
        each[row] = trials->each[row * trials->count + luck->best];
    rung[choice->on] = sample_rows(arena, each, trials->rows, NULL, 0, false, seed, choice->on);
}

bool choice_read(struct choice *choice, const struct decompose_options *options, enum measure *measure,
                 struct sample rung[RUNG_COUNT], struct arena *arena, struct error *err)
{
    struct reading reading = {.arena = arena,
                              .options = options,
                              .path = options->trials,
                              .trial = -1,
                              .label = -1,
                              .wrong = -1,
                              .error = -1,
                              .score = -1,
                              .rows = -1,
                              .whole = true};
    bool any = false;

    *choice = (struct choice){.on = rung[RUNG_testval].given ? RUNG_testval : RUNG_val};
    for (int i = 0; i < RUNG_COUNT; i++)
        any = any || rung[i].given;
    if (!csv_read(options->trials, NULL, take_row, &reading, err) ||
        !gather(choice, &reading, rung[choice->on].rows, err))
        return false;
    if (any && choice->rate != (*measure == MEASURE_error)) {
        fail_at(err, ERROR_REQUEST, (struct place){.file = reading.path},
                "the trials hold %s, but what is taken apart is the %s",
                choice->rate ? "right and wrong answers" : "losses", measure_words(*measure));
        return fail_hint(err, "--metric %s", choice->rate ? "error" : "loss");
    }
    if (!trials_judge(arena, &choice->trials, options->seed, &choice->luck, err)) {
        fail_hint(err, "one line a trial (trial,error,rows), or one line a row and one column a trial");
        return false;
    }
    if (!any)
        stand_alone(choice, measure, rung, arena, options->seed);
    choice->stepped = trials_step(&choice->luck, rung);
    return true;
}

void choice_record(const struct choice *choice, const struct sample rung[RUNG_COUNT], struct run *run)
{
    const struct sample *on = &rung[choice->on];
    struct arena *arena = run->arena;
    double apart = on->given ? fabs(on->value - choice->luck.read) : 0;

    trials_record(&choice->luck, &choice->trials,
                  choice->alone ? "the rows they were chosen on" : rung_name(choice->on), choice->rate,
                  choice->stepped, run);
    if (choice->cells && *choice->cells)
        decompose_note(run, arena_print(arena, "In the table of trials %s.", choice->cells));
    if (choice->rate && apart > fmax(ROUNDED, 0.5 / (double)choice->luck.rows))
        decompose_note(run, arena_print(arena,
                                        "On %s the error is %.1f %%, that of the best trial %.1f %%: "
                                        "another model, or other rows.",
                                        rung_name(choice->on), 100 * on->value, 100 * choice->luck.read));
}
