/*
 * Who reads whom: resolves every "from" to a layer before it or to an input of the data, and finds the
 * activation that follows a layer. Knows nothing of shapes.
 */
#include <string.h>

#include "builder.h"

static struct error *refuse(const struct model_builder *builder, const struct layer_spec *layer,
                            struct place place, const char *code, const char *sentence)
{
    return problems_at(builder->problems, ERROR_REQUEST, code, place, "model[%d] \"%s\": %s", layer->index,
                       layer->name, sentence);
}

static int find_input(const struct model_spec *spec, const char *name)
{
    for (int i = 0; i < spec->input_count; i++)
        if (strcmp(spec->inputs[i].name, name) == 0)
            return i;
    return -1;
}

static int find_layer(const struct model_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->layer_count; i++)
        if (strcmp(spec->layers[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* Inputs and layers before this one: what a misspelt name can have meant. */
static const char *nearest_name(const struct model_builder *builder, const struct layer_spec *layer,
                                const char *word)
{
    const struct model_spec *spec = builder->model->spec;
    size_t count = 0;
    const char **names =
        arena_array(builder->problems->arena, spec->layer_count + MODEL_INPUTS_MOST, sizeof *names);
    for (int i = 0; i < spec->input_count; i++)
        names[count++] = spec->inputs[i].name;
    for (int i = 0; i < layer->index; i++)
        names[count++] = spec->layers[i].name;
    return text_nearest(word, names, count);
}

/* The place of the item'th name in "from". */
static struct place from_place(const struct layer_spec *layer, size_t item)
{
    const struct json *from = json_get(layer->json, "from");
    const struct json *at = from && from->type == JSON_ARRAY ? json_at(from, item) : from;
    return at ? at->place : layer->json->place;
}

static bool resolve_name(const struct model_builder *builder, const struct layer_spec *layer, size_t item,
                         int *out)
{
    const struct model_spec *spec = builder->model->spec;
    struct arena *arena = builder->problems->arena;
    const char *name = layer->from.at[item], *shown = text_escape(arena, name, strlen(name), 40);
    struct place place = from_place(layer, item);
    int input = find_input(spec, name), other = find_layer(spec, name);

    if (input >= 0) {
        *out = -1 - input;
        return true;
    }
    if (other >= 0 && other < layer->index) {
        *out = other;
        return true;
    }
    if (other == layer->index) {
        refuse(builder, layer, place, "ML101", "reads itself; \"from\" names layers before it");
    } else if (other > layer->index) {
        struct error *err =
            refuse(builder, layer, place, "ML101",
                   arena_print(arena, "reads \"%s\", which comes later as model[%d]", shown, other));
        fail_hint(err, "a layer reads layers before it: move one of the two");
    } else {
        const char *nearest = nearest_name(builder, layer, name);
        const char *end = nearest ? arena_print(arena, "; did you mean \"%s\"?", nearest) : "";
        refuse(builder, layer, place, "ML101",
               arena_print(arena, "reads \"%s\", but no layer or input has this name%s", shown, end));
    }
    return false;
}

static void resolve_layer(struct model_builder *builder, const struct layer_spec *layer, struct links *links)
{
    if (json_get(layer->json, "from") == NULL) {
        links->known = true;
        links->count = 1;
        links->at[0] = layer->index > 0 ? layer->index - 1 : -1;
        return;
    }
    if (layer->from.count == 0 || layer->from.count > OP_INPUTS_MOST) {
        refuse(builder, layer, layer_place(layer, "from"), "ML101",
               arena_print(builder->problems->arena, "\"from\" names %zu layers; expected 1 to %d",
                           layer->from.count, OP_INPUTS_MOST));
        return;
    }
    links->known = true;
    links->count = (int)layer->from.count;
    for (int i = 0; i < links->count; i++)
        links->known &= resolve_name(builder, layer, (size_t)i, &links->at[i]);
}

static bool reads(const struct links *links, int what)
{
    for (int i = 0; i < links->count; i++)
        if (links->known && links->at[i] == what)
            return true;
    return false;
}

/* Unread layers and inputs are only named when every "from" is understood: a misspelt one leaves its layer
 * unread. */
static void find_unread(const struct model_builder *builder)
{
    const struct model_spec *spec = builder->model->spec;
    int count = (int)spec->layer_count;

    for (int i = 0; i < count; i++)
        if (!builder->links[i].known)
            return;
    for (int i = -spec->input_count; i < count - 1; i++) {
        bool found = false;
        for (int j = 0; j < count && !found; j++)
            found = reads(&builder->links[j], i);
        if (found)
            continue;
        if (i < 0) {
            struct error *err =
                problems_at(builder->problems, ERROR_REQUEST, "ML103", spec->json->place,
                            "model: nothing reads the input \"%s\"", spec->inputs[-1 - i].name);
            fail_hint(err, "name it in a \"from\", or leave it out of data.inputs");
        } else {
            const struct layer_spec *layer = &spec->layers[i];
            struct error *err = refuse(builder, layer, layer_place(layer, layer->named ? "name" : "type"),
                                       "ML103", "nothing reads this layer, so it has no part in the output");
            fail_hint(err, "name it in a \"from\", or leave it out");
        }
    }
}

void links_resolve(struct model_builder *builder)
{
    const struct model_spec *spec = builder->model->spec;

    for (size_t i = 0; i < spec->layer_count; i++) {
        const struct layer_spec *layer = &spec->layers[i];
        if (find_input(spec, layer->name) >= 0)
            refuse(builder, layer, layer_place(layer, "name"), "ML101",
                   "an input of the data has the same name");
        resolve_layer(builder, layer, &builder->links[i]);
    }
    find_unread(builder);
}

const char *links_activation(const struct model_builder *builder, int i, double *a)
{
    const struct model_spec *spec = builder->model->spec;
    int count = (int)spec->layer_count;

    *a = 0;
    for (int reader = i + 1; reader < count; reader++) {
        const struct layer_spec *layer = &spec->layers[reader];
        if (!reads(&builder->links[reader], i))
            continue;
        if (!layer->kind)
            return "";
        if (layer->kind->activation && layer->kind != &layer_identity) {
            const struct option_table *options = &layer->kind->options;
            if (options->count && options->at[0].type == OPTION_REAL)
                *a = *(const double *)(const void *)((const char *)layer->settings + options->at[0].offset);
            return layer->kind->entry.name;
        }
        if (!layer->kind->passes && layer->kind != &layer_identity)
            return "";
        i = reader;
    }
    return "";
}
