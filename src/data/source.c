/* Opens the place where the rows of a split come from, and reads rows from it whatever it is. */
#include "source.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "trouble.h"

/* The first bytes tell npy, idx and gzip from text. Errors are left to the reader that comes next. */
static bool is_array(const char *path)
{
    char head[8] = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return false;
    ssize_t size = pread(file, head, sizeof head, 0);
    close(file);
    struct bytes bytes = {head, size > 0 ? (size_t)size : 0};
    return npy_is(bytes) || idx_is(bytes) || (size >= 2 && memcmp(head, "\x1f\x8b", 2) == 0) ||
           (size >= 4 && memcmp(head, "PK\3\4", 4) == 0);
}

static char separator_by_name(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".tsv") == 0 ? '\t' : ',';
}

static bool take_table(struct loading *loading, const struct table_request *request, struct source *source)
{
    source->form = FORM_TABLE;
    if (!table_read(loading->scratch, request, &source->table, loading->problems))
        return false;
    source->rows = source->table.rows;
    source->slots = arena_array(loading->scratch, source->table.column_count, sizeof *source->slots);
    source->at = arena_array(loading->scratch, source->table.column_count, sizeof *source->at);
    for (size_t i = 0; i < source->table.column_count; i++) {
        const struct table_column *column = &source->table.columns[i];
        if (column->role != ROLE_FEATURE)
            continue;
        source->slots[source->columns] =
            (size_t)(column->categorical ? column->code_slot : column->value_slot);
        source->at[source->columns++] = i;
    }
    source->together = true;
    for (int64_t i = 1; i < source->columns; i++)
        source->together = source->together && source->slots[i] == source->slots[0] + (size_t)i;
    source->shape = shape_make(1, &source->columns);
    if (source->columns == 0)
        return data_refuse(loading->problems, request->path, 0, NULL, "no column is left as a feature");
    return true;
}

static bool load_table(struct loading *loading, const struct source_spec *spec, struct source *source)
{
    const struct source *train = &loading->sources[SPLIT_train];
    struct table_request request = {
        .path = spec->path,
        .name = spec->written,
        .spec = loading->spec,
        .like = source->split != SPLIT_train ? &train->table : NULL,
        .separator = loading->spec->separator ? loading->spec->separator : separator_by_name(spec->path),
        .header = loading->spec->header,
    };
    if (spec->labels_written && file_exists(spec->path))
        return data_refuse(
            loading->problems, spec->path, 0,
            arena_print(loading->problems->arena,
                        "in a CSV file \"label\" names the column, and \"%s_labels\" is left out",
                        split_name(source->split)),
            "the file is neither npy nor idx, but only these have labels in a file of their own");
    return take_table(loading, &request, source);
}

static bool load_labels(struct loading *loading, const struct source_spec *spec, struct source *source)
{
    struct error err = {0};
    if (!spec->labels_path) {
        struct error *problem = problems_at(loading->problems, ERROR_REQUEST, "ML200", spec->place,
                                            "%s holds features only; where are the labels?", spec->written);
        return fail_hint(problem, "\"%s_labels\": \"...\"", split_name(source->split));
    }
    if (!block_read(loading->scratch, spec->labels_path, &source->labels, &err))
        return problems_add(loading->problems, &err);
    if (source->labels.rows != source->rows)
        return data_refuse(loading->problems, spec->labels_path, 0, NULL,
                           "%lld rows of labels, but %s has %lld rows", (long long)source->labels.rows,
                           spec->written, (long long)source->rows);
    return true;
}

/* Numbers of an array that are no numbers, or too large for float32. */
static bool check_block(struct loading *loading, const struct source *source)
{
    const struct block *block = &source->block;
    if (block->raw != RAW_F4 && block->raw != RAW_F8)
        return true;
    for (int64_t row = 0; row < block->rows; row++)
        for (int64_t i = 0; i < block->width; i++) {
            double value = block_value(block, row, i);
            if (isfinite((float)value))
                continue;
            return data_refuse(loading->problems, source->path, 0, "repair or remove the row",
                               "row %lld, element %lld is %s, expected a finite number of float32",
                               (long long)row, (long long)i,
                               isfinite(value) ? text_double(loading->problems->arena, value)
                               : isnan(value)  ? "nan"
                                               : "an infinity");
        }
    return true;
}

static bool load_block(struct loading *loading, const struct source_spec *spec, struct source *source)
{
    struct error err = {0};
    source->form = FORM_BLOCK;
    if (!block_read(loading->scratch, spec->path, &source->block, &err))
        return problems_add(loading->problems, &err);
    source->rows = source->block.rows;
    source->columns = source->block.width;
    source->shape = source->block.shape;
    if (source->shape.rank == 0)
        source->shape = SHAPE(1);
    /* Images of one channel are stored without it. */
    if (source->block.raw == RAW_U1 && source->shape.rank == 2)
        source->shape = SHAPE(1, source->shape.size[0], source->shape.size[1]);
    return check_block(loading, source) && load_labels(loading, spec, source);
}

