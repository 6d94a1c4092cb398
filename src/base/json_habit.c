/* The words in which the JSON scanner refuses. Reads the text around a place, changes nothing. */
#include "json_habit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

enum { WORD_SHOWN = 40 }; /* bytes of a foreign word that are quoted in a sentence */

bool json_refuse(const struct json_cursor *cursor, const char *at, size_t width, struct error *err,
                 const char *format, ...)
{
    char sentence[ERROR_SENTENCE];
    struct place place = {cursor->file, cursor->line, at - cursor->line_start + 1, (int64_t)width};
    va_list values;

    va_start(values, format);
    vsnprintf(sentence, sizeof sentence, format, values);
    va_end(values);
    return fail_at(err, ERROR_REQUEST, place, "%s", sentence);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the word that begins at a place: letters, digits, and joints. */
static size_t word_length(const char *at)
{
    size_t length = 0;
    while (is_letter(at[length]) || is_digit(at[length]) ||
           (length && (at[length] == '-' || at[length] == '.')))
        length++;
    return length;
}

static int shown(size_t length)
{
    return length > WORD_SHOWN ? WORD_SHOWN : (int)length;
}

bool json_refuse_encoding(const struct json_cursor *cursor, struct error *err)
{
    const char *text = cursor->at, *end = cursor->end, *nul = memchr(text, 0, (size_t)(end - text));
    bool marked = end - text >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);

    if (marked || (nul && end - text >= 2 && nul - text <= 1)) {
        fail_at(err, ERROR_REQUEST, (struct place){.file = cursor->file, .line = 1},
                "the text looks like UTF-16; expected UTF-8");
        return fail_hint(err, "convert it: iconv -f UTF-16 -t UTF-8");
    }
    if (!nul)
        return true;
    struct place place = {cursor->file, 1, 1, 1};
    for (const char *at = text; at < nul; at++, place.column++)
        if (*at == '\n') {
            place.line++;
            place.column = 0;
        }
    return fail_at(err, ERROR_REQUEST, place, "byte %td of the text is NUL; expected JSON", nul - text);
}

/* Refuses what is wrong wherever it stands: the end of the text, comments, quotes of the wrong kind. */
static bool refuse_anywhere(const struct json_cursor *cursor, struct error *err, bool *refused)
{
    const char *at = cursor->at;
    *refused = true;
    if (*at == '#' || (*at == '/' && (at[1] == '/' || at[1] == '*'))) {
        json_refuse(cursor, at, strcspn(at, "\r\n"), err, "a comment stands here; JSON has no comments");
        return fail_hint(err, "remove it");
    }
    if (*at == '\'' || *at == '`') {
        const char *close = at + 1 + strcspn(at + 1, *at == '\'' ? "'\r\n" : "`\r\n");
        json_refuse(cursor, at, (size_t)(close - at) + (*close == *at), err,
                    "a %s quote stands here; JSON strings stand in double quotes",
                    *at == '`' ? "back" : "single");
        return *close == *at ? fail_hint(err, "write \"%.*s\"", shown((size_t)(close - at - 1)), at + 1)
                             : false;
    }
    if (strncmp(at, "\xE2\x80\x9C", 3) == 0 || strncmp(at, "\xE2\x80\x9D", 3) == 0) {
        json_refuse(cursor, at, 3, err,
                    "a typographic quote stands here; JSON strings stand in straight quotes");
        return fail_hint(err, "write \"");
    }
    *refused = false;
    return false;
}

/* Names the character that stands at a place. */
static const char *found(const char *at, char out[32])
{
    uint32_t code;
    size_t width = utf8_read(at, strnlen(at, 4), &code);
    if (*at == '\0')
        snprintf(out, 32, "the end of the text");
    else if (width == 0 || code < 0x20)
        snprintf(out, 32, "byte 0x%02x", (unsigned)(unsigned char)*at);
    else
        snprintf(out, 32, "\"%.*s\"", (int)width, at);
    return out;
}

