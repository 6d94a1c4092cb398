/* Option tables for people and for editors: lines of help, and JSON Schema. */
#include <mldbg/base/option.h>

#include <string.h>

#include "option_value.h"

enum {
    HELP_COLUMNS = 80,
    LEFT_MOST = 28 /* a longer left side has its help on the next line */
};

static bool is_numeric(enum option_type type)
{
    return type == OPTION_INTEGER || type == OPTION_REAL || type == OPTION_SIZES || type == OPTION_REALS;
}

/* "  -o, --out FILE", or the bare name of a setting. */
static const char *left_side(struct arena *arena, const struct option *option, bool config)
{
    if (config)
        return arena_print(arena, "  %s", option->name);
    char *name = arena_copy(arena, option->name, strlen(option->name));
    for (char *at = name; *at; at++)
        if (*at == '_')
            *at = '-';
    const char *letter = option->letter ? arena_print(arena, "-%c, ", option->letter) : "    ";
    if (option->type == OPTION_BOOL) {
        bool on = option->fallback && strcmp(option->fallback, "true") == 0;
        return arena_print(arena, "  %s--%s%s", letter, on ? "no-" : "", name);
    }
    return arena_print(arena, "  %s--%s %s", letter, name, option->value ? option->value : "VALUE");
}

/* The help line with what is expected and the default in parentheses. */
static const char *right_side(struct arena *arena, const struct option *option, bool config)
{
    bool expects = option->type != OPTION_JSON && (config || option->type == OPTION_CHOICE);
    const char *expected = expects ? option_expected(arena, option, false) : "";
    const char *fallback = option_fallback(arena, option);
    bool flag = option->type == OPTION_BOOL && !config;
    const char *standard = fallback && !flag ? arena_print(arena, "default %s", fallback) : "";
    const char *duty = option->required ? "required" : "";
    struct text out;

    text_init(&out, arena);
    text_add(&out, option->help ? option->help : "");
    const char *notes[] = {expected, standard, duty};
    bool open = false;
    for (size_t i = 0; i < 3; i++)
        if (*notes[i]) {
            text_print(&out, "%s%s", open ? "; " : out.length ? " (" : "(", notes[i]);
            open = true;
        }
    text_add(&out, open ? ")" : "");
    return out.at;
}

/* Words from column `column` on, broken before the last column. */
static void add_wrapped(struct text *out, const char *words, size_t column)
{
    size_t at = column;
    while (*words) {
        size_t length = strcspn(words, " ");
        const char *word = arena_copy(out->arena, words, length);
        size_t columns = text_columns(word);
        if (at > column && at + 1 + columns > HELP_COLUMNS) {
            text_add(out, "\n");
            at = column;
        }
        if (at > column)
            text_add(out, " ");
        text_pad(out, column);
        at += columns + (at > column ? 1 : 0);
        text_add(out, word);
        words += length + strspn(words + length, " ");
    }
    text_add(out, "\n");
}

void options_help(struct text *out, const struct option_table *table, bool config)
{
    size_t left = 0;
    for (size_t i = 0; i < table->count; i++) {
        size_t columns = text_columns(left_side(out->arena, &table->at[i], config)) + 2;
        if (columns <= LEFT_MOST && columns > left)
            left = columns;
    }
    left = left ? left : LEFT_MOST;
    for (size_t i = 0; i < table->count; i++) {
        const char *side = left_side(out->arena, &table->at[i], config);
        text_add(out, side);
        if (text_columns(side) + 2 > left)
            text_add(out, "\n");
        add_wrapped(out, right_side(out->arena, &table->at[i], config), left);
    }
}

static void add_range(struct json *schema, const struct option *option, struct arena *arena)
{
    if (option_has_min(option))
        json_add_number(schema, option->above_min ? "exclusiveMinimum" : "minimum", option->min, arena);
    if (option_has_max(option))
        json_add_number(schema, "maximum", option->max, arena);
}

/* "type": one name, or two for settings that may be one value or a list. */
static void add_types(struct json *schema, const char *first, const char *second, struct arena *arena)
{
    if (!second) {
        json_add_string(schema, "type", first, arena);
        return;
    }
    struct json *types = json_add(schema, "type", json_array(arena), arena);
    json_add_string(types, NULL, first, arena);
    json_add_string(types, NULL, second, arena);
}

static void add_items(struct json *schema, const char *type, const struct option *option, struct arena *arena)
{
    struct json *items = json_add(schema, "items", json_object(arena), arena);
    json_add_string(items, "type", type, arena);
    if (is_numeric(option->type))
        add_range(items, option, arena);
}

static void describe_type(struct json *schema, const struct option *option, struct arena *arena)
{
    switch (option->type) {
    case OPTION_BOOL: add_types(schema, "boolean", NULL, arena); break;
    case OPTION_INTEGER: add_types(schema, "integer", NULL, arena); break;
    case OPTION_REAL: add_types(schema, "number", NULL, arena); break;
    case OPTION_TEXT: add_types(schema, "string", NULL, arena); break;
    case OPTION_SEED:
        add_types(schema, "integer", "string", arena);
        json_add_integer(schema, "minimum", 0, arena);
        json_add_integer(schema, "maximum", EXACT_MOST, arena);
        json_add_string(schema, "pattern", "^[0-9]+$", arena);
        break;
    case OPTION_CHOICE: {
        struct json *names = json_add(schema, "enum", json_array(arena), arena);
        for (size_t i = 0; option_choice(option, i); i++)
            json_add_string(names, NULL, option_choice(option, i), arena);
        break;
    }
    case OPTION_SIZES:
        add_types(schema, "integer", "array", arena);
        add_items(schema, "integer", option, arena);
        json_add_integer(schema, "minItems", 1, arena);
        json_add_integer(schema, "maxItems", (int64_t)(sizeof((struct sizes *)0)->at / sizeof(int64_t)),
                         arena);
        break;
    case OPTION_REALS:
        add_types(schema, "array", NULL, arena);
        add_items(schema, "number", option, arena);
        break;
    case OPTION_TEXTS:
        add_types(schema, "string", "array", arena);
        add_items(schema, "string", option, arena);
        break;
    case OPTION_JSON: break;
    }
}

static struct json *option_schema(struct arena *arena, const struct option *option)
{
    struct json *schema = json_object(arena), *value;
    const char *fallback = option_fallback(arena, option);
    bool word = option->type == OPTION_TEXT || option->type == OPTION_CHOICE;

    describe_type(schema, option, arena);
    if (is_numeric(option->type) && option->type != OPTION_REALS)
        add_range(schema, option, arena);
    if (option->help)
        json_add_string(schema, "description", option->help, arena);
    if (fallback && !word && json_parse(arena, option->name, fallback, strlen(fallback), &value, NULL))
        json_add(schema, "default", value, arena);
    else if (fallback)
        json_add_string(schema, "default", fallback, arena);
    return schema;
}

void options_schema(struct arena *arena, const struct option_table *table, struct json *schema)
{
    struct json *properties = json_get(schema, "properties"), *required = json_get(schema, "required");

    if (!properties)
        properties = json_add(schema, "properties", json_object(arena), arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];
        json_add(properties, option->name, option_schema(arena, option), arena);
        if (!option->required)
            continue;
        if (!required)
            required = json_add(schema, "required", json_array(arena), arena);
        json_add_string(required, NULL, option->name, arena);
    }
}
