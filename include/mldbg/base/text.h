/* Strings that grow, numbers as people read them, escapes, edit distance, small plots made of characters. */
#ifndef MLDBG_BASE_TEXT_H
#define MLDBG_BASE_TEXT_H

#include <mldbg/base/arena.h>

/* A growing string in an arena; at is always closed with NUL. */
struct text {
    struct arena *arena;
    char *at;
    size_t length, capacity;
};

void text_init(struct text *text, struct arena *arena);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_print(struct text *text, const char *format, ...) PRINTF(2, 3);

/* Pads with blanks until the line that is being written is width columns wide (UTF-8 aware). */
void text_pad(struct text *text, size_t width);

/* Columns that a UTF-8 string takes on a terminal; every code point counts as one. */
size_t text_columns(const char *string);

/*
 * Text from a file made fit to print: control characters, escape sequences and invalid UTF-8 become \n, \x1b
 * and so on; longer than most columns is cut with an ellipsis (most 0: no limit). Result lives in the arena.
 */
const char *text_escape(struct arena *arena, const char *bytes, size_t length, size_t most);

/* A word as a shell takes it: as it is, or in single quotes where it has to be. */
const char *text_shell_word(struct arena *arena, const char *word);

/* A double with digits significant digits, or nan, inf, -inf. Same bytes on every machine. */
const char *text_number(struct arena *arena, double value, int digits);

/* A decimal of as few digits as read back as the same double (float for text_float); nan, inf, -inf as words.
 */
const char *text_double(struct arena *arena, double value);
const char *text_float(struct arena *arena, float value);

/* 1234567 as 1,234,567. */
const char *text_count(struct arena *arena, int64_t value);

/* Bytes as "412 B", "18.2 KiB", "3.1 MiB". */
const char *text_bytes(struct arena *arena, int64_t bytes);

/* "2 errors", "1 error". */
const char *text_plural(struct arena *arena, int64_t count, const char *one, const char *many);

/*
 * Reads a whole string as a finite decimal number: [+-] digits with optional point and exponent. Hexadecimal,
 * nan, inf, blanks and trailing text are refused. *value is rounded once to double (text_read_float: to
 * float), with the bits of strtod and strtof. Returns false if it is no number; overflow gives an infinity
 * and true.
 */
bool text_read_double(const char *string, double *value);
/*
 * The same for a double that may become a float: where rounding twice would differ from rounding once, *value
 * is the double beside strtod's, so that (float)*value always has the bits of strtof.
 */
bool text_read_number(const char *string, double *value);
/*
 * The number with which a text begins, as text_read_number reads it, and the byte behind it; NULL: it begins
 * with none, or with one that takes longer. Eight bytes behind the NUL of the text must be there to read.
 */
const char *text_scan_number(const char *at, double *value);
bool text_read_float(const char *string, float *value);
bool text_read_integer(const char *string, int64_t *value);

/*
 * Whether a word can name a thing in paths of series, columns and sentences: 1 to 64 bytes of UTF-8 without
 * blanks, control characters and others that cannot be seen, "/", "," and quotes. In words: TEXT_NAME_RULE.
 */
bool text_is_name(const char *word);
#define TEXT_NAME_RULE "1 to 64 letters, digits and signs other than / , \" and blank"

/* Damerau-Levenshtein distance, at most limit + 1. */
int text_distance(const char *a, const char *b, int limit);

/*
 * The nearest of count names, or NULL if none is near enough: distance at most 2, or a third of the length, 1
 * for words of up to three letters; or a name that begins with the word. Case and the joints "_", "-", " ",
 * "." make no difference.
 */
const char *text_nearest(const char *word, const char *const *names, size_t count);

/* width characters of block elements for a series of numbers, NaN as a blank; plain ASCII if ascii is set. */
void text_sparkline(struct text *text, const double *values, size_t count, size_t width, bool ascii);

#endif
