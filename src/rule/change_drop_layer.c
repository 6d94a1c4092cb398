/* The model without one layer. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;

    if (!*subject || !anatomy_read(run, &anatomy))
        return false;
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->name, subject) != 0 || part->weighty || !part_removable(&anatomy, part))
            continue;
        if (strcmp(part->type, "dropout") == 0)
            out->category = CATEGORY_regularization;
        remedy_remove(out, part_path(run, part, NULL));
        return true;
    }
    return false;
}

const struct change change_drop_layer = {
    .entry = {"drop-layer", "The model without one layer",
              "Removes the layer that a finding names, where it has no weights and no other\n"
              "layer names what it reads.\n"},
    .category = CATEGORY_architecture,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 2}, {\"type\": \"dropout\", \"name\": "
               "\"late\", \"p\": 0.5}]}",
    .example_subject = "late",
};