/* What other languages write for the words that JSON knows. */
static const struct habit {
    const char *word, *write;
} HABITS[] = {{"True", "true"},      {"TRUE", "true"}, {"False", "false"}, {"FALSE", "false"},
              {"yes", "true"},       {"no", "false"},  {"on", "true"},     {"off", "false"},
              {"None", "null"},      {"NULL", "null"}, {"Null", "null"},   {"nil", "null"},
              {"undefined", "null"}, {"NaN", NULL},    {"nan", NULL},      {"NAN", NULL},
              {"Infinity", NULL},    {"inf", NULL},    {"Inf", NULL},      {"infinity", NULL}};

static bool refuse_word(const struct json_cursor *cursor, const char *at, size_t length, struct error *err)
{
    for (size_t i = 0; i < sizeof HABITS / sizeof *HABITS; i++) {
        const struct habit *habit = &HABITS[i];
        if (strlen(habit->word) != length || strncmp(at, habit->word, length) != 0)
            continue;
        if (!habit->write) {
            json_refuse(cursor, cursor->at, (size_t)(at - cursor->at) + length, err,
                        "JSON knows no NaN and no infinity; expected a number");
            return fail_hint(err, "write a finite number, or leave the setting out");
        }
        json_refuse(cursor, at, length, err, "\"%s\" is no JSON value", habit->word);
        return fail_hint(err, "write %s", habit->write);
    }
    json_refuse(cursor, at, length, err, "the word %.*s stands here without quotes; expected a value",
                shown(length), at);
    return fail_hint(err, "write \"%.*s\" if a string is meant", shown(length), at);
}

bool json_refuse_value(const struct json_cursor *cursor, struct error *err)
{
    const char *at = cursor->at;
    char name[32];
    bool refused;

    if (refuse_anywhere(cursor, err, &refused), refused)
        return false;
    if (*at == '+' || *at == '.')
        return json_refuse_number(cursor, at, err);
    if (is_letter(*at))
        return refuse_word(cursor, at, word_length(at), err);
    return json_refuse(cursor, at, 1, err, "expected a value, found %s", found(at, name));
}

bool json_refuse_key(const struct json_cursor *cursor, int64_t open_line, struct error *err)
{
    const char *at = cursor->at;
    char name[32];
    bool refused;

    if (refuse_anywhere(cursor, err, &refused), refused)
        return false;
    if (is_letter(*at)) {
        size_t length = word_length(at);
        json_refuse(cursor, at, length, err, "the key %.*s has no quotes", shown(length), at);
        return fail_hint(err, "write \"%.*s\"", shown(length), at);
    }
    if (*at == '\0')
        return json_refuse(cursor, at, 1, err, "the text ends inside the object that opens in line %" PRId64,
                           open_line);
    return json_refuse(cursor, at, 1, err, "expected a key in double quotes, found %s", found(at, name));
}

bool json_refuse_colon(const struct json_cursor *cursor, const char *key, size_t width, struct error *err)
{
    char name[32];
    bool refused;

    if (refuse_anywhere(cursor, err, &refused), refused)
        return false;
    json_refuse(cursor, cursor->at, 1, err, "expected \":\" behind the key %.*s%s, found %s", shown(width),
                key, width > WORD_SHOWN ? "..." : "", found(cursor->at, name));
    return *cursor->at == '=' ? fail_hint(err, "write : for =") : false;
}

