/* A config with its defaults written out, from the tables that read it. */
#include <mldbg/train.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

enum { EXACT_BITS = 53 }; /* larger seeds are written as text */

/* {"type": NAME}, where only the name stands, as an object. */
static struct json *typed_object(struct arena *arena, struct json *parent, const char *key, const char *name)
{
    struct json *value = json_get(parent, key);

    if (value && value->type == JSON_OBJECT)
        return value;
    value = json_object(arena);
    json_add_string(value, "type", name, arena);
    json_set(arena, parent, key, value);
    return json_get(parent, key);
}

static struct json *part(struct arena *arena, struct json *document, const char *key)
{
    struct json *value = json_get(document, key);

    return value ? value : json_add(document, key, json_object(arena), arena);
}

static void fill_init(struct arena *arena, const struct init_choice *choice, const char *key,
                      struct json *parent)
{
    if (choice->kind)
        options_fill(arena, &choice->kind->options,
                     typed_object(arena, parent, key, choice->kind->entry.name));
}

static void fill_layers(struct arena *arena, const struct model_spec *model, struct json *list)
{
    struct json *item = list->child;

    for (size_t i = 0; i < model->layer_count; i++, item = item->next) {
        const struct layer_spec *layer = &model->layers[i];

        if (!json_get(item, "name"))
            json_add_string(item, "name", layer->name, arena);
        options_fill(arena, &layer->kind->options, item);
        options_fill(arena, &layer_common_options, item);
        fill_init(arena, &layer->init, "init", item);
        fill_init(arena, &layer->bias_init, "bias_init", item);
    }
}

void config_fill_seed(struct arena *arena, uint64_t seed, struct json *document)
{
    struct json *holder = json_array(arena), *value;

    if (seed >> EXACT_BITS)
        value = json_add_string(holder, NULL, arena_print(arena, "%" PRIu64, seed), arena);
    else
        value = json_add_integer(holder, NULL, (int64_t)seed, arena);
    json_set(arena, document, "seed", json_copy(arena, value));
}

struct json *config_filled(struct arena *arena, const struct config *config)
{
    struct json *document = json_copy(arena, config->document);
    const struct loss_spec *loss = model_loss(&config->model);
    struct json *object;

    if (!json_get(document, "name"))
        json_add_string(document, "name", config->name, arena);
    config_fill_seed(arena, config->seed, document);
    data_fill(arena, config->data, json_get(document, "data"));
    fill_layers(arena, &config->model, json_get(document, "model"));
    object = typed_object(arena, document, "loss", loss->kind->entry.name);
    options_fill(arena, &loss_common_options, object);
    options_fill(arena, &loss->kind->options, object);
    fill_init(arena, &config->model.init, "init", document);
    json_set(arena, document, "optimizer", optimizer_json(arena, &config->optimizer));
    options_fill(arena, &train_table, part(arena, document, "train"));
    options_fill(arena, &overfit_table, part(arena, document, "overfit"));
    return document;
}

/* ---- The canonical form ---- */

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const struct json *const *)a)->key, (*(const struct json *const *)b)->key);
}

static void add_canonical(struct arena *arena, const struct json *value, struct json *to, const char *key);

static void add_members(struct arena *arena, const struct json *object, struct json *to)
{
    size_t count = json_count(object), i = 0;
    const struct json **members = arena_array(arena, count + 1, sizeof *members);

    for (const struct json *member = object->child; member; member = member->next)
        members[i++] = member;
    if (count)
        qsort(members, count, sizeof *members, by_key);
    for (i = 0; i < count; i++)
        add_canonical(arena, members[i], to, members[i]->key);
}

static void add_canonical(struct arena *arena, const struct json *value, struct json *to, const char *key)
{
    switch (value->type) {
    case JSON_NUMBER: json_add_number(to, key, value->number, arena); return;
    case JSON_OBJECT: add_members(arena, value, json_add(to, key, json_object(arena), arena)); return;
    case JSON_ARRAY: {
        struct json *list = json_add(to, key, json_array(arena), arena);

        for (const struct json *item = value->child; item; item = item->next)
            add_canonical(arena, item, list, NULL);
        return;
    }
    default: json_add(to, key, json_copy(arena, value), arena);
    }
}

struct json *config_canonical(struct arena *arena, const struct config *config)
{
    struct json *filled = config_filled(arena, config), *out = json_object(arena);

    json_set(arena, filled, "name", NULL);
    if (json_get(filled, "$schema"))
        json_set(arena, filled, "$schema", NULL);
    add_members(arena, filled, out);
    return out;
}
