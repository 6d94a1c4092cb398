/*
 * Tables that grow a line at a time: one write(2) a line, so that a kill leaves whole lines, and a failing
 * write leaves those that were there before.
 */
#include <mldbg/run/record.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <mldbg/base/file.h>

static const size_t SHEET_MOST = (size_t)4 << 30; /* bytes of a table that is read back */

static bool cannot_write(struct error *err, const struct sheet *sheet, int reason)
{
    return fail(err, ERROR_MACHINE, "cannot write \"%s\": %s", sheet->path, strerror(reason));
}

static bool open_sheet(struct sheet *sheet, int flags, struct error *err)
{
    sheet->file = open(sheet->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
    return sheet->file >= 0 || cannot_write(err, sheet, errno);
}

bool sheet_create(struct sheet *sheet, const struct record *record, const char *name, const char *names,
                  struct error *err)
{
    struct text line;

    *sheet = (struct sheet){.path = record_path(record, name), .file = -1, .rows = -1};
    text_init(&line, record->arena);
    text_print(&line, "%s\n", names);
    return open_sheet(sheet, O_CREAT | O_TRUNC, err) && sheet_append(sheet, &line, err);
}

bool sheet_reopen(struct sheet *sheet, const struct record *record, const char *name, int64_t rows,
                  const char **names, struct error *err)
{
    struct bytes bytes;

    *sheet = (struct sheet){.path = record_path(record, name), .file = -1, .rows = -1};
    if (!file_exists(sheet->path))
        return false;
    if (!file_read(record->arena, sheet->path, SHEET_MOST, &bytes, err))
        return false;
    while (sheet->rows < rows) {
        const char *line = bytes.at + sheet->length;
        const char *end = memchr(line, '\n', bytes.length - (size_t)sheet->length);

        if (!end)
            return false;
        if (sheet->rows < 0)
            *names = arena_copy(record->arena, line, (size_t)(end - line));
        sheet->length = end + 1 - bytes.at;
        sheet->rows++;
    }
    if (!open_sheet(sheet, 0, err))
        return false;
    return ftruncate(sheet->file, sheet->length) == 0 || cannot_write(err, sheet, errno);
}

bool sheet_append(struct sheet *sheet, const struct text *line, struct error *err)
{
    ssize_t put;

    do
        put = write(sheet->file, line->at, line->length);
    while (put < 0 && errno == EINTR);
    if (put == (ssize_t)line->length) {
        sheet->length += put;
        sheet->rows++;
        return true;
    }
    int reason = put < 0 ? errno : ENOSPC;
    if (put > 0 && ftruncate(sheet->file, sheet->length) != 0)
        reason = errno;
    return cannot_write(err, sheet, reason);
}

bool sheet_settle(const struct sheet *sheet, struct error *err)
{
    return fdatasync(sheet->file) == 0 || errno == EINVAL || errno == ENOTSUP ||
           cannot_write(err, sheet, errno);
}

void sheet_close(struct sheet *sheet)
{
    if (sheet->file >= 0)
        close(sheet->file);
    sheet->file = -1;
}

void csv_add_cell(struct text *line, const char *cell)
{
    size_t length = strlen(cell);
    bool blank = length && (cell[0] == ' ' || cell[length - 1] == ' ');

    if (!blank && !strpbrk(cell, ",\"\r\n\t")) {
        text_add(line, cell);
        return;
    }
    text_add(line, "\"");
    for (const char *at = cell; *at; at++) {
        if (*at == '"')
            text_add(line, "\"");
        text_add_bytes(line, at, 1);
    }
    text_add(line, "\"");
}
