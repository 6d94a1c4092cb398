/*
 * Reads the rows of a CSV file into chunks of numbers, in one pass, or two where a column that began with
 * numbers turns out to hold text. Keeps no cell as text but distinct categories.
 */
#include "table.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <mldbg/base/csv.h>
#include <mldbg/base/file.h>
#include <mldbg/base/log.h>
#include <mldbg/base/text.h>
#include "table_cache.h"
#include "trouble.h"

/* Bytes of a chunk of rows: few enough to waste little, enough to make chunks rare. Large texts get chunks
 * that the system gives in large pages. */
enum { CHUNK_BYTES = 1 << 20, LARGE_CHUNK_BYTES = 8 << 20, LARGE_TEXT = 16 << 20 };

/* Rows between two looks at the progress line. */
enum { PROGRESS_ROWS = 1 << 17 };

/* Integers beyond this are not all held by a double. */
static const double DOUBLE_EXACT = 9007199254740992.0; /* 2^53 */
/* Integers beyond this are not all held by a float. */
static const double FLOAT_EXACT = 16777216.0; /* 2^24 */

/* Rows whose number of cells differs from the header's. */
struct ragged {
    int64_t count, one_more, tail_empty;
    int64_t lines[10];
    size_t cells[10];
};

struct reading {
    struct table *table;
    const struct table_request *request;
    struct problems *problems;
    size_t *map;                   /* cell to column */
    struct table_column **columns; /* of each cell; NULL: it is ignored */
    size_t cells;                  /* of the header */
    bool started, again;
    bool drop, stopped;
    int64_t seen; /* rows met, dropped and ragged ones too */
    struct ragged ragged;
};

double *table_row(const struct table *table, int64_t row)
{
    size_t at = (size_t)row;
    return table->chunks[at / table->chunk_rows] + at % table->chunk_rows * table->width;
}

static double *next_row(struct table *table)
{
    size_t at = (size_t)table->rows;
    if (at / table->chunk_rows == table->chunk_count) {
        double **chunk = arena_append(table->arena, &table->chunks, &table->chunk_count,
                                      &table->chunk_capacity, sizeof *table->chunks);
        *chunk = arena_array(table->arena, table->chunk_rows, table->width * sizeof(double));
    }
    return table_row(table, table->rows);
}

/* Whether a text that was read as 0 held a digit other than 0 before its exponent. */
static bool vanished(const char *text)
{
    for (; *text && *text != 'e' && *text != 'E'; text++)
        if (*text >= '1' && *text <= '9')
            return true;
    return false;
}

static bool is_inexact(const char *text, double value)
{
    if (fabs(value) <= FLOAT_EXACT || value != floor(value))
        return false;
    if ((double)(float)value != value)
        return true;
    int64_t integer;
    if (fabs(value) < DOUBLE_EXACT || strpbrk(text, ".eE"))
        return false;
    return !text_read_integer(text, &integer) || fabs(value) >= 9.2e18 || (int64_t)value != integer;
}

static void count_number(struct table *table, struct table_column *column, const char *text, double value,
                         int64_t line)
{
    column->numbers++;
    if (fabs(value) > (double)FLT_MAX && isinf((float)value)) {
        if (column->overflow++ == 0) {
            column->first_overflow = line;
            column->overflow_text = shown(table->arena, text);
        }
    } else if ((float)value == 0 && (value != 0 || vanished(text))) {
        column->underflow++;
    } else if (is_inexact(text, value) && column->inexact++ == 0) {
        column->first_inexact = line;
    }
}

static void count_text(struct table *table, struct table_column *column, const char *text, int64_t line)
{
    if (column->texts++ == 0) {
        column->first_text = line;
        column->text = shown(table->arena, text);
        column->looks = cell_looks(text);
    }
    enum looks looks = cell_looks(text);
    column->padded += looks == LOOKS_BLANKS;
    if (!column->chosen) {
        if (looks >= LOOKS_THOUSANDS && column->odd++ == 0) {
            column->first_odd = line;
            column->odd_text = shown(table->arena, text);
            column->odd_looks = looks;
        }
    }
}

/* A feature has one slot: the number, or the code. */
static void choose_slots(struct table_column *column)
{
    if (column->role != ROLE_FEATURE)
        return;
    int64_t slot = column->value_slot >= 0 ? column->value_slot : column->code_slot;
    column->value_slot = column->categorical ? -1 : slot;
    column->code_slot = column->categorical ? slot : -1;
}

/* A column that meets text before any number holds categories until told otherwise. */
static void settle(struct table_column *column, enum cell_kind kind)
{
    if (column->chosen || column->numbers > 0 || column->nonfinite > 0 || column->texts > 0)
        return;
    column->categorical = kind == CELL_TEXT;
    choose_slots(column);
}

