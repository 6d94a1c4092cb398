/* tanh in place of hidden rectifiers. */
#include "edit.h"

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return false;
    draft_begin(&draft, run);
    for (int i = anatomy.head - 1; i >= 0; i--)
        if (anatomy.part[i].activation && anatomy.part[i].activation->rectifier)
            draft_retype(&draft, &anatomy.part[i], "tanh");
    return draft_end(&draft, out, "hidden activations: tanh");
}

const struct change change_hidden_tanh = {
    .entry = {"hidden-tanh", "tanh in place of hidden rectifiers",
              "relu and its kin become tanh. Only for models in which each layer reads the\n"
              "one before.\n"},
    .category = CATEGORY_hidden_activation,
    .compensates = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"leaky_relu\", "
               "\"negative_slope\": 0.1}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
