/* 10 times as many epochs. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double epochs = setting_number(run, "train.epochs", 20);

    (void)subject;
    remedy_set_number(run, out, "train.epochs", 10 * epochs);
    return true;
}

const struct change change_more_epochs = {
    .entry = {"more-epochs", "10 times as many epochs",
              "Sets train.epochs; 20 where the config does not say.\n"},
    .category = CATEGORY_epochs,
    .compensates = true,
    .make = make,
    .repeats = true,
    .example = "{\"model\": [], \"train\": {\"epochs\": 2}}",
};
