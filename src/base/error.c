/*
 * Errors as complete sentences, and lists of them. Composed in fixed buffers, so that reporting needs no
 * memory. Never prints.
 */
#include <mldbg/base/error.h>

#include <stdio.h>
#include <string.h>

/* Closes a text that was cut at size bytes with an ellipsis, at a boundary of UTF-8. */
static void cut(char *text, size_t size)
{
    size_t end = size - 4;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, "...", 4);
}

/* Formats by way of a buffer of its own, since the values may lie in the error that is being filled. */
static void PRINTF(3, 0) compose(char *out, size_t size, const char *format, va_list values)
{
    char text[ERROR_SENTENCE];
    size_t room = size < sizeof text ? size : sizeof text;
    int length = vsnprintf(text, room, format, values);
    if (length < 0)
        memcpy(text, "(no message)", 13);
    else if ((size_t)length >= room)
        cut(text, room);
    memcpy(out, text, strlen(text) + 1);
}

/* A path longer than the field keeps its end, which tells more than its beginning. */
static void set_file(struct error *err, const char *file)
{
    size_t length = file ? strlen(file) : 0;
    if (length < sizeof err->file) {
        memmove(err->file, file ? file : "", length + 1);
        return;
    }
    const char *tail = file + length - (sizeof err->file - 4);
    while (((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    memmove(err->file + 3, tail, strlen(tail) + 1);
    memcpy(err->file, "...", 3);
}

static void PRINTF(4, 0)
    fill(struct error *err, enum error_kind kind, struct place place, const char *format, va_list values)
{
    compose(err->sentence, sizeof err->sentence, format, values);
    set_file(err, place.file);
    err->kind = kind;
    err->code[0] = '\0';
    err->line = place.line;
    err->column = place.column;
    err->width = place.width;
    err->hint[0] = '\0';
}

bool fail(struct error *err, enum error_kind kind, const char *format, ...)
{
    if (err) {
        va_list values;
        va_start(values, format);
        fill(err, kind, (struct place){0}, format, values);
        va_end(values);
    }
    return false;
}

bool fail_at(struct error *err, enum error_kind kind, struct place place, const char *format, ...)
{
    if (err) {
        va_list values;
        va_start(values, format);
        fill(err, kind, place, format, values);
        va_end(values);
    }
    return false;
}

bool fail_hint(struct error *err, const char *format, ...)
{
    if (err) {
        va_list values;
        va_start(values, format);
        compose(err->hint, sizeof err->hint, format, values);
        va_end(values);
    }
    return false;
}

void problems_init(struct problems *problems, struct arena *arena)
{
    *problems = (struct problems){.arena = arena};
}

/* Room for one more; past the limit a scrap that is counted and forgotten. */
static struct error *next_problem(struct problems *problems)
{
    static _Thread_local struct error scrap;
    if (problems->count >= PROBLEMS_MOST) {
        problems->dropped++;
        return &scrap;
    }
    return arena_append(problems->arena, &problems->at, &problems->count, &problems->capacity,
                        sizeof *problems->at);
}

bool problems_add(struct problems *problems, const struct error *err)
{
    struct error copy = *err; /* err may be an element of the list, which moves */
    *next_problem(problems) = copy;
    return false;
}

struct error *problems_at(struct problems *problems, enum error_kind kind, const char *code,
                          struct place place, const char *format, ...)
{
    struct error err;
    va_list values;

    va_start(values, format);
    fill(&err, kind, place, format, values);
    va_end(values);
    snprintf(err.code, sizeof err.code, "%s", code ? code : "");

    struct error *added = next_problem(problems);
    *added = err;
    return added;
}
