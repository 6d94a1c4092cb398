/* Batch norm that learns its statistics. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.count; i++)
        if (setting_flag(run, part_path(run, &anatomy.part[i], "frozen"), false))
            draft_unset(&draft, i, "frozen");
    return draft_end(&draft, out, "batch norm is not frozen");
}

const struct change change_thaw_batchnorm = {
    .entry = {"thaw-batchnorm", "Batch norm that learns its statistics",
              "Takes \"frozen\": true away from every batchnorm.\n"},
    .category = CATEGORY_architecture,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\", "
               "\"frozen\": true}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
