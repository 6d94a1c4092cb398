/* Loss with the mean over the batch, factor 1, no clip of its own. */
#include "edit.h"

#include <string.h>

/* Keras clips at 1e-7; a thousandth of a probability is where it begins to be felt. */
static const double CLIP_MOST = 1e-3;

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double clip = setting_number(run, "loss.clip", 1e-7);

    (void)subject;
    if (strcmp(setting_word(run, "loss.reduction", "mean"), "mean") != 0)
        remedy_remove(out, "loss.reduction");
    if (setting_number(run, "loss.factor", 1) != 1)
        remedy_remove(out, "loss.factor");
    if (!(clip > 0 && clip <= CLIP_MOST))
        remedy_remove(out, "loss.clip");
    return out->count > 0;
}

const struct change change_standard_reduction = {
    .entry = {"standard-reduction", "Loss with the mean over the batch, factor 1, no clip of its own",
              "Takes loss.reduction \"sum\", a loss.factor and an unusual loss.clip away.\n"},
    .category = CATEGORY_loss,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"loss\": {\"type\": \"cross_entropy\", \"reduction\": \"sum\"}}",
};
