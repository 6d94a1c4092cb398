/* No activation behind the last layer with weights. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || anatomy.head_activation < 0 || anatomy.probability)
        return false;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    if ((anatomy.classification && !anatomy.from_logits) || !part_removable(&anatomy, last))
        return false;
    remedy_remove(out, part_path(run, last, NULL));
    return true;
}

static void facts(struct run *run)
{
    example_classes(run, 3);
}

const struct change change_remove_head_activation = {
    .entry = {"remove-head-activation", "No activation behind the last layer with weights",
              "For a loss that applies softmax or sigmoid itself, and for numbers.\n"},
    .category = CATEGORY_output_activation,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\", \"name\": "
               "\"prob\"}], \"loss\": \"cross_entropy\"}",
    .facts = facts,
};
