/* Learning rate 10 times smaller. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    (void)subject;
    return remedy_scale_rate(run, out, 0.1);
}

const struct change change_lower_rate = {
    .entry = {"lower-rate", "Learning rate 10 times smaller",
              "Sets optimizer.lr from the rate that is in use.\n"},
    .category = CATEGORY_learning_rate,
    .compensates = true,
    .make = make,
    .repeats = true,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"sgd\", \"lr\": 1}}",
};
