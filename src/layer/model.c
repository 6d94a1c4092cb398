/*
 * The model as declared: reads "model", "loss" and "init" of a config into specs, gives every layer its name,
 * and collects all mistakes of keys, values and names. Knows nothing of shapes.
 */
#include <math.h>
#include <string.h>

#include "builder.h"

#define LAYER(id)      &layer_##id.entry,
#define UNARY(id, ...) &layer_##id.entry,
static const struct entry *const layer_entries[] = {
#include <mldbg/layer/layers.def>
#include <mldbg/backend/unary.def>
};
#undef LAYER
#undef UNARY
const struct catalog layer_catalog = {"layer", "layers", layer_entries,
                                      sizeof layer_entries / sizeof *layer_entries};

#define LOSS(id) &loss_##id.entry,
static const struct entry *const loss_entries[] = {
#include <mldbg/layer/losses.def>
};
#undef LOSS
const struct catalog loss_catalog = {"loss", "losses", loss_entries,
                                     sizeof loss_entries / sizeof *loss_entries};

static const struct option layer_options[] = {
    {.name = "name",
     .type = OPTION_TEXT,
     .offset = offsetof(struct layer_spec, name),
     .help = "what messages, series and checkpoints call it; default: the type and a count"},
    {.name = "from",
     .type = OPTION_TEXTS,
     .offset = offsetof(struct layer_spec, from),
     .help = "the layers or inputs that it reads; default: the layer before it"},
    {.name = "trainable",
     .type = OPTION_BOOL,
     .offset = offsetof(struct layer_spec, trainable),
     .fallback = "true",
     .help = "false: the parameters stay as initialized"},
    {.name = "l1",
     .type = OPTION_REAL,
     .offset = offsetof(struct layer_spec, l1),
     .fallback = "0",
     .min = 0,
     .max = (double)INFINITY,
     .help = "adds l1 times the sum of |w| over its weight matrices to the loss"},
    {.name = "l2",
     .type = OPTION_REAL,
     .offset = offsetof(struct layer_spec, l2),
     .fallback = "0",
     .min = 0,
     .max = (double)INFINITY,
     .help = "adds l2 times the sum of w^2 over its weight matrices to the loss"},
    {.name = "init",
     .type = OPTION_JSON,
     .offset = offsetof(struct layer_spec, init_json),
     .help = "initialization of the weights; default: the config's \"init\", else by the activation that "
             "follows"},
    {.name = "bias_init",
     .type = OPTION_JSON,
     .offset = offsetof(struct layer_spec, bias_init_json),
     .help = "initialization of the biases; default: zeros"},
};
const struct option_table layer_common_options = OPTION_TABLE(layer_options);

static const char *const reductions[] = {"mean", "sum", NULL};

static const struct option loss_options[] = {
    {.name = "reduction",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct loss_spec, reduction),
     .fallback = "mean",
     .choices = reductions,
     .help = "mean or sum over the batch"},
    {.name = "factor",
     .type = OPTION_REAL,
     .offset = offsetof(struct loss_spec, factor),
     .fallback = "1",
     .help = "the loss is multiplied by it"},
    {.name = "class_weights",
     .type = OPTION_REALS,
     .offset = offsetof(struct loss_spec, class_weights),
     .min = 0,
     .max = (double)INFINITY,
     .help = "one weight per class (cross_entropy from logits, nll)"},
    {.name = "broadcast",
     .type = OPTION_BOOL,
     .offset = offsetof(struct loss_spec, broadcast),
     .fallback = "false",
     .help = "repeat one label column over all outputs, or one output over a one-hot row (a mistake people "
             "make)"},
};
const struct option_table loss_common_options = OPTION_TABLE(loss_options);

/* ---- Layers ---- */

static bool is_name(const char *name)
{
    return text_is_name(name) && strcmp(name, "loss") != 0 && strcmp(name, "target") != 0;
}

