/*
 * Golden files: facts as nested objects, and the config that they were measured with, so that a result that
 * differs can name the settings that were changed since.
 */
#include "golden_file.h"

#include <math.h>
#include <string.h>

static const char VERSION_KEY[] = "smoke_version", VERSION[] = "1", CONFIG_KEY[] = "config";

/* Digits that are kept of a measured number: beyond what is compared, short enough to read in a diff. */
enum { DIGITS = 7 };

/* Changed settings that are named; the others are counted. */
enum { NAMED_MOST = 3, VALUE_COLUMNS = 24 };

/* ---- Facts to objects ---- */

static void add_fact(struct json *document, const struct fact *fact, const char *path, struct arena *arena)
{
    struct json *at = document;
    const char *slash;
    double number = fact->number;

    while ((slash = strchr(path, '/')) != NULL) {
        const char *key = arena_copy(arena, path, (size_t)(slash - path));
        struct json *inner = json_get(at, key);

        at = inner ? inner : json_add(at, key, json_object(arena), arena);
        path = slash + 1;
    }
    if (fact->text) {
        json_add_string(at, path, fact->text, arena);
        return;
    }
    if (isfinite(number) && number != floor(number))
        text_read_double(text_number(arena, number, DIGITS), &number);
    json_add_number(at, path, number, arena);
}

struct json *lab_smoke_document(const struct run *run, struct arena *arena)
{
    static const char prefix[] = "smoke/";
    struct json *document = json_object(arena);

    json_add_string(document, VERSION_KEY, VERSION, arena);
    json_add_string(document, "name", run->name, arena);
    for (size_t i = 0; i < run->fact_count; i++)
        if (strncmp(run->facts[i].name, prefix, sizeof prefix - 1) == 0)
            add_fact(document, &run->facts[i], run->facts[i].name + sizeof prefix - 1, arena);
    json_add(document, CONFIG_KEY, json_copy(arena, run->config), arena);
    return document;
}

/* ---- Objects to facts ---- */

static bool take(const struct json *object, const char *prefix, struct run *run, struct problems *problems)
{
    struct arena *arena = run->arena;

    for (const struct json *child = object->child; child; child = child->next) {
        const char *name = arena_print(arena, "%s/%s", prefix, child->key);

        if (!object->parent && (strcmp(child->key, CONFIG_KEY) == 0 || strcmp(child->key, VERSION_KEY) == 0))
            continue;
        if (child->type == JSON_OBJECT) {
            if (!take(child, name, run, problems))
                return false;
        } else if (child->type == JSON_NUMBER) {
            run_set_number(run, name, child->number);
        } else if (child->type == JSON_STRING) {
            run_set_text(run, name, "%s", text_escape(arena, child->string, strlen(child->string), 0));
        } else {
            problems_at(problems, ERROR_REQUEST, "", child->place,
                        "%s: expected a number, a string or an object, found %s", json_path(arena, child),
                        json_type_name(child));
            return false;
        }
    }
    return true;
}

/* ---- The config then and now ---- */

struct changes {
    struct run *run;
    struct text words;
    int64_t count;
};

static const char *short_value(struct arena *arena, const struct json *value)
{
    struct text text;

    if (!value)
        return "unset";
    text_init(&text, arena);
    json_write(&text, value, false);
    return text_escape(arena, text.at, text.length, VALUE_COLUMNS);
}

static void add_change(struct changes *changes, const struct json *then, const struct json *now)
{
    struct run *run = changes->run;
    struct arena *arena = run->arena;
    const char *path = json_path(arena, now ? now : then);

    if (changes->count++ >= NAMED_MOST)
        return;
    text_print(&changes->words, "%s%s from %s to %s", changes->words.length ? ", " : "",
               text_escape(arena, path, strlen(path), 0), short_value(arena, then), short_value(arena, now));
    if (changes->count == 1 && now) {
        run_set_number(run, "compare/line", (double)now->place.line);
        run_set_number(run, "compare/column", (double)now->place.column);
    }
}

static bool same_scalar(const struct json *a, const struct json *b)
{
    if (a->type == JSON_STRING)
        return strcmp(a->string, b->string) == 0;
    return a->type == JSON_NULL || a->number == b->number;
}

