/* What an option expects, in words and in numbers. Reads rows of option tables, never a file or a command
 * line. */
#include "option_value.h"

#include <math.h>
#include <string.h>

enum { CHOICES_SHOWN = 12 }; /* a longer list is no help in a message */

bool option_has_min(const struct option *option)
{
    bool none = option->min == 0 && option->max == 0 && !option->above_min;
    return !none && isfinite(option->min);
}

/* A largest value below the smallest one stands for none. */
bool option_has_max(const struct option *option)
{
    bool none = option->min == 0 && option->max == 0;
    return !none && isfinite(option->max) &&
           (option->max > option->min || (option->max == option->min && !option->above_min));
}

bool option_in_range(const struct option *option, double value)
{
    if (option_has_min(option) && (option->above_min ? !(value > option->min) : !(value >= option->min)))
        return false;
    return !option_has_max(option) || value <= option->max;
}

static const char *number_word(struct arena *arena, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        return arena_print(arena, "%.0f", value);
    return text_double(arena, value);
}

static const char *range_words(struct arena *arena, const struct option *option)
{
    const char *min = number_word(arena, option->min), *max = number_word(arena, option->max);
    if (option_has_min(option) && option_has_max(option))
        return arena_print(arena, option->above_min ? " above %s and at most %s" : " from %s to %s", min,
                           max);
    if (option_has_min(option))
        return arena_print(arena, option->above_min ? " above %s" : " of at least %s", min);
    return option_has_max(option) ? arena_print(arena, " of at most %s", max) : "";
}

const char *option_choice(const struct option *option, size_t index)
{
    if (option->catalog)
        return index < option->catalog->count ? option->catalog->at[index]->name : NULL;
    return option->choices ? option->choices[index] : NULL;
}

static const char *choice_list(struct arena *arena, const struct option *option)
{
    struct text out;
    size_t i = 0;

    text_init(&out, arena);
    for (; option_choice(option, i) && i < CHOICES_SHOWN; i++)
        text_print(&out, "%s%s", i ? ", " : "one of ", option_choice(option, i));
    if (option_choice(option, i) && option->catalog)
        text_print(&out, ", ... (mldbg list %s)", option->catalog->plural);
    else if (option_choice(option, i))
        text_add(&out, ", ...");
    return out.at;
}

const char *option_expected(struct arena *arena, const struct option *option, bool item)
{
    const char *range = range_words(arena, option);
    switch (option->type) {
    case OPTION_BOOL: return "true or false";
    case OPTION_INTEGER: return arena_print(arena, "an integer%s", range);
    case OPTION_SEED: return "an integer from 0 to 2^53-1, or a string of digits up to 2^64-1";
    case OPTION_REAL: return arena_print(arena, "a number%s", range);
    case OPTION_TEXT: return "a string";
    case OPTION_CHOICE: return choice_list(arena, option);
    case OPTION_SIZES:
        return arena_print(arena, item ? "an integer%s" : "an integer%s, or a list of up to 8", range);
    case OPTION_REALS: return arena_print(arena, item ? "a number%s" : "a list of numbers%s", range);
    case OPTION_TEXTS: return item ? "a string" : "a string or a list of strings";
    case OPTION_JSON: return option->value ? option->value : "a JSON value";
    }
    return "";
}

bool option_find_choice(struct arena *arena, const struct option *option, const char *label, const char *word,
                        int *index, struct error *err)
{
    size_t count = 0;
    for (; option_choice(option, count); count++)
        if (strcmp(option_choice(option, count), word) == 0) {
            *index = (int)count;
            return true;
        }

    const char **names = arena_array(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = option_choice(option, i);
    const char *nearest = text_nearest(word, names, count);
    const char *shown = text_escape(arena, word, strlen(word), 60);
    const char *end = nearest ? arena_print(arena, "; did you mean \"%s\"?", nearest) : "";
    if (option->catalog)
        fail(err, ERROR_REQUEST, "%s: unknown %s \"%s\"%s", label, option->catalog->kind, shown, end);
    else
        fail(err, ERROR_REQUEST, "%s: \"%s\" is none of the choices%s", label, shown, end);
    return fail_hint(err, "%s", choice_list(arena, option));
}

bool option_integer(const char *text, double value, int64_t *out)
{
    if (text && text_read_integer(text, out))
        return true;
    if (value != floor(value) || fabs(value) > (double)EXACT_MOST)
        return false;
    *out = (int64_t)value;
    return true;
}

bool option_seed(const char *text, uint64_t *out)
{
    uint64_t sum = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        unsigned digit = (unsigned)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = 10 * sum + digit;
    }
    *out = sum;
    return true;
}

const char *option_fallback(struct arena *arena, const struct option *option)
{
    const char *text = option->fallback;
    bool word = option->type == OPTION_TEXT || option->type == OPTION_CHOICE;
    size_t length = text ? strlen(text) : 0;
    if (word && length >= 2 && text[0] == '"' && text[length - 1] == '"')
        return arena_copy(arena, text + 1, length - 2);
    return text;
}

const char *option_nearest(struct arena *arena, const struct option_table *const *tables, size_t table_count,
                           const char *const *skip, const char *word)
{
    size_t count = 0, filled = 0;
    for (size_t i = 0; i < table_count; i++)
        count += tables[i]->count;
    for (const char *const *name = skip; name && *name; name++)
        count++;
    const char **names = arena_array(arena, count, sizeof *names);
    for (size_t i = 0; i < table_count; i++)
        for (size_t j = 0; j < tables[i]->count; j++)
            names[filled++] = tables[i]->at[j].name;
    for (const char *const *name = skip; name && *name; name++)
        names[filled++] = *name;
    return text_nearest(word, names, filled);
}
