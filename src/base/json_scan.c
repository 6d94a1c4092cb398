/*
 * Strict scanner for JSON by RFC 8259. Reads text and notes places; depth is limited and kept on a small
 * stack of its own, so that no text can exhaust the program's. Explanations of refusals are in json_habit.c.
 */
#include "json_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/json.h>

#include "json_habit.h"
#include "utf8.h"

/* An object or array that is open. */
struct level {
    bool object;
    int64_t line;
};

struct scan {
    struct json_cursor at;
    const char *text;
    struct arena *arena;
    struct json_marks *marks;
    struct json_mark key; /* key_* of the member whose value comes next */
    struct level level[JSON_DEPTH_MOST];
    int depth;
};

static void skip_blanks(struct json_cursor *at)
{
    for (;; at->at++) {
        if (*at->at == '\n') {
            at->line++;
            at->line_start = at->at + 1;
        } else if (*at->at != ' ' && *at->at != '\t' && *at->at != '\r') {
            return;
        }
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Characters that would make a number or a word a longer one. */
static bool is_continued(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           c == '.' || c == '+' || c == '-';
}

static bool hex4(const char *at, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        uint32_t digit;
        if (is_digit(c))
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A' + 10);
        else
            return false;
        *code = *code << 4 | digit;
    }
    return true;
}

/* at stands on the backslash; returns the bytes of the escape, or 0 with the error filled. */
static size_t escape_length(const struct json_cursor *cursor, const char *at, struct error *err)
{
    uint32_t code, low;

    if (at[1] && strchr("\"\\/bfnrt", at[1]))
        return 2;
    if (at[1] != 'u') {
        json_refuse_escape(cursor, at, err);
        return 0;
    }
    if (!hex4(at + 2, &code)) {
        json_refuse(cursor, at, 2, err, "\"\\u\" takes four hexadecimal digits");
        return 0;
    }
    if (code == 0) {
        json_refuse(cursor, at, 6, err, "a string cannot hold the character NUL");
        return 0;
    }
    if (code < 0xD800 || code > 0xDFFF)
        return 6;
    if (code < 0xDC00 && at[6] == '\\' && at[7] == 'u' && hex4(at + 8, &low) && low >= 0xDC00 &&
        low <= 0xDFFF)
        return 12;
    json_refuse(cursor, at, 6, err, "\"%.6s\" is half of a surrogate pair, and the other half is missing",
                at);
    return 0;
}

/* The cursor stands on the opening quote and moves behind the closing one. */
static bool scan_string(struct json_cursor *cursor, struct error *err)
{
    const char *start = cursor->at, *at = start + 1;

    while (*at != '"') {
        unsigned char c = (unsigned char)*at;
        if (c == '\\') {
            size_t width = escape_length(cursor, at, err);
            if (width == 0)
                return false;
            at += width;
        } else if (c < 0x20) {
            return json_refuse_control(cursor, start, at, err);
        } else if (c < 0x80) {
            at++;
        } else {
            uint32_t code;
            size_t width = utf8_read(at, (size_t)(cursor->end - at), &code);
            if (width == 0)
                return json_refuse(cursor, at, 1, err, "byte 0x%02x in a string is not UTF-8", c);
            at += width;
        }
    }
    cursor->at = at + 1;
    return true;
}

static bool scan_number(struct json_cursor *cursor, double *number, struct error *err)
{
    const char *start = cursor->at, *at = start + (*start == '-');

    if (!is_digit(*at) || (at[0] == '0' && is_digit(at[1])))
        return json_refuse_number(cursor, start, err);
    while (is_digit(*at))
        at++;
    if (*at == '.') {
        if (!is_digit(*++at))
            return json_refuse_number(cursor, start, err);
        while (is_digit(*at))
            at++;
    }
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (!is_digit(*at))
            return json_refuse_number(cursor, start, err);
        while (is_digit(*at))
            at++;
    }
    if (is_continued(*at))
        return json_refuse_number(cursor, start, err);
    *number = strtod(start, NULL);
    if (!isfinite(*number))
        return json_refuse(cursor, start, (size_t)(at - start), err, "%.*s%s is too large for a number",
                           at - start > 40 ? 40 : (int)(at - start), start, at - start > 40 ? "..." : "");
    cursor->at = at;
    return true;
}

static bool scan_word(struct json_cursor *cursor, struct error *err)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(cursor->at, words[i], length) == 0 && !is_continued(cursor->at[length])) {
            cursor->at += length;
            return true;
        }
    }
    return json_refuse_value(cursor, err);
}

