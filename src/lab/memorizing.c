/*
 * Parts of memorizing one batch: what is switched off for it, and the bounds of the loss. Trains nothing.
 */
#include "memorizing.h"

#include <math.h>
#include <string.h>

/* Below this share of the chance loss there is nothing between chance and floor that could be learned. */
static const double NO_GAP = 1e-9;

/* ---- What is switched off ---- */

static void set_zero(struct off *off, const char *path)
{
    struct json *holder = json_array(off->arena);

    if (off->count < OFF_MOST)
        off->patches[off->count++] =
            (struct patch){.path = path, .value = json_add_number(holder, NULL, 0, off->arena)};
}

static bool nonzero(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);

    return value && !(value->type == JSON_NUMBER && value->number == 0);
}

static void off_layers(struct off *off, const struct config *config)
{
    for (size_t i = 0; i < config->model.layer_count; i++) {
        const struct layer_spec *layer = &config->model.layers[i];
        static const char *const penalties[] = {"l1", "l2"};

        if (layer->kind == &layer_dropout) {
            set_zero(off, arena_print(off->arena, "model[%zu].p", i));
            off->dropout = true;
        }
        for (int p = 0; p < 2; p++)
            if (nonzero(layer->json, penalties[p])) {
                set_zero(off, arena_print(off->arena, "model[%zu].%s", i, penalties[p]));
                off->penalty = true;
            }
    }
}

void off_collect(struct off *off, const struct config *config)
{
    off_layers(off, config);
    if (config->optimizer.weight_decay > 0) {
        set_zero(off, "optimizer.weight_decay");
        off->decay = true;
    }
}

const char *off_words(const struct off *off, struct arena *arena)
{
    struct text text;

    text_init(&text, arena);
    if (off->dropout)
        text_add(&text, "dropout");
    if (off->penalty)
        text_print(&text, "%sL1/L2 penalty", text.length ? ", " : "");
    if (off->decay)
        text_print(&text, "%sweight decay", text.length ? ", " : "");
    return text.at;
}

/* ---- The bounds of the loss on this batch ---- */

struct bounds bounds_of_batch(const struct trainer *trainer, struct arena *arena)
{
    const struct loss_spec *loss = model_loss(&trainer->config->model);
    const struct tensor *target = graph_value(trainer->graph.graph, trainer->graph.target);
    int64_t rows = trainer->batch_rows, count = tensor_count(target);
    int64_t *group = arena_array(arena, (size_t)rows, sizeof *group);
    struct floor_question question = {.rows = rows,
                                      .width = count / rows,
                                      .group = group,
                                      .class_weight =
                                          loss->class_weights.count ? loss->class_weights.at : NULL};
    struct bounds bounds;

    if (target->dtype == DTYPE_I32) {
        question.labels = target->data;
        question.width = trainer->data->classes;
    } else {
        double *targets = arena_array(arena, (size_t)count, sizeof *targets);

        for (int64_t i = 0; i < count; i++)
            targets[i] = tensor_get(target, i);
        question.targets = targets;
    }
    question.groups = dataset_groups(trainer->data, trainer->set, trainer->batch, rows, group);
    bounds.floor = loss_floor(loss, &question);
    memset(group, 0, (size_t)rows * sizeof *group);
    question.groups = 1;
    bounds.chance = loss_floor(loss, &question);
    return bounds;
}

double bounds_progress(const struct bounds *bounds, double loss)
{
    double gap = bounds->chance - bounds->floor;

    if (!isfinite(gap) || gap <= NO_GAP * fmax(1, fabs(bounds->chance)))
        return (double)NAN;
    return (bounds->chance - loss) / gap;
}
