/* Text into HTML: escapes, and tables. Adds nothing that the caller did not give but markup. */
#include "html.h"

#include <string.h>

void html_words(struct text *out, const char *words)
{
    const char *at = words ? text_escape(out->arena, words, strlen(words), 0) : "";

    while (*at) {
        size_t plain = strcspn(at, "&<>\"'");

        text_add_bytes(out, at, plain);
        at += plain;
        switch (*at) {
        case '&': text_add(out, "&amp;"); break;
        case '<': text_add(out, "&lt;"); break;
        case '>': text_add(out, "&gt;"); break;
        case '"': text_add(out, "&quot;"); break;
        case '\'': text_add(out, "&#39;"); break;
        default: continue;
        }
        at++;
    }
}

void html_lines(struct text *out, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");

        html_words(out, arena_copy(out->arena, lines, length));
        text_add(out, lines[length] ? "\n" : "");
        lines += length + (lines[length] == '\n');
    }
}

void html_shell_word(struct text *out, const char *word)
{
    html_words(out, text_shell_word(out->arena, word));
}

static const char *cell_at(const struct grid *grid, size_t row, size_t column)
{
    return grid->cell[row * grid->columns + column];
}

static bool is_empty(const struct grid *grid, size_t column)
{
    for (size_t row = 1; row < grid->rows; row++)
        if (*cell_at(grid, row, column))
            return false;
    return true;
}

static void add_row(struct text *out, const struct grid *grid, size_t row)
{
    text_add(out, "<tr>");
    for (size_t i = 0; i < grid->columns; i++) {
        const char *tag = row == 0 || i == 0 ? "th" : "td";

        if (is_empty(grid, i))
            continue;
        text_print(out, "<%s%s%s>", tag,
                   row == 0 ? " scope=\"col\""
                   : i == 0 ? " scope=\"row\""
                            : "",
                   grid->align[i] == 'r' ? " class=\"r\"" : "");
        html_words(out, cell_at(grid, row, i));
        text_print(out, "</%s>", tag);
    }
    text_add(out, "</tr>\n");
}

void html_grid(struct text *out, const struct grid *grid)
{
    text_add(out, "<div class=\"wide\"><table>\n<thead>\n");
    add_row(out, grid, 0);
    text_add(out, "</thead>\n<tbody>\n");
    for (size_t row = 1; row < grid->rows; row++)
        add_row(out, grid, row);
    text_add(out, "</tbody>\n</table></div>\n");
}
