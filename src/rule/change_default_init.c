/* Initialization by the activations. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    const char *all = setting_word(run, "init", "keras");
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.count; i++) {
        draft_unset(&draft, i, "init");
        draft_unset(&draft, i, "bias_init");
    }
    draft_end(&draft, out, "no initialization of their own for layers");
    if (strcmp(all, "keras") != 0 && strcmp(all, "pytorch") != 0)
        remedy_remove(out, "init");
    return out->count > 0;
}

const struct change change_default_init = {
    .entry = {"default-init", "Initialization by the activations",
              "Takes init and bias_init away from every layer and from the config; a whole\n"
              "framework's scheme, keras or pytorch, stays.\n"},
    .category = CATEGORY_init,
    .matched = true,
    .make = make,
    .example =
        "{\"init\": \"zeros\", \"model\": [{\"type\": \"linear\", \"out_features\": 4, \"init\": {\"type\": "
        "\"normal\", \"std\": 10}}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
