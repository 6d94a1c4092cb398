/* Rows and their labels are shuffled together. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    static const char *const permuting[] = {"permute_y", NULL};

    (void)subject;
    if (setting_flag(run, "train.shuffle_labels", false))
        remedy_remove(out, "train.shuffle_labels");
    remedy_unprepare(run, out, "data.prepare", permuting);
    remedy_unprepare(run, out, "data.prepare_train", permuting);
    return out->count > 0;
}

const struct change change_keep_pairs = {
    .entry = {"keep-pairs", "Rows and their labels are shuffled together",
              "Takes train.shuffle_labels away, and a preparation that permutes the labels.\n"},
    .category = CATEGORY_labels,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"prepare\": [{\"op\": \"permute_y\"}]}, "
               "\"train\": {\"shuffle_labels\": true}}",
};