static void count(struct table *table, struct table_column *column, enum cell_kind kind, const char *text,
                  double value, int64_t line)
{
    if (kind == CELL_MISSING) {
        if (column->missing++ == 0)
            column->first_missing = line;
    } else if (kind == CELL_NUMBER) {
        count_number(table, column, text, value, line);
    } else if (kind == CELL_INFINITE) {
        if (column->nonfinite++ == 0)
            column->first_nonfinite = line;
    } else {
        count_text(table, column, text, line);
    }
}

/* A number of which there is no more to say than that, if it is not the first of its column. */
static bool is_ordinary(const struct csv_cell *cell)
{
    double size = fabs(cell->number);
    bool zero = size == 0 && cell->length == 1;
    return cell->is_number && size <= FLOAT_EXACT && (size >= (double)FLT_MIN || zero);
}

static void store(struct table *table, struct table_column *column, const struct csv_cell *cell, double *row,
                  int64_t line)
{
    double value = cell->is_number ? cell->number : (double)NAN;
    enum cell_kind kind = cell->is_number ? CELL_NUMBER : cell_read(cell->at, cell->length, &value);
    if (kind != CELL_MISSING)
        settle(column, kind);
    count(table, column, kind, cell->at, value, line);
    if (column->value_slot >= 0)
        row[column->value_slot] = value;
    if (column->code_slot >= 0)
        row[column->code_slot] =
            kind == CELL_MISSING ? (double)NAN
                                 : (double)words_add(table->arena, column->words, cell->at, cell->length,
                                                     column->role == ROLE_LABEL ? LABELS_MOST : WORDS_MOST);
}

static bool any_missing(const struct reading *reading, const struct csv_cell *cells)
{
    for (size_t i = 0; i < reading->cells; i++) {
        double value;
        const struct table_column *column = &reading->table->columns[reading->map[i]];
        if (column->role != ROLE_IGNORED && cell_read(cells[i].at, cells[i].length, &value) == CELL_MISSING)
            return true;
    }
    return false;
}

static void note_ragged(struct reading *reading, const struct csv_cell *cells, size_t count, int64_t line)
{
    struct ragged *ragged = &reading->ragged;
    size_t most = sizeof ragged->lines / sizeof *ragged->lines;
    if ((size_t)ragged->count < most) {
        ragged->lines[ragged->count] = line;
        ragged->cells[ragged->count] = count;
    }
    ragged->count++;
    if (count == reading->cells + 1) {
        ragged->one_more++;
        ragged->tail_empty += cells[count - 1].length == 0;
    }
}

/* Gives every column that is used its slots in a row. Slot 0 is the line. */
static void lay_out(struct table *table)
{
    struct stat status;
    bool large = stat(table->path, &status) == 0 && status.st_size >= LARGE_TEXT;

    table->width = 1;
    for (size_t i = 0; i < table->column_count; i++) {
        struct table_column *column = &table->columns[i];
        column->value_slot = column->code_slot = -1;
        if (column->role == ROLE_FEATURE || column->role == ROLE_LABEL)
            column->value_slot = column->code_slot = (int64_t)table->width++;
        if (column->role == ROLE_LABEL || column->role == ROLE_GROUP)
            column->code_slot = (int64_t)table->width++;
    }
    table->chunk_rows = (large ? LARGE_CHUNK_BYTES : CHUNK_BYTES) / (table->width * sizeof(double));
    if (table->chunk_rows == 0)
        table->chunk_rows = 1;
}

static bool start(struct reading *reading, const struct csv_cell *cells, size_t count)
{
    struct table *table = reading->table;
    reading->started = true;
    reading->cells = count;
    if (!reading->again) {
        const char **names = arena_array(table->arena, count, sizeof *names);
        for (size_t i = 0; i < count; i++)
            names[i] = reading->request->header ? text_escape(table->arena, cells[i].at, cells[i].length, 0)
                                                : arena_print(table->arena, "c%zu", i);
        reading->map = arena_array(table->arena, count, sizeof *reading->map);
        if (!table_header(table, reading->request, names, count, reading->map, reading->problems))
            return false;
    }
    lay_out(table);
    for (size_t i = 0; i < table->column_count; i++)
        choose_slots(&table->columns[i]);
    reading->columns = arena_array(table->arena, count, sizeof *reading->columns);
    for (size_t i = 0; i < count; i++) {
        struct table_column *column = &table->columns[reading->map[i]];
        reading->columns[i] = column->role == ROLE_IGNORED ? NULL : column;
    }
    return true;
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct reading *reading = context;
    struct table *table = reading->table;
    if (!reading->started) {
        if (!start(reading, cells, count)) {
            reading->stopped = true;
            return fail(err, ERROR_REQUEST, "stopped at the header");
        }
        if (reading->request->header)
            return true;
    }
    if (++reading->seen % PROGRESS_ROWS == 0)
        log_progress("%s: %lld rows", table->name, (long long)reading->seen);
    if (count != reading->cells) {
        note_ragged(reading, cells, count, line);
        return true;
    }
    if (reading->drop && any_missing(reading, cells)) {
        table->dropped++;
        return true;
    }
    double *row = next_row(table);
    row[0] = (double)line;
    for (size_t i = 0; i < count; i++) {
        struct table_column *column = reading->columns[i];
        if (!column)
            continue;
        if (column->numbers > 0 && column->code_slot < 0 && is_ordinary(&cells[i])) {
            column->numbers++;
            row[column->value_slot] = cells[i].number;
        } else {
            store(table, column, &cells[i], row, line);
        }
    }
    table->rows++;
    return true;
}

