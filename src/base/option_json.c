/* Settings from JSON and back: one row of an option table at a time. Collects problems, never stops at the
 * first. */
#include <mldbg/base/option.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "option_value.h"

enum { FOUND_SHOWN = 60 }; /* columns of a found string that are quoted */

static const char *const CONFIG_FAULT = "ML100";

static const char *found(struct arena *arena, const struct json *value)
{
    if (value->type == JSON_NUMBER)
        return value->raw ? text_escape(arena, value->raw, strlen(value->raw), FOUND_SHOWN)
                          : text_double(arena, value->number);
    if (value->type == JSON_STRING)
        return arena_print(arena, "the string \"%s\"",
                           text_escape(arena, value->string, strlen(value->string), FOUND_SHOWN));
    return json_type_name(value);
}

static bool wants_number(enum option_type type)
{
    return type == OPTION_INTEGER || type == OPTION_REAL || type == OPTION_SIZES || type == OPTION_REALS;
}

/* "lr: expected a number above 0, found the string "0.1"". */
static bool refuse(struct arena *arena, const struct option *option, const char *label,
                   const struct json *value, bool item, struct error *err)
{
    double number;
    fail_at(err, ERROR_REQUEST, value->place, "%s: expected %s, found %s", label,
            option_expected(arena, option, item), found(arena, value));
    if (value->type == JSON_STRING && wants_number(option->type) && text_read_double(value->string, &number))
        fail_hint(err, "write %s without quotes", value->string);
    else if (value->type == JSON_STRING && option->type == OPTION_BOOL &&
             (strcmp(value->string, "true") == 0 || strcmp(value->string, "false") == 0))
        fail_hint(err, "write %s without quotes", value->string);
    else if (value->type == JSON_NUMBER && (option->type == OPTION_TEXT || option->type == OPTION_TEXTS) &&
             value->raw)
        fail_hint(err, "write \"%s\"", value->raw);
    return false;
}

static bool take_integer(struct arena *arena, const struct option *option, const char *label,
                         const struct json *value, bool item, int64_t *out, struct error *err)
{
    int64_t integer;
    if (value->type != JSON_NUMBER || !option_integer(value->raw, value->number, &integer) ||
        !option_in_range(option, (double)integer))
        return refuse(arena, option, label, value, item, err);
    *out = integer;
    return true;
}

static bool take_real(struct arena *arena, const struct option *option, const char *label,
                      const struct json *value, bool item, double *out, struct error *err)
{
    if (value->type != JSON_NUMBER || !option_in_range(option, value->number))
        return refuse(arena, option, label, value, item, err);
    *out = value->number;
    return true;
}

static bool take_seed(struct arena *arena, const struct option *option, const char *label,
                      const struct json *value, uint64_t *out, struct error *err)
{
    int64_t integer;
    uint64_t exact;

    if (value->type == JSON_STRING && option_seed(value->string, out))
        return true;
    if (value->type == JSON_NUMBER && value->raw && option_seed(value->raw, &exact) && exact > EXACT_MOST) {
        fail_at(err, ERROR_REQUEST, value->place,
                "%s: %" PRIu64
                " is above 2^53-1, where JSON numbers may be rounded; expected a string of digits",
                label, exact);
        return fail_hint(err, "write \"%" PRIu64 "\"", exact);
    }
    if (value->type != JSON_NUMBER || !option_integer(value->raw, value->number, &integer) || integer < 0 ||
        integer > EXACT_MOST)
        return refuse(arena, option, label, value, false, err);
    *out = (uint64_t)integer;
    return true;
}

/* The label of an item, such as "betas[1]". */
static const char *item_label(struct arena *arena, const char *label, size_t index)
{
    return arena_print(arena, "%s[%zu]", label, index);
}

static bool take_sizes(struct arena *arena, const struct option *option, const char *label,
                       const struct json *value, struct sizes *out, struct error *err)
{
    struct sizes sizes = {.count = 1};
    size_t count = json_count(value);

    if (value->type == JSON_ARRAY) {
        if (count < 1 || count > sizeof sizes.at / sizeof *sizes.at)
            return fail_at(err, ERROR_REQUEST, value->place, "%s: expected %s, found a list of %zu", label,
                           option_expected(arena, option, false), count);
        sizes.count = (int)count;
        size_t i = 0;
        for (const struct json *item = value->child; item; item = item->next, i++)
            if (!take_integer(arena, option, item_label(arena, label, i), item, true, &sizes.at[i], err))
                return false;
    } else if (!take_integer(arena, option, label, value, false, &sizes.at[0], err)) {
        return false;
    }
    *out = sizes;
    return true;
}

