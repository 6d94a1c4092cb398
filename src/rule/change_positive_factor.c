/* Loss factor with its sign turned, or 1 for 0. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double factor = setting_number(run, "loss.factor", 1);

    (void)subject;
    if (!(factor <= 0))
        return false;
    remedy_set_number(run, out, "loss.factor", factor < 0 ? -factor : 1);
    return true;
}

const struct change change_positive_factor = {
    .entry = {"positive-factor", "Loss factor with its sign turned, or 1 for 0",
              "A negative factor makes the network look for the largest loss. The size of\n"
              "the factor stays as it is.\n"},
    .category = CATEGORY_gradient,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"loss\": {\"type\": \"mse\", \"factor\": -1}}",
};
