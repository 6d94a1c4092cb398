/* Rows in random order, in splits and batches. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    static const char *const sorting[] = {"sort_by_y", NULL};

    (void)subject;
    if (!setting_flag(run, "train.shuffle", true))
        remedy_remove(out, "train.shuffle");
    if (!setting_flag(run, "data.split.shuffle", true))
        remedy_remove(out, "data.split.shuffle");
    remedy_unprepare(run, out, "data.prepare", sorting);
    return out->count > 0;
}

const struct change change_shuffle = {
    .entry = {"shuffle", "Rows in random order, in splits and batches",
              "Sets train.shuffle and data.split.shuffle to their default, true, and takes\n"
              "a preparation away that sorts the rows.\n"},
    .category = CATEGORY_data,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"split\": {\"val\": 0.2, \"shuffle\": "
               "false}}, \"train\": {\"shuffle\": false}}",
};
