/* Strings that grow, and foreign text made fit to print. Knows UTF-8, never a locale. */
#include <mldbg/base/text.h>

#include <stdio.h>
#include <string.h>

#include "utf8.h"

enum {
    FIRST_CAPACITY = 128,
    NAME_MOST = 64 /* bytes; a name is a part of file names, columns and sentences */
};

void text_init(struct text *text, struct arena *arena)
{
    *text = (struct text){.arena = arena, .capacity = FIRST_CAPACITY};
    text->at = arena_alloc(arena, text->capacity);
}

/* Makes room for bytes more and the closing NUL. */
static char *room(struct text *text, size_t bytes)
{
    size_t wanted;
    if (__builtin_add_overflow(text->length + 1, bytes, &wanted))
        out_of_memory(bytes, text->arena->name);
    if (wanted > text->capacity) {
        size_t capacity = text->capacity > SIZE_MAX / 2 ? wanted : 2 * text->capacity;
        if (capacity < wanted)
            capacity = wanted;
        char *larger = arena_alloc(text->arena, capacity);
        memcpy(larger, text->at, text->length);
        text->at = larger;
        text->capacity = capacity;
    }
    return text->at + text->length;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    char *end = room(text, length);
    if (length)
        memcpy(end, bytes, length);
    end[length] = '\0';
    text->length += length;
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_print(struct text *text, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    size_t free_bytes = text->capacity - text->length;
    int length = vsnprintf(text->at + text->length, free_bytes, format, values);
    if (length < 0)
        BUG("cannot format \"%s\"", format);
    if ((size_t)length >= free_bytes)
        vsnprintf(room(text, (size_t)length), (size_t)length + 1, format, again);
    text->length += (size_t)length;
    va_end(again);
    va_end(values);
}

size_t text_columns(const char *string)
{
    size_t columns = 0;
    for (const char *at = string; *at; at++)
        columns += ((unsigned char)*at & 0xC0) != 0x80;
    return columns;
}

void text_pad(struct text *text, size_t width)
{
    const char *end = text->at + text->length, *line = end;
    while (line > text->at && line[-1] != '\n')
        line--;
    size_t columns = text_columns(line);
    if (columns < width) {
        size_t blanks = width - columns;
        memset(room(text, blanks), ' ', blanks);
        text->length += blanks;
        text->at[text->length] = '\0';
    }
}

/* Code points that move the cursor, reorder the line or cannot be seen are shown by their number. */
static bool is_hidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

/* One character of foreign text as it is shown; returns the bytes that it took. */
static size_t show(const char *bytes, size_t length, char out[16])
{
    static const char letters[] = "abtnvfr"; /* 0x07 .. 0x0D */
    uint32_t code = 0;
    size_t width = utf8_read(bytes, length, &code);

    if (width == 0) {
        snprintf(out, 16, "\\x%02x", (unsigned)(unsigned char)bytes[0]);
        return 1;
    }
    if (code >= 0x07 && code <= 0x0D)
        snprintf(out, 16, "\\%c", letters[code - 0x07]);
    else if (is_hidden(code))
        snprintf(out, 16, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code);
    else {
        memcpy(out, bytes, width);
        out[width] = '\0';
    }
    return width;
}

bool text_is_name(const char *word)
{
    size_t length = strlen(word);
    uint32_t code;

    for (size_t at = 0, width; at < length; at += width) {
        width = utf8_read(word + at, length - at, &code);
        if (width == 0 || code == ' ' || is_hidden(code) || (code < 0x80 && strchr("/,\"", (int)code)))
            return false;
    }
    return length >= 1 && length <= NAME_MOST;
}

const char *text_escape(struct arena *arena, const char *bytes, size_t length, size_t most)
{
    struct text out;
    size_t columns = 0, cut = 0, at = 0; /* cut: length of what still leaves a column for the ellipsis */
    char shown[16];

    text_init(&out, arena);
    while (at < length) {
        at += show(bytes + at, length - at, shown);
        columns += text_columns(shown);
        if (most && columns > most) {
            out.length = cut;
            text_add(&out, "\xE2\x80\xA6");
            break;
        }
        text_add(&out, shown);
        if (columns < most)
            cut = out.length;
    }
    return out.at;
}

const char *text_shell_word(struct arena *arena, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=+:,@%-";
    struct text quoted;

    if (*word && !word[strspn(word, plain)])
        return word;
    text_init(&quoted, arena);
    text_add(&quoted, "'");
    for (; *word; word++)
        text_add_bytes(&quoted, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    text_add(&quoted, "'");
    return quoted.at;
}
