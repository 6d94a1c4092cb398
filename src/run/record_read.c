/*
 * Reading a run record back into memory. Files that are missing leave their part empty; lines that are torn
 * or wrong are left out with a note. Writes nothing.
 */
#include <mldbg/run/record.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/csv.h>
#include <mldbg/base/file.h>

enum { JSON_BYTES_MOST = 1 << 28 };

/* ---- Values out of JSON ---- */

static const char *word(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    return value && value->type == JSON_STRING ? value->string : "";
}

static bool number_word(const char *text, double *out)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"nan", (double)NAN}, {"inf", (double)INFINITY}, {"-inf", -(double)INFINITY}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].word) == 0) {
            *out = words[i].value;
            return true;
        }
    return text_read_double(text, out);
}

static double real(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    double out = (double)NAN;

    if (value && value->type == JSON_NUMBER)
        return value->number;
    if (value && value->type == JSON_STRING)
        number_word(value->string, &out);
    return out;
}

/* 0 when it is missing or no whole number that a double holds. */
static int64_t whole(const struct json *object, const char *key)
{
    double value = real(object, key);
    return fabs(value) <= 0x1p53 ? (int64_t)value : 0;
}

static const struct json *first(const struct json *list)
{
    return list && (list->type == JSON_ARRAY || list->type == JSON_OBJECT) ? list->child : NULL;
}

static void read_layers(struct run *run, const struct json *list)
{
    for (const struct json *row = first(list); row; row = row->next)
        *run_add_layer(run) = (struct layer_record){.name = word(row, "name"),
                                                    .type = word(row, "type"),
                                                    .output = word(row, "output"),
                                                    .parameters = whole(row, "parameters"),
                                                    .trainable = whole(row, "trainable"),
                                                    .bytes = whole(row, "bytes"),
                                                    .multiply_adds = whole(row, "multiply_adds"),
                                                    .place = {.line = whole(row, "line")}};
}

static void read_splits(struct run *run, const struct json *list)
{
    for (const struct json *row = first(list); row; row = row->next) {
        const struct json *rows = json_get(row, "class_rows");
        struct split_record *split = run_add_split(run);
        int64_t *class_rows = arena_array(run->arena, rows ? json_count(rows) + 1 : 1, sizeof *class_rows);

        *split = (struct split_record){.name = word(row, "name"),
                                       .origin = word(row, "origin"),
                                       .rows = whole(row, "rows"),
                                       .dropped = whole(row, "dropped"),
                                       .duplicate_rows = whole(row, "duplicate_rows"),
                                       .conflicting_rows = whole(row, "conflicting_rows"),
                                       .unavoidable_rows = whole(row, "unavoidable_rows"),
                                       .shared_rows = whole(row, "shared_rows"),
                                       .class_rows = class_rows};
        for (const struct json *item = first(rows); item; item = item->next)
            class_rows[split->classes++] = item->type == JSON_NUMBER ? (int64_t)item->number : 0;
    }
}

static void read_columns(struct run *run, const struct json *list)
{
    for (const struct json *row = first(list); row; row = row->next) {
        const struct json *same = json_get(row, "same_as"), *label = json_get(row, "same_as_label");

        *run_add_column(run) = (struct column_record){
            .split = word(row, "split"),
            .name = word(row, "name"),
            .kind = word(row, "kind"),
            .count = whole(row, "count"),
            .missing = whole(row, "missing"),
            .nonfinite = whole(row, "nonfinite"),
            .overflow = whole(row, "overflow"),
            .underflow = whole(row, "underflow"),
            .inexact = whole(row, "inexact"),
            .distinct = whole(row, "distinct"),
            .min = real(row, "min"),
            .max = real(row, "max"),
            .mean = real(row, "mean"),
            .std = real(row, "std"),
            .same_as = same && same->type == JSON_STRING ? same->string : NULL,
            .same_as_label = label && label->type == JSON_BOOL && label->number != 0,
        };
    }
}

/* prefix: put before every name. */
static void read_facts(struct run *run, const char *prefix, const struct json *facts)
{
    for (const struct json *fact = first(facts); fact; fact = fact->next) {
        const char *name = arena_print(run->arena, "%s%s", prefix, fact->key ? fact->key : "");
        double value;

        if (fact->type == JSON_NUMBER)
            run_set_number(run, name, fact->number);
        else if (fact->type == JSON_STRING && !text_read_double(fact->string, &value) &&
                 number_word(fact->string, &value))
            run_set_number(run, name, value);
        else if (fact->type == JSON_STRING)
            run_set_text(run, name, "%s", fact->string);
    }
}

static void read_manifest(struct run *run, const struct json *manifest)
{
    const struct json *seed = json_get(manifest, "seed");
    const char *command = word(manifest, "command");

    run_init(run, run->arena, *command ? command : "train");
    run->name = word(manifest, "name");
    run->config_path = word(manifest, "config");
    run->status = word(manifest, "status");
    run->device = word(manifest, "device");
    run->dtype = word(manifest, "dtype");
    run->blas = word(manifest, "blas");
    run->threads = (int)whole(manifest, "threads");
    if (seed && seed->type == JSON_NUMBER && seed->number >= 0)
        run->seed = (uint64_t)seed->number;
    else if (seed && seed->type == JSON_STRING)
        for (const char *at = seed->string; *at >= '0' && *at <= '9'; at++)
            run->seed = run->seed * 10 + (uint64_t)(*at - '0');
    read_facts(run, "", json_get(manifest, "facts"));
}

/* ---- Tables ---- */

/* A row is believed once another follows, or the file ends with the end of its line. */
struct row_held {
    bool any;
    double *value;
    bool *measured; /* an empty cell was not measured */
};

