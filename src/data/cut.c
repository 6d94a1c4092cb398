/*
 * Cuts a CSV file into four, row by row and byte for byte. The columns that it is cut by are read as text;
 * times are ordered as numbers when all are numbers, else bytewise, as ISO dates can be.
 */
#include <mldbg/data/cut.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/base/csv.h>
#include <mldbg/base/file.h>

#include "cut_inside.h"

static const size_t FILE_MOST = (size_t)1 << 32;

/* ---- Reading ---- */

static int find_column(struct cutting *cutting, const struct csv_cell *cells, size_t count, const char *name,
                       struct error *err)
{
    const char **names = arena_array(cutting->arena, count, sizeof *names);

    for (size_t i = 0; i < count; i++) {
        names[i] = arena_copy(cutting->arena, cells[i].at, cells[i].length);
        if (strcmp(names[i], name) == 0)
            return (int)i;
    }
    const char *nearest = text_nearest(name, names, count);
    fail_at(err, ERROR_REQUEST, (struct place){.file = cutting->path, .line = 1}, "no column \"%s\"%s%s%s",
            text_escape(cutting->arena, name, strlen(name), 60), nearest ? "; did you mean \"" : "",
            nearest ? text_escape(cutting->arena, nearest, strlen(nearest), 60) : "", nearest ? "\"?" : "");
    return -1;
}

static bool take_header(struct cutting *cutting, const struct csv_cell *cells, size_t count,
                        struct error *err)
{
    const struct cut_options *options = cutting->options;
    const char *const names[KEY_COUNT] = {options->label, options->by, options->time};

    for (int i = 0; i < KEY_COUNT; i++) {
        cutting->column[i] = names[i] ? find_column(cutting, cells, count, names[i], err) : -1;
        if (names[i] && cutting->column[i] < 0)
            return false;
    }
    cutting->columns = count;
    return true;
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct cutting *cutting = context;

    if (!cutting->columns) {
        cutting->header_line = line;
        return take_header(cutting, cells, count, err);
    }
    if (count != cutting->columns)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = cutting->path, .line = line},
                       "this row has %zu cells; the header has %zu", count, cutting->columns);
    struct cut_row *row =
        arena_append(cutting->arena, &cutting->row, &cutting->rows, &cutting->capacity, sizeof *row);
    row->line = line;
    for (int i = 0; i < KEY_COUNT; i++)
        if (cutting->column[i] >= 0) {
            const struct csv_cell *cell = &cells[cutting->column[i]];
            row->text[i] = arena_copy(cutting->arena, cell->at, cell->length);
        }
    return true;
}

/* ---- Bytes ---- */

/* Where a line ends begins the next; LF, CR LF and CR end one. */
static size_t skip_line(const struct bytes *bytes, size_t at)
{
    while (at < bytes->length && bytes->at[at] != '\n' && bytes->at[at] != '\r')
        at++;
    if (at + 1 < bytes->length && bytes->at[at] == '\r' && bytes->at[at + 1] == '\n')
        at++;
    return at < bytes->length ? at + 1 : at;
}

static bool ends_line(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* A row is what stands from its line to the next row's, blank lines left out. */
static void close_rows(struct cutting *cutting, const struct bytes *bytes, const size_t *start)
{
    for (size_t i = 0; i <= cutting->rows; i++) {
        struct cut_row *row = i ? &cutting->row[i - 1] : &cutting->header;
        size_t from = i ? start[i] : 0, to = i < cutting->rows ? start[i + 1] : bytes->length;
        while (to > from && ends_line(bytes->at[to - 1]))
            to--;
        row->bytes = bytes->at + from;
        row->length = to - from;
        row->end = skip_line(bytes, to) - to;
    }
}

static bool find_bytes(struct cutting *cutting, struct error *err)
{
    struct bytes bytes;
    size_t *start = arena_array(cutting->arena, cutting->rows + 2, sizeof *start), at = 0, row = 0;
    int64_t line = 1;

    if (!file_read(cutting->arena, cutting->path, FILE_MOST, &bytes, err))
        return false;
    while (row <= cutting->rows) {
        int64_t wanted = row ? cutting->row[row - 1].line : cutting->header_line;
        for (; line < wanted && at < bytes.length; line++)
            at = skip_line(&bytes, at);
        if (at >= bytes.length)
            return fail(err, ERROR_MACHINE, "%s became shorter while it was read", cutting->path);
        start[row++] = at;
    }
    close_rows(cutting, &bytes, start);
    return true;
}

/* ---- Writing ---- */

static void add_row(struct text *text, const struct cut_row *row)
{
    text_add_bytes(text, row->bytes, row->length);
    if (row->end)
        text_add_bytes(text, row->bytes + row->length, row->end);
    else
        text_add(text, "\n");
}

static bool compose(struct cutting *cutting, struct cut *out, struct error *err)
{
    for (int s = 0; s < SPLIT_COUNT; s++) {
        text_init(&out->at[s].text, cutting->arena);
        add_row(&out->at[s].text, &cutting->header);
    }
    for (size_t i = 0; i < cutting->rows; i++) {
        struct cut_split *split = &out->at[cutting->row[i].owner];
        add_row(&split->text, &cutting->row[i]);
        split->rows++;
    }
    for (int s = 0; s < SPLIT_COUNT; s++) {
        bool wanted = s == SPLIT_train || cutting->options->share[s] > 0;
        if (!wanted || out->at[s].rows)
            continue;
        fail(err, ERROR_REQUEST, "%s: %s would get no row of %zu", cutting->path, split_name((enum split)s),
             cutting->rows);
        return fail_hint(err, "%s",
                         cutting->options->by ? "there are fewer groups than splits, or one is "
                                                "very large; other shares may help"
                                              : "give it a larger share, or 0");
    }
    out->rows = (int64_t)cutting->rows;
    return true;
}

static bool check_options(const struct cut_options *options, double *train, struct error *err)
{
    *train = 1;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++)
        *train -= options->share[s];
    if (!(*train > 1e-9)) {
        fail(err, ERROR_REQUEST, "the shares of val, testval and test leave nothing for train");
        return fail_hint(err, "such as --val 0.15 --testval 0.15 --test 0.15");
    }
    if (options->by && options->time)
        return fail(err, ERROR_REQUEST,
                    "--by and --time cannot be had together: a group may reach over the boundary");
    if (options->time && !(options->share[SPLIT_testval] + options->share[SPLIT_test] > 0))
        return fail(err, ERROR_REQUEST, "--time puts testval and test last, and both have no share");
    return true;
}

bool data_cut(struct arena *arena, const char *path, const struct cut_options *options, struct cut *out,
              struct error *err)
{
    struct cutting cutting = {.arena = arena, .path = path, .options = options};
    size_t length = strlen(path);
    const struct csv_options tabs = {.separator = '\t'};
    bool tsv = length > 4 && strcmp(path + length - 4, ".tsv") == 0;

    *out = (struct cut){0};
    if (!check_options(options, &cutting.train_share, err) ||
        !csv_read(path, tsv ? &tabs : NULL, take_row, &cutting, err))
        return false;
    if (!cutting.rows)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = path},
                       "nothing to split: expected a header and rows");
    return find_bytes(&cutting, err) && cut_deal(&cutting, out, err) && compose(&cutting, out, err);
}
