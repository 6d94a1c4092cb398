/* Targets scaled to mean 0, deviation 1. */
#include "edit.h"

#include <math.h>
#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    if (strcmp(run_text(run, "data/task"), "regression") != 0 ||
        strcmp(setting_word(run, "data.scale_target", "none"), "standard") == 0)
        return false;
    if (!json_find(run->arena, run->config, "data.scale_target") &&
        strcmp(last_operation(run, "data.prepare", target_operations), "standardize_y") == 0)
        return false;
    remedy_set_word(run, out, "data.scale_target", "standard");
    return true;
}

/* Targets of about unit size and centre are scaled, whoever did it. */
static const double LARGE = 3, SMALL = 0.1, FAR = 2;

static bool warranted(const struct run *run)
{
    double mean = run_number(run, "target/train/mean"), std = run_number(run, "target/train/std");

    return !(std <= LARGE && std >= SMALL && fabs(mean) <= FAR * std);
}

static void facts(struct run *run)
{
    example_classes(run, 0);
}

const struct change change_standardise_targets = {
    .entry = {"standardise-targets", "Targets scaled to mean 0, deviation 1",
              "Sets data.scale_target to standard, for numbers only.\n"},
    .category = CATEGORY_target_scaling,
    .warranted = warranted,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\"}}",
    .facts = facts,
};
