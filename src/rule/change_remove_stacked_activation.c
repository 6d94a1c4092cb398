/* No second activation behind the last layer with weights. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || anatomy.stacked < 0)
        return false;
    const struct part *part = &anatomy.part[anatomy.stacked];
    if (!part_removable(&anatomy, part))
        return false;
    remedy_remove(out, part_path(run, part, NULL));
    return true;
}

const struct change change_remove_stacked_activation = {
    .entry = {"remove-stacked-activation", "No second activation behind the last layer with weights",
              "Removes the one in front of the last activation, such as relu in front of\n"
              "softmax.\n"},
    .category = CATEGORY_output_activation,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"relu\"}, {\"type\": "
               "\"softmax\"}]}",
};
