/*
 * The catalog of schedules and what they share: the warm-up and the reading of the "schedule" key. Knows
 * rates only as factors of the base rate; steps and epochs are counted from 0.
 */
#include "read.h"

#include <math.h>

#define SCHEDULE(id) &schedule_##id.entry,
static const struct entry *const rows[] = {
#include <mldbg/optim/schedules.def>
};
#undef SCHEDULE

const struct catalog schedule_catalog = {"schedule", "schedules", rows, sizeof rows / sizeof *rows};

struct common {
    int type;
    int64_t warmup_steps;
    double warmup_start;
};

static const struct option common_rows[] = {
    {.name = "type",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct common, type),
     .fallback = "constant",
     .catalog = &schedule_catalog,
     .help = "which schedule"},
    {.name = "warmup_steps",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct common, warmup_steps),
     .fallback = "0",
     .min = 0,
     .max = HUGE_VAL,
     .help = "updates over which the rate grows linearly to its full size"},
    {.name = "warmup_start",
     .type = OPTION_REAL,
     .offset = offsetof(struct common, warmup_start),
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "share of the rate that the first update of the warm-up gets"},
};

const struct option_table schedule_options = OPTION_TABLE(common_rows);

static const struct option_table *own_table(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct schedule_kind)->options;
}

static size_t own_size(const struct entry *entry)
{
    return ENTRY_OF(entry, struct schedule_kind)->settings_size;
}

static const struct kind_reader reader = {
    .catalog = &schedule_catalog,
    .key = "schedule",
    .common = &schedule_options,
    .common_size = sizeof(struct common),
    .table = own_table,
    .size = own_size,
    .fallback = &schedule_constant.entry,
};

bool schedule_read(struct arena *arena, const struct json *value, struct optimizer_spec *out,
                   struct problems *problems)
{
    struct kind_read read;
    bool good = kind_read(&reader, arena, value, &read, problems);
    const struct common *common = read.common;
    out->schedule = ENTRY_OF(read.kind, struct schedule_kind);
    out->schedule_settings = read.own;
    out->warmup_steps = common->warmup_steps;
    out->warmup_start = common->warmup_start;
    return good;
}

void schedule_json(struct arena *arena, const struct optimizer_spec *spec, struct json *object)
{
    const struct common common = {catalog_index(&schedule_catalog, spec->schedule->entry.name),
                                  spec->warmup_steps, spec->warmup_start};
    options_to_json(arena, &schedule_options, &common, object);
    options_to_json(arena, &spec->schedule->options, spec->schedule_settings, object);
}

double warmup_factor(const struct optimizer_spec *spec, int64_t step)
{
    if (step >= spec->warmup_steps)
        return 1;
    return spec->warmup_start + (1 - spec->warmup_start) * (double)step / (double)spec->warmup_steps;
}
