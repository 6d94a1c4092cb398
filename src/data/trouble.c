/* Mistakes in data, at most ten of one pattern and then a total. Writes into a list of problems; prints
 * nothing. */
#include "trouble.h"

#include <string.h>

#include <mldbg/base/text.h>

/* A reader learns nothing from the eleventh message of one kind. */
enum { PATTERN_MOST = 10 };

/* Columns of a name or cell in a sentence; enough to recognize it. */
enum { SHOWN_MOST = 40 };

static void refuse_list(struct problems *problems, const char *file, int64_t line, const char *hint,
                        const char *format, va_list values) PRINTF(5, 0);

static void refuse_list(struct problems *problems, const char *file, int64_t line, const char *hint,
                        const char *format, va_list values)
{
    const char *sentence = arena_print_list(problems->arena, format, values);
    struct place place = {.file = file, .line = line};
    struct error *err = problems_at(problems, ERROR_REQUEST, "ML200", place, "%s", sentence);
    if (hint)
        fail_hint(err, "%s", hint);
}

bool data_refuse(struct problems *problems, const char *file, int64_t line, const char *hint,
                 const char *format, ...)
{
    va_list values;
    va_start(values, format);
    refuse_list(problems, file, line, hint, format, values);
    va_end(values);
    return false;
}

void pattern_add(struct pattern *pattern, int64_t line, const char *hint, const char *format, ...)
{
    if (pattern->met++ >= PATTERN_MOST)
        return;
    va_list values;
    va_start(values, format);
    refuse_list(pattern->problems, pattern->file, line, hint, format, values);
    va_end(values);
}

void pattern_end(const struct pattern *pattern, const char *what)
{
    if (pattern->met > PATTERN_MOST)
        data_refuse(pattern->problems, pattern->file, 0, NULL, "%s %s in all; the first %d are shown",
                    text_count(pattern->problems->arena, pattern->met), what, PATTERN_MOST);
}

const char *shown(struct arena *arena, const char *text)
{
    return text_escape(arena, text, strlen(text), SHOWN_MOST);
}

const char *shown_list(struct arena *arena, const char *const *names, size_t count)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < count && i < PATTERN_MOST; i++) {
        if (i > 0)
            text_add(&text, i + 1 == count ? " and " : ", ");
        text_print(&text, "\"%s\"", shown(arena, names[i]));
    }
    if (count > PATTERN_MOST)
        text_print(&text, " and %s more", text_count(arena, (int64_t)count - PATTERN_MOST));
    return text.at;
}

bool name_matches(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*')
        return strncmp(pattern, name, length - 1) == 0;
    return strcmp(pattern, name) == 0;
}

bool name_in(const struct texts *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (name_matches(patterns->at[i], name))
            return true;
    return false;
}
