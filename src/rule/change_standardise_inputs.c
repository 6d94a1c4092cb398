/* Inputs scaled to mean 0, deviation 1. */
#include "edit.h"

#include <math.h>
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

/* Inputs of about unit size and centre are scaled, whoever did it. */
static const double LARGE = 3, SMALL = 0.1, FAR = 2;

static bool warranted(const struct run *run)
{
    const struct fact *fact;
    size_t at = 0;

    while ((fact = run_match_fact(run, "input/*/train/std", &at)) != NULL) {
        const char *name = arena_copy(run->arena, fact->name, strlen(fact->name) - strlen("std"));
        double mean = run_number(run, arena_print(run->arena, "%smean", name));

        if (fact->number > LARGE || fact->number < SMALL || fabs(mean) > FAR * fact->number)
            return true;
    }
    return !run_has(run, "input/*/train/std");
}

const struct change change_standardise_inputs = {
    .entry = {"standardise-inputs", "Inputs scaled to mean 0, deviation 1",
              "Sets data.scale to standard, learned from the rows of train. Preparations\n"
              "that lose information are taken away; others stay, as the scaling behind\n"
              "them undoes them. Not for ids that feed an embedding.\n"},
    .category = CATEGORY_normalization,
    .warranted = warranted,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"prepare\": [{\"op\": \"unit_rows\"}]}}",
};
