/*
 * What changes have in common: settings that stand in many layers, the loss, lists of preparations. A draft
 * is a copy of the model that is edited layer by layer and goes back as one patch, however long it is.
 */
#ifndef RULE_EDIT_H
#define RULE_EDIT_H

#include "anatomy.h"

struct draft {
    const struct run *run;
    struct json *document; /* holds "model" alone */
    int edits;
};

void draft_begin(struct draft *draft, const struct run *run);
/* Indices stand for the draft as it is now: go from the last layer to the first. */
void draft_set(struct draft *draft, int layer, const char *key, struct json *value);
void draft_set_number(struct draft *draft, int layer, const char *key, double value);
/* Does nothing where the layer has no such key. */
void draft_unset(struct draft *draft, int layer, const char *key);
/* Another type in its place; of its settings, name and "from" are kept. */
void draft_retype(struct draft *draft, const struct part *part, const char *type);
void draft_insert(struct draft *draft, int before, const char *type);
void draft_remove(struct draft *draft, int layer);
/* False: nothing was edited. words: "hidden activations: relu" becomes "..., 3 edits"; NULL: none. */
bool draft_end(struct draft *draft, struct remedy *out, const char *words);

/* {"type": type} with name and "from" of the part. */
struct json *part_retyped(const struct run *run, const struct part *part, const char *type);
/* Whether the layers behind it would read the same names without it. */
bool part_removable(const struct anatomy *anatomy, const struct part *part);
/* Whether this layer is in the middle of the model, where an activation is a hidden one. */
bool is_hidden_activation(const struct anatomy *anatomy, int index);

/* Patches of one remedy. */
void remedy_retype(const struct run *run, struct remedy *out, const struct part *part, const char *type);
/* Another type of loss; reduction, factor and class_weights stay. from: NULL where it is not said. */
void remedy_loss(const struct run *run, struct remedy *out, const char *type, const char *from);
/* Removes a key where the config has it; true when it has. */
bool remedy_unset(const struct run *run, struct remedy *out, const char *path);
/* Takes operations out of a list such as data.prepare. */
void remedy_unprepare(const struct run *run, struct remedy *out, const char *list, const char *const *ops);
/* optimizer.lr times factor; false: it is not above 0. */
bool remedy_scale_rate(const struct run *run, struct remedy *out, double factor);
/* The last operation of a list that is among ops; "" for none. */
const char *last_operation(const struct run *run, const char *list, const char *const *ops);

/* Operations on the inputs, and those that no scaling behind them can undo; on the targets. */
extern const char *const input_operations[], *const lossy_operations[], *const target_operations[];

#endif
