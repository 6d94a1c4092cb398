/*
 * Reading CSV through libcsv, the only file that knows it. The library gives neither places nor limits and
 * cannot be stopped, so it is fed in pieces that never reach past a line, or, where quotes stand, past a
 * separator; between the pieces everything about it is known. Lines of nothing but numbers go beside it
 * (csv_plain.h). Reads regular files, never the meaning of a cell.
 */
#include <mldbg/base/csv.h>

#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <mldbg/base/text.h>

#include "csv_plain.h"
#include "regular.h"

enum {
    CHUNK_BYTES = 1 << 18, /* of one read; also by how much a field can exceed its cap before it is seen */
    BUFFER_STEP = 4096,    /* by which the library's field buffer grows; its own default of 128 is slow */
    FIELD_BYTES_MOST = 1 << 20, /* default cap of a field; longer ones are unclosed quotes */
    ROW_BYTES_MOST = 64 << 20,  /* a longer row is no table */
    COLUMNS_MOST = 1000000,     /* default */
    ENCODING_SAMPLE = 64        /* bytes at the start of a file that are looked at for UTF-16 */
};

/* The library's states (libcsv.c); it has no names for them in its header. */
enum { ROW_NOT_BEGUN = 0, FIELD_BEGUN = 2 };

struct reader {
    const char *path;
    struct csv_options options;
    csv_row_fn *row;
    void *context;
    struct error *err;
    struct csv_parser parser;
    struct arena *arena;

    struct text bytes; /* the cells of the row so far, each closed with NUL */
    struct csv_cell *cells;
    size_t cell_count, cell_capacity;

    int64_t line;       /* that is being read, from 1 */
    int64_t line_start; /* offset in the file of its first byte */
    int64_t offset;     /* in the file of the next byte */
    int64_t row_line;   /* on which the row that is being read begins */
    int64_t quote_line; /* on which the open quote opened */
    bool quoted;        /* whether the field that ends next is a quoted one */
    bool plain;         /* lines of nothing but numbers need no library */
    bool after_return;  /* the byte before was CR, so LF ends no line */
    bool fields_ended;  /* in the piece that was fed last */
    bool failed;
};

static struct place place_of(const struct reader *reader, int64_t line)
{
    return (struct place){.file = reader->path, .line = line};
}

/* A field that is too long, or, worse, a quote that is never closed. */
static bool refuse_field(struct reader *reader, bool open)
{
    const char *limit = text_bytes(reader->arena, (int64_t)reader->options.field_most);
    if (open)
        return fail_at(reader->err, ERROR_MACHINE, place_of(reader, reader->quote_line),
                       "a quote opens in this line and is not closed within the limit of a field, %s", limit);
    return fail_at(reader->err, ERROR_MACHINE, place_of(reader, reader->line),
                   "a field in this line is longer than the limit of %s", limit);
}

static bool check_row(struct reader *reader, size_t length)
{
    if (length > reader->options.field_most)
        return refuse_field(reader, false);
    if (reader->cell_count == reader->options.columns_most)
        return fail_at(reader->err, ERROR_MACHINE, place_of(reader, reader->row_line),
                       "this row has more columns than the limit of %s",
                       text_count(reader->arena, (int64_t)reader->options.columns_most));
    if (reader->bytes.length > ROW_BYTES_MOST)
        return fail_at(reader->err, ERROR_MACHINE, place_of(reader, reader->row_line),
                       "this row is longer than the limit of %s", text_bytes(reader->arena, ROW_BYTES_MOST));
    return true;
}

/* The library's callbacks cannot stop it: what comes after a failure is ignored. */
static void field_done(void *at, size_t length, void *context)
{
    struct reader *reader = context;

    reader->fields_ended = true;
    if (reader->failed || (reader->failed = !check_row(reader, length)))
        return;
    struct csv_cell *cell = arena_append(reader->arena, &reader->cells, &reader->cell_count,
                                         &reader->cell_capacity, sizeof *cell);
    *cell = (struct csv_cell){.length = length, .quoted = reader->quoted};
    text_add_bytes(&reader->bytes, length ? at : "", length);
    text_add_bytes(&reader->bytes, "", 1);
}

static void row_done(int end, void *context)
{
    struct reader *reader = context;
    const char *at = reader->bytes.at;

    (void)end;
    if (!reader->failed) {
        /* Only now, since the buffer moves while it grows. */
        for (size_t i = 0; i < reader->cell_count; i++) {
            reader->cells[i].at = at;
            at += reader->cells[i].length + 1;
        }
        reader->failed =
            !reader->row(reader->context, reader->cells, reader->cell_count, reader->row_line, reader->err);
    }
    reader->cell_count = 0;
    reader->bytes.length = 0;
}

