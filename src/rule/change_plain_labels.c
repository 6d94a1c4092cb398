/* Labels as they stand in the data. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    static const char *const lists[] = {"data.prepare", "data.prepare_train", "data.prepare_test"};
    static const char *const bending[] = {"const_y", "trunc_y", "binarise_y", NULL};
    static const char *const scaling[] = {"const_y",  "trunc_y", "binarise_y", "standardize_y",
                                          "minmax_y", "scale_y", NULL};
    bool regression = strcmp(run_text(run, "data/task"), "regression") == 0;

    (void)subject;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        remedy_unprepare(run, out, lists[i], regression ? bending : scaling);
    return out->count > 0;
}

const struct change change_plain_labels = {
    .entry = {"plain-labels", "Labels as they stand in the data",
              "Takes preparations away that make other labels of the labels: const_y,\n"
              "trunc_y, binarise_y, and for classes every scaling of the label.\n"},
    .category = CATEGORY_labels,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"prepare_train\": [{\"op\": \"scale_y\", "
               "\"by\": 0.1}, {\"op\": \"trunc_y\"}]}}",
};
