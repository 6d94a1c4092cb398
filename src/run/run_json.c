/* The record as JSON: what --json prints and what a record on disk holds. NaN and infinity become words. */
#include <mldbg/run.h>

#include <inttypes.h>

enum {
    EXACT_BITS = 53
}; /* integers up to 2^53 survive every JSON reader; larger seeds are written as text */

static void add_text(struct json *object, const char *key, const char *text, struct arena *arena)
{
    json_add_string(object, key, text ? text : "", arena);
}

static void add_manifest(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *object = json_add(record, "run", json_object(arena), arena);
    add_text(object, "command", run->command, arena);
    add_text(object, "name", run->name, arena);
    add_text(object, "config", run->config_path, arena);
    add_text(object, "status", run->status, arena);
    if (run->seed >> EXACT_BITS)
        add_text(object, "seed", arena_print(arena, "%" PRIu64, run->seed), arena);
    else
        json_add_integer(object, "seed", (int64_t)run->seed, arena);
    add_text(object, "device", run->device, arena);
    add_text(object, "dtype", run->dtype, arena);
    add_text(object, "blas", run->blas, arena);
    json_add_integer(object, "threads", run->threads, arena);
}

static void add_layers(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *array = json_add(record, "layers", json_array(arena), arena);
    for (size_t i = 0; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i];
        struct json *object = json_add(array, NULL, json_object(arena), arena);
        add_text(object, "name", layer->name, arena);
        add_text(object, "type", layer->type, arena);
        add_text(object, "output", layer->output, arena);
        json_add_integer(object, "parameters", layer->parameters, arena);
        json_add_integer(object, "trainable", layer->trainable, arena);
        json_add_integer(object, "bytes", layer->bytes, arena);
        json_add_integer(object, "multiply_adds", layer->multiply_adds, arena);
        json_add_integer(object, "line", layer->place.line, arena);
    }
}

static void add_splits(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *array = json_add(record, "splits", json_array(arena), arena);
    for (size_t i = 0; i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        struct json *object = json_add(array, NULL, json_object(arena), arena);
        add_text(object, "name", split->name, arena);
        add_text(object, "origin", split->origin, arena);
        json_add_integer(object, "rows", split->rows, arena);
        json_add_integer(object, "dropped", split->dropped, arena);
        json_add_integer(object, "duplicate_rows", split->duplicate_rows, arena);
        json_add_integer(object, "conflicting_rows", split->conflicting_rows, arena);
        json_add_integer(object, "unavoidable_rows", split->unavoidable_rows, arena);
        json_add_integer(object, "shared_rows", split->shared_rows, arena);
        struct json *rows = json_add(object, "class_rows", json_array(arena), arena);
        for (int64_t class = 0; split->class_rows && class < split->classes; class ++)
            json_add_integer(rows, NULL, split->class_rows[class], arena);
    }
}

static void add_columns(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *array = json_add(record, "columns", json_array(arena), arena);
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        struct json *object = json_add(array, NULL, json_object(arena), arena);
        add_text(object, "split", column->split, arena);
        add_text(object, "name", column->name, arena);
        add_text(object, "kind", column->kind, arena);
        json_add_integer(object, "count", column->count, arena);
        json_add_integer(object, "missing", column->missing, arena);
        json_add_integer(object, "nonfinite", column->nonfinite, arena);
        json_add_integer(object, "overflow", column->overflow, arena);
        json_add_integer(object, "underflow", column->underflow, arena);
        json_add_integer(object, "inexact", column->inexact, arena);
        json_add_integer(object, "distinct", column->distinct, arena);
        json_add_number(object, "min", column->min, arena);
        json_add_number(object, "max", column->max, arena);
        json_add_number(object, "mean", column->mean, arena);
        json_add_number(object, "std", column->std, arena);
        if (column->same_as)
            add_text(object, "same_as", column->same_as, arena);
        json_add_bool(object, "same_as_label", column->same_as_label, arena);
    }
}

static void add_series(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *all = json_add(record, "series", json_object(arena), arena);
    for (size_t i = 0; i < run->series_count; i++) {
        const struct series *series = run->series[i];
        struct json *object = json_add(all, series->name, json_object(arena), arena);
        struct json *steps = json_add(object, "step", json_array(arena), arena);
        struct json *values = json_add(object, "value", json_array(arena), arena);
        for (size_t k = 0; k < series->count; k++) {
            json_add_integer(steps, NULL, series->step[k], arena);
            json_add_number(values, NULL, series->value[k], arena);
        }
    }
}

static void add_facts(struct json *record, const struct run *run, struct arena *arena)
{
    struct json *object = json_add(record, "facts", json_object(arena), arena);
    for (size_t i = 0; i < run->fact_count; i++) {
        const struct fact *fact = &run->facts[i];
        if (fact->text)
            add_text(object, fact->name, fact->text, arena);
        else
            json_add_number(object, fact->name, fact->number, arena);
    }
}

struct json *run_to_json(const struct run *run, struct arena *arena)
{
    struct json *record = json_object(arena);
    add_manifest(record, run, arena);
    if (run->config)
        json_add(record, "config", json_copy(arena, run->config), arena);
    add_layers(record, run, arena);
    add_splits(record, run, arena);
    add_columns(record, run, arena);
    add_series(record, run, arena);
    add_facts(record, run, arena);
    if (run->remedies)
        json_add(record, "remedies", json_copy(arena, run->remedies), arena);
    return record;
}
