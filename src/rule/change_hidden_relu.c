/* relu behind every hidden layer. */
#include "edit.h"

#include <string.h>

/* Where the activation of a layer belongs: behind its norm. */
static int behind(const struct anatomy *anatomy, int layer)
{
    int at = layer + 1;

    while (at < anatomy->count && (strcmp(anatomy->part[at].type, "batchnorm") == 0 ||
                                   strcmp(anatomy->part[at].type, "layernorm") == 0))
        at++;
    return at;
}

static bool lacks_activation(const struct part *part)
{
    return part->follower < 0 && (strcmp(part->type, "linear") == 0 || strncmp(part->type, "conv", 4) == 0);
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return false;
    draft_begin(&draft, run);
    for (int i = anatomy.head - 1; i >= 0; i--) {
        const struct part *part = &anatomy.part[i];

        if (part->weighty && lacks_activation(part))
            draft_insert(&draft, behind(&anatomy, i), "relu");
        else if (part->activation && !part->activation->rectifier)
            draft_retype(&draft, part, "relu");
    }
    return draft_end(&draft, out, "hidden activations: relu");
}

const struct change change_hidden_relu = {
    .entry = {"hidden-relu", "relu behind every hidden layer",
              "Other hidden activations become relu, and hidden linear and convolutional\n"
              "layers without one get it, behind their batch norm. Rectifiers of other\n"
              "kinds stay. Only for models in which each layer reads the one before.\n"},
    .category = CATEGORY_hidden_activation,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, "
               "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"batchnorm\"}, {\"type\": "
               "\"linear\", \"out_features\": 2}]}",
};
