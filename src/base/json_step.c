/* Writes and reads paths through JSON documents. */
#include "json_step.h"

#include <string.h>

#include <mldbg/base/json.h>

enum { INDEX_MOST = 1000000000 };

/* Keys that need no quotes in a path. */
static bool is_plain(const char *key)
{
    return *key && !strpbrk(key, ".[]\"\\");
}

static void add_key(struct text *out, const char *key)
{
    if (is_plain(key)) {
        text_add(out, out->length ? "." : "");
        text_add(out, key);
        return;
    }
    text_add(out, "[\"");
    for (; *key; key++) {
        if (*key == '"' || *key == '\\')
            text_add(out, "\\");
        text_add_bytes(out, key, 1);
    }
    text_add(out, "\"]");
}

static void add_path(struct text *out, const struct json *value)
{
    if (!value->parent)
        return;
    add_path(out, value->parent);
    if (value->key) {
        add_key(out, value->key);
        return;
    }
    size_t index = 0;
    for (const struct json *item = value->parent->child; item != value; item = item->next)
        index++;
    text_print(out, "[%zu]", index);
}

const char *json_path(struct arena *arena, const struct json *value)
{
    struct text out;
    text_init(&out, arena);
    add_path(&out, value);
    return out.at;
}

/* ["..."]: at stands behind the opening quote. */
static const char *quoted_key(struct arena *arena, const char *at, struct json_step *step)
{
    struct text key;
    text_init(&key, arena);
    for (; *at && *at != '"'; at++) {
        if (*at == '\\' && !*++at)
            return NULL;
        text_add_bytes(&key, at, 1);
    }
    if (at[0] != '"' || at[1] != ']')
        return NULL;
    step->key = key.at;
    return at + 2;
}

bool json_step_next(struct arena *arena, const char **path, bool first, struct json_step *step)
{
    const char *at = *path;

    *step = (struct json_step){0};
    if (*at == '[' && at[1] == '"') {
        at = quoted_key(arena, at + 2, step);
        if (!at)
            return false;
    } else if (*at == '[') {
        size_t digits = strspn(at + 1, "0123456789");
        if (digits == 0 || at[1 + digits] != ']')
            return false;
        for (size_t i = 0; i < digits; i++)
            if (step->index < INDEX_MOST)
                step->index = 10 * step->index + (at[1 + i] - '0');
        at += digits + 2;
    } else {
        if (!first && *at++ != '.')
            return false;
        size_t length = strcspn(at, ".[");
        if (length == 0)
            return false;
        step->key = arena_copy(arena, at, length);
        at += length;
    }
    *path = at;
    return true;
}
