/*
 * Reading JSON: the strict scan first, then cJSON, whose tree is copied into the arena with the places that
 * the scan noted. The only file that knows cJSON; its tree does not outlive json_parse.
 */
#include <mldbg/base/json.h>

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/file.h>

#include "json_scan.h"

enum { FEW_KEYS = 16 }; /* up to this many keys, comparing all pairs is quicker than sorting */

/* The two readings of one text that are put together. */
struct zip {
    struct arena *arena, *scratch;
    const char *name, *text;
    const struct json_mark *mark; /* of the next value in document order */
    struct error *err;
};

static int by_key(const void *a, const void *b)
{
    const struct json *x = *(const struct json *const *)a, *y = *(const struct json *const *)b;
    int order = strcmp(x->key, y->key);
    if (order)
        return order;
    if (x->key_place.line != y->key_place.line)
        return x->key_place.line < y->key_place.line ? -1 : 1;
    return x->key_place.column < y->key_place.column ? -1 : x->key_place.column > y->key_place.column;
}

static bool refuse_duplicate(const struct json *first, const struct json *second, struct error *err)
{
    fail_at(err, ERROR_REQUEST, second->key_place,
            "the key \"%.200s\" stands twice in one object; first at %lld:%lld", second->key,
            (long long)first->key_place.line, (long long)first->key_place.column);
    return fail_hint(err, "remove one of the two");
}

/* Of many pairs the one whose second key comes first in the text is named. */
static bool check_duplicates(struct arena *scratch, const struct json *object, size_t count,
                             struct error *err)
{
    if (count <= FEW_KEYS) {
        for (const struct json *second = object->child; second; second = second->next)
            for (const struct json *first = object->child; first != second; first = first->next)
                if (strcmp(first->key, second->key) == 0)
                    return refuse_duplicate(first, second, err);
        return true;
    }

    const struct json **sorted = arena_array(scratch, count, sizeof *sorted), *first = NULL, *second = NULL;
    size_t filled = 0;
    for (const struct json *member = object->child; member; member = member->next)
        sorted[filled++] = member;
    qsort(sorted, count, sizeof *sorted, by_key);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) != 0)
            continue;
        const struct place *here = &sorted[i]->key_place;
        if (!second || here->line < second->key_place.line ||
            (here->line == second->key_place.line && here->column < second->key_place.column)) {
            first = sorted[i - 1];
            second = sorted[i];
        }
    }
    return !second || refuse_duplicate(first, second, err);
}

static enum json_type type_of(const cJSON *item)
{
    switch (item->type & 0xFF) {
    case cJSON_False:
    case cJSON_True: return JSON_BOOL;
    case cJSON_Number: return JSON_NUMBER;
    case cJSON_String: return JSON_STRING;
    case cJSON_Array: return JSON_ARRAY;
    case cJSON_Object: return JSON_OBJECT;
    default: return JSON_NULL;
    }
}

static struct json *copy_value(struct zip *zip, const cJSON *item)
{
    const struct json_mark *mark = zip->mark++;
    struct json *value = arena_alloc(zip->arena, sizeof *value);

    value->type = type_of(item);
    value->place = (struct place){zip->name, mark->line, mark->column, mark->width};
    if (item->string) {
        value->key = arena_copy(zip->arena, item->string, strlen(item->string));
        value->key_place = (struct place){zip->name, mark->key_line, mark->key_column, mark->key_width};
    }
    if (value->type == JSON_NUMBER) {
        value->raw = arena_copy(zip->arena, zip->text + mark->offset, mark->width);
        value->number = mark->number;
    } else if (value->type == JSON_STRING) {
        value->string = arena_copy(zip->arena, item->valuestring, strlen(item->valuestring));
    } else if (value->type == JSON_BOOL) {
        value->number = cJSON_IsTrue(item);
    }
    return value;
}

/* Copies a container's children in document order, which is the order of the marks; depth is limited by the
 * scan. */
static bool copy_children(struct zip *zip, const cJSON *item, struct json *value)
{
    size_t count = 0;

    for (const cJSON *child = item->child; child; child = child->next, count++) {
        struct json *copy = copy_value(zip, child);
        copy->parent = value;
        if (value->last)
            value->last->next = copy;
        else
            value->child = copy;
        value->last = copy;
        if (!copy_children(zip, child, copy))
            return false;
    }
    return value->type != JSON_OBJECT || check_duplicates(zip->scratch, value, count, zip->err);
}

bool json_parse(struct arena *arena, const char *name, const char *bytes, size_t length, struct json **out,
                struct error *err)
{
    struct arena scratch;
    struct json_marks marks;

    *out = NULL;
    arena_init(&scratch, "reading JSON");
    const char *text = arena_copy(&scratch, bytes, length); /* with the NUL that both readers want */
    if (!json_scan(&scratch, name, text, length, &marks, err)) {
        arena_release(&scratch);
        return false;
    }

    /* The text is known to be good, so the library can refuse it only for want of memory. */
    cJSON *root = cJSON_ParseWithLengthOpts(text, length + 1, NULL, 1);
    if (!root)
        out_of_memory(length, "reading JSON");
    struct zip zip = {arena, &scratch, name, text, marks.at, err};
    struct json *document = copy_value(&zip, root);
    bool good = copy_children(&zip, root, document);
    cJSON_Delete(root);
    if (good && zip.mark != marks.at + marks.count)
        BUG("JSON: %zu values scanned, another number parsed", marks.count);
    arena_release(&scratch);
    if (good)
        *out = document;
    return good;
}

bool json_read(struct arena *arena, const char *path, size_t most, struct json **out, const char **text,
               struct error *err)
{
    struct bytes bytes;
    *out = NULL;
    if (text)
        *text = NULL;
    if (!file_read(arena, path, most, &bytes, err))
        return false;
    if (text)
        *text = bytes.at;
    return json_parse(arena, path, bytes.at, bytes.length, out, err);
}
