/* All layers trainable. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.count; i++) {
        const struct json *trainable = json_get(anatomy.part[i].json, "trainable");

        if (trainable && trainable->type == JSON_BOOL && trainable->number == 0)
            draft_unset(&draft, i, "trainable");
    }
    return draft_end(&draft, out, "all layers are trainable");
}

const struct change change_train_all = {
    .entry = {"train-all", "All layers trainable", "Takes \"trainable\": false away from every layer.\n"},
    .category = CATEGORY_gradient,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 8, \"trainable\": false}, {\"type\": "
               "\"relu\"}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
