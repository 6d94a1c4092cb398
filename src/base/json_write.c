/*
 * Writing JSON. Own code rather than the library's printer, which rounds numbers, turns NaN into null, passes
 * invalid UTF-8 through and indents with tabs.
 */
#include <mldbg/base/json.h>

#include <math.h>
#include <string.h>

#include "utf8.h"

enum { LINE_COLUMNS = 80 }; /* a container without containers in it stays on one line up to here */

static void write_string(struct text *out, const char *string)
{
    size_t left = strlen(string);

    text_add(out, "\"");
    while (left > 0) {
        uint32_t code;
        size_t width = utf8_read(string, left, &code);
        if (width == 0) {
            text_add(out, "\xEF\xBF\xBD");
            width = 1;
        } else if (code == '"' || code == '\\') {
            text_print(out, "\\%c", (char)code);
        } else if (code == '\n' || code == '\t' || code == '\r') {
            text_add(out, code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r");
        } else if (code < 0x20) {
            text_print(out, "\\u%04x", (unsigned)code);
        } else {
            text_add_bytes(out, string, width);
        }
        string += width;
        left -= width;
    }
    text_add(out, "\"");
}

static void write_scalar(struct text *out, const struct json *value)
{
    switch (value->type) {
    case JSON_BOOL: text_add(out, value->number != 0 ? "true" : "false"); break;
    case JSON_STRING: write_string(out, value->string); break;
    case JSON_NUMBER:
        if (value->raw)
            text_add(out, value->raw);
        else if (isfinite(value->number))
            text_add(out, text_double(out->arena, value->number));
        else
            text_print(out, "\"%s\"", text_double(out->arena, value->number));
        break;
    default: text_add(out, "null"); break;
    }
}

static bool is_container(const struct json *value)
{
    return value->type == JSON_ARRAY || value->type == JSON_OBJECT;
}

static void write_line(struct text *out, const struct json *value);

static void write_member(struct text *out, const struct json *member)
{
    if (member->key) {
        write_string(out, member->key);
        text_add(out, ": ");
    }
}

static void write_line(struct text *out, const struct json *value)
{
    if (!is_container(value)) {
        write_scalar(out, value);
        return;
    }
    text_add(out, value->type == JSON_ARRAY ? "[" : "{");
    for (const struct json *child = value->child; child; child = child->next) {
        write_member(out, child);
        write_line(out, child);
        text_add(out, child->next ? ", " : "");
    }
    text_add(out, value->type == JSON_ARRAY ? "]" : "}");
}

/* Columns that the line being written has so far. */
static size_t column_of(const struct text *out)
{
    size_t start = out->length;
    while (start > 0 && out->at[start - 1] != '\n')
        start--;
    return text_columns(out->at + start);
}

/* Writes a container of scalars on the line that was begun if it fits there; else leaves the text as it was.
 */
static bool write_short(struct text *out, const struct json *value)
{
    size_t length = out->length, start = column_of(out);

    text_add(out, value->type == JSON_ARRAY ? "[" : "{");
    for (const struct json *child = value->child; child; child = child->next) {
        bool fits = !is_container(child) || !child->child;
        if (fits) {
            write_member(out, child);
            write_line(out, child);
            text_add(out, child->next ? ", " : "");
            fits = start + text_columns(out->at + length) < LINE_COLUMNS;
        }
        if (!fits) {
            out->length = length;
            out->at[length] = '\0';
            return false;
        }
    }
    text_add(out, value->type == JSON_ARRAY ? "]" : "}");
    return true;
}

static void write_lines(struct text *out, const struct json *value, int indent)
{
    if (!is_container(value) || !value->child) {
        write_line(out, value);
        return;
    }
    if (value->parent && indent > 0 && write_short(out, value))
        return;
    text_add(out, value->type == JSON_ARRAY ? "[\n" : "{\n");
    for (const struct json *child = value->child; child; child = child->next) {
        text_print(out, "%*s", 2 * (indent + 1), "");
        write_member(out, child);
        write_lines(out, child, indent + 1);
        text_add(out, child->next ? ",\n" : "\n");
    }
    text_print(out, "%*s%s", 2 * indent, "", value->type == JSON_ARRAY ? "]" : "}");
}

void json_write(struct text *out, const struct json *value, bool indent)
{
    if (indent) {
        write_lines(out, value, 0);
        text_add(out, "\n");
    } else {
        write_line(out, value);
    }
}
