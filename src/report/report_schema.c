/*
 * The JSON Schema of every document that mldbg prints with --json, made from one table of members. It names
 * what the other side may count on; format_json.c and run_json.c write it, and the tests hold the two against
 * each other.
 */
#include <mldbg/report.h>

#include <string.h>

/*
 * A member of an object. Types: a word of `plain` below, or the name of another object; "[]" behind it makes
 * a list of it, "{}" a map from names to it, "?" says that the member may be absent.
 */
struct member {
    const char *object, *name, *type;
};

static const struct member members[] = {
    {"place", "file", "text"},
    {"place", "line", "count"},
    {"place", "column", "count"},

    {"evidence", "name", "text"},
    {"evidence", "value", "number"},
    {"evidence", "threshold", "number"},
    {"evidence", "step", "count?"},

    {"finding", "code", "text"},
    {"finding", "name", "text"},
    {"finding", "severity", "severity"},
    {"finding", "sentence", "text"},
    {"finding", "subject", "text"},
    {"finding", "next", "text"},
    {"finding", "category", "text?"},
    {"finding", "proof", "text?"},
    {"finding", "cause", "text?"},
    {"finding", "place", "place?"},
    {"finding", "evidence", "evidence[]"},

    {"manifest", "command", "text"},
    {"manifest", "name", "text"},
    {"manifest", "config", "text"},
    {"manifest", "status", "text"},
    {"manifest", "seed", "seed"},
    {"manifest", "device", "text"},
    {"manifest", "dtype", "text"},
    {"manifest", "blas", "text"},
    {"manifest", "threads", "count"},

    {"layer", "name", "text"},
    {"layer", "type", "text"},
    {"layer", "output", "text"},
    {"layer", "parameters", "count"},
    {"layer", "trainable", "count"},
    {"layer", "bytes", "count"},
    {"layer", "multiply_adds", "count"},
    {"layer", "line", "count"},

    {"split", "name", "text"},
    {"split", "origin", "text"},
    {"split", "rows", "count"},
    {"split", "dropped", "count"},
    {"split", "duplicate_rows", "count"},
    {"split", "conflicting_rows", "count"},
    {"split", "unavoidable_rows", "count"},
    {"split", "shared_rows", "count"},
    {"split", "class_rows", "count[]"},

    {"column", "split", "text"},
    {"column", "name", "text"},
    {"column", "kind", "text"},
    {"column", "count", "count"},
    {"column", "missing", "count"},
    {"column", "nonfinite", "count"},
    {"column", "overflow", "count"},
    {"column", "underflow", "count"},
    {"column", "inexact", "count"},
    {"column", "distinct", "count"},
    {"column", "min", "number"},
    {"column", "max", "number"},
    {"column", "mean", "number"},
    {"column", "std", "number"},
    {"column", "same_as", "text?"},
    {"column", "same_as_label", "truth"},

    {"series", "step", "count[]"},
    {"series", "value", "number[]"},

    {"patch", "path", "text"},
    {"patch", "value", "value?"},
    {"patch", "insert", "truth?"},
    {"patch", "remove", "truth?"},

    {"remedy", "words", "text"},
    {"remedy", "patch", "patch[]"},

    {"record", "run", "manifest"},
    {"record", "config", "any?"},
    {"record", "layers", "layer[]"},
    {"record", "splits", "split[]"},
    {"record", "columns", "column[]"},
    {"record", "series", "series{}"},
    {"record", "facts", "fact{}"},
    {"record", "remedies", "remedy[]?"},

    {"report", "name", "text"},
    {"report", "config", "text"},
    {"report", "outcome", "outcome"},
    {"report", "verdict", "text"},
    {"report", "next", "text"},
    {"report", "findings", "finding[]"},
    {"report", "asked", "count"},
    {"report", "not_asked", "count"},
    {"report", "run", "record?"},

    {"error", "code", "text"},
    {"error", "kind", "trouble"},
    {"error", "sentence", "text"},
    {"error", "hint", "text"},
    {"error", "place", "place?"},

    {"refusal", "errors", "error[]"},
    {"refusal", "dropped", "count"},

    {"catalog", "name", "text"},
    {"catalog", "count", "count"},

    {"catalogs", "catalogs", "catalog[]"},

    {"entry", "catalog", "text"},
    {"entry", "name", "text"},
    {"entry", "summary", "text"},
    {"entry", "explain", "text?"},
    {"entry", "code", "text?"},
    {"entry", "severity", "severity?"},
    {"entry", "category", "text?"},
    {"entry", "reads", "text[]?"},
    {"entry", "causes", "text[]?"},
    {"entry", "next", "text[]?"},
    {"entry", "remedies", "text[]?"},
    {"entry", "usage", "text?"},
    {"entry", "examples", "text[]?"},
    {"entry", "settings", "any?"},

    {"entries", "entries", "entry[]"},

    {"summary", "run", "text"},
    {"summary", "name", "text"},
    {"summary", "status", "text"},
    {"summary", "epochs", "number"},
    {"summary", "loss", "number"},
    {"summary", "accuracy", "number"},
    {"summary", "rmse", "number"},

    {"runs", "runs", "summary[]"},

    {"script", "shell", "text"},
    {"script", "script", "text"},

    {"build", "compiler", "text"},
    {"build", "blas", "text"},
};

