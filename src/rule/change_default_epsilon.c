/* The optimizer's usual eps. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    return remedy_unset(run, out, "optimizer.eps");
}

const struct change change_default_epsilon = {
    .entry = {"default-epsilon", "The optimizer's usual eps", "Takes optimizer.eps away.\n"},
    .category = CATEGORY_optimizer,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"adam\", \"eps\": 1e-20}}",
};