static bool refuse_quote(struct reader *reader, int64_t offset)
{
    struct place place = {reader->path, reader->line, offset - reader->line_start + 1, 1};
    if (reader->parser.quoted) {
        fail_at(reader->err, ERROR_REQUEST, place,
                "text follows the closing quote of a field; expected \"%c\" or the end of the line",
                reader->options.separator);
        return fail_hint(reader->err, "inside a quoted field a quote is doubled: \"\"");
    }
    fail_at(reader->err, ERROR_REQUEST, place, "a quote stands inside a field that does not begin with one");
    return fail_hint(reader->err, "quote the whole field and double the quote, or set \"lenient\": true");
}

/*
 * A field over the cap is seen while it grows, so that an open quote does not take in the whole file. The
 * library counts the closing quote until the field ends.
 */
static bool check_field(struct reader *reader)
{
    return reader->parser.entry_pos <= reader->options.field_most + 1 ||
           refuse_field(reader, reader->parser.quoted);
}

/* Feeds bytes of one line. */
static bool feed(struct reader *reader, const char *bytes, size_t length)
{
    struct csv_parser *parser = &reader->parser;
    bool inside = parser->pstate == FIELD_BEGUN && parser->quoted;

    if (parser->pstate == ROW_NOT_BEGUN && reader->cell_count == 0)
        reader->row_line = reader->line;
    reader->fields_ended = false;
    size_t taken = csv_parse(parser, bytes, length, field_done, row_done, reader);
    if (taken != length && csv_error(parser) == CSV_EPARSE)
        return reader->failed ? false : refuse_quote(reader, reader->offset + (int64_t)taken);
    if (taken != length)
        out_of_memory(parser->entry_size, "a field of CSV");
    if (reader->failed)
        return false;
    if (parser->pstate == FIELD_BEGUN && parser->quoted && (!inside || reader->fields_ended))
        reader->quote_line = reader->line;
    reader->offset += (int64_t)length;
    return check_field(reader);
}

/* A stretch of a line, its end included where it is there. */
static bool feed_stretch(struct reader *reader, const char *bytes, size_t length)
{
    bool quotes = reader->parser.quoted || memchr(bytes, '"', length);
    const char ends[] = {reader->options.separator, '\n', '\r', '\0'};

    if (!quotes) {
        reader->quoted = false;
        return feed(reader, bytes, length);
    }
    /* In front of each byte that may end the field, the library knows whether the field is quoted. */
    while (length > 0) {
        size_t piece = 0;
        while (piece < length && !memchr(ends, bytes[piece], 3))
            piece++;
        if (piece > 0 && !feed(reader, bytes, piece))
            return false;
        reader->quoted = reader->parser.quoted != 0;
        if (piece < length && !feed(reader, bytes + piece++, 1))
            return false;
        bytes += piece;
        length -= piece;
    }
    return true;
}

static bool refuse_nul(const struct reader *reader)
{
    return fail_at(reader->err, ERROR_REQUEST, place_of(reader, reader->line),
                   "byte %" PRId64 " of the file is NUL; expected text", reader->offset);
}

/* Takes a whole line of nothing but numbers; NULL: it is another, or the library is in the middle of one. */
static char *take_plain(struct reader *reader, char *bytes)
{
    if (!reader->plain || reader->parser.pstate != ROW_NOT_BEGUN || reader->cell_count > 0)
        return NULL;
    size_t most = reader->cell_capacity, count = 0;
    if (most > reader->options.columns_most)
        most = reader->options.columns_most;
    char *next = plain_row(reader->options.separator, bytes, reader->cells, most, &count);
    if (!next)
        return NULL;
    reader->failed = !reader->row(reader->context, reader->cells, count, reader->line, reader->err);
    reader->line++;
    reader->offset += next - bytes;
    reader->line_start = reader->offset;
    reader->after_return = false;
    return next;
}

/* Cuts a chunk, closed with NUL, into lines; CR, LF and CR LF end one. */
static bool feed_chunk(struct reader *reader, char *bytes, size_t length)
{
    char *nul = memchr(bytes, '\0', length), *end = nul ? nul : bytes + length;
    char *next_return = memchr(bytes, '\r', (size_t)(end - bytes));

    while (bytes < end) {
        char *taken = take_plain(reader, bytes);
        if (reader->failed)
            return false;
        if (taken) {
            bytes = taken;
            continue;
        }
        if (next_return && next_return < bytes)
            next_return = memchr(bytes, '\r', (size_t)(end - bytes));
        char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        if (next_return && (!stop || next_return < stop))
            stop = next_return;
        char *next = stop ? stop + 1 : end;
        bool second_half = reader->after_return && *bytes == '\n';
        if (!feed_stretch(reader, bytes, (size_t)(next - bytes)))
            return false;
        if (stop) {
            reader->line += !second_half;
            reader->line_start = reader->offset;
        }
        reader->after_return = stop && *stop == '\r';
        bytes = next;
    }
    return nul ? refuse_nul(reader) : true;
}

