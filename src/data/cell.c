/* What one cell of a table means, and what a broken number looks like. Guesses no value: it only names. */
#include "cell.h"

#include <string.h>
#include <strings.h>

#include <mldbg/base/text.h>

/* A suffix of more letters is a word, not a unit. */
enum { UNIT_MOST = 3 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_missing(const char *text, size_t length)
{
    switch (length) {
    case 0: return true;
    case 1: return *text == '?' || *text == '-';
    case 2: return strcasecmp(text, "na") == 0;
    case 3: return strcasecmp(text, "nan") == 0 || strcasecmp(text, "n/a") == 0;
    case 4: return strcasecmp(text, "null") == 0;
    default: return false;
    }
}

static bool is_infinite(const char *text, double *value)
{
    const char *word = *text == '+' || *text == '-' ? text + 1 : text;
    if (strcasecmp(word, "inf") != 0 && strcasecmp(word, "infinity") != 0)
        return false;
    *value = *text == '-' ? -(double)__builtin_inff() : (double)__builtin_inff();
    return true;
}

enum cell_kind cell_read(const char *text, size_t length, double *value)
{
    if (length > 0 && text_read_number(text, value))
        return CELL_NUMBER;
    if (is_missing(text, length))
        return CELL_MISSING;
    return is_infinite(text, value) ? CELL_INFINITE : CELL_TEXT;
}

static const struct {
    const char *sign;
} currencies[] = {{"$"}, {"\xe2\x82\xac"}, {"\xc2\xa3"}, {"\xc2\xa5"}, {"\xe2\x82\xb9"}};

static bool has_currency(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
        size_t size = strlen(currencies[i].sign);
        if (length > size && (memcmp(text, currencies[i].sign, size) == 0 ||
                              memcmp(text + length - size, currencies[i].sign, size) == 0))
            return true;
    }
    return false;
}

/* Digits in groups of three behind the first separator, as in 1,234,567. */
static bool grouped(const char *text, char separator)
{
    const char *at = strchr(text, separator);
    while (at && *at == separator) {
        for (int i = 1; i <= 3; i++)
            if (!is_digit(at[i]))
                return false;
        at += 4;
    }
    return at && (*at == '\0' || *at == '.');
}

/* A text of digits and the signs that stand inside numbers. */
static enum looks separators(const char *text)
{
    const char *comma = strchr(text, ','), *point = strchr(text, '.');
    if (strpbrk(text, "_' "))
        return LOOKS_THOUSANDS;
    if (comma && point)
        return point < comma ? LOOKS_COMMA : LOOKS_THOUSANDS;
    if (comma && strchr(comma + 1, ','))
        return LOOKS_THOUSANDS;
    if (comma)
        return grouped(text, ',') ? LOOKS_EITHER : LOOKS_COMMA;
    return LOOKS_TEXT;
}

/* What follows a number that begins the text. */
static enum looks suffix(const char *rest)
{
    size_t letters = 0;
    if (*rest == ' ')
        rest++;
    while (is_letter(rest[letters]))
        letters++;
    if (strcasecmp(rest, "e") == 0 || strcasecmp(rest, "e+") == 0 || strcasecmp(rest, "e-") == 0)
        return LOOKS_EXPONENT_OPEN;
    if ((*rest == 'd' || *rest == 'D') && (is_digit(rest[1]) || rest[1] == '-' || rest[1] == '+'))
        return LOOKS_EXPONENT_D;
    if (strcasecmp(rest, "f") == 0 || strcasecmp(rest, "l") == 0)
        return LOOKS_SUFFIX;
    return letters > 0 && letters <= UNIT_MOST && rest[letters] == '\0' ? LOOKS_UNIT : LOOKS_TEXT;
}

enum looks cell_looks(const char *text)
{
    size_t length = strlen(text);
    if (length == 0)
        return LOOKS_TEXT;
    if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
        return LOOKS_TRUTH;
    if (!strpbrk(text, "0123456789"))
        return LOOKS_TEXT;

    const char *number = text;
    while (*number == ' ' || *number == '\t')
        number++;
    size_t size = strspn(number, "+-0123456789.eE");
    if ((number > text || number[size]) && number[size + strspn(number + size, " \t")] == '\0')
        return LOOKS_BLANKS;
    if (has_currency(text, length))
        return LOOKS_CURRENCY;
    const char *bare = *text == '+' || *text == '-' ? text + 1 : text;
    if (*bare == '+' || *bare == '-')
        return is_digit(bare[1]) || bare[1] == '.' ? LOOKS_SIGNS : LOOKS_TEXT;
    if (bare[0] == '0' && (bare[1] == 'x' || bare[1] == 'X') &&
        bare[2 + strspn(bare + 2, "0123456789abcdefABCDEF.pP+-")] == '\0')
        return LOOKS_HEXADECIMAL;

    size_t digits = strspn(bare, "0123456789.");
    if (digits == 0)
        return LOOKS_TEXT;
    if (bare[digits] == '%' && bare[digits + 1] == '\0')
        return LOOKS_PERCENT;
    if (bare[strspn(bare, "0123456789.,_' ")] == '\0' && is_digit(text[length - 1]))
        return separators(bare);
    return suffix(bare + digits);
}

const char *looks_name(enum looks looks)
{
    static const char *const names[LOOKS_COUNT] = {
        [LOOKS_TEXT] = "text",
        [LOOKS_UNIT] = "a number with a unit",
        [LOOKS_SUFFIX] = "a number with a suffix of a programming language",
        [LOOKS_TRUTH] = "a truth value",
        [LOOKS_THOUSANDS] = "a thousands separator",
        [LOOKS_COMMA] = "a decimal comma",
        [LOOKS_EITHER] = "a thousands separator or a decimal comma",
        [LOOKS_CURRENCY] = "an amount with a currency sign",
        [LOOKS_PERCENT] = "a percentage",
        [LOOKS_HEXADECIMAL] = "a hexadecimal number",
        [LOOKS_EXPONENT_D] = "an exponent written with d",
        [LOOKS_EXPONENT_OPEN] = "an exponent that is cut off",
        [LOOKS_SIGNS] = "a doubled sign",
        [LOOKS_BLANKS] = "a number with blanks around it",
    };
    return names[looks];
}
