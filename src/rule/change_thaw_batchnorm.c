/* Batch norm that learns its statistics. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->type, "batchnorm") != 0)
            continue;
        if (setting_flag(run, part_path(run, part, "frozen"), false))
            draft_unset(&draft, i, "frozen");
        if (setting_number(run, part_path(run, part, "momentum"), 0.1) == 0)
            draft_unset(&draft, i, "momentum");
    }
    return draft_end(&draft, out, "batch norm learns its statistics");
}

const struct change change_thaw_batchnorm = {
    .entry = {"thaw-batchnorm", "Batch norm that learns its statistics",
              "Takes \"frozen\": true and \"momentum\": 0 away from every batchnorm.\n"},
    .category = CATEGORY_architecture,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\", "
               "\"frozen\": true}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
