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

int lab_details(const struct catalog *catalog, const struct entry *entry,
                struct lab_detail out[LAB_DETAILS_MOST])
{
    const struct probe *probe = catalog == &probe_catalog ? ENTRY_OF(entry, struct probe) : NULL;
    const struct experiment *experiment =
        catalog == &experiment_catalog ? ENTRY_OF(entry, struct experiment) : NULL;

    if (experiment) {
        out[0] = (struct lab_detail){"writes", experiment->writes};
        out[1] = (struct lab_detail){"cost", experiment->cost};
        return 2;
    }
    if (!probe)
        return 0;
    out[0] = (struct lab_detail){"writes", probe->writes};
    out[1] = (struct lab_detail){"when", cadence_words(probe->cadence)};
    out[2] = (struct lab_detail){"cost", probe->cost};
    return 3;
}

struct json *lab_schema(struct arena *arena)
{
    return config_schema(arena);
}
