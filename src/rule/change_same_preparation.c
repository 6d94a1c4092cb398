/* Every split prepared and scaled alike. */
#include "edit.h"

/* {"train": ..., "val": ...}, which is neither a word nor {"divide": 255}. */
static void unite_scale(const struct run *run, struct remedy *out, const char *path)
{
    const struct json *scale = json_find(run->arena, run->config, path), *train = json_get(scale, "train");

    if (!scale || scale->type != JSON_OBJECT || json_get(scale, "divide"))
        return;
    if (train)
        remedy_set(out, path, train);
    else
        remedy_remove(out, path);
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    remedy_unset(run, out, "data.prepare_train");
    remedy_unset(run, out, "data.prepare_test");
    unite_scale(run, out, "data.scale");
    unite_scale(run, out, "data.scale_target");
    return out->count > 0;
}

const struct change change_same_preparation = {
    .entry = {"same-preparation", "Every split prepared and scaled alike",
              "Takes data.prepare_train and data.prepare_test away; where data.scale is\n"
              "given split by split, all are scaled as train is.\n"},
    .category = CATEGORY_data,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"train\": \"a.csv\", \"scale\": {\"train\": \"standard\", "
               "\"val\": \"none\"}, \"prepare_test\": [{\"op\": \"scale_x\", \"by\": 10}]}}",
};