/* Objects that stand alone; report_document() opens each of them. */
static const char *const documents[] = {"report", "refusal", "catalogs", "entries",
                                        "runs",   "script",  "build"};

static const struct {
    const char *word, *schema;
} plain[] = {
    {"text", "{\"type\": \"string\"}"},
    {"count", "{\"type\": \"integer\", \"minimum\": 0}"},
    {"truth", "{\"type\": \"boolean\"}"},
    {"any", "{\"type\": \"object\"}"},
    {"value", "{}"},
    {"number", "{\"anyOf\": [{\"type\": \"number\"}, {\"enum\": [\"nan\", \"inf\", \"-inf\"]}]}"},
    {"fact", "{\"type\": [\"number\", \"string\"]}"},
    {"seed", "{\"type\": [\"integer\", \"string\"], \"minimum\": 0, \"pattern\": \"^[0-9]+$\"}"},
    {"severity", "{\"enum\": [\"note\", \"warning\", \"error\"]}"},
    {"outcome", "{\"enum\": [\"PASS\", \"FAIL\", \"INCONCLUSIVE\", null]}"},
    {"trouble", "{\"enum\": [\"request\", \"machine\"]}"},
};

static struct json *parsed(const char *text, struct arena *arena)
{
    struct json *value = NULL;
    struct error err = {0};
    if (!json_parse(arena, "the schema", text, strlen(text), &value, &err))
        BUG("a piece of the schema is no JSON: %s", err.sentence);
    return value;
}

static struct json *reference(const char *object, struct arena *arena)
{
    struct json *schema = json_object(arena);
    json_add_string(schema, "$ref", arena_print(arena, "#/$defs/%s", object), arena);
    return schema;
}

static bool ends_with(const char *type, size_t length, const char *end)
{
    size_t width = strlen(end);
    return length > width && strncmp(type + length - width, end, width) == 0;
}

static struct json *type_schema(const char *type, size_t length, struct arena *arena)
{
    if (ends_with(type, length, "?"))
        return type_schema(type, length - 1, arena);
    if (ends_with(type, length, "[]")) {
        struct json *schema = parsed("{\"type\": \"array\"}", arena);
        json_add(schema, "items", type_schema(type, length - 2, arena), arena);
        return schema;
    }
    if (ends_with(type, length, "{}")) {
        struct json *schema = parsed("{\"type\": \"object\"}", arena);
        json_add(schema, "additionalProperties", type_schema(type, length - 2, arena), arena);
        return schema;
    }
    const char *word = arena_copy(arena, type, length);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i].word, word) == 0)
            return parsed(plain[i].schema, arena);
    return reference(word, arena);
}

/* The schema of an object, made when its first member is met. */
static struct json *object_schema(struct json *definitions, const char *object, struct arena *arena)
{
    struct json *schema = json_get(definitions, object);
    if (!schema) {
        schema = json_add(definitions, object, json_object(arena), arena);
        json_add_string(schema, "type", "object", arena);
        json_add_bool(schema, "additionalProperties", false, arena);
        json_add(schema, "required", json_array(arena), arena);
        json_add(schema, "properties", json_object(arena), arena);
    }
    return schema;
}

static void add_member(struct json *definitions, const struct member *member, struct arena *arena)
{
    struct json *schema = object_schema(definitions, member->object, arena);
    size_t length = strlen(member->type);

    json_add(json_get(schema, "properties"), member->name, type_schema(member->type, length, arena), arena);
    if (!ends_with(member->type, length, "?"))
        json_add_string(json_get(schema, "required"), NULL, member->name, arena);
}

static void add_head(struct json *definitions, const char *object, struct arena *arena)
{
    static const char *const head[] = {"schema_version", "version", "command"};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        add_member(definitions, &(struct member){object, head[i], "text"}, arena);
}

struct json *report_schema(struct arena *arena)
{
    struct json *schema = json_object(arena), *definitions = json_object(arena);

    json_add_string(schema, "$schema", "https://json-schema.org/draft/2020-12/schema", arena);
    json_add_string(schema, "title", "Documents that mldbg prints with --json", arena);
    struct json *choices = json_add(schema, "anyOf", json_array(arena), arena);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        json_add(choices, NULL, reference(documents[i], arena), arena);
        add_head(definitions, documents[i], arena);
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add_member(definitions, &members[i], arena);
    json_add(schema, "$defs", definitions, arena);
    return schema;
}
