/* The learning rate ten times smaller. */
#include "anatomy.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double rate = setting_number(run, "optimizer.lr", run_number(run, "train/rate"));

    (void)subject;
    if (!(rate > 0))
        return false;
    remedy_set_number(run, out, "optimizer.lr", rate / 10);
    return true;
}

const struct change change_lower_rate = {
    .entry = {"lower-rate", "Learning rate 10 times smaller", ""},
    .category = CATEGORY_learning_rate,
    .compensates = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"sgd\", \"lr\": 1}}",
};
