/* The data as it is, without preparations. */
#include "anatomy.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    static const char *const keys[] = {"prepare", "prepare_train", "prepare_test", NULL};
    const struct json *data = json_get(run->config, "data");

    (void)subject;
    for (int i = 0; keys[i]; i++)
        if (json_get(data, keys[i]))
            remedy_remove(out, arena_print(run->arena, "data.%s", keys[i]));
    return out->count > 0;
}

const struct change change_plain_preparation = {
    .entry = {"plain-preparation", "No preparations of the data",
              "Removes data.prepare, data.prepare_train and data.prepare_test."},
    .category = CATEGORY_data,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"prepare\": [{\"op\": \"trunc_int_x\"}]}}",
};
