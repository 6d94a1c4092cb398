/* Inputs scaled to mean 0, deviation 1. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    const struct json *model = json_get(run->config, "model");
    const char *first = model && model->child ? setting_word(run, "model[0].type", "") : "";
    bool scaled = strcmp(setting_word(run, "data.scale", "none"), "standard") == 0;

    (void)subject;
    if (strcmp(first, "embedding") == 0)
        return false;
    remedy_unprepare(run, out, "data.prepare", lossy_operations);
    if (scaled || (out->count == 0 && !json_find(run->arena, run->config, "data.scale") &&
                   strcmp(last_operation(run, "data.prepare", input_operations), "standardize_x") == 0))
        return out->count > 0;
    remedy_set_word(run, out, "data.scale", "standard");
    return true;
}

const struct change change_standardise_inputs = {
    .entry = {"standardise-inputs", "Inputs scaled to mean 0, deviation 1",
              "Sets data.scale to standard, learned from the rows of train. Preparations\n"
              "that lose information are taken away; others stay, as the scaling behind\n"
              "them undoes them. Not for ids that feed an embedding.\n"},
    .category = CATEGORY_normalization,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"prepare\": [{\"op\": \"unit_rows\"}]}}",
};
