/* JSON trees: look-up, paths, building, changing. Knows nothing of text. */
#include <mldbg/base/json.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json_step.h"

struct json *json_get(const struct json *object, const char *key)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (struct json *member = object->child; member; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

size_t json_count(const struct json *container)
{
    size_t count = 0;
    if (container)
        for (const struct json *child = container->child; child; child = child->next)
            count++;
    return count;
}

const struct json *json_at(const struct json *array, size_t index)
{
    const struct json *item = array ? array->child : NULL;
    while (item && index--)
        item = item->next;
    return item;
}

const char *json_type_name(const struct json *value)
{
    switch (value->type) {
    case JSON_NULL: return "null";
    case JSON_BOOL: return value->number != 0 ? "true" : "false";
    case JSON_NUMBER: return "a number";
    case JSON_STRING: return "a string";
    case JSON_ARRAY: return "an array";
    case JSON_OBJECT: return "an object";
    }
    return "nothing";
}

static struct json *new_value(struct arena *arena, enum json_type type)
{
    struct json *value = arena_alloc(arena, sizeof *value);
    value->type = type;
    return value;
}

struct json *json_object(struct arena *arena)
{
    return new_value(arena, JSON_OBJECT);
}

struct json *json_array(struct arena *arena)
{
    return new_value(arena, JSON_ARRAY);
}

struct json *json_add(struct json *parent, const char *key, struct json *value, struct arena *arena)
{
    if (parent->type != (key ? JSON_OBJECT : JSON_ARRAY))
        BUG("JSON: %s added to %s", key ? "a member" : "an item", json_type_name(parent));
    if (value->parent)
        value = json_copy(arena, value);
    value->key = key ? arena_copy(arena, key, strlen(key)) : NULL;
    value->parent = parent;
    value->next = NULL;
    if (parent->last)
        parent->last->next = value;
    else
        parent->child = value;
    parent->last = value;
    return value;
}

struct json *json_add_string(struct json *parent, const char *key, const char *value, struct arena *arena)
{
    struct json *node = new_value(arena, JSON_STRING);
    node->string = arena_copy(arena, value, strlen(value));
    return json_add(parent, key, node, arena);
}

struct json *json_add_number(struct json *parent, const char *key, double value, struct arena *arena)
{
    struct json *node = new_value(arena, JSON_NUMBER);
    node->number = value;
    return json_add(parent, key, node, arena);
}

struct json *json_add_integer(struct json *parent, const char *key, int64_t value, struct arena *arena)
{
    struct json *node = new_value(arena, JSON_NUMBER);
    node->number = (double)value;
    node->raw = arena_print(arena, "%" PRId64, value);
    return json_add(parent, key, node, arena);
}

struct json *json_add_bool(struct json *parent, const char *key, bool value, struct arena *arena)
{
    struct json *node = new_value(arena, JSON_BOOL);
    node->number = value;
    return json_add(parent, key, node, arena);
}

struct json *json_add_null(struct json *parent, const char *key, struct arena *arena)
{
    return json_add(parent, key, new_value(arena, JSON_NULL), arena);
}

struct json *json_copy(struct arena *arena, const struct json *value)
{
    struct json *copy = arena_alloc(arena, sizeof *copy);
    *copy = *value;
    copy->parent = copy->next = copy->child = copy->last = NULL;
    if (value->key)
        copy->key = arena_copy(arena, value->key, strlen(value->key));
    if (value->raw)
        copy->raw = arena_copy(arena, value->raw, strlen(value->raw));
    if (value->string)
        copy->string = arena_copy(arena, value->string, strlen(value->string));
    for (const struct json *child = value->child; child; child = child->next) {
        struct json *twin = json_copy(arena, child);
        twin->parent = copy;
        if (copy->last)
            copy->last->next = twin;
        else
            copy->child = twin;
        copy->last = twin;
    }
    return copy;
}

/* Takes a child out of its container. */
static void unlink_child(struct json *child)
{
    struct json *parent = child->parent, *before = NULL;
    for (struct json *at = parent->child; at != child; at = at->next)
        before = at;
    if (before)
        before->next = child->next;
    else
        parent->child = child->next;
    if (parent->last == child)
        parent->last = before;
    child->parent = child->next = NULL;
}

/* Puts a value where old stands, under the same key and place. */
static void replace_child(struct json *old, struct json *value)
{
    struct json *parent = old->parent, **link = &parent->child;
    while (*link != old)
        link = &(*link)->next;
    value->key = old->key;
    value->key_place = old->key_place;
    value->parent = parent;
    value->next = old->next;
    *link = value;
    if (parent->last == old)
        parent->last = value;
    old->parent = old->next = NULL;
}

/* The child that a step leads to, or NULL; *fits tells whether the step belongs to this kind of container. */
static struct json *follow(const struct json *from, const struct json_step *step, bool *fits)
{
    *fits = from->type == (step->key ? JSON_OBJECT : JSON_ARRAY);
    if (!*fits)
        return NULL;
    if (step->key)
        return json_get(from, step->key);
    struct json *item = from->child;
    for (int64_t i = 0; item && i < step->index; i++)
        item = item->next;
    return item;
}

struct json *json_find(struct arena *arena, const struct json *document, const char *path)
{
    struct json *at = NULL;

    for (bool first = true; *path; first = false) {
        struct json_step step;
        bool fits;

        if (!json_step_next(arena, &path, first, &step) || !(at = follow(at ? at : document, &step, &fits)))
            return NULL;
    }
    return at;
}

static bool set_last(struct arena *arena, struct json *at, const struct json_step *step, struct json *value)
{
    bool fits;
    struct json *old = follow(at, step, &fits);
    if (!fits)
        return false;
    if (!value) {
        if (old)
            unlink_child(old);
        return old || step->key;
    }
    if (value->parent)
        value = json_copy(arena, value);
    if (old)
        replace_child(old, value);
    else if (step->key || step->index == (int64_t)json_count(at))
        json_add(at, step->key, value, arena);
    else
        return false;
    return true;
}

bool json_set(struct arena *arena, struct json *document, const char *path, struct json *value)
{
    struct json_step step;
    struct json *at = document;

    if (!json_step_next(arena, &path, true, &step))
        return false;
    while (*path) {
        bool fits;
        struct json *next = follow(at, &step, &fits);
        if (!fits || (!next && !step.key))
            return false;
        if (!next && !value)
            return true; /* nothing there to remove */
        if (!next)
            next = json_add(at, step.key, json_object(arena), arena);
        at = next;
        if (!json_step_next(arena, &path, false, &step))
            return false;
    }
    return set_last(arena, at, &step, value);
}
