/*
 * Reads a kind and its settings in one pass: the common rows and the kind's own rows become one table over
 * one piece of memory, so that an unknown key is met once and gets its suggestion from both.
 */
#include "read.h"

#include <string.h>

/* Distance from the common settings to the kind's own, so that any field is aligned. */
static size_t own_offset(const struct kind_reader *reader)
{
    const size_t alignment = _Alignof(max_align_t);
    return (reader->common_size + alignment - 1) / alignment * alignment;
}

static struct option_table join(const struct kind_reader *reader, struct arena *arena,
                                const struct entry *kind)
{
    const struct option_table *own = reader->table(kind);
    size_t count = reader->common->count + own->count;
    struct option *rows = arena_array(arena, count, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        if (i < reader->common->count) {
            rows[i] = reader->common->at[i];
        } else {
            rows[i] = own->at[i - reader->common->count];
            rows[i].offset += own_offset(reader);
        }
    }
    return (struct option_table){rows, count};
}

/* The names of all settings of all kinds: what may stand in an object whose kind is not known. */
static const char *const *all_names(const struct kind_reader *reader, struct arena *arena)
{
    size_t count = 0;
    for (size_t i = 0; i < reader->catalog->count; i++)
        count += reader->table(reader->catalog->at[i])->count;
    const char **names = arena_array(arena, count + 1, sizeof *names);
    size_t next = 0;
    for (size_t i = 0; i < reader->catalog->count; i++) {
        const struct option_table *table = reader->table(reader->catalog->at[i]);
        for (size_t j = 0; j < table->count; j++)
            names[next++] = table->at[j].name;
    }
    return names;
}

static const struct option *type_row(const struct kind_reader *reader)
{
    for (size_t i = 0; i < reader->common->count; i++)
        if (strcmp(reader->common->at[i].name, "type") == 0)
            return &reader->common->at[i];
    BUG("the common settings of %s have no row \"type\"", reader->catalog->plural);
}

/* The object without the members that are null where a setting may be unset: null says "not given". */
static const struct json *without_null(struct arena *arena, const struct json *object,
                                       const struct option_table *table)
{
    struct json *copy = arena_alloc(arena, sizeof *copy), **end = &copy->child;
    *copy = *object;
    copy->child = copy->last = NULL;
    for (const struct json *member = object->child; member; member = member->next) {
        bool unset = false;
        for (size_t i = 0; i < table->count && member->type == JSON_NULL; i++)
            unset = unset || (strcmp(table->at[i].name, member->key) == 0 && !table->at[i].fallback);
        if (unset)
            continue;
        *end = arena_alloc(arena, sizeof **end);
        **end = *member;
        (*end)->next = NULL;
        copy->last = *end;
        end = &(*end)->next;
    }
    return copy;
}

bool kind_read(const struct kind_reader *reader, struct arena *arena, const struct json *value,
               struct kind_read *out, struct problems *problems)
{
    const struct json *name = value;
    bool good = true;
    if (value && value->type == JSON_OBJECT) {
        name = json_get(value, "type");
    } else if (value && value->type != JSON_STRING && value->type != JSON_NULL) {
        problems_at(problems, ERROR_REQUEST, "ML100", value->place,
                    "\"%s\" must be the name of %s %s or an object with \"type\", but it is %s", reader->key,
                    strchr("aeiou", reader->catalog->kind[0]) ? "an" : "a", reader->catalog->kind,
                    json_type_name(value));
        good = false;
        name = value = NULL;
    }
    const struct entry *named =
        name && name->type == JSON_STRING ? catalog_find(reader->catalog, name->string) : NULL;
    const struct entry *kind = named ? named : reader->fallback;
    struct option_table table = join(reader, arena, kind);
    char *memory = arena_alloc(arena, own_offset(reader) + reader->size(kind));
    options_default(arena, &table, memory);
    if (value && value->type == JSON_OBJECT) {
        /* Without a known kind its settings cannot be judged, but a key that no kind has is still a mistake.
         */
        bool judge = named || !name;
        good = options_from_json(arena, judge ? &table : reader->common, without_null(arena, value, &table),
                                 judge ? NULL : all_names(reader, arena), memory, problems) &&
               good;
    } else if (value && value->type == JSON_STRING) {
        good = option_set_json(arena, type_row(reader), value, memory, problems) && good;
    }
    *out = (struct kind_read){kind, memory, memory + own_offset(reader)};
    return good;
}
