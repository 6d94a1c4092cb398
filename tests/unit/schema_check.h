/* Holds a JSON document against a JSON Schema, as far as mldbg's own schemas use the language. */
#ifndef MLDBG_TESTS_SCHEMA_CHECK_H
#define MLDBG_TESTS_SCHEMA_CHECK_H

#include <math.h>
#include <string.h>
#include <mldbg/base/json.h>

static inline bool schema_holds(struct arena *arena, const struct json *root, const struct json *schema,
                                const struct json *value, const char **why);

static inline bool schema_type(const struct json *value, const char *type)
{
    switch (value->type) {
    case JSON_NULL: return strcmp(type, "null") == 0;
    case JSON_BOOL: return strcmp(type, "boolean") == 0;
    case JSON_STRING: return strcmp(type, "string") == 0;
    case JSON_ARRAY: return strcmp(type, "array") == 0;
    case JSON_OBJECT: return strcmp(type, "object") == 0;
    case JSON_NUMBER:
        return strcmp(type, "number") == 0 ||
               (strcmp(type, "integer") == 0 && !(fabs(value->number - round(value->number)) > 0));
    }
    return false;
}

static inline bool schema_same(const struct json *a, const struct json *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == JSON_STRING)
        return strcmp(a->string, b->string) == 0;
    return a->type == JSON_NULL || !(fabs(a->number - b->number) > 0);
}

static inline bool schema_fail(struct arena *arena, const struct json *value, const char *what,
                               const char **why)
{
    *why = arena_print(arena, "%s: %s", json_path(arena, value), what);
    return false;
}

static inline bool schema_types(const struct json *types, const struct json *value)
{
    if (types->type == JSON_STRING)
        return schema_type(value, types->string);
    for (const struct json *type = types->child; type; type = type->next)
        if (schema_type(value, type->string))
            return true;
    return false;
}

static inline bool schema_members(struct arena *arena, const struct json *root, const struct json *schema,
                                  const struct json *value, const char **why)
{
    const struct json *required = json_get(schema, "required"), *properties = json_get(schema, "properties");
    const struct json *others = json_get(schema, "additionalProperties");

    for (const struct json *name = required ? required->child : NULL; name; name = name->next)
        if (!json_get(value, name->string))
            return schema_fail(arena, value, arena_print(arena, "lacks \"%s\"", name->string), why);
    for (const struct json *member = value->child; member; member = member->next) {
        const struct json *property = json_get(properties, member->key);
        if (!property && others && others->type == JSON_BOOL && !(others->number > 0))
            return schema_fail(arena, member, "is not in the schema", why);
        if (!property)
            property = others && others->type == JSON_OBJECT ? others : NULL;
        if (property && !schema_holds(arena, root, property, member, why))
            return false;
    }
    return true;
}

static inline bool schema_any(struct arena *arena, const struct json *root, const struct json *choices,
                              const struct json *value, const char **why)
{
    const char *reasons = "fits no choice";
    for (const struct json *choice = choices->child; choice; choice = choice->next) {
        if (schema_holds(arena, root, choice, value, why))
            return true;
        reasons = arena_print(arena, "%s; %s", reasons, *why);
    }
    return schema_fail(arena, value, reasons, why);
}

static inline bool schema_among(const struct json *values, const struct json *value)
{
    for (const struct json *item = values->child; item; item = item->next)
        if (schema_same(item, value))
            return true;
    return false;
}

static inline bool schema_holds(struct arena *arena, const struct json *root, const struct json *schema,
                                const struct json *value, const char **why)
{
    const struct json *refer = json_get(schema, "$ref"), *types = json_get(schema, "type");
    const struct json *any = json_get(schema, "anyOf"), *values = json_get(schema, "enum");
    const struct json *least = json_get(schema, "minimum"), *items = json_get(schema, "items");

    if (refer) {
        const struct json *found = json_get(json_get(root, "$defs"), strrchr(refer->string, '/') + 1);
        return found
                   ? schema_holds(arena, root, found, value, why)
                   : schema_fail(arena, value, arena_print(arena, "no %s in the schema", refer->string), why);
    }
    if (types && !schema_types(types, value))
        return schema_fail(arena, value, "has another type", why);
    if (values && !schema_among(values, value))
        return schema_fail(arena, value, "is not one of the choices", why);
    if (any && !schema_any(arena, root, any, value, why))
        return false;
    if (least && value->type == JSON_NUMBER && value->number < least->number)
        return schema_fail(arena, value, "is too small", why);
    if (items && value->type == JSON_ARRAY)
        for (const struct json *item = value->child; item; item = item->next)
            if (!schema_holds(arena, root, items, item, why))
                return false;
    return value->type != JSON_OBJECT || schema_members(arena, root, schema, value, why);
}

#endif