/* UTF-16 and UTF-32, by their marks or by NUL in every other byte. Sets the length of a UTF-8 mark. */
static bool check_encoding(const struct reader *reader, const char *bytes, size_t length, size_t *mark)
{
    size_t sample = length < ENCODING_SAMPLE ? length : ENCODING_SAMPLE, nul[2] = {0, 0};

    *mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (size_t i = 0; i < sample; i++)
        nul[i % 2] += bytes[i] == '\0';
    bool marked = length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
    bool every_other = sample >= 4 && (nul[0] == sample / 2 || nul[1] == sample / 2);
    bool wide =
        length >= 4 && (memcmp(bytes, "\xFF\xFE\0\0", 4) == 0 || memcmp(bytes, "\0\0\xFE\xFF", 4) == 0);
    wide = wide || (sample >= 8 && nul[0] + nul[1] >= sample / 4 * 3);
    if (!marked && !every_other && !wide)
        return true;
    const char *name = wide ? "UTF-32" : "UTF-16";
    fail_at(reader->err, ERROR_REQUEST, place_of(reader, 0),
            "the file looks like %s; convert it to UTF-8 (iconv -f "
            "%s -t UTF-8)",
            name, name);
    return false;
}

/* The last line may have no end. A quote that is still open is refused, however lenient the reading. */
static bool finish(struct reader *reader)
{
    struct csv_parser *parser = &reader->parser;

    if (parser->pstate == FIELD_BEGUN && parser->quoted) {
        fail_at(reader->err, ERROR_REQUEST, place_of(reader, reader->quote_line),
                "a quote opens in this line and is never closed");
        return fail_hint(reader->err, "close it, or double it if it is part of the text");
    }
    reader->quoted = parser->quoted != 0;
    if (csv_fini(parser, field_done, row_done, reader) != 0 && !reader->failed)
        return refuse_quote(reader, reader->offset);
    return !reader->failed;
}

/* What is there when the file is opened is read: rows that are added meanwhile are left out. */
static bool read_chunks(struct reader *reader, int file, size_t size)
{
    char *chunk = arena_alloc(reader->arena, CHUNK_BYTES + 1 + PLAIN_PADDING);

    for (size_t done = 0; done < size;) {
        size_t wanted = size - done < CHUNK_BYTES ? size - done : CHUNK_BYTES, mark = 0;
        int64_t got = regular_read(file, chunk, wanted);
        if (got < 0)
            return fail(reader->err, ERROR_MACHINE, "cannot read \"%s\": %s", reader->path, strerror(errno));
        if ((size_t)got < wanted)
            return fail(reader->err, ERROR_MACHINE,
                        "cannot read \"%s\": it was cut short while it was read (%" PRId64 " of %zu bytes)",
                        reader->path, (int64_t)done + got, size);
        if (reader->options.print)
            fingerprint_add(reader->options.print, chunk, wanted);
        if (done == 0 && !check_encoding(reader, chunk, wanted, &mark))
            return false;
        chunk[wanted] = '\0';
        reader->offset += (int64_t)mark;
        reader->line_start += (int64_t)mark;
        if (!feed_chunk(reader, chunk + mark, wanted - mark))
            return false;
        done += wanted;
    }
    return finish(reader);
}

bool csv_read(const char *path, const struct csv_options *options, csv_row_fn *row, void *context,
              struct error *err)
{
    struct arena arena;
    struct reader reader = {.path = path, .row = row, .context = context, .err = err, .line = 1};
    size_t size = 0;
    int file = regular_open(path, &size, err);

    if (file < 0)
        return false;
    if (options)
        reader.options = *options;
    if (!reader.options.separator)
        reader.options.separator = ',';
    if (!reader.options.field_most)
        reader.options.field_most = FIELD_BYTES_MOST;
    if (!reader.options.columns_most)
        reader.options.columns_most = COLUMNS_MOST;
    if (strchr("\"\n\r", reader.options.separator))
        BUG("a CSV separator that is a quote or ends a line");

    /* Every cell of a plain line is within the cap. */
    reader.plain = !reader.options.library_only && reader.options.field_most >= CHUNK_BYTES &&
                   plain_can(reader.options.separator);
    arena_init(&arena, "reading CSV");
    reader.arena = &arena;
    text_init(&reader.bytes, &arena);
    unsigned char strict = CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI;
    if (csv_init(&reader.parser, reader.options.lenient ? CSV_APPEND_NULL : strict) != 0)
        BUG("libcsv cannot begin");
    csv_set_delim(&reader.parser, (unsigned char)reader.options.separator);
    csv_set_blk_size(&reader.parser, BUFFER_STEP);
    bool good = read_chunks(&reader, file, size);
    csv_free(&reader.parser);
    arena_release(&arena);
    close(file);
    return good;
}
