/* Batches of 32 rows. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double batch = setting_number(run, "train.batch_size", 32);

    (void)subject;
    if (!(batch < 8 || batch > 128))
        return false;
    remedy_set_number(run, out, "train.batch_size", 32);
    return true;
}

const struct change change_batch_32 = {
    .entry = {"batch-32", "Batches of 32 rows", "Where batches have fewer than 8 rows or more than 128.\n"},
    .category = CATEGORY_batch_size,
    .compensates = true,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"train\": {\"batch_size\": 1}}",
};
