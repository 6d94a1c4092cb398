/*
 * Fuzz target: any bytes as a CSV file. The first byte chooses the options. Line numbers must rise, cells
 * must be closed, a refusal must say something, and all of it is the same when every line goes through
 * libcsv.
 */
#include <mldbg/base/csv.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    int64_t line;
    size_t field_most, columns_most;
    uint64_t digest; /* of all cells and lines */
};

static void take(struct seen *seen, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        seen->digest = (seen->digest ^ at[i]) * UINT64_C(1099511628211);
}

static bool look(void *context, const struct csv_cell *cells, size_t count, int64_t line, struct error *err)
{
    struct seen *seen = context;
    (void)err;
    if (line <= seen->line || count == 0 || count > seen->columns_most)
        BUG("a row at line %lld behind one at line %lld", (long long)line, (long long)seen->line);
    seen->line = line;
    take(seen, &line, sizeof line);
    for (size_t i = 0; i < count; i++) {
        take(seen, cells[i].at, cells[i].length + 1);
        take(seen, &cells[i].quoted, sizeof cells[i].quoted);
        if (strlen(cells[i].at) != cells[i].length || cells[i].length > seen->field_most)
            BUG("a cell of %zu bytes", cells[i].length);
    }
    return true;
}

/* A file without a name in any folder, opened by way of its descriptor. */
static int scratch_file(char path[64])
{
    static int file = -1;
    if (file < 0) {
        char name[] = "/tmp/mldbg-fuzz-XXXXXX";
        file = mkstemp(name);
        if (file < 0)
            BUG("no file to fuzz with");
        unlink(name);
    }
    snprintf(path, 64, "/dev/fd/%d", file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct error err = {0}, other = {0};
    uint8_t choice = size ? data[0] : 0;
    struct csv_options options = {.separator = ",;\t|"[choice & 3], .lenient = choice & 4};
    struct seen seen = {.field_most = 1 << 20, .columns_most = 1000000}, again;
    int file = scratch_file(path);

    if (choice & 8)
        options.field_most = seen.field_most = 5;
    if (choice & 16)
        options.columns_most = seen.columns_most = 3;
    if (ftruncate(file, 0) != 0 || (size > 1 && pwrite(file, data + 1, size - 1, 0) != (ssize_t)(size - 1)))
        BUG("cannot write the file to fuzz with");
    again = seen;
    bool good = csv_read(path, &options, look, &seen, &err);
    if (!good && (!err.sentence[0] || err.kind == ERROR_NONE))
        BUG("a refusal without words");
    options.library_only = true;
    if (csv_read(path, &options, look, &again, &other) != good || again.digest != seen.digest ||
        strcmp(err.sentence, other.sentence) != 0 || err.line != other.line)
        BUG("libcsv reads it differently");
    return 0;
}
