/*
 * The catalog of optimizers, the reading of the "optimizer" key, and the update of the spans of one parameter
 * vector. The arithmetic is the backend's update kernel; the formulas are named in the optimizers' own files.
 */
#include "read.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    FOUND_SHOWN = 60,      /* columns of a wrong value that are quoted */
    PIECE_BYTES = 8 * 1024 /* of the parameters in a piece; with gradient and slots it fits near caches */
};

#define OPTIMIZER(id) &optimizer_##id.entry,
static const struct entry *const rows[] = {
#include <mldbg/optim/optimizers.def>
};
#undef OPTIMIZER

const struct catalog optimizer_catalog = {"optimizer", "optimizers", rows, sizeof rows / sizeof *rows};

struct common {
    int type, defaults;
    double lr, weight_decay, clip_norm, clip_value;
    const struct json *schedule;
    int64_t accumulate;
};

static const char *const defaults_names[] = {
    [DEFAULTS_pytorch] = "pytorch",
    [DEFAULTS_keras] = "keras",
    NULL,
};

static const struct option common_rows[] = {
    {.name = "type",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct common, type),
     .fallback = "adam",
     .catalog = &optimizer_catalog,
     .help = "which optimizer"},
    {.name = "lr",
     .type = OPTION_REAL,
     .offset = offsetof(struct common, lr),
     .help = "learning rate; not given: the optimizer's own default"},
    {.name = "weight_decay",
     .type = OPTION_REAL,
     .offset = offsetof(struct common, weight_decay),
     .min = 0,
     .max = HUGE_VAL,
     .help = "pull of the weights towards zero; not given: 0, adamw 0.01"},
    {.name = "defaults",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct common, defaults),
     .fallback = "pytorch",
     .choices = defaults_names,
     .help = "whose defaults and formula: PyTorch's or Keras 2's"},
    {.name = "schedule",
     .type = OPTION_JSON,
     .offset = offsetof(struct common, schedule),
     .help = "how the rate changes: a name, or an object with \"type\""},
    {.name = "clip_norm",
     .type = OPTION_REAL,
     .offset = offsetof(struct common, clip_norm),
     .min = 0,
     .max = HUGE_VAL,
     .above_min = true,
     .help = "largest norm of the whole gradient; not given: no limit"},
    {.name = "clip_value",
     .type = OPTION_REAL,
     .offset = offsetof(struct common, clip_value),
     .min = 0,
     .max = HUGE_VAL,
     .above_min = true,
     .help = "largest magnitude of one element of the gradient; not given: no limit"},
    {.name = "accumulate",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct common, accumulate),
     .fallback = "1",
     .min = 1,
     .max = HUGE_VAL,
     .help = "batches whose gradients are averaged before one update"},
};

const struct option_table optimizer_options = OPTION_TABLE(common_rows);

static const struct option_table *own_table(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct optimizer_kind)->options;
}

static size_t own_size(const struct entry *entry)
{
    return ENTRY_OF(entry, struct optimizer_kind)->settings_size;
}

static const struct kind_reader reader = {
    .catalog = &optimizer_catalog,
    .key = "optimizer",
    .common = &optimizer_options,
    .common_size = sizeof(struct common),
    .table = own_table,
    .size = own_size,
    .fallback = &optimizer_adam.entry,
};

bool optimizer_read(struct arena *arena, const struct json *value, struct optimizer_spec *out,
                    struct problems *problems)
{
    struct kind_read read;
    bool good = kind_read(&reader, arena, value, &read, problems);
    const struct common *common = read.common;
    const struct optimizer_kind *kind = ENTRY_OF(read.kind, struct optimizer_kind);
    bool keras = common->defaults == DEFAULTS_keras;
    struct setting_mistake mistake = {NULL, NULL};
    if (kind->check && kind->check(read.own, &mistake)) {
        const struct json *wrong = json_get(value, mistake.key);
        struct text found;
        text_init(&found, arena);
        if (wrong)
            json_write(&found, wrong, false);
        problems_at(problems, ERROR_REQUEST, "ML100", wrong ? wrong->place : (struct place){0},
                    "%s: \"%s\" %s, found %s", kind->entry.name, mistake.key, mistake.sentence,
                    text_escape(arena, found.at, found.length, FOUND_SHOWN));
        good = false;
    }
    kind->fill(read.own, keras);
    *out = (struct optimizer_spec){
        .kind = kind,
        .settings = read.own,
        .lr = !isnan(common->lr) ? common->lr
              : keras            ? kind->lr_keras
                                 : kind->lr_pytorch,
        .weight_decay = isnan(common->weight_decay) ? kind->weight_decay : common->weight_decay,
        .defaults = keras ? DEFAULTS_keras : DEFAULTS_pytorch,
        .clip_norm = common->clip_norm,
        .clip_value = common->clip_value,
        .accumulate = common->accumulate,
        .json = value,
    };
    return schedule_read(arena, common->schedule, out, problems) && good;
}

struct json *optimizer_json(struct arena *arena, const struct optimizer_spec *spec)
{
    struct json *object = json_object(arena);
    struct json *schedule = json_object(arena);
    schedule_json(arena, spec, schedule);
    const struct common common = {
        .type = catalog_index(&optimizer_catalog, spec->kind->entry.name),
        .defaults = (int)spec->defaults,
        .lr = spec->lr,
        .weight_decay = spec->weight_decay,
        .clip_norm = spec->clip_norm,
        .clip_value = spec->clip_value,
        .schedule = schedule,
        .accumulate = spec->accumulate,
    };
    options_to_json(arena, &optimizer_options, &common, object);
    options_to_json(arena, &spec->kind->options, spec->settings, object);
    return object;
}