static bool check_name(struct arena *arena, const struct model_spec *spec, const struct layer_spec *layer,
                       struct problems *problems)
{
    struct place place = layer_place(layer, "name");
    if (!is_name(layer->name)) {
        struct error *err = problems_at(problems, ERROR_REQUEST, "ML100", place,
                                        "model[%d].name: \"%s\" cannot be the name of a layer", layer->index,
                                        text_escape(arena, layer->name, strlen(layer->name), 40));
        fail_hint(err, "%s", TEXT_NAME_RULE "; not \"loss\" or \"target\"");
        return false;
    }
    for (int i = 0; i < layer->index; i++) {
        const struct layer_spec *other = &spec->layers[i];
        if (!other->named || strcmp(other->name, layer->name) != 0)
            continue;
        problems_at(problems, ERROR_REQUEST, "ML100", place,
                    "model[%d].name: the name \"%s\" is taken by model[%d] (line %lld)", layer->index,
                    layer->name, i, (long long)other->json->place.line);
        return false;
    }
    return true;
}

/* The keys that are not in the kind's own table, for the search of unknown ones. */
static const char *const *common_keys(void)
{
    static const char *keys[sizeof layer_options / sizeof *layer_options + 2];
    keys[0] = "type";
    for (size_t i = 0; i < layer_common_options.count; i++)
        keys[i + 1] = layer_options[i].name;
    return keys;
}

static bool read_common(struct arena *arena, struct layer_spec *layer, struct problems *problems)
{
    bool good = true;
    for (size_t i = 0; i < layer_common_options.count; i++) {
        const struct json *value = json_get(layer->json, layer_options[i].name);
        if (value)
            good &= option_set_json(arena, &layer_options[i], value, layer, problems);
    }
    if (layer->init_json)
        good &= init_read(arena, layer->init_json, &layer->init, problems);
    if (layer->bias_init_json)
        good &= init_read(arena, layer->bias_init_json, &layer->bias_init, problems);
    return good;
}

static bool read_layer(struct arena *arena, const struct model_spec *spec, struct layer_spec *layer,
                       struct problems *problems)
{
    if (layer->json->type != JSON_OBJECT) {
        struct error *err =
            problems_at(problems, ERROR_REQUEST, "ML100", layer->json->place,
                        "model[%d]: expected an object, found %s", layer->index, json_type_name(layer->json));
        if (layer->json->type == JSON_STRING)
            fail_hint(err, "write {\"type\": \"%s\"}",
                      text_escape(arena, layer->json->string, strlen(layer->json->string), 40));
        return false;
    }
    bool good = read_common(arena, layer, problems);
    if (layer->name) {
        layer->named = true;
        good &= check_name(arena, spec, layer, problems);
    }
    layer->kind = ENTRY_OF(entry_read(arena, &layer_catalog, layer->json, problems), struct layer_kind);
    if (!layer->kind)
        return false;

    void *settings = arena_alloc(arena, layer->kind->settings_size);
    options_default(arena, &layer->kind->options, settings);
    layer->settings = settings;
    return options_from_json(arena, &layer->kind->options, layer->json, common_keys(), settings, problems) &&
           good;
}

static bool is_taken(const struct model_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->layer_count; i++)
        if (spec->layers[i].name && strcmp(spec->layers[i].name, name) == 0)
            return true;
    return false;
}

/* The kind and a count from 1 within the kind; a number that the user gave away is left out. */
static const char *default_name(struct arena *arena, const struct model_spec *spec,
                                const struct layer_spec *layer)
{
    if (!layer->kind)
        return arena_print(arena, "layer%d", layer->index);
    int number = 1;
    for (int i = 0; i < layer->index; i++)
        number += spec->layers[i].kind == layer->kind;
    for (;; number++) {
        const char *name = arena_print(arena, "%s%d", layer->kind->entry.name, number);
        if (!is_taken(spec, name))
            return name;
    }
}