/* Names, aims, and where the files of the data lie have no say in what is measured; of train there is a
 * digest. */
static bool without_effect(const struct json *value)
{
    static const char *const paths[] = {"name",       "targets",  "[\"$schema\"]", "$schema",
                                        "data.train", "data.val", "data.testval",  "data.test"};
    struct arena scratch;
    const char *path;
    bool found = false;

    arena_init(&scratch, "the path of a setting");
    path = json_path(&scratch, value);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        found = found || (strcmp(path, paths[i]) == 0 && (value->type == JSON_STRING || i < 2));
    arena_release(&scratch);
    return found;
}

static void compare(struct changes *changes, const struct json *then, const struct json *now);

static void compare_items(struct changes *changes, const struct json *then, const struct json *now)
{
    size_t a = json_count(then), b = json_count(now);

    for (size_t i = 0; i < a || i < b; i++)
        compare(changes, i < a ? json_at(then, i) : NULL, i < b ? json_at(now, i) : NULL);
}

static void compare_members(struct changes *changes, const struct json *then, const struct json *now)
{
    for (const struct json *child = now->child; child; child = child->next)
        if (!without_effect(child))
            compare(changes, json_get(then, child->key), child);
    for (const struct json *child = then->child; child; child = child->next)
        if (!json_get(now, child->key) && !without_effect(child))
            compare(changes, child, NULL);
}

static void compare(struct changes *changes, const struct json *then, const struct json *now)
{
    if (!then || !now || then->type != now->type)
        add_change(changes, then, now);
    else if (now->type == JSON_OBJECT)
        compare_members(changes, then, now);
    else if (now->type == JSON_ARRAY)
        compare_items(changes, then, now);
    else if (!same_scalar(then, now))
        add_change(changes, then, now);
}

static void compare_configs(const struct json *then, struct run *run)
{
    struct changes changes = {.run = run};

    text_init(&changes.words, run->arena);
    if (then && then->type == JSON_OBJECT && run->config)
        compare_members(&changes, json_copy(run->arena, then), run->config);
    if (changes.count > NAMED_MOST)
        text_print(&changes.words, " and %lld more", (long long)(changes.count - NAMED_MOST));
    run_set_number(run, "compare/changes", (double)changes.count);
    run_set_text(run, "compare/changed", "%s", changes.words.at);
}

/* ---- Whether they can be compared ---- */

static bool same_start(const struct json *golden, const struct run *run, struct problems *problems)
{
    const struct json *seed = json_get(golden, "seed"), *dtype = json_get(golden, "dtype");
    const char *now = arena_print(run->arena, "%llu", (unsigned long long)run->seed);
    const char *what = NULL;

    if (seed && seed->type == JSON_STRING && strcmp(seed->string, now) != 0)
        what = arena_print(run->arena, "seed %s, this is seed %s",
                           text_escape(run->arena, seed->string, strlen(seed->string), VALUE_COLUMNS), now);
    else if (dtype && dtype->type == JSON_STRING && strcmp(dtype->string, run->dtype) != 0)
        what = arena_print(run->arena, "%s, this is %s",
                           text_escape(run->arena, dtype->string, strlen(dtype->string), VALUE_COLUMNS),
                           run->dtype);
    if (!what)
        return true;
    fail_hint(problems_at(problems, ERROR_REQUEST, "", (seed ? seed : golden)->place,
                          "the golden file was made with %s: nothing can be compared", what),
              "make it anew with --update, or run with what it was made with");
    return false;
}

bool golden_read(const struct json *golden, struct run *run, struct problems *problems)
{
    const struct json *version = json_get(golden, VERSION_KEY);

    if (golden->type != JSON_OBJECT || !version || version->type != JSON_STRING ||
        strcmp(version->string, VERSION) != 0) {
        fail_hint(problems_at(problems, ERROR_REQUEST, "", (version ? version : golden)->place,
                              "not a golden file of mldbg smoke: expected an object with \"%s\": \"%s\"",
                              VERSION_KEY, VERSION),
                  "mldbg smoke CONFIG --golden FILE --update makes one");
        return false;
    }
    if (!same_start(golden, run, problems) || !take(golden, "golden", run, problems))
        return false;
    compare_configs(json_get(golden, CONFIG_KEY), run);
    return true;
}