bool json_refuse_behind(const struct json_cursor *cursor, bool object, int64_t open_line, struct error *err)
{
    const char *at = cursor->at, *kind = object ? "object" : "array";
    char name[32], close = object ? '}' : ']';
    bool refused;

    if (*at == '\0')
        return json_refuse(cursor, at, 1, err, "the text ends inside the %s that opens in line %" PRId64,
                           kind, open_line);
    if (*at == '"' || *at == '{' || *at == '[' || *at == '-' || is_digit(*at) || is_letter(*at)) {
        json_refuse(cursor, at, 1, err, "expected \",\" or \"%c\" before the next %s, found %s", close,
                    object ? "member" : "item", found(at, name));
        return fail_hint(err, "a comma is missing before this");
    }
    if (refuse_anywhere(cursor, err, &refused), refused)
        return false;
    if (*at == '}' || *at == ']') {
        json_refuse(cursor, at, 1, err,
                    "the %s that opens in line %" PRId64 " is closed by \"%c\"; expected \"%c\"", kind,
                    open_line, *at, close);
        return false;
    }
    return json_refuse(cursor, at, 1, err, "expected \",\" or \"%c\", found %s", close, found(at, name));
}

bool json_refuse_comma(const struct json_cursor *cursor, const char *comma, char close, struct error *err)
{
    json_refuse(cursor, comma, 1, err, "a comma stands before \"%c\"; JSON has no trailing commas", close);
    return fail_hint(err, "remove this comma");
}

bool json_refuse_trailing(const struct json_cursor *cursor, struct error *err)
{
    char name[32];
    bool refused;
    if (refuse_anywhere(cursor, err, &refused), refused)
        return false;
    return json_refuse(cursor, cursor->at, 1, err,
                       "the document is complete, but %s follows; expected the end", found(cursor->at, name));
}

bool json_refuse_number(const struct json_cursor *cursor, const char *start, struct error *err)
{
    const char *at = start + (*start == '-' || *start == '+'), *sign = *start == '-' ? "-" : "";
    size_t length = (size_t)(at - start);
    while (is_letter(start[length]) || is_digit(start[length]) || start[length] == '.' ||
           ((start[length] == '-' || start[length] == '+') && (start[length - 1] | 0x20) == 'e'))
        length++;
    int rest = shown(length - (size_t)(at - start));

    if (is_letter(*at) && *start != *at)
        return refuse_word(cursor, at, length - (size_t)(at - start), err);
    json_refuse(cursor, start, length ? length : 1, err, "%.*s%s is no JSON number", shown(length), start,
                length > WORD_SHOWN ? "..." : "");
    if (at[0] == '0' && (at[1] | 0x20) == 'x')
        return fail_hint(err, "write it in decimal");
    if (*start == '+')
        return fail_hint(err, "write it without the +");
    if (*at == '.')
        return fail_hint(err, "write %s0%.*s", sign, rest, at);
    if (at[0] == '0' && is_digit(at[1]))
        return fail_hint(err, "write it without the leading zero");
    size_t digits = strspn(at, "0123456789");
    if (digits && at[digits] == '.' && !is_digit(at[digits + 1]))
        return fail_hint(err, "write a digit behind the point: %s%.*s.0", sign, shown(digits), at);
    if (at[digits] == '_')
        return fail_hint(err, "write it without separators");
    if (digits && (start[length - 1] == 'e' || start[length - 1] == 'E' || start[length - 1] == '-' ||
                   start[length - 1] == '+'))
        return fail_hint(err, "the exponent has no digits");
    return false;
}

bool json_refuse_escape(const struct json_cursor *cursor, const char *at, struct error *err)
{
    char name[32];
    json_refuse(cursor, at, at[1] ? 2 : 1, err, "\\ stands before %s; expected one of \" \\ / b f n r t u",
                found(at + 1, name));
    return fail_hint(err, "a backslash itself is written \\\\");
}

bool json_refuse_control(const struct json_cursor *cursor, const char *start, const char *at,
                         struct error *err)
{
    if (*at == '\n' || *at == '\r' || *at == '\0') {
        json_refuse(cursor, start, (size_t)(at - start), err,
                    "the string that opens here is not closed in its line");
        return *at ? fail_hint(err, "close it with \", and write a line break inside it as \\n") : false;
    }
    json_refuse(cursor, at, 1, err, "a control character (0x%02x) stands in a string",
                (unsigned)(unsigned char)*at);
    return *at == '\t' ? fail_hint(err, "write a tab as \\t") : false;
}
