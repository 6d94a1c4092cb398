/* One value of one option, whatever it is read from: what is expected, what is in range, which choice is
 * meant. */
#ifndef BASE_OPTION_VALUE_H
#define BASE_OPTION_VALUE_H

#include <mldbg/base/option.h>

/* Integers above this are not exact as JSON numbers. */
#define EXACT_MOST INT64_C(9007199254740991)

static inline void *option_field(const struct option *option, void *target)
{
    return (char *)target + option->offset;
}

static inline const void *option_source(const struct option *option, const void *source)
{
    return (const char *)source + option->offset;
}

/* The limits of a row: which of them there are. */
bool option_has_min(const struct option *option);
bool option_has_max(const struct option *option);
bool option_in_range(const struct option *option, double value);

/* "an integer from 1 to 64", "one of a, b, c"; for lists, item asks for one item of it. */
const char *option_expected(struct arena *arena, const struct option *option, bool item);

/* Names of an OPTION_CHOICE; NULL behind the last. */
const char *option_choice(const struct option *option, size_t index);

/* The place of a word among the choices; fills err with suggestion and list when it is none of them. */
bool option_find_choice(struct arena *arena, const struct option *option, const char *label, const char *word,
                        int *index, struct error *err);

/* An integer written as 1000 or 1e3; NULL text stands for value alone. */
bool option_integer(const char *text, double value, int64_t *out);

/* Digits up to 2^64-1. */
bool option_seed(const char *text, uint64_t *out);

/* Reads a JSON value into the field; the error has the value's place and the label in front. */
bool option_take_json(struct arena *arena, const struct option *option, const char *label,
                      const struct json *value, void *target, struct error *err);

/* The default as it is written, without the quotes that a string may have; NULL when there is none. */
const char *option_fallback(struct arena *arena, const struct option *option);

/* The names of a table behind one another, for suggestions; skip may be NULL. */
const char *option_nearest(struct arena *arena, const struct option_table *const *tables, size_t table_count,
                           const char *const *skip, const char *word);

#endif
