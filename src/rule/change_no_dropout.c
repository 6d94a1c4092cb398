/* No dropout at one place. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;

    if (!*subject || !anatomy_read(run, &anatomy))
        return false;
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->name, subject) != 0 || strcmp(part->type, "dropout") != 0 ||
            !(setting_number(run, part_path(run, part, "p"), 0.5) > 0))
            continue;
        remedy_set_number(run, out, part_path(run, part, "p"), 0);
        return true;
    }
    return false;
}

const struct change change_no_dropout = {
    .entry = {"no-dropout", "No dropout at one place",
              "The dropout that a finding names lets all through.\n"},
    .category = CATEGORY_regularization,
    .matched = true,
    .make = make,
    .example =
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 2}, {\"type\": \"dropout\", \"p\": 0.5}]}",
    .example_subject = "dropout1",
};
