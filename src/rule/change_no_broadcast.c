/* The label is compared output by output. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    int64_t wanted;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || !setting_flag(run, "loss.broadcast", false))
        return false;
    wanted = anatomy.classification ? anatomy.classes : anatomy.target_width;
    if (anatomy.outputs == 0 || anatomy.outputs != wanted)
        return false;
    remedy_remove(out, "loss.broadcast");
    return true;
}

static void facts(struct run *run)
{
    example_classes(run, 3);
}

const struct change change_no_broadcast = {
    .entry = {"no-broadcast", "The label is compared output by output",
              "Takes loss.broadcast away: a class becomes a one-hot row of the width of the\n"
              "outputs.\n"},
    .category = CATEGORY_labels,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
               "\"loss\": {\"type\": \"bce\", \"broadcast\": true}}",
    .facts = facts,
};
