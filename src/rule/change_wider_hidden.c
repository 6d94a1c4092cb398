/* Hidden layers 4 times as wide, at least 32. */
#include "edit.h"

#include <string.h>

/* Beyond this a layer is wide enough for whatever the fault is. */
static const double WIDEST = 512;
static const double LEAST = 32, LEAST_CHANNELS = 8;

static double wider(const struct part *part)
{
    bool map = strncmp(part->type, "conv", 4) == 0;
    double width = 4 * (double)part->width, least = map ? LEAST_CHANNELS : LEAST;

    if (width < least)
        width = least;
    if (width > WIDEST)
        width = (double)part->width > WIDEST ? (double)part->width : WIDEST;
    return width;
}

static const char *width_key(const char *type)
{
    if (strcmp(type, "linear") == 0)
        return "out_features";
    return strncmp(type, "conv", 4) == 0 ? "out_channels" : "hidden_size";
}

static bool is_rigid(const struct anatomy *anatomy)
{
    for (int i = 0; i < anatomy->count; i++)
        if (strcmp(anatomy->part[i].type, "attention") == 0 || strcmp(anatomy->part[i].type, "reshape") == 0)
            return true;
    return !anatomy->chain;
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    struct draft draft;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || is_rigid(&anatomy))
        return false;
    draft_begin(&draft, run);
    for (int i = 0; i < anatomy.head; i++) {
        const struct part *part = &anatomy.part[i];

        if (!part->weighty || part->width == 0 || strcmp(part->type, "embedding") == 0 ||
            wider(part) <= (double)part->width)
            continue;
        draft_set_number(&draft, i, width_key(part->type), wider(part));
    }
    if (draft.edits == 0)
        return false;
    for (int i = 1; i < anatomy.count; i++) {
        draft_unset(&draft, i, "in_features");
        draft_unset(&draft, i, "in_channels");
    }
    return draft_end(&draft, out, "hidden layers 4 times as wide");
}

const struct change change_wider_hidden = {
    .entry = {"wider-hidden", "Hidden layers 4 times as wide, at least 32",
              "For linear, convolutional and recurrent layers; a width that a later layer\n"
              "repeats is left to be inferred. Only for models in which each layer reads\n"
              "the one before, without attention or reshape.\n"},
    .category = CATEGORY_architecture,
    .compensates = true,
    .make = make,
    .repeats = true,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 2}, {\"type\": \"relu\"}, {\"type\": "
               "\"linear\", \"in_features\": 2, \"out_features\": 2}]}",
};