struct table_reading {
    struct run *run;
    struct series **series; /* one a column; the first is the step */
    size_t columns;
    struct row_held held;
    int64_t wrong, first_wrong; /* rows left out, and the line of the first */
};

static void believe(struct table_reading *reading)
{
    struct row_held *held = &reading->held;

    for (size_t i = 1; held->any && i < reading->columns; i++)
        if (held->measured[i])
            series_add(reading->run, reading->series[i], (int64_t)held->value[0], held->value[i]);
    held->any = false;
}

static void begin_table(struct table_reading *reading, const struct csv_cell *cells, size_t count)
{
    struct arena *arena = reading->run->arena;

    reading->columns = count;
    reading->series = arena_array(arena, count, sizeof(struct series *));
    reading->held.value = arena_array(arena, count, sizeof(double));
    reading->held.measured = arena_array(arena, count, sizeof(bool));
    for (size_t i = 1; i < count; i++)
        reading->series[i] = run_series(reading->run, arena_copy(arena, cells[i].at, cells[i].length));
}

static bool hold(struct table_reading *reading, const struct csv_cell *cells, size_t count)
{
    struct row_held *held = &reading->held;

    for (size_t i = 0; i < count && i < reading->columns; i++) {
        held->measured[i] = cells[i].length > 0;
        if (held->measured[i] && !number_word(cells[i].at, &held->value[i]))
            return false;
    }
    return count == reading->columns && held->measured[0] && fabs(held->value[0]) <= 0x1p53;
}

static bool read_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct table_reading *reading = context;

    (void)err;
    if (!reading->series) {
        begin_table(reading, cells, count);
        return true;
    }
    believe(reading);
    reading->held.any = hold(reading, cells, count);
    if (!reading->held.any && reading->wrong++ == 0)
        reading->first_wrong = line;
    return true;
}

/* Whether the file ends with the end of a line; *any: it holds something at all. */
static bool ends_whole(struct arena *arena, const char *path, bool *any)
{
    struct bytes bytes;

    if (!file_read(arena, path, SIZE_MAX / 2, &bytes, NULL))
        return true;
    *any = bytes.length > 0;
    return bytes.length == 0 || bytes.at[bytes.length - 1] == '\n';
}

static void read_table(struct run *run, const char *folder, const char *name, struct text *notes)
{
    const char *path = arena_print(run->arena, "%s/%s", folder, name);
    struct table_reading reading = {.run = run};
    struct arena scratch;
    struct error err = {0};
    bool any = false, whole_lines;

    if (!file_exists(path))
        return;
    arena_init(&scratch, "the end of a table");
    whole_lines = ends_whole(&scratch, path, &any);
    arena_release(&scratch);
    if (!csv_read(path, NULL, read_row, &reading, &err)) {
        believe(&reading);
        text_print(notes, "%s: read up to a mistake: %s\n", name, err.sentence);
        return;
    }
    if (whole_lines) {
        believe(&reading);
    } else if (any) {
        text_print(notes, "%s: the last line is torn and was left out\n", name);
        if (!reading.held.any && reading.wrong > 0)
            reading.wrong--;
    }
    if (reading.wrong > 0)
        text_print(notes, "%s: %s left out that cannot be read, the first on line %" PRId64 "\n", name,
                   text_plural(run->arena, reading.wrong, "row", "rows"), reading.first_wrong);
}

/* ---- The whole ---- */

static const struct json *read_part(struct arena *arena, const char *folder, const char *name,
                                    const char **text, struct text *notes)
{
    const char *path = arena_print(arena, "%s/%s", folder, name);
    struct json *document = NULL;
    struct error err = {0};

    if (!file_exists(path))
        return NULL;
    if (!json_read(arena, path, JSON_BYTES_MOST, &document, text, &err))
        text_print(notes, "%s: cannot be read: %s\n", name, err.sentence);
    return document;
}

bool record_read_experiments(struct run *run, const char *folder, struct text *notes)
{
    const struct json *list =
        json_get(read_part(run->arena, folder, RECORD_EXPERIMENTS, NULL, notes), "experiments");

    for (const struct json *item = first(list); item; item = item->next)
        read_facts(run, arena_print(run->arena, EXPERIMENT_PREFIX "%s/", word(item, "name")),
                   json_get(item, "facts"));
    return list != NULL;
}

bool record_read(struct arena *arena, const char *folder, struct run *out, const struct json **manifest,
                 struct text *notes, struct error *err)
{
    const char *path = arena_print(arena, "%s/run.json", folder);
    const struct json *part;
    struct json *document;

    if (!file_exists(path)) {
        fail(err, ERROR_REQUEST, "there is no run in \"%s\": it has no run.json", folder);
        return fail_hint(err, "mldbg runs DIR lists the runs in a folder");
    }
    if (!json_read(arena, path, JSON_BYTES_MOST, &document, NULL, err))
        return false;
    if (document->type != JSON_OBJECT || whole(document, "format_version") > RECORD_VERSION)
        return fail(err, ERROR_REQUEST, "\"%s\" is of format version %s, and this mldbg reads up to %d", path,
                    text_number(arena, real(document, "format_version"), 6), RECORD_VERSION);
    *out = (struct run){.arena = arena};
    read_manifest(out, document);
    out->config = read_part(arena, folder, "config.json", &out->config_text, notes);
    part = read_part(arena, folder, "model.json", NULL, notes);
    read_layers(out, json_get(part, "layers"));
    part = read_part(arena, folder, "data.json", NULL, notes);
    read_splits(out, json_get(part, "splits"));
    read_columns(out, json_get(part, "columns"));
    record_read_experiments(out, folder, notes);
    read_table(out, folder, "metrics.csv", notes);
    read_table(out, folder, "probes.csv", notes);
    if (manifest)
        *manifest = document;
    return true;
}
