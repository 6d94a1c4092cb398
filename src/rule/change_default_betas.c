/* The optimizer's usual betas. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    return remedy_unset(run, out, "optimizer.betas");
}

const struct change change_default_betas = {
    .entry = {"default-betas", "The optimizer's usual betas", "Takes optimizer.betas away: 0.9 and 0.999.\n"},
    .category = CATEGORY_optimizer,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"adam\", \"betas\": [0.1, 0.2]}}",
};
