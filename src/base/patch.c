/* Changes of a JSON document. Knows nothing of what the document means. */
#include <mldbg/base/patch.h>

#include <string.h>

/* "optimizer": "adam" becomes {"type": "adam"}, so that a patch can reach into it. */
static void open_word(struct arena *arena, struct json *document, const char *path)
{
    const char *dot = strchr(path, '.');
    const char *head = dot ? arena_copy(arena, path, (size_t)(dot - path)) : NULL;
    struct json *part = head && !strchr(head, '[') ? json_get(document, head) : NULL;

    if (!part || part->type != JSON_STRING)
        return;
    struct json *object = json_object(arena);
    json_add_string(object, "type", part->string, arena);
    json_set(arena, document, head, object);
}

/* The array at "model" and the index of a path "model[3]"; NULL when it is no place in an array. */
static struct json *array_of(struct arena *arena, struct json *document, const char *path, size_t *index)
{
    const char *bracket = strrchr(path, '[');
    int64_t number;

    if (!bracket || !path[0] || path[strlen(path) - 1] != ']' ||
        !text_read_integer(arena_copy(arena, bracket + 1, strlen(bracket) - 2), &number) || number < 0)
        return NULL;
    *index = (size_t)number;
    struct json *array = json_find(arena, document, arena_copy(arena, path, (size_t)(bracket - path)));
    return array && array->type == JSON_ARRAY && *index <= json_count(array) ? array : NULL;
}

/* Builds the array anew: the tree has no insertion, and arrays of a config are short. */
static bool insert(struct arena *arena, struct json *document, const struct patch *patch)
{
    size_t index;
    struct json *array = array_of(arena, document, patch->path, &index), *grown;

    if (!array || !patch->value)
        return false;
    grown = json_array(arena);
    for (size_t i = 0; i <= json_count(array); i++) {
        if (i == index)
            json_add(grown, NULL, json_copy(arena, patch->value), arena);
        if (i < json_count(array))
            json_add(grown, NULL, json_copy(arena, json_at(array, i)), arena);
    }
    return json_set(arena, document,
                    arena_copy(arena, patch->path, (size_t)(strrchr(patch->path, '[') - patch->path)), grown);
}

bool patch_apply(struct arena *arena, struct json *document, const struct patch *patches, size_t count,
                 size_t *bad)
{
    for (size_t i = 0; i < count; i++) {
        const struct patch *patch = &patches[i];

        open_word(arena, document, patch->path);
        if (patch->insert ? insert(arena, document, patch)
                          : json_set(arena, document, patch->path,
                                     patch->value ? json_copy(arena, patch->value) : NULL))
            continue;
        if (bad)
            *bad = i;
        return false;
    }
    return true;
}

static const char *value_words(struct arena *arena, const struct json *value)
{
    struct text text;

    if (!value)
        return "not set";
    text_init(&text, arena);
    json_write(&text, value, false);
    return text.at;
}

const char *patch_words(struct arena *arena, const struct json *document, const struct patch *patch)
{
    const struct json *old = patch->insert ? NULL : json_find(arena, document, patch->path);

    if (patch->insert)
        return arena_print(arena, "%s added: %s", patch->path, value_words(arena, patch->value));
    if (!patch->value && old && json_get(old, "type") && json_get(old, "type")->type == JSON_STRING)
        return arena_print(arena, "%s (%s) removed", patch->path, json_get(old, "type")->string);
    if (!patch->value)
        return arena_print(arena, "%s removed", patch->path);
    return arena_print(arena, "%s: %s -> %s", patch->path, value_words(arena, old),
                       value_words(arena, patch->value));
}

struct json *patch_to_json(struct arena *arena, const struct patch *patches, size_t count)
{
    struct json *list = json_array(arena);

    for (size_t i = 0; i < count; i++) {
        struct json *row = json_add(list, NULL, json_object(arena), arena);

        json_add_string(row, "path", patches[i].path, arena);
        if (patches[i].value)
            json_add(row, "value", json_copy(arena, patches[i].value), arena);
        else
            json_add_bool(row, "remove", true, arena);
        if (patches[i].insert)
            json_add_bool(row, "insert", true, arena);
    }
    return list;
}
