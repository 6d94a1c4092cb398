/* No dropout, no penalties, no weight decay. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    bool decays = strcmp(setting_word(run, "optimizer", "adam"), "adamw") == 0;
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->type, "dropout") == 0 && setting_number(run, part_path(run, part, "p"), 0.5) > 0)
            draft_set_number(&draft, i, "p", 0);
        draft_unset(&draft, i, "l1");
        draft_unset(&draft, i, "l2");
    }
    draft_end(&draft, out, NULL);
    if (setting_number(run, "optimizer.weight_decay", decays ? 0.01 : 0) != 0)
        remedy_set_number(run, out, "optimizer.weight_decay", 0);
    out->words = "no dropout, no penalties, no weight decay";
    return out->count > 0;
}

const struct change change_no_regularization = {
    .entry = {"no-regularization", "No dropout, no penalties, no weight decay",
              "Every dropout lets all through, l1 and l2 of the layers and\n"
              "optimizer.weight_decay are taken away.\n"},
    .category = CATEGORY_regularization,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 8, \"l2\": 1}, {\"type\": \"dropout\", "
               "\"p\": 0.9}, {\"type\": \"linear\", \"out_features\": 2}], \"optimizer\": \"adamw\"}",
};
