/* As many outputs as there are classes, or targets. */
#include "edit.h"

#include <string.h>

/* 0: as wide as it should be, or nothing is known. */
static int64_t wanted_width(const struct anatomy *anatomy)
{
    int64_t wanted = anatomy->classification ? anatomy->classes : anatomy->target_width;

    if (anatomy->outputs == 0 || wanted <= 0 || anatomy->outputs == wanted)
        return 0;
    return anatomy->classification && wanted == 2 && anatomy->outputs == 1 ? 0 : wanted;
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    int64_t width;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || (width = wanted_width(&anatomy)) == 0)
        return false;
    const struct part *head = &anatomy.part[anatomy.head];
    if (strcmp(head->type, "linear") != 0)
        return false;
    remedy_set_number(run, out, part_path(run, head, "out_features"), (double)width);
    remedy_unset(run, out, "loss.broadcast");
    return true;
}

static void facts(struct run *run)
{
    example_classes(run, 4);
}

const struct change change_match_width = {
    .entry = {"match-width", "As many outputs as there are classes, or targets",
              "Sets the width of the last layer with weights. One output for two classes is\n"
              "left alone.\n"},
    .category = CATEGORY_labels,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], "
               "\"loss\": \"bce\"}",
    .facts = facts,
};
