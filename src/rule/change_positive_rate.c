/* Learning rate with its sign turned, or 0.001 for 0. */
#include "edit.h"

/* Adam's, in PyTorch and Keras alike. */
static const double DEFAULT_RATE = 0.001;

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double rate = setting_number(run, "optimizer.lr", run_number(run, "train/rate"));

    (void)subject;
    if (!(rate <= 0))
        return false;
    remedy_set_number(run, out, "optimizer.lr", rate < 0 ? -rate : DEFAULT_RATE);
    return true;
}

const struct change change_positive_rate = {
    .entry = {"positive-rate", "Learning rate with its sign turned, or 0.001 for 0",
              "A negative rate goes uphill. The size of the rate stays as it is.\n"},
    .category = CATEGORY_gradient,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"sgd\", \"lr\": -0.1}}",
};
