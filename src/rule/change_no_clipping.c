/* No clipping of the gradient. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    remedy_unset(run, out, "optimizer.clip_norm");
    remedy_unset(run, out, "optimizer.clip_value");
    return out->count > 0;
}

const struct change change_no_clipping = {
    .entry = {"no-clipping", "No clipping of the gradient",
              "Takes optimizer.clip_norm and optimizer.clip_value away.\n"},
    .category = CATEGORY_optimizer,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"adam\", \"clip_norm\": 1e-6}}",
};
