/* A loss that fits the task and the head. */
#include "edit.h"

#include <string.h>

/* NULL: the head has none that fits, or the loss fits. */
static const char *loss_for(const struct anatomy *anatomy, const char *last, const char **from)
{
    *from = NULL;
    if (!anatomy->classification)
        return anatomy->probability || anatomy->from_logits ? "mse" : NULL;
    if (anatomy->outputs == 1)
        return anatomy->classes != 2          ? NULL
               : !*last                       ? "bce_with_logits"
               : strcmp(last, "sigmoid") == 0 ? "bce"
                                              : NULL;
    if (anatomy->outputs != anatomy->classes)
        return NULL;
    if (strcmp(last, "softmax") == 0)
        *from = "probabilities";
    if (strcmp(last, "log_softmax") == 0)
        return "nll";
    return !*last || *from ? "cross_entropy" : NULL;
}

/* Losses that are at home with classes stay where they are wrong about the head only: that is the head's. */
static bool is_for_classes(const struct anatomy *anatomy)
{
    return strcmp(anatomy->loss, "cross_entropy") == 0 || strcmp(anatomy->loss, "nll") == 0 ||
           (anatomy->outputs == 1 && strncmp(anatomy->loss, "bce", 3) == 0);
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    const char *wanted, *from, *last = "";

    (void)subject;
    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail)
        return false;
    if (anatomy.head_activation >= 0)
        last = anatomy.part[anatomy.head_activation].type;
    wanted = loss_for(&anatomy, last, &from);
    if (!wanted || (anatomy.classification && is_for_classes(&anatomy)))
        return false;
    remedy_loss(run, out, wanted, from);
    return true;
}

static void facts(struct run *run)
{
    example_classes(run, 3);
}

const struct change change_match_loss = {
    .entry = {"match-loss", "A loss that fits the task and the head",
              "The head stays. For classes: cross_entropy for one output a class, from\n"
              "probabilities behind softmax; bce behind sigmoid and bce_with_logits for one\n"
              "raw output. For numbers: mse.\n"},
    .category = CATEGORY_loss,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
               "\"loss\": \"mse\"}",
    .facts = facts,
};
