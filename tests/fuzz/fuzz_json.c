/*
 * Fuzz target: any bytes as JSON. What is accepted must come out of the writer as JSON that is accepted and
 * written the same again, by paths and by copies, too.
 */
#include <mldbg/base/json.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *written(struct arena *arena, const struct json *value, bool indent)
{
    struct text out;
    text_init(&out, arena);
    json_write(&out, value, indent);
    return out.at;
}

static struct json *parse_again(struct arena *arena, const char *text)
{
    struct json *document;
    struct error err;
    if (!json_parse(arena, "again", text, strlen(text), &document, &err))
        BUG("the writer's text is refused: %s", err.sentence);
    return document;
}

/* Every value has a place and a path, and the path leads to it. */
static void check_values(struct arena *arena, struct json *document, struct json *value)
{
    if (value->place.line < 1 || value->place.column < 1)
        BUG("a value without a place");
    if (value->parent && !json_set(arena, document, json_path(arena, value), value))
        BUG("the path %s leads nowhere", json_path(arena, value));
    for (struct json *child = value->child; child; child = child->next)
        if (child->parent != value)
            BUG("a child with another parent");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json *document;
    struct error err;

    arena_init(&arena, "fuzzing");
    if (json_parse(&arena, "fuzz.json", (const char *)data, size, &document, &err)) {
        const char *line = written(&arena, document, false);
        if (strcmp(line, written(&arena, parse_again(&arena, line), false)) != 0 ||
            strcmp(line, written(&arena, parse_again(&arena, written(&arena, document, true)), false)) != 0 ||
            strcmp(line, written(&arena, json_copy(&arena, document), false)) != 0)
            BUG("written, read and written again, a document differs");
        check_values(&arena, document, document);
        if (document->child)
            check_values(&arena, document, document->child);
        if (strcmp(line, written(&arena, document, false)) != 0)
            BUG("setting a value to itself changed the document");
    } else if (document || !err.sentence[0] || err.kind == ERROR_NONE) {
        BUG("a refusal without words");
    }
    arena_release(&arena);
    return 0;
}
