/*
 * Refusals of the JSON scanner: what stands at a place, what was expected, and a hint for what people write
 * by habit from other languages. All return false with the error filled.
 */
#ifndef BASE_JSON_HABIT_H
#define BASE_JSON_HABIT_H

#include <mldbg/base/error.h>

struct json_cursor {
    const char *file;
    const char *at, *end; /* a NUL stands at end */
    int64_t line;
    const char *line_start;
};

/* at lies in the line of the cursor. */
bool json_refuse(const struct json_cursor *cursor, const char *at, size_t width, struct error *err,
                 const char *format, ...) PRINTF(5, 6);

/* Checks the whole text for UTF-16 and NUL; true when there is neither. */
bool json_refuse_encoding(const struct json_cursor *cursor, struct error *err);

bool json_refuse_value(const struct json_cursor *cursor, struct error *err);
bool json_refuse_key(const struct json_cursor *cursor, int64_t open_line, struct error *err);
bool json_refuse_colon(const struct json_cursor *cursor, const char *key, size_t width, struct error *err);
bool json_refuse_behind(const struct json_cursor *cursor, bool object, int64_t open_line, struct error *err);
bool json_refuse_comma(const struct json_cursor *cursor, const char *comma, char close, struct error *err);
bool json_refuse_trailing(const struct json_cursor *cursor, struct error *err);
bool json_refuse_number(const struct json_cursor *cursor, const char *start, struct error *err);
bool json_refuse_escape(const struct json_cursor *cursor, const char *at, struct error *err);
bool json_refuse_control(const struct json_cursor *cursor, const char *start, const char *at,
                         struct error *err);

#endif
