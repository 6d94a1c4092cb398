/*
 * NumPy's npy files (numpy.lib.format, versions 1 to 3). The header is a literal of Python, of which exactly
 * the three known keys are read; nothing in it is evaluated. Pickled objects, text and Fortran order are
 * refused by name.
 */
#include "block.h"

#include <stdlib.h>
#include <string.h>

#include <mldbg/base/text.h>

/* NumPy itself refuses larger headers. */
enum { HEADER_MOST = 10000 };

static const char magic[] = "\x93NUMPY";
enum { MAGIC_SIZE = 6 };

bool npy_is(struct bytes bytes)
{
    return bytes.length >= MAGIC_SIZE && memcmp(bytes.at, magic, MAGIC_SIZE) == 0;
}

struct literal {
    const char *at, *end;
    struct place place;
    struct error *err;
};

static bool refuse(struct literal *literal, const char *sentence)
{
    return fail_at(literal->err, ERROR_REQUEST, literal->place, "the npy header is damaged: %s", sentence);
}

static void skip(struct literal *literal)
{
    while (literal->at < literal->end && (*literal->at == ' ' || *literal->at == '\n'))
        literal->at++;
}

static bool take(struct literal *literal, char c)
{
    skip(literal);
    if (literal->at == literal->end || *literal->at != c)
        return false;
    literal->at++;
    return true;
}

static bool take_word(struct literal *literal, const char *word)
{
    size_t length = strlen(word);
    skip(literal);
    if ((size_t)(literal->end - literal->at) < length || memcmp(literal->at, word, length) != 0)
        return false;
    literal->at += length;
    return true;
}

/* 'text' of fewer bytes than size, without escapes. */
static bool take_string(struct literal *literal, char *out, size_t size)
{
    skip(literal);
    char quote = literal->at < literal->end ? *literal->at : '\0';
    if (quote != '\'' && quote != '"')
        return false;
    const char *from = ++literal->at;
    while (literal->at < literal->end && *literal->at != quote)
        literal->at++;
    size_t length = (size_t)(literal->at - from);
    if (literal->at == literal->end || length >= size || memchr(from, '\\', length))
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    literal->at++;
    return true;
}

static bool take_size(struct literal *literal, int64_t *value)
{
    skip(literal);
    const char *from = literal->at;
    *value = 0;
    while (literal->at < literal->end && *literal->at >= '0' && *literal->at <= '9') {
        int digit = *literal->at++ - '0';
        if (*value > (INT64_MAX - digit) / 10)
            return false;
        *value = 10 * *value + digit;
    }
    return literal->at > from;
}

static bool take_shape(struct literal *literal, struct shape *shape)
{
    if (!take(literal, '('))
        return refuse(literal, "\"shape\" is no tuple");
    while (!take(literal, ')')) {
        if (shape->rank == RANK_MOST)
            return fail_at(literal->err, ERROR_REQUEST, literal->place, "the array has more than %d axes",
                           RANK_MOST);
        if (!take_size(literal, &shape->size[shape->rank]))
            return refuse(literal, "a size in \"shape\" is no whole number from 0 up");
        shape->rank++;
        if (!take(literal, ',') && !(take(literal, ')') && (literal->at--, true)))
            return refuse(literal, "\"shape\" is not closed");
    }
    return true;
}