static bool same_series(const struct source_spec *a, const struct source_spec *b)
{
    return a->kind == SOURCE_GENERATOR && b->kind == SOURCE_GENERATOR && a->generator == b->generator &&
           a->has_seed == b->has_seed && a->seed == b->seed;
}

/* Splits from one generator and one seed are neighbouring pieces of one series of rows, so that none is
 * repeated. */
static void cut_series(struct generated *made, int64_t first, int64_t rows)
{
    int64_t width = shape_count(&made->shape), answers = made->classes > 0 ? 1 : made->target_width;
    made->x += first * width;
    made->y += first * answers;
    made->rows = rows;
}

static bool load_generator(struct loading *loading, const struct source_spec *spec, struct source *source)
{
    int64_t total = 0, first = 0;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct source_spec *other = &loading->spec->sources[s];
        if (!same_series(spec, other))
            continue;
        first += s < (int)source->split ? other->rows : 0;
        total += other->rows;
    }
    struct error err = {0};
    source->form = FORM_MADE;
    source->origin = arena_print(loading->arena, "generator %s", spec->written);
    if (!spec->generator->make(loading->scratch, spec->settings, total,
                               spec->has_seed ? spec->seed : loading->seed, &source->made, &err)) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec->place, "generator \"%s\": %s",
                    spec->written, err.sentence);
        return false;
    }
    int64_t numbers = source->made.rows * shape_count(&source->made.shape);
    for (int64_t i = 0; i < numbers; i++)
        if (!isfinite((float)source->made.x[i])) {
            problems_at(loading->problems, ERROR_REQUEST, "ML200", spec->place,
                        "generator \"%s\": row %lld holds %s, expected finite numbers of float32",
                        spec->written, (long long)(i / shape_count(&source->made.shape)),
                        text_double(loading->problems->arena, source->made.x[i]));
            return false;
        }
    if (spec->generator->rows > 0)
        cut_series(&source->made, first, spec->rows);
    source->rows = source->made.rows;
    source->shape = source->made.shape;
    source->columns = shape_count(&source->shape);
    return true;
}

/* Held-out rows need what train rows have. */
static bool same_kind(struct loading *loading, const struct source *source, const struct source_spec *spec)
{
    const struct source *train = &loading->sources[SPLIT_train];
    struct arena *arena = loading->problems->arena;
    if (source->split == SPLIT_train || source->form == FORM_NONE)
        return true;
    if (train->form != source->form || train->columns != source->columns ||
        !shape_equal(&train->shape, &source->shape)) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec->place,
                    "a row of %s has the shape %s, but a row of train %s", split_name(source->split),
                    shape_print(arena, &source->shape, true), shape_print(arena, &train->shape, true));
        return false;
    }
    return true;
}

/* Keys that speak of the columns of a table, where there is none. */
static bool check_keys(struct loading *loading, const struct source *source)
{
    static const char *const keys[] = {"label", "group"};
    bool good = true;
    if (source->split != SPLIT_train || source->form == FORM_TABLE)
        return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!json_get(loading->spec->json, keys[i]))
            continue;
        struct error *err =
            problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, keys[i]),
                        "\"%s\" names a column of a CSV file, but train is %s", keys[i], source->origin);
        fail_hint(err, source->form == FORM_MADE ? "leave it out: a generator brings its answers"
                                                 : "leave it out: the answers stand in \"train_labels\"");
        good = false;
    }
    return good;
}

bool source_load(struct loading *loading, enum split split)
{
    const struct source_spec *spec = &loading->spec->sources[split];
    struct source *source = &loading->sources[split];
    source->split = split;
    bool good = true;
    if (spec->kind == SOURCE_NONE)
        return true;
    source->origin = spec->written;
    source->path = spec->path;
    if (spec->kind == SOURCE_GENERATOR)
        good = load_generator(loading, spec, source);
    else if (is_array(spec->path))
        good = load_block(loading, spec, source);
    else if (split == SPLIT_train || loading->sources[SPLIT_train].form == FORM_TABLE)
        good = load_table(loading, spec, source);
    else
        good = data_refuse(loading->problems, spec->path, 0, NULL, "train is no table, but %s is one",
                           spec->written);
    return good && check_keys(loading, source) && same_kind(loading, source, spec);
}

int64_t source_at(const struct source *source, int64_t row)
{
    return source->kept ? source->kept[row] : row;
}

