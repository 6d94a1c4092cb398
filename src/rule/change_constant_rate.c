/* No schedule of the learning rate. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    return remedy_unset(run, out, "optimizer.schedule");
}

const struct change change_constant_rate = {
    .entry = {"constant-rate", "No schedule of the learning rate", "Takes optimizer.schedule away.\n"},
    .category = CATEGORY_learning_rate,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"adam\", \"schedule\": \"cosine\"}}",
};
