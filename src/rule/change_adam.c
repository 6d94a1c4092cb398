/* Adam at a rate of 0.001. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    const char *type = setting_word(run, "optimizer", "adam");
    struct json *adam;

    (void)subject;
    if (strcmp(type, "adam") == 0 || strcmp(type, "adamw") == 0)
        return false;
    adam = json_object(run->arena);
    json_add_string(adam, "type", "adam", run->arena);
    json_add_number(adam, "lr", 0.001, run->arena);
    remedy_set(out, "optimizer", adam);
    return true;
}

const struct change change_adam = {
    .entry = {"use-adam", "Adam at a rate of 0.001",
              "In place of another optimizer, with all of its settings, schedule and\n"
              "clipping.\n"},
    .category = CATEGORY_optimizer,
    .compensates = true,
    .matched = true,
    .make = make,
    .example = "{\"model\": [], \"optimizer\": {\"type\": \"sgd\", \"lr\": 0.01}}",
};
