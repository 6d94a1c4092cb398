/* Momentum of 0.9. */
#include "edit.h"

#include <string.h>

/* Averages over two updates; over fifty. */
static const double LEAST = 0.5, MOST = 0.98;

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    double momentum = setting_number(run, "optimizer.momentum", 0);

    (void)subject;
    if (strcmp(setting_word(run, "optimizer", "adam"), "sgd") != 0 || (momentum >= LEAST && momentum <= MOST))
        return false;
    remedy_set_number(run, out, "optimizer.momentum", 0.9);
    return true;
}

const struct change change_momentum = {
    .entry = {"momentum", "Momentum of 0.9",
              "For sgd with little momentum, or with so much that it never settles.\n"},
    .category = CATEGORY_optimizer,
    .compensates = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": \"sgd\"}",
};
