/*
 * JSON, strictly by RFC 8259, with a place for every key and value. The text is scanned first (UTF-8,
 * grammar, depth, duplicate keys, numbers), since the library behind it is lenient and keeps no positions.
 */
#ifndef MLDBG_BASE_JSON_H
#define MLDBG_BASE_JSON_H

#include <mldbg/base/error.h>
#include <mldbg/base/text.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    const char *key;    /* inside an object, else NULL */
    const char *raw;    /* JSON_NUMBER: its text as written; for text made by json_* builders may be NULL */
    const char *string; /* JSON_STRING */
    double number;      /* JSON_NUMBER, JSON_BOOL (0 or 1) */
    struct json *child, *next; /* members or items, in order */
    struct json *last;         /* last child */
    struct json *parent;
    struct place place;     /* of the value */
    struct place key_place; /* of the key, inside an object */
};

enum {
    JSON_DEPTH_MOST = 64,
    JSON_CONFIG_BYTES_MOST = 1 << 20 /* a config; larger is refused with the limit named */
};

/*
 * Parses a whole document. name is the file shown in places and must live as long as the tree. On failure
 * *out is NULL and err names line, column, what was found and what was expected, with a hint for what people
 * write by habit (comments, trailing commas, single quotes, NaN).
 */
bool json_parse(struct arena *arena, const char *name, const char *bytes, size_t length, struct json **out,
                struct error *err);

/* Reads and parses a file; refuses files over most bytes. *text (may be NULL) receives the bytes, for
 * excerpts. */
bool json_read(struct arena *arena, const char *path, size_t most, struct json **out, const char **text,
               struct error *err);

/* Case-sensitive look-up; NULL when absent or when object is NULL. */
struct json *json_get(const struct json *object, const char *key);
size_t json_count(const struct json *container);
const struct json *json_at(const struct json *array, size_t index);

/* "optimizer.lr", "model[3].kernel_size"; keys with points or brackets as ["a.b"]; the document itself is "".
 */
const char *json_path(struct arena *arena, const struct json *value);

/* "a string", "an object", "true": for sentences. */
const char *json_type_name(const struct json *value);

/*
 * Builders. A key of NULL appends to an array. Strings are copied into the arena; a value that stands in a
 * tree already is copied, too. json_add* return the value as it stands in the tree.
 */
struct json *json_object(struct arena *arena);
struct json *json_array(struct arena *arena);
struct json *json_add(struct json *parent, const char *key, struct json *value, struct arena *arena);
struct json *json_add_string(struct json *parent, const char *key, const char *value, struct arena *arena);
struct json *json_add_number(struct json *parent, const char *key, double value, struct arena *arena);
struct json *json_add_integer(struct json *parent, const char *key, int64_t value, struct arena *arena);
struct json *json_add_bool(struct json *parent, const char *key, bool value, struct arena *arena);
struct json *json_add_null(struct json *parent, const char *key, struct arena *arena);
struct json *json_copy(struct arena *arena, const struct json *value);

/* The value at such a path; NULL when nothing is there. */
struct json *json_find(struct arena *arena, const struct json *document, const char *path);

/*
 * Sets a value by path ("optimizer.lr", "model[2].p"), making objects on the way; an index one past the last
 * item appends; value NULL removes the member or item. Returns false when the path does not fit the document.
 */
bool json_set(struct arena *arena, struct json *document, const char *path, struct json *value);

/*
 * Writes with two blanks of indent and a final newline, arrays and objects of scalars on one line where they
 * fit (indent false: all on one line, no newline). Numbers are written as they were read, else as the
 * shortest text that reads back exactly; NaN and infinities become the strings "nan", "inf", "-inf".
 */
void json_write(struct text *out, const struct json *value, bool indent);

#endif