static void report_ragged(const struct reading *reading)
{
    const struct ragged *ragged = &reading->ragged;
    const char *path = reading->table->path;
    long long cells = (long long)reading->cells;
    if (ragged->one_more == ragged->count && ragged->count == reading->seen) {
        if (ragged->tail_empty == ragged->count)
            data_refuse(reading->problems, path, ragged->lines[0], "remove the last comma of each row",
                        "every row has one more cell than the header (%lld names), and it is empty: a "
                        "trailing comma?",
                        cells);
        else
            data_refuse(
                reading->problems, path, 1,
                "name the first column, and list it in \"ignore\" if it only counts",
                "the header has %lld names, but every row has %lld cells: the header is one name short; "
                "an index column?",
                cells, cells + 1);
        return;
    }
    struct pattern pattern = {reading->problems, path, 0};
    for (int64_t i = 0; i < ragged->count; i++) {
        if (i < (int64_t)(sizeof ragged->lines / sizeof *ragged->lines))
            pattern_add(&pattern, ragged->lines[i], "text with a comma in it needs quotes",
                        "this row has %zu %s, the header has %lld", ragged->cells[i],
                        ragged->cells[i] == 1 ? "cell" : "cells", cells);
        else
            pattern.met++;
    }
    pattern_end(&pattern, "rows with a wrong number of cells");
}

static bool report_empty(const struct reading *reading)
{
    const struct table *table = reading->table;
    if (!reading->started)
        return data_refuse(reading->problems, table->path, 0, NULL, "the file is empty: no header, no rows");
    if (table->dropped > 0)
        return data_refuse(reading->problems, table->path, 0, "use \"missing\": \"mean\" or fill the cells",
                           "all %s rows have a missing cell, so \"missing\": \"drop\" leaves none",
                           text_count(table->arena, table->dropped));
    return data_refuse(reading->problems, table->path, 0, NULL, "a header of %zu names, but 0 data rows",
                       reading->cells);
}

static void forget(struct reading *reading)
{
    struct table *table = reading->table;
    table->rows = table->dropped = 0;
    reading->seen = 0;
    reading->started = false;
    reading->again = true;
    for (size_t i = 0; i < table->column_count; i++) {
        struct table_column *column = &table->columns[i];
        *column = (struct table_column){
            .name = column->name,
            .role = column->role,
            .categorical = column->categorical,
            .chosen = column->chosen,
            .words_of_train = column->words_of_train,
            .words = arena_alloc(table->arena, sizeof *column->words),
        };
    }
}

bool table_read(struct arena *arena, const struct table_request *request, struct table *table,
                struct problems *problems)
{
    *table = (struct table){.arena = arena, .path = request->path, .name = request->name};
    struct reading reading = {.table = table, .request = request, .problems = problems};
    reading.drop = request->spec && request->spec->missing == MISSING_DROP;
    struct csv_options options = {.separator = request->separator,
                                  .lenient = request->spec && request->spec->lenient};
    struct cache_key key;
    struct fingerprint print;
    size_t before = problems->count;
    bool keep = table_key(arena, request, &key);
    if (keep && table_find(request, &key, table))
        return true;
    for (;;) {
        struct error err = {0};
        print = fingerprint_start();
        options.print = keep ? &print : NULL;
        bool read = csv_read(request->path, &options, take_row, &reading, &err);
        log_progress_end();
        if (!read)
            return reading.stopped ? false : problems_add(problems, &err);
        if (reading.ragged.count > 0) {
            report_ragged(&reading);
            return false;
        }
        if (table->rows == 0)
            return report_empty(&reading);
        bool again = false;
        if (!table_types(table, request, &again, problems))
            return false;
        /* Only what was read without a word, and from a file that did not change meanwhile. */
        keep = keep && fingerprint_value(&print) == key.content && problems->count == before;
        if (!again)
            break;
        forget(&reading);
    }
    if (keep)
        table_keep(table, &key);
    return true;
}
