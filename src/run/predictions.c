/*
 * Reads files of predictions and turns each row into one number. Knows columns by the names of the header;
 * never guesses what a column means.
 */
#include <mldbg/run/predictions.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/csv.h>
#include <mldbg/base/text.h>

enum { SHOWN = 40 };

/* A column that grows. */
struct texts_of {
    const char **at;
    size_t count, capacity;
};

struct numbers_of {
    double *at;
    size_t count, capacity;
};

struct reading {
    struct arena *arena;
    const char *path;
    int label, given, loss, group; /* columns, -1: none */
    int *probability;              /* columns of p0, p1, ... */
    size_t classes, class_capacity;
    size_t columns; /* 0: the header has not come */
    struct texts_of labels, answers, groups;
    struct numbers_of losses, shares;
    int64_t *line;
    size_t rows, line_capacity;
};

static const char *shown(struct arena *arena, const struct csv_cell *cell)
{
    return text_escape(arena, cell->at, cell->length, SHOWN);
}

/* Files of a record write numbers that are not finite as words. */
static bool read_number(const char *text, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"nan", (double)NAN}, {"inf", (double)INFINITY},      {"-inf", -(double)INFINITY},
                 {"NaN", (double)NAN}, {"Infinity", (double)INFINITY}, {"-Infinity", -(double)INFINITY}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].word) == 0) {
            *value = words[i].value;
            return true;
        }
    return text_read_double(text, value);
}

static bool take_column(struct reading *reading, const struct csv_cell *cell, int at, struct error *err)
{
    struct {
        const char *name;
        int *column;
    } known[] = {{"label", &reading->label},
                 {"prediction", &reading->given},
                 {"loss", &reading->loss},
                 {"group", &reading->group}};
    int64_t index;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(cell->at, known[i].name) != 0)
            continue;
        if (*known[i].column >= 0)
            return fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path, .line = 1},
                           "two columns are named \"%s\"", known[i].name);
        *known[i].column = at;
    }
    if (cell->at[0] == 'p' && text_read_integer(cell->at + 1, &index) && index == (int64_t)reading->classes) {
        int *column = arena_append(reading->arena, &reading->probability, &reading->classes,
                                   &reading->class_capacity, sizeof *column);
        *column = at;
    }
    return true;
}

static bool take_header(struct reading *reading, const struct csv_cell *cells, size_t count, int64_t line,
                        struct error *err)
{
    struct text names;

    text_init(&names, reading->arena);
    for (size_t i = 0; i < count; i++) {
        if (!take_column(reading, &cells[i], (int)i, err))
            return false;
        text_print(&names, "%s%s", i ? ", " : "", shown(reading->arena, &cells[i]));
    }
    reading->columns = count;
    if ((reading->label >= 0 && reading->given >= 0) || reading->loss >= 0)
        return true;
    fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path, .line = line},
            "no column \"%s\"; found: %s", reading->label < 0 ? "label" : "prediction",
            text_escape(reading->arena, names.at, names.length, 200));
    return fail_hint(err, "the first line names the columns: label,prediction and, if there are any, "
                          "loss,group,p0,p1,...");
}

static void add_text(struct arena *arena, struct texts_of *texts, const struct csv_cell *cell)
{
    const char **text = arena_append(arena, &texts->at, &texts->count, &texts->capacity, sizeof *text);
    *text = arena_copy(arena, cell->at, cell->length);
}

static bool add_number(struct reading *reading, struct numbers_of *numbers, const struct csv_cell *cell,
                       int64_t line, const char *name, struct error *err)
{
    double *number =
        arena_append(reading->arena, &numbers->at, &numbers->count, &numbers->capacity, sizeof *number);
    if (read_number(cell->at, number))
        return true;
    return fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path, .line = line},
                   "column \"%s\": \"%s\" is no number", name, shown(reading->arena, cell));
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct reading *reading = context;
    bool good = true;

    if (!reading->columns)
        return take_header(reading, cells, count, line, err);
    if (count != reading->columns)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = reading->path, .line = line},
                       "this row has %zu cells; the header has %zu", count, reading->columns);
    int64_t *place =
        arena_append(reading->arena, &reading->line, &reading->rows, &reading->line_capacity, sizeof *place);
    *place = line;
    if (reading->label >= 0)
        add_text(reading->arena, &reading->labels, &cells[reading->label]);
    if (reading->given >= 0)
        add_text(reading->arena, &reading->answers, &cells[reading->given]);
    if (reading->group >= 0)
        add_text(reading->arena, &reading->groups, &cells[reading->group]);
    if (reading->loss >= 0)
        good = add_number(reading, &reading->losses, &cells[reading->loss], line, "loss", err);
    for (size_t i = 0; good && i < reading->classes; i++)
        good = add_number(reading, &reading->shares, &cells[reading->probability[i]], line,
                          arena_print(reading->arena, "p%zu", i), err);
    return good;
}

