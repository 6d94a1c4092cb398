/* What the engine has, handed upwards for list, explain, schema and completion. */
#include <mldbg/lab/experiment.h>

#include "inside.h"

static const struct catalog *const catalogs[] = {
    &layer_catalog, &loss_catalog,      &init_catalog,        &optimizer_catalog, &schedule_catalog,
    &op_catalog,    &generator_catalog, &preparation_catalog, &probe_catalog,     &experiment_catalog,
};

const struct catalog *const *lab_catalogs(size_t *count)
{
    *count = sizeof catalogs / sizeof *catalogs;
    return catalogs;
}

const struct option_table *lab_settings(const struct catalog *catalog, const struct entry *entry)
{
    if (catalog == &layer_catalog)
        return &ENTRY_OF(entry, struct layer_kind)->options;
    if (catalog == &loss_catalog)
        return &ENTRY_OF(entry, struct loss_kind)->options;
    if (catalog == &init_catalog)
        return &ENTRY_OF(entry, struct init_kind)->options;
    if (catalog == &optimizer_catalog)
        return &ENTRY_OF(entry, struct optimizer_kind)->options;
    if (catalog == &schedule_catalog)
        return &ENTRY_OF(entry, struct schedule_kind)->options;
    if (catalog == &generator_catalog)
        return &ENTRY_OF(entry, struct generator)->options;
    if (catalog == &preparation_catalog)
        return &ENTRY_OF(entry, struct preparation)->options;
    return NULL;
}

const struct experiment *lab_experiment(const struct catalog *catalog, const struct entry *entry)
{
    return catalog == &experiment_catalog ? ENTRY_OF(entry, struct experiment) : NULL;
}

struct json *lab_schema(struct arena *arena)
{
    return config_schema(arena);
}
