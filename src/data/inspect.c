/*
 * Reads a CSV file of which nothing is known: finds its separator and whether there is a header, and tallies
 * every column. Keeps different cells up to a budget; judges nothing.
 */
#include "inspect_inside.h"

#include <math.h>
#include <string.h>

#include <mldbg/base/csv.h>
#include <mldbg/base/text.h>

/* Different cells that are kept over all columns, and at least in each; a table of 5,000 columns stays small.
 */
static const size_t WORDS_BUDGET = 4000000, WORDS_LEAST = 1000;

/* Lines that the separator is sought in. */
enum { SNIFFED = 3 };

struct reading {
    struct arena *arena;
    struct inspection *out;
    struct tally *tallies;
    size_t words_most;
    bool started;
};

/* ---- The separator ---- */

struct sniffing {
    size_t cells[SNIFFED];
    int rows;
};

static bool sniff_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                      struct error *err)
{
    struct sniffing *sniffing = context;
    (void)cells;
    (void)line;
    sniffing->cells[sniffing->rows++] = count;
    return sniffing->rows < SNIFFED || fail(err, ERROR_REQUEST, "enough was seen");
}

/* Columns that a separator makes of the first lines; 1 where they differ. */
static size_t columns_by(const char *path, char separator)
{
    struct sniffing sniffing = {0};
    const struct csv_options options = {.separator = separator};
    struct error ignored = {0};

    if (!csv_read(path, &options, sniff_row, &sniffing, &ignored) && sniffing.rows < SNIFFED)
        return 1;
    for (int i = 1; i < sniffing.rows; i++)
        if (sniffing.cells[i] != sniffing.cells[0])
            return 1;
    return sniffing.rows ? sniffing.cells[0] : 1;
}

static void find_separator(struct inspection *out)
{
    static const struct {
        char sign;
        const char *why;
    } others[] = {{',', "the first lines hold commas"},
                  {';', "the first lines hold semicolons"},
                  {'\t', "the first lines hold tabs"},
                  {'|', "the first lines hold bars"}};
    size_t length = strlen(out->path), most;

    out->separator = length > 4 && strcmp(out->path + length - 4, ".tsv") == 0 ? '\t' : ',';
    most = columns_by(out->path, out->separator);
    if (most > 1)
        return;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t columns = columns_by(out->path, others[i].sign);
        if (columns > most) {
            most = columns;
            out->separator = others[i].sign;
            out->separator_why = others[i].why;
        }
    }
}

/* ---- Cells ---- */

static void tally_word(struct reading *reading, struct tally *tally, const struct csv_cell *cell)
{
    size_t before = tally->words.count;
    int64_t word = words_add(reading->arena, &tally->words, cell->at, cell->length, reading->words_most);

    if (word < 0) {
        tally->counting = false;
        return;
    }
    if (tally->words.count > before) {
        size_t counted = before;
        arena_append(reading->arena, &tally->count, &counted, &tally->count_capacity, sizeof *tally->count);
    } else {
        tally->repeats = true;
    }
    tally->count[word]++;
}

static void tally_number(struct tally *tally, double value, int64_t line)
{
    if (fabs(value) > (double)__FLT_MAX__) {
        if (tally->overflow++ == 0)
            tally->overflow_line = line;
    }
    if (tally->numbers > 0) {
        tally->ordered = tally->ordered && value >= tally->last;
        tally->stepping = tally->stepping && value == tally->last + 1;
    }
    tally->whole = tally->whole && value == floor(value);
    tally->min = fmin(tally->min, value);
    tally->max = fmax(tally->max, value);
    tally->last = value;
    tally->numbers++;
}

static void tally_text(struct reading *reading, struct tally *tally, const struct csv_cell *cell,
                       int64_t line)
{
    bool iso = inspect_is_iso(cell->at);

    tally->texts++;
    if (!tally->odd_text) {
        tally->odd_text = text_escape(reading->arena, cell->at, cell->length, 24);
        tally->odd_line = line;
    }
    tally->odd += cell_looks(cell->at) >= LOOKS_THOUSANDS && cell_looks(cell->at) != LOOKS_BLANKS;
    tally->dates += iso || inspect_is_date(cell->at);
    tally->ordinals += iso;
    if (!iso)
        return;
    tally->ordered = tally->ordered && (!tally->last_date || strcmp(cell->at, tally->last_date) >= 0);
    if (!tally->last_date || strcmp(cell->at, tally->last_date) != 0)
        tally->last_date = arena_copy(reading->arena, cell->at, cell->length);
}