static bool take_type(struct literal *literal, struct block *block)
{
    static const struct {
        const char *code;
        enum raw raw;
    } types[] = {{"f4", RAW_F4}, {"f8", RAW_F8}, {"u1", RAW_U1}, {"i1", RAW_I1}, {"b1", RAW_U1},
                 {"u2", RAW_U2}, {"i2", RAW_I2}, {"u4", RAW_U4}, {"i4", RAW_I4}, {"i8", RAW_I8}};
    char text[16];
    if (!take_string(literal, text, sizeof text)) {
        fail_at(literal->err, ERROR_REQUEST, literal->place,
                "the array has fields (a structured dtype), expected one plain number type");
        return fail_hint(literal->err, "save the columns as one array of float32");
    }
    block->big_endian = *text == '>';
    if (strchr("<>|=", *text) && *text)
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (strcmp(types[i].code, text + 1) == 0) {
                block->raw = types[i].raw;
                return true;
            }
    const char *what = strchr(text, 'O')   ? "pickled Python objects"
                       : strchr(text, 'S') ? "byte strings"
                       : strchr(text, 'U') ? "text"
                       : strchr(text, 'c') ? "complex numbers"
                       : strchr(text, 'M') ? "dates"
                                           : "a type that is not read";
    for (char *at = text; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    fail_at(literal->err, ERROR_REQUEST, literal->place, "the array holds %s (dtype \"%s\")", what, text);
    return fail_hint(literal->err, "save it as float32, float64, uint8, int16, int32 or int64");
}

static bool take_order(struct literal *literal, const struct shape *shape)
{
    if (take_word(literal, "False"))
        return true;
    if (!take_word(literal, "True"))
        return refuse(literal, "\"fortran_order\" is neither True nor False");
    if (shape->rank < 2)
        return true;
    fail_at(literal->err, ERROR_REQUEST, literal->place,
            "the array is stored in Fortran order, expected C order");
    return fail_hint(literal->err, "save numpy.ascontiguousarray(x)");
}

static bool read_header(struct literal *literal, struct block *block, struct shape *shape)
{
    enum { DESCR = 1, ORDER = 2, SHAPE = 4 };
    int seen = 0;
    const char *order = NULL;
    if (!take(literal, '{'))
        return refuse(literal, "it is no dictionary");
    while (!take(literal, '}')) {
        char key[16];
        if (!take_string(literal, key, sizeof key) || !take(literal, ':'))
            return refuse(literal, "a key is missing");
        int which = strcmp(key, "descr") == 0           ? DESCR
                    : strcmp(key, "shape") == 0         ? SHAPE
                    : strcmp(key, "fortran_order") == 0 ? ORDER
                                                        : 0;
        if (which == 0 || (seen & which))
            return refuse(literal, "a key is unknown or stands twice");
        seen |= which;
        skip(literal);
        if (which == DESCR && !take_type(literal, block))
            return false;
        if (which == SHAPE && !take_shape(literal, shape))
            return false;
        if (which == ORDER) {
            order = literal->at;
            if (!take_word(literal, "False") && !take_word(literal, "True"))
                return refuse(literal, "\"fortran_order\" is neither True nor False");
        }
        if (!take(literal, ',') && (literal->at == literal->end || *literal->at != '}'))
            return refuse(literal, "a comma is missing");
    }
    skip(literal);
    if (seen != (DESCR | ORDER | SHAPE) || literal->at != literal->end)
        return refuse(literal, "expected the keys descr, fortran_order and shape, and nothing behind them");
    literal->at = order;
    return take_order(literal, shape);
}

/* Sets rows, shape and width from the whole shape, against the bytes that are there. */
static bool fit(struct literal *literal, const struct shape *shape, size_t have, struct block *block)
{
    int64_t count = shape_count(shape);
    if (shape->rank == 0)
        return fail_at(literal->err, ERROR_REQUEST, literal->place,
                       "the array is a single number, expected rows");
    if (count < 0)
        return fail_at(literal->err, ERROR_REQUEST, literal->place,
                       "the header announces more numbers than can be counted, but %zu bytes follow", have);
    if ((uint64_t)count > SIZE_MAX / 8 || have != (size_t)count * raw_size(block->raw))
        return fail_at(literal->err, ERROR_REQUEST, literal->place,
                       "the header announces %lld numbers of %zu bytes, but %zu bytes follow: cut off?",
                       (long long)count, raw_size(block->raw), have);
    if (count == 0)
        return fail_at(literal->err, ERROR_REQUEST, literal->place, "the array is empty: 0 data rows");
    block->rows = shape->size[0];
    block->shape = shape_make(shape->rank - 1, shape->size + 1);
    block->width = count / block->rows;
    return true;
}

bool npy_read(const char *path, struct bytes bytes, struct block *block, struct error *err)
{
    struct literal literal = {.place = {.file = path}, .err = err};
    const unsigned char *head = (const unsigned char *)bytes.at;
    *block = (struct block){0};
    if (!npy_is(bytes) || bytes.length < 10)
        return fail_at(err, ERROR_REQUEST, literal.place,
                       "the file is no npy file, or cut off in its first 10 bytes");
    int version = head[6];
    if (version < 1 || version > 3 || head[7] != 0)
        return fail_at(err, ERROR_REQUEST, literal.place, "npy version %d.%d is not read, only 1.0 to 3.0",
                       version, head[7]);
    size_t start = version == 1 ? 10 : 12;
    if (bytes.length < start)
        return fail_at(err, ERROR_REQUEST, literal.place, "the npy file is cut off in its first 12 bytes");
    size_t length = (size_t)head[8] | (size_t)head[9] << 8;
    if (version > 1)
        length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
    if (length > HEADER_MOST)
        return fail_at(err, ERROR_REQUEST, literal.place,
                       "the npy header is %zu bytes long, at most %d are read", length, HEADER_MOST);
    if (length > bytes.length - start)
        return fail_at(err, ERROR_REQUEST, literal.place, "the npy file is cut off inside its header");
    literal.at = bytes.at + start;
    literal.end = literal.at + length;
    struct shape shape = {0};
    if (!read_header(&literal, block, &shape))
        return false;
    block->bytes = head + start + length;
    return fit(&literal, &shape, bytes.length - start - length, block);
}
