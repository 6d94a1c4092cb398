/* Ids go into the embedding as they are. */
#include "edit.h"

#include <string.h>

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    static const char *const lists[] = {"data.prepare", "data.prepare_train", "data.prepare_test"};

    (void)subject;
    if (strcmp(setting_word(run, "model[0].type", ""), "embedding") != 0)
        return false;
    remedy_unset(run, out, "data.scale");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        remedy_unprepare(run, out, lists[i], input_operations);
    return out->count > 0;
}

const struct change change_raw_ids = {
    .entry = {"raw-ids", "Ids go into the embedding as they are",
              "Takes data.scale and every scaling among the preparations away.\n"},
    .category = CATEGORY_normalization,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"embedding\", \"num_embeddings\": 9, \"embedding_dim\": 4}], "
               "\"data\": {\"train\": \"a.csv\", \"scale\": \"minmax\"}}",
};
