/* The head and the loss that the task asks for; what is right already stays. */
#include "edit.h"

#include <string.h>

/* The activation that a loss wants in front of it; NULL: none. */
static const char *expected_by(const char *loss, bool from_logits)
{
    if (strcmp(loss, "cross_entropy") == 0)
        return from_logits ? NULL : "softmax";
    if (strcmp(loss, "bce") == 0)
        return "sigmoid";
    return strcmp(loss, "nll") == 0 ? "log_softmax" : NULL;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* Whether the loss is one for this task, so that it may stay. */
static bool loss_fits(const struct run *run, const struct anatomy *anatomy, bool single)
{
    static const char *const binary[] = {"bce", "bce_with_logits", NULL};
    static const char *const classes[] = {"cross_entropy", "nll", NULL};
    static const char *const numbers[] = {"mse", "l1", "huber", NULL};
    double low = run_number(run, "target/train/min"), high = run_number(run, "target/train/max");

    if (anatomy->classification)
        return is_one_of(anatomy->loss, single ? binary : classes);
    if (is_one_of(anatomy->loss, numbers))
        return true;
    if (is_one_of(anatomy->loss, binary))
        return low >= 0 && high <= 1;
    return run_number(run, "target/train/rows_sum_to_one") > 0.99;
}

/* Binary losses on one output a class answer each class by itself: no fault, where the head fits them. */
static bool is_right(const struct anatomy *anatomy, const char *expected, int64_t width)
{
    const char *found = anatomy->head_activation >= 0 ? anatomy->part[anatomy->head_activation].type : NULL;

    if (anatomy->outputs != width || anatomy->stacked >= 0 || strncmp(anatomy->loss, "bce", 3) != 0)
        return false;
    return expected ? found && strcmp(found, expected) == 0 : !found;
}

/* From the end, so that indices hold. */
static void match_tail(const struct run *run, const struct anatomy *anatomy, const char *expected,
                       struct remedy *out)
{
    if (expected && anatomy->head_activation < 0) {
        struct json *layer = json_object(run->arena);

        json_add_string(layer, "type", expected, run->arena);
        remedy_insert(out, arena_print(run->arena, "model[%d]", anatomy->count), layer);
    }
    for (int i = anatomy->count - 1; i > anatomy->head; i--) {
        const struct part *part = &anatomy->part[i];

        if (!part->activation || part->activation->linear)
            continue;
        if (expected && i == anatomy->head_activation) {
            if (strcmp(part->type, expected) != 0)
                remedy_retype(run, out, part, expected);
        } else if (out->count < REMEDY_PATCHES - 4) {
            remedy_remove(out, part_path(run, part, NULL));
        }
    }
}

static void match_loss(const struct run *run, const struct anatomy *anatomy, bool single, struct remedy *out)
{
    if (anatomy->classification)
        remedy_loss(run, out, single ? "bce_with_logits" : "cross_entropy", NULL);
    else
        remedy_loss(run, out, "mse", NULL);
}

static bool make(const struct run *run, const char *subject, struct remedy *out)
{
    struct anatomy anatomy;
    const char *expected;
    bool single, fits;
    int64_t width;

    (void)subject;
    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail)
        return false;
    single = anatomy.classification && anatomy.classes == 2 && anatomy.outputs == 1;
    width = single ? 1 : anatomy.classification ? anatomy.classes : anatomy.target_width;
    if (!anatomy.classification && !run_has(run, "data/target_width"))
        width = anatomy.outputs;
    expected = expected_by(anatomy.loss, anatomy.from_logits);
    const struct part *head = &anatomy.part[anatomy.head];
    if (width <= 0 || (anatomy.outputs != width && strcmp(head->type, "linear") != 0))
        return false;
    if (anatomy.classification && is_right(&anatomy, expected, width))
        return false;
    fits = loss_fits(run, &anatomy, single);
    match_tail(run, &anatomy, fits ? expected : NULL, out);
    /* The head is right; where the loss asks for an activation that is missing, that is the head's fault. */
    if (out->count == 0 && anatomy.outputs == width && !fits && !(anatomy.classification && expected))
        out->category = CATEGORY_loss;
    if (anatomy.classification && anatomy.outputs < width)
        out->category = CATEGORY_labels; /* classes as so many numbers of one output */
    if (anatomy.outputs != width)
        remedy_set_number(run, out, part_path(run, head, "out_features"), (double)width);
    if (!fits)
        match_loss(run, &anatomy, single, out);
    else
        remedy_unset(run, out, "loss.broadcast");
    return out->count > 0;
}

static void facts(struct run *run)
{
    example_classes(run, 2);
}

const struct change change_match_head = {
    .entry = {"match-head", "Head and loss as the task asks for",
              "For classes: one output a class, and the activation that the loss expects; a\n"
              "loss that is not for classes becomes cross_entropy on raw outputs. Two\n"
              "classes may have one output, with bce or bce_with_logits. For numbers: raw\n"
              "outputs, one a target, and mse where the loss is not for numbers. What is\n"
              "right already stays.\n"},
    .category = CATEGORY_output_activation,
    .matched = true,
    .make = make,
    .example = "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], "
               "\"loss\": \"bce\"}",
    .facts = facts,
};
