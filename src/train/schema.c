/* The JSON Schema of a config, written from the tables that read it. */
#include <mldbg/train.h>

#include "settings.h"

#include <string.h>

/* The settings of an entry of a catalog. */
typedef const struct option_table *own_settings_fn(const struct entry *entry);

/* A thing with a "type" from a catalog: what it is called there, and which settings it has. */
struct typed {
    const struct catalog *catalog;
    own_settings_fn *own;
    const struct option_table *common; /* settings that all have, or NULL */
    bool word;                         /* may also be the bare name */
};

static const struct option_table *layer_own(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct layer_kind)->options;
}

static const struct option_table *loss_own(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct loss_kind)->options;
}

static const struct option_table *init_own(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct init_kind)->options;
}

static const struct option_table *optimizer_own(const struct entry *entry)
{
    return &ENTRY_OF(entry, struct optimizer_kind)->options;
}

static struct json *object_schema(struct arena *arena)
{
    struct json *schema = json_object(arena);

    json_add_string(schema, "type", "object", arena);
    json_add(schema, "properties", json_object(arena), arena);
    return schema;
}

static bool lists(const struct json *array, const char *word)
{
    for (const struct json *item = array->child; item; item = item->next)
        if (strcmp(item->string, word) == 0)
            return true;
    return false;
}

/* One entry as an object: its type as a constant, then common and own settings, and nothing else. */
static struct json *entry_schema(struct arena *arena, const struct typed *typed, const struct entry *entry)
{
    struct json *schema = object_schema(arena), *type = json_object(arena), *required;

    json_add_string(schema, "description", entry->summary, arena);
    if (typed->common)
        options_schema(arena, typed->common, schema);
    options_schema(arena, typed->own(entry), schema);
    json_add_string(type, "const", entry->name, arena);
    json_set(arena, json_get(schema, "properties"), "type", type);
    required = json_get(schema, "required");
    if (!required)
        required = json_add(schema, "required", json_array(arena), arena);
    if (!lists(required, "type"))
        json_add_string(required, NULL, "type", arena);
    json_add_bool(schema, "additionalProperties", false, arena);
    return schema;
}

static struct json *typed_schema(struct arena *arena, const struct typed *typed)
{
    struct json *schema = json_object(arena), *any = json_add(schema, "anyOf", json_array(arena), arena);

    if (typed->word) {
        struct json *names =
            json_add(json_add(any, NULL, json_object(arena), arena), "enum", json_array(arena), arena);

        for (size_t i = 0; i < typed->catalog->count; i++)
            json_add_string(names, NULL, typed->catalog->at[i]->name, arena);
    }
    for (size_t i = 0; i < typed->catalog->count; i++)
        json_add(any, NULL, entry_schema(arena, typed, typed->catalog->at[i]), arena);
    return schema;
}

static struct json *part_schema(struct arena *arena, const struct option_table *table)
{
    struct json *schema = object_schema(arena);

    options_schema(arena, table, schema);
    json_add_bool(schema, "additionalProperties", false, arena);
    return schema;
}

/* Puts a schema in the place of a property that its row could only describe as "any value". */
static void refine(struct arena *arena, struct json *properties, const char *name, struct json *schema)
{
    const struct json *description = json_get(json_get(properties, name), "description");

    if (description && !json_get(schema, "description"))
        json_add_string(schema, "description", description->string, arena);
    if (!json_set(arena, properties, name, schema))
        BUG("the schema has no property \"%s\"", name);
}

struct json *config_schema(struct arena *arena)
{
    const struct typed layer = {&layer_catalog, layer_own, &layer_common_options, false};
    const struct typed loss = {&loss_catalog, loss_own, &loss_common_options, true};
    const struct typed init = {&init_catalog, init_own, NULL, true};
    const struct typed optimizer = {&optimizer_catalog, optimizer_own, &optimizer_options, true};
    struct json *schema = json_object(arena), *model = json_object(arena), *properties;

    json_add_string(schema, "$schema", "https://json-schema.org/draft/2020-12/schema", arena);
    json_add_string(schema, "title", "mldbg config", arena);
    json_add_string(schema, "type", "object", arena);
    options_schema(arena, &top_table, schema);
    json_add_bool(schema, "additionalProperties", false, arena);
    properties = json_get(schema, "properties");
    json_add_string(model, "type", "array", arena);
    json_add(model, "items", typed_schema(arena, &layer), arena);
    refine(arena, properties, "data", part_schema(arena, &data_options));
    refine(arena, properties, "model", model);
    refine(arena, properties, "loss", typed_schema(arena, &loss));
    refine(arena, properties, "init", typed_schema(arena, &init));
    refine(arena, properties, "optimizer", typed_schema(arena, &optimizer));
    refine(arena, properties, "train", part_schema(arena, &train_table));
    refine(arena, properties, "overfit", part_schema(arena, &overfit_table));
    refine(arena, properties, "targets", part_schema(arena, &target_table));
    return schema;
}