static bool scan_key(struct scan *scan, struct error *err)
{
    struct json_cursor *cursor = &scan->at;
    const char *start = cursor->at;

    if (*start != '"')
        return json_refuse_key(cursor, scan->level[scan->depth - 1].line, err);
    scan->key.key_line = (uint32_t)cursor->line;
    scan->key.key_column = (uint32_t)(start - cursor->line_start + 1);
    if (!scan_string(cursor, err))
        return false;
    scan->key.key_width = (uint32_t)(cursor->at - start);
    skip_blanks(cursor);
    if (*cursor->at != ':')
        return json_refuse_colon(cursor, start, scan->key.key_width, err);
    cursor->at++;
    return true;
}

/* One value, of an object or array only its opening bracket. */
static bool scan_value(struct scan *scan, bool *opened, struct error *err)
{
    struct json_cursor *cursor = &scan->at;
    struct json_mark *mark = arena_append(scan->arena, &scan->marks->at, &scan->marks->count,
                                          &scan->marks->capacity, sizeof *mark);
    const char *start = cursor->at;
    char c = *start;
    bool good = true;

    *mark = scan->key;
    scan->key.key_width = 0;
    mark->offset = (uint32_t)(start - scan->text);
    mark->line = (uint32_t)cursor->line;
    mark->column = (uint32_t)(start - cursor->line_start + 1);
    *opened = c == '{' || c == '[';
    if (*opened) {
        if (scan->depth == JSON_DEPTH_MOST)
            return json_refuse(cursor, start, 1, err, "nesting deeper than %d", JSON_DEPTH_MOST);
        scan->level[scan->depth++] = (struct level){c == '{', cursor->line};
        cursor->at++;
    } else if (c == '"') {
        good = scan_string(cursor, err);
    } else if (c == '-' || is_digit(c)) {
        good = scan_number(cursor, &mark->number, err);
    } else {
        good = scan_word(cursor, err);
    }
    mark->width = (uint32_t)(cursor->at - start);
    return good;
}

/* Behind a value: closes what closes here, and tells whether another value follows. */
static bool scan_behind(struct scan *scan, bool *more, struct error *err)
{
    struct json_cursor *cursor = &scan->at;

    for (*more = false; scan->depth > 0 && !*more;) {
        const struct level *level = &scan->level[scan->depth - 1];
        char close = level->object ? '}' : ']';
        skip_blanks(cursor);
        if (*cursor->at == close) {
            cursor->at++;
            scan->depth--;
            continue;
        }
        if (*cursor->at != ',')
            return json_refuse_behind(cursor, level->object, level->line, err);
        const char *comma = cursor->at++;
        struct json_cursor comma_cursor = *cursor;
        skip_blanks(cursor);
        if (*cursor->at == '}' || *cursor->at == ']')
            return json_refuse_comma(&comma_cursor, comma, *cursor->at, err);
        *more = true;
    }
    return true;
}

static bool scan_document(struct scan *scan, struct error *err)
{
    struct json_cursor *cursor = &scan->at;
    bool more = true;

    while (more) {
        bool opened;
        skip_blanks(cursor);
        if (scan->depth > 0 && scan->level[scan->depth - 1].object) {
            if (!scan_key(scan, err))
                return false;
            skip_blanks(cursor);
        }
        if (!scan_value(scan, &opened, err))
            return false;
        if (opened) {
            skip_blanks(cursor);
            more = *cursor->at != (scan->level[scan->depth - 1].object ? '}' : ']');
            if (more)
                continue;
        }
        if (!scan_behind(scan, &more, err))
            return false;
    }
    skip_blanks(cursor);
    return cursor->at == cursor->end || json_refuse_trailing(cursor, err);
}

bool json_scan(struct arena *arena, const char *name, const char *text, size_t length,
               struct json_marks *marks, struct error *err)
{
    struct scan scan = {.at = {.file = name, .at = text, .end = text + length, .line = 1, .line_start = text},
                        .text = text,
                        .arena = arena,
                        .marks = marks};

    *marks = (struct json_marks){0};
    if (length > JSON_BYTES_MOST)
        return fail_at(err, ERROR_MACHINE, (struct place){.file = name},
                       "the JSON text is larger than the limit of 1 GiB");
    if (!json_refuse_encoding(&scan.at, err))
        return false;
    if (memcmp(text, "\xEF\xBB\xBF", length < 3 ? length + 1 : 3) == 0)
        scan.at.at = scan.at.line_start = text + 3;
    return scan_document(&scan, err);
}