static bool take_reals(struct arena *arena, const struct option *option, const char *label,
                       const struct json *value, struct reals *out, struct error *err)
{
    size_t i = 0;
    if (value->type != JSON_ARRAY)
        return refuse(arena, option, label, value, false, err);
    double *at = arena_array(arena, json_count(value), sizeof *at);
    for (const struct json *item = value->child; item; item = item->next, i++)
        if (!take_real(arena, option, item_label(arena, label, i), item, true, &at[i], err))
            return false;
    *out = (struct reals){i, at};
    return true;
}

static bool take_texts(struct arena *arena, const struct option *option, const char *label,
                       const struct json *value, struct texts *out, struct error *err)
{
    bool list = value->type == JSON_ARRAY;
    size_t count = list ? json_count(value) : 1, i = 0;
    const char **at = arena_array(arena, count, sizeof *at);

    for (const struct json *item = list ? value->child : value; item; item = list ? item->next : NULL, i++) {
        if (item->type != JSON_STRING)
            return refuse(arena, option, list ? item_label(arena, label, i) : label, item, list, err);
        at[i] = arena_copy(arena, item->string, strlen(item->string));
    }
    *out = (struct texts){count, at};
    return true;
}

static bool take_choice(struct arena *arena, const struct option *option, const char *label,
                        const struct json *value, int *out, struct error *err)
{
    if (value->type != JSON_STRING)
        return refuse(arena, option, label, value, false, err);
    if (option_find_choice(arena, option, label, value->string, out, err))
        return true;
    if (err) {
        struct error copy = *err;
        fail_at(err, ERROR_REQUEST, value->place, "%s", copy.sentence);
        fail_hint(err, "%s", copy.hint);
    }
    return false;
}

bool option_take_json(struct arena *arena, const struct option *option, const char *label,
                      const struct json *value, void *target, struct error *err)
{
    void *field = option_field(option, target);

    switch (option->type) {
    case OPTION_BOOL:
        if (value->type != JSON_BOOL)
            return refuse(arena, option, label, value, false, err);
        *(bool *)field = value->number != 0;
        return true;
    case OPTION_TEXT:
        if (value->type != JSON_STRING)
            return refuse(arena, option, label, value, false, err);
        *(const char **)field = arena_copy(arena, value->string, strlen(value->string));
        return true;
    case OPTION_INTEGER: return take_integer(arena, option, label, value, false, field, err);
    case OPTION_SEED: return take_seed(arena, option, label, value, field, err);
    case OPTION_REAL: return take_real(arena, option, label, value, false, field, err);
    case OPTION_CHOICE: return take_choice(arena, option, label, value, field, err);
    case OPTION_SIZES: return take_sizes(arena, option, label, value, field, err);
    case OPTION_REALS: return take_reals(arena, option, label, value, field, err);
    case OPTION_TEXTS: return take_texts(arena, option, label, value, field, err);
    case OPTION_JSON: *(const struct json **)field = value; return true;
    }
    return false;
}

/* The path of a value in its document; a value on its own goes by the option's name. */
static const char *label_of(struct arena *arena, const struct option *option, const struct json *value)
{
    const char *path = json_path(arena, value);
    return text_escape(arena, *path ? path : option->name, strlen(*path ? path : option->name), 0);
}

bool option_set_json(struct arena *arena, const struct option *option, const struct json *value, void *target,
                     struct problems *problems)
{
    struct error err;
    if (option_take_json(arena, option, label_of(arena, option, value), value, target, &err))
        return true;
    memcpy(err.code, CONFIG_FAULT, strlen(CONFIG_FAULT) + 1);
    return problems_add(problems, &err);
}

static bool is_among(const char *word, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(word, *names) == 0)
            return true;
    return false;
}

static const struct option *find_row(const struct option_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->at[i].name, name) == 0)
            return &table->at[i];
    return NULL;
}

/* The path of an object with a colon, to begin a sentence; empty for the document. */
static const char *where(struct arena *arena, const struct json *object)
{
    const char *path = json_path(arena, object);
    return *path ? arena_print(arena, "%s: ", text_escape(arena, path, strlen(path), 0)) : "";
}

/* "lr, momentum, ...", for a word that is near to none of them. */
static const char *known_keys(struct arena *arena, const struct option_table *table, const char *const *skip)
{
    struct text text;

    text_init(&text, arena);
    for (size_t i = 0; i < table->count; i++)
        text_print(&text, "%s%s", text.length ? ", " : "", table->at[i].name);
    for (; skip && *skip; skip++)
        text_print(&text, "%s%s", text.length ? ", " : "", *skip);
    return text.at;
}

static void unknown_key(struct arena *arena, const struct option_table *table, const struct json *member,
                        const char *const *skip, struct problems *problems)
{
    const char *key = text_escape(arena, member->key, strlen(member->key), FOUND_SHOWN);
    const char *nearest = option_nearest(arena, &table, 1, skip, member->key);
    const char *parent = where(arena, member->parent);

    if (nearest)
        problems_at(problems, ERROR_REQUEST, CONFIG_FAULT, member->key_place,
                    "%sunknown key \"%s\"; did you mean \"%s\"?", parent, key, nearest);
    else
        fail_hint(problems_at(problems, ERROR_REQUEST, CONFIG_FAULT, member->key_place,
                              "%sunknown key \"%s\"", parent, key),
                  "one of %s", known_keys(arena, table, skip));
}

