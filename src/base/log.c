/*
 * What the person at the terminal is told: notes, progress and errors, all to stderr. Everything is made fit
 * to print first, since sentences carry names and text from files.
 */
#include <mldbg/base/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mldbg/base/text.h>

#include "excerpt.h"

enum {
    PROGRESS_INTERVAL =
        100 /* milliseconds between two drawings of the progress line; the eye needs no more */
};

static bool log_quiet;
static enum color log_wish = COLOR_AUTO;
static bool progress_shown;
static int64_t progress_time = -PROGRESS_INTERVAL;

void log_setup(bool quiet, enum color color)
{
    log_quiet = quiet;
    log_wish = color;
}

static bool terminal_is_plain(void)
{
    const char *kind = getenv("TERM");
    return !kind || !*kind || strcmp(kind, "dumb") == 0;
}

bool log_color(int stream)
{
    if (log_wish != COLOR_AUTO)
        return log_wish == COLOR_ALWAYS;
    const char *refused = getenv("NO_COLOR");
    return !(refused && *refused) && !terminal_is_plain() && isatty(stream);
}

bool log_is_live(void)
{
    return !log_quiet && !terminal_is_plain() && isatty(2);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void log_progress_end(void)
{
    if (progress_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress_shown = false;
    }
    progress_time = -PROGRESS_INTERVAL;
}

void log_progress(const char *format, ...)
{
    char line[512];
    va_list values;

    if (!log_is_live() || milliseconds() - progress_time < PROGRESS_INTERVAL)
        return;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);

    struct arena arena;
    arena_init(&arena, "the progress line");
    fprintf(stderr, "\r%s\033[K", text_escape(&arena, line, strlen(line), EXCERPT_COLUMNS - 1));
    fflush(stderr);
    arena_release(&arena);
    progress_shown = true;
    progress_time = milliseconds();
}

void log_note(const char *format, ...)
{
    struct arena arena;
    va_list values;

    if (log_quiet)
        return;
    log_progress_end();
    arena_init(&arena, "a note");
    va_start(values, format);
    const char *line = arena_print_list(&arena, format, values);
    va_end(values);
    fprintf(stderr, "mldbg: %s\n", text_escape(&arena, line, strlen(line), 0));
    arena_release(&arena);
}

void log_error(const struct error *err, const char *source)
{
    struct arena arena;
    struct text out;

    log_progress_end();
    arena_init(&arena, "an error message");
    text_init(&out, &arena);
    excerpt_error(&out, err, source, log_color(2));
    fwrite(out.at, 1, out.length, stderr);
    fflush(stderr);
    arena_release(&arena);
}

void log_problems(const struct problems *problems, const char *source)
{
    struct arena arena;

    for (size_t i = 0; i < problems->count; i++)
        log_error(&problems->at[i], source);
    if (problems->count == 0)
        return;
    arena_init(&arena, "an error message");
    int64_t all = (int64_t)(problems->count + problems->dropped);
    fprintf(stderr, "%s", text_plural(&arena, all, "error", "errors"));
    if (problems->dropped)
        fprintf(stderr, ", of which the first %zu are shown", problems->count);
    fputc('\n', stderr);
    arena_release(&arena);
}