static struct update_settings kernel_settings(const struct optimizer_spec *spec)
{
    struct update_settings settings = {
        .kind = spec->kind->update,
        .weight_decay = spec->weight_decay,
        .keras = spec->defaults == DEFAULTS_keras,
    };
    spec->kind->settings(spec->settings, settings.keras, &settings);
    return settings;
}

int64_t optimizer_bytes(const struct optimizer_spec *spec, int64_t length, enum dtype dtype)
{
    struct update_settings settings = kernel_settings(spec);
    return spec->kind->slots(&settings) * length * (int64_t)dtype_size(dtype);
}

void optimizer_init(struct optimizer *optimizer, struct arena *arena, const struct optimizer_spec *spec,
                    const struct kernels *kernels, int64_t length, const struct span *spans,
                    size_t span_count)
{
    *optimizer = (struct optimizer){
        .spec = spec,
        .kernels = kernels,
        .update = kernel_settings(spec),
        .length = length,
        .spans = arena_array(arena, span_count, sizeof *spans),
        .span_count = span_count,
    };
    for (size_t i = 0; i < span_count; i++) {
        assert(spans[i].offset >= 0 && spans[i].count >= 0 && spans[i].offset + spans[i].count <= length);
        optimizer->spans[i] = spans[i];
    }
    optimizer->slot_count = spec->kind->slots(&optimizer->update);
    assert(optimizer->slot_count <= UPDATE_SLOTS);
    for (int i = 0; i < optimizer->slot_count; i++)
        optimizer->slots[i] = arena_numbers(arena, (size_t)length * dtype_size(kernels->dtype));
    if (spec->kind->first && optimizer->slot_count > 0)
        kernels->fill(length, spec->kind->first(spec->settings), optimizer->slots[0]);
}

double optimizer_rate(const struct optimizer *optimizer, int64_t epoch)
{
    const struct optimizer_spec *spec = optimizer->spec;
    double factor = spec->schedule->factor(spec->schedule_settings, optimizer->step, epoch,
                                           optimizer->total_steps, optimizer->schedule_state[0]);
    return spec->lr * factor * warmup_factor(spec, optimizer->step);
}

static bool update_span(struct optimizer *optimizer, struct span span, void *value, const void *gradient)
{
    size_t offset = (size_t)span.offset * dtype_size(optimizer->kernels->dtype);
    void *slots[UPDATE_SLOTS] = {NULL};

    for (int j = 0; j < optimizer->slot_count; j++)
        slots[j] = (char *)optimizer->slots[j] + offset;
    return optimizer->kernels->update(&optimizer->update, span.count, (char *)value + offset,
                                      (const char *)gradient + offset, slots);
}

bool optimizer_update(struct optimizer *optimizer, void *value, const void *gradient, int64_t epoch)
{
    bool finite = true;

    optimizer->update.lr = optimizer_rate(optimizer, epoch);
    optimizer->update.step = ++optimizer->step;
    for (size_t i = 0; i < optimizer->span_count; i++)
        finite &= update_span(optimizer, optimizer->spans[i], value, gradient);
    return finite;
}

/* ---- With a record ---- */

static void add_up(struct magnitude *sum, struct magnitude found)
{
    sum->nonfinite += found.nonfinite;
    sum->sum_squares += found.sum_squares;
    sum->largest = fmax(sum->largest, found.largest);
}

bool optimizer_update_recorded(struct optimizer *optimizer, void *value, const void *gradient, int64_t epoch,
                               const struct span *at, size_t count, struct update_record *records)
{
    const struct kernels *kernels = optimizer->kernels;
    const size_t size = dtype_size(kernels->dtype);
    const int64_t most = PIECE_BYTES / (int64_t)size;
    double before[PIECE_BYTES / sizeof(double)];
    bool finite = true;

    optimizer->update.lr = optimizer_rate(optimizer, epoch);
    optimizer->update.step = ++optimizer->step;
    for (size_t i = 0; i < count; i++) {
        struct update_record *record = &records[i];
        struct magnitude found;

        *record = (struct update_record){0};
        for (int64_t first = 0; first < at[i].count; first += most) {
            int64_t left = at[i].count - first;
            struct span piece = {at[i].offset + first, left < most ? left : most};
            char *start = (char *)value + (size_t)piece.offset * size;

            memcpy(before, start, (size_t)piece.count * size);
            finite &= update_span(optimizer, piece, value, gradient);
            record->moved += kernels->change(piece.count, start, before, &found);
            add_up(&record->value, found);
        }
    }
    return finite;
}

void optimizer_record(const struct kernels *kernels, const void *value, const struct span *at, size_t count,
                      struct update_record *records)
{
    for (size_t i = 0; i < count; i++) {
        records[i] = (struct update_record){0};
        kernels->magnitude(at[i].count,
                           (const char *)value + (size_t)at[i].offset * dtype_size(kernels->dtype),
                           &records[i].value);
    }
}

void optimizer_epoch_end(struct optimizer *optimizer, double loss)
{
    const struct optimizer_spec *spec = optimizer->spec;
    if (spec->schedule->epoch_end)
        spec->schedule->epoch_end(spec->schedule_settings, loss, optimizer->schedule_state);
}