bool options_from_json(struct arena *arena, const struct option_table *table, const struct json *object,
                       const char *const *skip, void *target, struct problems *problems)
{
    size_t before = problems->count + problems->dropped;

    if (object && object->type != JSON_OBJECT) {
        problems_at(problems, ERROR_REQUEST, CONFIG_FAULT, object->place, "%sexpected an object, found %s",
                    where(arena, object), found(arena, object));
        return false;
    }
    for (const struct json *member = object ? object->child : NULL; member; member = member->next) {
        const struct option *option = find_row(table, member->key);
        if (option)
            option_set_json(arena, option, member, target, problems);
        else if (!is_among(member->key, skip))
            unknown_key(arena, table, member, skip, problems);
    }
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];
        if (!option->required || json_get(object, option->name))
            continue;
        problems_at(problems, ERROR_REQUEST, CONFIG_FAULT, object ? object->place : (struct place){0},
                    "%sthe key \"%s\" is missing; expected %s", object ? where(arena, object) : "",
                    option->name, option_expected(arena, option, false));
    }
    return problems->count + problems->dropped == before;
}

/* Adds one setting; unset ones are left out, so that reading the result back leaves them unset. */
static void add_setting(struct arena *arena, const struct option *option, const void *field,
                        struct json *object)
{
    const char *name = option->name;
    switch (option->type) {
    case OPTION_BOOL: json_add_bool(object, name, *(const bool *)field, arena); break;
    case OPTION_INTEGER:
        if (option->fallback || *(const int64_t *)field != -1)
            json_add_integer(object, name, *(const int64_t *)field, arena);
        break;
    case OPTION_SEED:
        if (*(const uint64_t *)field <= (uint64_t)EXACT_MOST)
            json_add_integer(object, name, (int64_t) * (const uint64_t *)field, arena);
        else
            json_add_string(object, name, arena_print(arena, "%" PRIu64, *(const uint64_t *)field), arena);
        break;
    case OPTION_REAL:
        if (!isnan(*(const double *)field))
            json_add_number(object, name, *(const double *)field, arena);
        break;
    case OPTION_TEXT:
        if (*(const char *const *)field)
            json_add_string(object, name, *(const char *const *)field, arena);
        break;
    case OPTION_CHOICE:
        if (*(const int *)field >= 0)
            json_add_string(object, name, option_choice(option, (size_t) * (const int *)field), arena);
        break;
    case OPTION_JSON:
        if (*(const struct json *const *)field)
            json_add(object, name, json_copy(arena, *(const struct json *const *)field), arena);
        break;
    default: break;
    }
}

static void add_list(struct arena *arena, const struct option *option, const void *field, struct json *object)
{
    struct json *list = json_array(arena);
    if (option->type == OPTION_SIZES) {
        const struct sizes *sizes = field;
        for (int i = 0; i < sizes->count; i++)
            json_add_integer(list, NULL, sizes->at[i], arena);
        if (sizes->count == 1) {
            json_add_integer(object, option->name, sizes->at[0], arena);
            return;
        }
    } else if (option->type == OPTION_REALS) {
        const struct reals *reals = field;
        for (size_t i = 0; i < reals->count; i++)
            json_add_number(list, NULL, reals->at[i], arena);
    } else if (option->type == OPTION_TEXTS) {
        const struct texts *texts = field;
        for (size_t i = 0; i < texts->count; i++)
            json_add_string(list, NULL, texts->at[i], arena);
    }
    if (list->child)
        json_add(object, option->name, list, arena);
}

void options_to_json(struct arena *arena, const struct option_table *table, const void *source,
                     struct json *object)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];
        const void *field = option_source(option, source);
        bool list =
            option->type == OPTION_SIZES || option->type == OPTION_REALS || option->type == OPTION_TEXTS;
        if (list)
            add_list(arena, option, field, object);
        else
            add_setting(arena, option, field, object);
    }
}

static struct json *fallback_value(struct arena *arena, const struct option *option, struct json *holder)
{
    struct json *value;

    if (option->type == OPTION_TEXT || option->type == OPTION_CHOICE || option->type == OPTION_TEXTS)
        return json_add_string(holder, NULL, option->fallback, arena);
    if (!json_parse(arena, option->name, option->fallback, strlen(option->fallback), &value, NULL))
        BUG("the default of \"%s\" is no JSON: %s", option->name, option->fallback);
    return value;
}

void options_fill(struct arena *arena, const struct option_table *table, struct json *object)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];

        if (option->fallback && !json_get(object, option->name))
            json_add(object, option->name, json_copy(arena, fallback_value(arena, option, json_array(arena))),
                     arena);
    }
}
