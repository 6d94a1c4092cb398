/*
 * What gnuplot drew, made fit for the page: paths, dots and words are taken over number by number, and the
 * rest of its SVG, with fixed fonts, colors and ids that may stand only once in a page, is left behind.
 */
#include "figure.h"

#include <stdlib.h>
#include <string.h>

/* The text between two marks behind at and in front of end; *next receives what follows. NULL: not there. */
static const char *between(struct arena *arena, const char *at, const char *end, const char *left,
                           const char *right)
{
    const char *from = strstr(at, left), *to;

    if (!from || from >= end)
        return NULL;
    from += strlen(left);
    to = strstr(from, right);
    return to && to <= end ? arena_copy(arena, from, (size_t)(to - from)) : NULL;
}

/* Adds the characters that may stand in numbers and commands of paths; ends of lines become a blank. */
static void add_path(struct text *out, const char *path)
{
    for (bool blank = false; *path; path++) {
        if (strchr(" \t\n", *path)) {
            blank = true;
        } else if (strchr("0123456789.,-MLmlhvHVz", *path)) {
            text_add(out, blank ? " " : "");
            text_add_bytes(out, path, 1);
            blank = false;
        }
    }
}

static void add_word(struct text *out, const char *word)
{
    for (; *word; word++)
        if (strchr("0123456789.+-abcdefghijklmnopqrstuvwxyz", *word))
            text_add_bytes(out, word, 1);
}

/* "rgb(  0,   0,  16)": the number that we gave. */
static int part_of(const char *color)
{
    const char *last = color ? strrchr(color, ',') : NULL;
    return last ? (int)strtol(last + 1, NULL, 10) : PART_AXIS;
}

static void add_class(struct text *out, int part)
{
    switch (part) {
    case PART_AXIS: text_add(out, " class=\"ax\""); break;
    case PART_GRID: text_add(out, " class=\"gr\""); break;
    case PART_BROKEN: text_add(out, " class=\"nf\""); break;
    default: text_print(out, " class=\"s%d\"", part < 0 || part > LINES_MOST ? 0 : part);
    }
}

static bool add_line(struct text *out, const char *at, const char *end)
{
    struct arena *arena = out->arena;
    const char *path = between(arena, at, end, " d='", "'");

    if (!path || !strpbrk(path, "Llhv"))
        return false;
    text_add(out, "<path");
    add_class(out, part_of(between(arena, at, end, "stroke='", "'")));
    text_add(out, " d=\"");
    add_path(out, path);
    text_add(out, "\"/>\n");
    return true;
}

static void add_dot(struct text *out, const char *at, const char *end)
{
    struct arena *arena = out->arena;
    const char *place = between(arena, at, end, "translate(", ")");
    const char *comma = place ? strchr(place, ',') : NULL;

    if (!comma)
        return;
    text_add(out, "<circle r=\"2\"");
    add_class(out, part_of(between(arena, at, end, "color='", "'")));
    text_add(out, " cx=\"");
    add_path(out, arena_copy(arena, place, (size_t)(comma - place)));
    text_add(out, "\" cy=\"");
    add_path(out, comma + 1);
    text_add(out, "\"/>\n");
}

static void add_label(struct text *out, const char *at, const char *end)
{
    struct arena *arena = out->arena;
    const char *place = between(arena, at, end, "translate(", ")");
    const char *anchor = between(arena, at, end, "text-anchor=\"", "\"");
    const char *word = between(arena, at, end, "<text>", "</text>");
    const char *comma = place ? strchr(place, ',') : NULL;

    if (!comma || !word)
        return;
    text_add(out, "<text x=\"");
    add_path(out, arena_copy(arena, place, (size_t)(comma - place)));
    text_add(out, "\" y=\"");
    add_path(out, comma + 1);
    text_print(out, "\"%s>",
               !anchor                         ? ""
               : strcmp(anchor, "end") == 0    ? " text-anchor=\"end\""
               : strcmp(anchor, "middle") == 0 ? " text-anchor=\"middle\""
                                               : "");
    add_word(out, word);
    text_add(out, "</text>\n");
}

const char *drawing_from_svg(struct arena *arena, const char *svg, size_t length, const char *label)
{
    const char *at = strstr(svg, "</defs>"), *end = svg + length;
    struct text out;
    bool any = false;

    text_init(&out, arena);
    text_print(&out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", DRAWING_WIDTH,
               DRAWING_HEIGHT, label);
    for (; at && at < end; at = strchr(at + 1, '<')) {
        const char *close = strchr(at, '>');

        if (!close || close >= end)
            break;
        if (strncmp(at, "<path stroke='", 14) == 0) {
            any = add_line(&out, at, close) || any;
        } else if (strncmp(at, "<use ", 5) == 0) {
            add_dot(&out, at, close);
            any = true;
        } else if (strncmp(at, "<g transform=", 13) == 0) {
            const char *whole = strstr(at, "</g>");
            add_label(&out, at, whole && whole < end ? whole : close);
        }
    }
    text_add(&out, "</svg>\n");
    return any ? out.at : NULL;
}