static void read_layers(struct arena *arena, const struct json *list, struct model_spec *out,
                        struct problems *problems)
{
    size_t count = json_count(list);
    if (list->type != JSON_ARRAY || count == 0 || count > LAYERS_MOST) {
        if (list->type != JSON_ARRAY)
            problems_at(problems, ERROR_REQUEST, "ML100", list->place,
                        "model: expected a list of layers, found %s", json_type_name(list));
        else if (count == 0)
            problems_at(problems, ERROR_REQUEST, "ML100", list->place,
                        "model: the list is empty; expected at least one layer");
        else
            problems_at(problems, ERROR_MACHINE, "ML100", list->place, "model: %zu layers; the limit is %d",
                        count, LAYERS_MOST);
        return;
    }
    out->layers = arena_array(arena, count, sizeof *out->layers);
    for (const struct json *item = list->child; item; item = item->next) {
        struct layer_spec *layer = &out->layers[out->layer_count];
        options_default(arena, &layer_common_options, layer);
        layer->index = (int)out->layer_count++;
        layer->json = item;
        layer->refused = !read_layer(arena, out, layer, problems);
    }
    for (size_t i = 0; i < count; i++)
        if (!out->layers[i].name)
            out->layers[i].name = default_name(arena, out, &out->layers[i]);
}

/* ---- The loss ---- */

static struct loss_spec loss_default(struct arena *arena, const struct loss_kind *kind)
{
    struct loss_spec spec = {0};
    options_default(arena, &loss_common_options, &spec);
    spec.kind = kind;
    if (kind) {
        void *settings = arena_alloc(arena, kind->settings_size);
        options_default(arena, &kind->options, settings);
        spec.settings = settings;
    }
    return spec;
}

static void read_loss(struct arena *arena, const struct json *value, struct loss_spec *out,
                      struct problems *problems)
{
    const char *skip[sizeof loss_options / sizeof *loss_options + 2] = {"type"};
    for (size_t i = 0; i < loss_common_options.count; i++)
        skip[i + 1] = loss_options[i].name;

    const struct entry *entry = entry_read(arena, &loss_catalog, value, problems);
    *out = loss_default(arena, ENTRY_OF(entry, struct loss_kind));
    out->json = value;
    if (value->type != JSON_OBJECT)
        return;
    bool good = true;
    for (size_t i = 0; i < loss_common_options.count; i++) {
        const struct json *member = json_get(value, loss_options[i].name);
        if (member)
            good &= option_set_json(arena, &loss_options[i], member, out, problems);
    }
    if (out->kind) {
        void *settings = arena_alloc(arena, out->kind->settings_size);
        options_default(arena, &out->kind->options, settings);
        good &= options_from_json(arena, &out->kind->options, value, skip, settings, problems);
        out->settings = settings;
    }
    if (!good)
        out->kind = NULL;
}

const struct loss_spec *model_loss(const struct model_spec *spec)
{
    if (spec->declared_loss.json)
        return &spec->declared_loss;
    return &spec->default_loss[spec->classes > 0 ? 0 : 1];
}

enum target_form model_target_form(const struct model_spec *spec)
{
    const struct loss_spec *loss = model_loss(spec);
    return loss->kind ? loss->kind->form(loss->settings) : TARGET_CLASS;
}

double loss_floor(const struct loss_spec *loss, const struct floor_question *question)
{
    double sum = loss->kind->floor_sum(loss->settings, question);
    if (loss->factor == 0)
        return 0;
    if (loss->factor < 0)
        return -(double)INFINITY;
    if (loss->reduction == REDUCTION_mean)
        sum /= loss->kind->divisor(loss->settings, question);
    return sum * loss->factor;
}

bool model_read(struct arena *arena, const struct json *config, struct model_spec *out,
                struct problems *problems)
{
    size_t before = problems->count + problems->dropped;
    const struct json *init = json_get(config, "init"), *loss = json_get(config, "loss");

    *out = (struct model_spec){.json = json_get(config, "model")};
    if (init)
        init_read(arena, init, &out->init, problems);
    if (out->json)
        read_layers(arena, out->json, out, problems);
    else
        problems_at(problems, ERROR_REQUEST, "ML100", config->place,
                    "the key \"model\" is missing; expected a list of layers");
    out->default_loss[0] = loss_default(arena, &loss_cross_entropy);
    out->default_loss[1] = loss_default(arena, &loss_mse);
    if (loss)
        read_loss(arena, loss, &out->declared_loss, problems);
    return problems->count + problems->dropped == before;
}