/* NULL unless there are texts, and every one is a number. */
static double *as_numbers(struct arena *arena, const char *const *texts, size_t count)
{
    if (!texts)
        return NULL;
    double *numbers = arena_array(arena, count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        if (!read_number(texts[i], &numbers[i]))
            return NULL;
    return numbers;
}

static uint64_t hash(const char *text)
{
    uint64_t value = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211u;
    return value;
}

/* Numbers the distinct texts in the order in which they come. */
static int64_t number_groups(struct arena *arena, const char *const *texts, size_t count, int64_t *group)
{
    size_t slots = 16;
    int64_t groups = 0;

    while (slots < 2 * count)
        slots *= 2;
    size_t *first = arena_array(arena, slots, sizeof *first); /* row + 1, 0: free */
    for (size_t i = 0; i < count; i++) {
        size_t slot = (size_t)hash(texts[i]) & (slots - 1);
        while (first[slot] && strcmp(texts[first[slot] - 1], texts[i]) != 0)
            slot = (slot + 1) & (slots - 1);
        if (first[slot]) {
            group[i] = group[first[slot] - 1];
        } else {
            first[slot] = i + 1;
            group[i] = groups++;
        }
    }
    return groups;
}

static bool is_fraction(double value)
{
    return isfinite(value) && (value < floor(value) || value > floor(value));
}

static void finish(struct reading *reading, struct predictions *out)
{
    struct arena *arena = reading->arena;

    *out = (struct predictions){
        .path = reading->path,
        .rows = (int64_t)reading->rows,
        .line = reading->line,
        .label = reading->labels.at,
        .given = reading->answers.at,
        .label_value = as_numbers(arena, reading->labels.at, reading->rows),
        .value = as_numbers(arena, reading->answers.at, reading->rows),
        .loss = reading->losses.at,
        .probability = reading->shares.at,
        .classes = (int64_t)reading->classes,
    };
    for (size_t i = 0; out->label_value && out->value && i < reading->rows; i++)
        out->real = out->real || is_fraction(out->label_value[i]) || is_fraction(out->value[i]);
    if (reading->group >= 0) {
        out->group = arena_array(arena, reading->rows, sizeof *out->group);
        out->groups = number_groups(arena, reading->groups.at, reading->rows, out->group);
    }
}

bool predictions_read(struct arena *arena, const char *path, struct predictions *out, struct error *err)
{
    struct reading reading = {
        .arena = arena, .path = path, .label = -1, .given = -1, .loss = -1, .group = -1};

    *out = (struct predictions){.path = path};
    if (!csv_read(path, NULL, take_row, &reading, err))
        return false;
    if (reading.rows == 0)
        return fail_at(err, ERROR_REQUEST, (struct place){.file = path},
                       "no rows of predictions; expected a header and at least one row");
    finish(&reading, out);
    return true;
}

int64_t predictions_classes(struct arena *arena, const struct predictions *predictions, int64_t **label,
                            int64_t **given, const char *const **names)
{
    size_t rows = (size_t)predictions->rows;
    bool numbers = predictions->label_value && predictions->value;
    const char **texts = arena_array(arena, 2 * rows, sizeof *texts);
    const char **found = arena_array(arena, 2 * rows, sizeof *found);
    int64_t *class_of = arena_array(arena, 2 * rows, sizeof *class_of);

    for (size_t i = 0; i < rows; i++) {
        texts[i] = numbers ? text_double(arena, predictions->label_value[i]) : predictions->label[i];
        texts[rows + i] = numbers ? text_double(arena, predictions->value[i]) : predictions->given[i];
    }
    int64_t count = number_groups(arena, texts, 2 * rows, class_of);
    for (size_t i = 0; i < 2 * rows; i++)
        found[class_of[i]] = texts[i];
    *label = class_of;
    *given = class_of + rows;
    *names = found;
    return count;
}
