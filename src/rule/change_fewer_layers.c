/* Two hidden linear layers at most. */
#include "edit.h"

#include <string.h>

enum { KEPT = 2 };

static bool belongs(const struct part *part)
{
    return part->activation || strcmp(part->type, "dropout") == 0 || strcmp(part->type, "batchnorm") == 0 ||
           strcmp(part->type, "layernorm") == 0 || strcmp(part->type, "linear") == 0;
}

/* Where the run of linear layers begins that ends in the head. */
static int first_linear(const struct anatomy *anatomy)
{
    int first = anatomy->head;

    for (int i = anatomy->head - 1; i >= 0 && belongs(&anatomy->part[i]); i--)
        if (strcmp(anatomy->part[i].type, "linear") == 0)
            first = i;
    return first;
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;
    int seen = 0, from;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || !anatomy.chain || anatomy.head < 0)
        return false;
    for (from = first_linear(&anatomy); from < anatomy.head; from++) {
        seen += anatomy.part[from].weighty;
        if (seen > KEPT)
            break;
    }
    if (from >= anatomy.head)
        return false;
    draft_begin(&draft, run);
    draft_unset(&draft, anatomy.head, "in_features");
    for (int i = anatomy.head - 1; i >= from; i--)
        draft_remove(&draft, i);
    return draft_end(&draft, out, "two hidden linear layers");
}

const struct change change_fewer_layers = {
    .entry = {"fewer-layers", "Two hidden linear layers at most",
              "Takes the linear layers between the second hidden one and the head away,\n"
              "with their activations, norms and dropout. Only for models in which each\n"
              "layer reads the one before.\n"},
    .category = CATEGORY_architecture,
    .compensates = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"tanh\"}, {\"type\": "
               "\"linear\", \"out_features\": 8}, {\"type\": \"tanh\"}, {\"type\": \"linear\", "
               "\"out_features\": 8}, {\"type\": \"tanh\"}, {\"type\": \"linear\", \"out_features\": 2}]}",
};