static void tally_cell(struct reading *reading, struct tally *tally, const struct csv_cell *cell,
                       int64_t line)
{
    double value = (double)NAN;
    enum cell_kind kind = cell_read(cell->at, cell->length, &value);

    if (kind == CELL_MISSING) {
        tally->missing++;
        return;
    }
    tally->cells++;
    if (kind == CELL_NUMBER) {
        tally_number(tally, value, line);
    } else if (kind == CELL_INFINITE) {
        if (tally->infinite++ == 0)
            tally->infinite_line = line;
    } else {
        tally_text(reading, tally, cell, line);
    }
    /* Of measurements it matters only that there are two. */
    if (tally->counting && (tally->whole || tally->texts > 0 || tally->words.count < 2))
        tally_word(reading, tally, cell);
}

/* ---- Rows ---- */

/* A first row that holds numbers is a row of data, unless they count the columns: 0, 1, 2 or 2019, 2020. */
static bool is_header(const struct csv_cell *cells, size_t count)
{
    double last = (double)NAN;
    size_t numbers = 0;
    bool counts = true;

    for (size_t i = 0; i < count; i++) {
        double value;
        if (cell_read(cells[i].at, cells[i].length, &value) != CELL_NUMBER)
            continue;
        counts = counts && (numbers == 0 || value == last + 1);
        last = value;
        numbers++;
    }
    return numbers == 0 || (counts && numbers > 1);
}

static void start(struct reading *reading, const struct csv_cell *cells, size_t count)
{
    struct inspection *out = reading->out;
    size_t share = WORDS_BUDGET / count;

    reading->started = true;
    out->header = is_header(cells, count);
    out->column_count = (int64_t)count;
    out->columns = arena_array(reading->arena, count, sizeof *out->columns);
    reading->tallies = arena_array(reading->arena, count, sizeof *reading->tallies);
    reading->words_most = share < WORDS_LEAST ? WORDS_LEAST : share;
    if (reading->words_most > INSPECT_DISTINCT_MOST)
        reading->words_most = INSPECT_DISTINCT_MOST;
    for (size_t i = 0; i < count; i++) {
        out->columns[i].name = out->header ? text_escape(reading->arena, cells[i].at, cells[i].length, 0)
                                           : arena_print(reading->arena, "c%zu", i);
        reading->tallies[i] = (struct tally){.counting = true,
                                             .whole = true,
                                             .ordered = true,
                                             .stepping = true,
                                             .min = (double)INFINITY,
                                             .max = -(double)INFINITY};
    }
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct reading *reading = context;
    struct inspection *out = reading->out;

    if (!reading->started) {
        start(reading, cells, count);
        if (out->header)
            return true;
    }
    if (count != (size_t)out->column_count)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = out->path, .line = line},
                       "this row has %s; the first one has %s",
                       text_plural(reading->arena, (int64_t)count, "cell", "cells"),
                       text_count(reading->arena, out->column_count));
    for (size_t i = 0; i < count; i++)
        tally_cell(reading, &reading->tallies[i], &cells[i], line);
    out->rows++;
    return true;
}

bool data_inspect(struct arena *arena, const char *path, struct inspection *out, struct error *err)
{
    struct reading reading = {.arena = arena, .out = out};

    *out = (struct inspection){.path = path};
    find_separator(out);
    const struct csv_options options = {.separator = out->separator};
    if (!csv_read(path, &options, take_row, &reading, err))
        return false;
    if (out->rows == 0)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = path},
                       out->header ? "a header and no rows: there is nothing to learn from"
                                   : "the file is empty, expected a header and rows");
    for (int64_t i = 0; i < out->column_count; i++)
        inspect_judge(arena, &reading.tallies[i], out->rows, reading.words_most, &out->columns[i]);
    return true;
}

int64_t inspection_find(const struct inspection *inspection, const char *name)
{
    for (int64_t i = 0; i < inspection->column_count; i++)
        if (strcmp(inspection->columns[i].name, name) == 0)
            return i;
    return -1;
}
