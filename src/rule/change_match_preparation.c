/* One preparation for train and held-out rows. */
#include "anatomy.h"

#include <string.h>

/* Preparations that belong on all rows: without them the others have another size. */
static const char *const scalings[] = {"scale_x",         "affine_x",  "standardize_x", "minmax_x",
                                       "double_minmax_x", "unit_rows", "scale_y",       "standardize_y",
                                       "minmax_y",        NULL};

static bool is_scaling(const struct json *op)
{
    const struct json *name = op->type == JSON_OBJECT ? json_get(op, "op") : NULL;

    for (int i = 0; name && name->type == JSON_STRING && scalings[i]; i++)
        if (strcmp(scalings[i], name->string) == 0)
            return true;
    return false;
}

static bool scales_only(const struct json *list)
{
    if (list->type != JSON_ARRAY || !list->child)
        return false;
    for (const struct json *op = list->child; op; op = op->next)
        if (!is_scaling(op))
            return false;
    return true;
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    const struct json *data = json_get(run->config, "data"), *scale = json_get(data, "scale");
    const struct json *train = json_get(data, "prepare_train"), *test = json_get(data, "prepare_test");

    (void)subject;
    if (train && scales_only(train)) {
        remedy_set(out, "data.prepare_test", train);
    } else if (train || test) {
        if (train)
            remedy_remove(out, "data.prepare_train");
        if (test)
            remedy_remove(out, "data.prepare_test");
    }
    if (scale && scale->type == JSON_OBJECT && json_get(scale, "train"))
        remedy_set(out, "data.scale", json_get(scale, "train"));
    return out->count > 0;
}

const struct change change_match_preparation = {
    .entry = {"match-preparation", "Held-out rows prepared as those of train",
              "data.prepare_test becomes data.prepare_train where that only scales; other\n"
              "operations on one side, such as noise, are removed. data.scale becomes the one\n"
              "of train for all splits."},
    .category = CATEGORY_data,
    .make = make,
    .example = "{\"model\": [], \"data\": {\"scale\": {\"train\": \"standard\", \"val\": \"none\"}}}",
};
