/* Composes errors for a terminal of 80 columns. Reads the error and its source text, prints nothing itself.
 */
#include "excerpt.h"

#include <inttypes.h>
#include <string.h>

enum {
    LEFT_MOST = 48, /* columns shown in front of the caret; a longer line loses its beginning */
    GUTTER = 8      /* columns of "   14 | " */
};

#define BOLD  "\033[1m"
#define RED   "\033[1;31m"
#define BLUE  "\033[34m"
#define PLAIN "\033[0m"

static void add_escaped(struct text *out, const char *bytes, size_t length, size_t most)
{
    text_add(out, text_escape(out->arena, bytes, length, most));
}

/* The bytes of a line without its end; NULL when the text has fewer lines. */
static const char *find_line(const char *source, int64_t line, size_t *length)
{
    if (strncmp(source, "\xEF\xBB\xBF", 3) == 0)
        source += 3; /* columns count from behind the byte order mark */
    for (int64_t i = 1; i < line; i++) {
        source = strchr(source, '\n');
        if (!source)
            return NULL;
        source++;
    }
    *length = strcspn(source, "\n");
    if (*length && source[*length - 1] == '\r')
        (*length)--;
    return source;
}

/* Tabs count as one column in places, and are shown as one blank. */
static char *without_tabs(struct arena *arena, const char *line, size_t length)
{
    char *copy = arena_copy(arena, line, length);
    for (size_t i = 0; i < length; i++)
        if (copy[i] == '\t')
            copy[i] = ' ';
    return copy;
}

/* Start of the part of a line that is shown, so that the caret stays in sight; at a boundary of UTF-8. */
static size_t first_shown(struct arena *arena, const char *line, size_t caret)
{
    size_t first = caret > 4 * LEFT_MOST ? caret - 4 * LEFT_MOST : 0;
    for (; first < caret; first++) {
        if (((unsigned char)line[first] & 0xC0) == 0x80)
            continue;
        if (text_columns(text_escape(arena, line + first, caret - first, 0)) <= LEFT_MOST)
            break;
    }
    return first;
}

static void add_excerpt(struct text *out, const struct error *err, const char *source, bool color)
{
    size_t length;
    const char *found = find_line(source, err->line, &length);
    if (!found)
        return;
    char *line = without_tabs(out->arena, found, length);
    size_t caret = (size_t)(err->column - 1) < length ? (size_t)(err->column - 1) : length;
    size_t first = first_shown(out->arena, line, caret);
    const char *left = text_escape(out->arena, line + first, caret - first, 0);
    size_t indent = text_columns(left) + (first ? 1 : 0);
    size_t room = EXCERPT_COLUMNS - GUTTER - indent;

    text_print(out, "%s%5" PRId64 " | %s%s%s", color ? BLUE : "", err->line, color ? PLAIN : "",
               first ? "\xE2\x80\xA6" : "", left);
    add_escaped(out, line + caret, length - caret, room);
    text_print(out, "\n%s      | %s%*s%s", color ? BLUE : "", color ? PLAIN : "", (int)indent, "",
               color ? RED : "");

    size_t bytes = err->width > 0 ? (size_t)err->width : 1;
    bytes = bytes > length - caret ? length - caret : bytes;
    size_t carets = text_columns(text_escape(out->arena, line + caret, bytes, room));
    carets = carets ? carets : 1;
    for (size_t i = 0; i < carets; i++)
        text_add(out, "^");
    text_add(out, color ? PLAIN : "");
    if (err->hint[0]) {
        const char *hint = text_escape(out->arena, err->hint, strlen(err->hint), 0);
        if (GUTTER + indent + carets + 1 + text_columns(hint) <= EXCERPT_COLUMNS)
            text_print(out, " %s", hint);
        else
            text_print(out, "\n%s      = %s%s", color ? BLUE : "", color ? PLAIN : "", hint);
    }
    text_add(out, "\n");
}

static void add_place(struct text *out, const struct error *err)
{
    if (!err->file[0]) {
        text_add(out, "mldbg: ");
        return;
    }
    add_escaped(out, err->file, strlen(err->file), 0);
    if (err->line > 0)
        text_print(out, ":%" PRId64, err->line);
    if (err->line > 0 && err->column > 0)
        text_print(out, ":%" PRId64, err->column);
    text_add(out, ": ");
}

void excerpt_error(struct text *out, const struct error *err, const char *source, bool color)
{
    text_add(out, color ? BOLD : "");
    add_place(out, err);
    text_print(out, "%s%serror%s%s:%s ", color ? PLAIN : "", color ? RED : "", err->code[0] ? " " : "",
               err->code, color ? PLAIN : "");
    add_escaped(out, err->sentence, strlen(err->sentence), 0);
    text_add(out, "\n");

    size_t before = out->length;
    if (source && err->line > 0 && err->column > 0)
        add_excerpt(out, err, source, color);
    if (out->length == before && err->hint[0]) {
        text_add(out, "  ");
        add_escaped(out, err->hint, strlen(err->hint), 0);
        text_add(out, "\n");
    }
}