int64_t source_line(const struct source *source, int64_t row)
{
    int64_t at = source_at(source, row);
    if (source->form == FORM_TABLE)
        return (int64_t)table_row(&source->table, at)[0];
    return source->form == FORM_MADE && source->made.line ? source->made.line[at] : at + 1;
}

double source_cell(const struct source *source, int64_t row, int64_t column)
{
    int64_t at = source_at(source, row);
    if (source->form == FORM_MADE)
        return source->made.x[at * source->columns + column];
    if (source->form == FORM_BLOCK)
        return block_value(&source->block, at, column);
    return table_row(&source->table, at)[source->slots[column]];
}

const double *source_raw(const struct source *source, int64_t row, double *raw)
{
    int64_t at = source_at(source, row);
    if (source->form == FORM_MADE)
        return source->made.x + at * source->columns;
    if (source->form == FORM_BLOCK) {
        for (int64_t i = 0; i < source->columns; i++)
            raw[i] = block_value(&source->block, at, i);
        return raw;
    }
    const double *cells = table_row(&source->table, at);
    if (source->together)
        return cells + source->slots[0];
    for (int64_t i = 0; i < source->columns; i++)
        raw[i] = cells[source->slots[i]];
    return raw;
}

void source_features(const struct source *source, const struct plan *plan, int64_t row, double *raw,
                     double *out)
{
    const double *values = source_raw(source, row, source->expanded ? out : raw);
    if (source->expanded && values != out)
        memcpy(out, values, (size_t)source->columns * sizeof *out);
    if (source->expanded)
        return;
    for (int64_t i = 0; plan->plain && i < plan->width; i++)
        out[i] = isnan(values[i]) ? plan->features[i].fill : values[i];
    for (int64_t i = 0; !plan->plain && i < plan->width; i++) {
        const struct feature *feature = &plan->features[i];
        double value = values[feature->column];
        if (feature->category >= 0)
            out[i] = value == (double)feature->category;
        else if (isnan(value))
            out[i] = feature->fill;
        else
            out[i] = feature->known >= 0 && value > (double)feature->known ? (double)feature->known : value;
    }
}

const struct table_column *source_column(const struct source *source, int64_t column)
{
    return source->form == FORM_TABLE ? &source->table.columns[source->at[column]] : NULL;
}

const char *source_column_name(struct arena *arena, const struct source *source, int64_t column)
{
    const struct table_column *held = source_column(source, column);
    return held ? held->name : arena_print(arena, "x%lld", (long long)column);
}

void source_generated(const struct loading *loading, const struct source *source, const int64_t *rows,
                      int64_t count, struct generated *out)
{
    const struct plan *plan = &loading->plan;
    const struct data *data = loading->out;
    struct arena *arena = loading->scratch;
    double *raw = arena_array(arena, (size_t)source->columns, sizeof *raw);
    size_t answers = (size_t)loading->answers;
    *out = (struct generated){
        .rows = count,
        .shape = data->input_count == 1 ? data->inputs[0].shape : shape_make(1, &plan->width),
        .integer = data->input_count == 1 && data->inputs[0].dtype == DTYPE_I32,
        .classes = data->classes,
        .target_width = data->target_width,
        .x = arena_array(arena, (size_t)count * (size_t)plan->width, sizeof(double)),
        .y = arena_array(arena, (size_t)count * answers, sizeof(double)),
        .line = arena_array(arena, (size_t)count, sizeof(int64_t)),
    };
    for (int64_t i = 0; i < count; i++) {
        int64_t row = rows ? rows[i] : i;
        source_features(source, plan, row, raw, out->x + i * plan->width);
        memcpy(out->y + (size_t)i * answers, source->y + (size_t)row * answers, answers * sizeof(double));
        out->line[i] = source_line(source, row);
    }
}

void source_of(const struct loading *loading, struct source *out, const struct source *from,
               const struct generated *made)
{
    *out = (struct source){
        .form = FORM_MADE,
        .split = from->split,
        .path = from->path,
        .origin = from->origin,
        .table = from->table, /* columns that are no features are still asked for by line */
        .made = *made,
        .expanded = true,
        .rows = made->rows,
        .columns = loading->plan.width,
        .shape = made->shape,
        .y = made->y,
    };
}

bool source_survey(struct loading *loading, const char *path, char separator, bool header)
{
    struct source *source = &loading->sources[SPLIT_train];
    struct table_request request = {.path = path,
                                    .name = file_name(path),
                                    .separator = separator ? separator : separator_by_name(path),
                                    .header = header};
    return !is_array(path)
               ? take_table(loading, &request, source)
               : data_refuse(loading->problems, path, 0, NULL, "this is no table of text, expected CSV");
}
