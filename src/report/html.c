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
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=+:,@%-";
    struct text quoted;

    if (*word && !word[strspn(word, plain)]) {
        html_words(out, word);
        return;
    }
    text_init(&quoted, out->arena);
    text_add(&quoted, "'");
    for (; *word; word++)
        text_add_bytes(&quoted, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    text_add(&quoted, "'");
    html_words(out, quoted.at);
}

static void add_row(struct text *out, const char *align, const char *const *cells, bool titles)
{
    text_add(out, "<tr>");
    for (size_t i = 0; align[i]; i++) {
        const char *tag = titles || i == 0 ? "th" : "td";

        text_print(out, "<%s%s%s>", tag,
                   titles   ? " scope=\"col\""
                   : i == 0 ? " scope=\"row\""
                            : "",
                   align[i] == 'r' ? " class=\"r\"" : "");
        html_words(out, cells[i]);
        text_print(out, "</%s>", tag);
    }
    text_add(out, "</tr>\n");
}

void html_table_open(struct text *out, const char *align, const char *const *titles)
{
    text_add(out, "<div class=\"wide\"><table>\n<thead>\n");
    add_row(out, align, titles, true);
    text_add(out, "</thead>\n<tbody>\n");
}

void html_table_row(struct text *out, const char *align, const char *const *cells)
{
    add_row(out, align, cells, false);
}

void html_table_close(struct text *out)
{
    text_add(out, "</tbody>\n</table></div>\n");
}
