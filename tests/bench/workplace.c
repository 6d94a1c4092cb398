/* Files under /tmp, or where TMPDIR says. */
#include "workplace.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "timing.h"

enum { LINE_MOST = 1 << 16 };

static char to_remove[sizeof(struct workplace)]; /* at the end, however this program comes to it */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_at_end(void)
{
    if (*to_remove)
        remove_tree(to_remove);
}

void workplace_open(struct workplace *workplace)
{
    const char *parent = getenv("TMPDIR");

    if (!parent || strlen(parent) > sizeof workplace->folder / 2)
        parent = "/tmp";
    snprintf(workplace->folder, sizeof workplace->folder, "%s/mldbg-bench-XXXXXX", parent);
    if (!mkdtemp(workplace->folder))
        stop("cannot make a folder in %s", parent);
    memcpy(to_remove, workplace->folder, sizeof to_remove);
    atexit(remove_at_end);
}

void workplace_close(struct workplace *workplace)
{
    remove_tree(workplace->folder);
    *to_remove = 0;
}

const char *workplace_path(const struct workplace *workplace, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", workplace->folder, name);
    return path;
}

void workplace_remove(const struct workplace *workplace, const char *name)
{
    char path[256];

    remove_tree(workplace_path(workplace, name, path));
}

static FILE *create(const struct workplace *workplace, const char *name)
{
    char path[256];
    FILE *file = fopen(workplace_path(workplace, name, path), "w");

    if (!file)
        stop("cannot write %s", path);
    return file;
}

static void finish(FILE *file, const char *name)
{
    if (fclose(file) != 0)
        stop("cannot write %s", name);
}

void workplace_write(const struct workplace *workplace, const char *name, const char *text)
{
    FILE *file = create(workplace, name);

    fputs(text, file);
    finish(file, name);
}

int64_t workplace_join(const struct workplace *workplace, const char *name, const char *const *sources,
                       int64_t skip, int64_t most)
{
    static char line[LINE_MOST];
    FILE *file = create(workplace, name);
    int64_t seen = 0, put = 0;

    for (int i = 0; sources[i]; i++) {
        FILE *source = fopen(sources[i], "r");
        if (!source)
            stop("cannot read %s; the bench runs in the root of the repository", sources[i]);
        for (int64_t row = -1; put < most && fgets(line, sizeof line, source); row++) {
            const bool head = row < 0;
            const bool kept = head ? i == 0 : seen >= skip;
            if (kept)
                fputs(line, file);
            seen += !head;
            put += kept && !head;
        }
        fclose(source);
    }
    finish(file, name);
    return put;
}

/* A step of xorshift64: noise for a file needs no more. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A number from -4 to 4 with six digits, sum of four draws, and the separator behind it. */
static char *put_number(char *at, uint64_t *state, double *value)
{
    const uint64_t draw = next(state);
    int64_t millionths = -4000000;

    for (int i = 0; i < 64; i += 16)
        millionths += (int64_t)((draw >> i & 0xffff) * 2000000 >> 16);
    *value += (double)millionths;
    if (millionths < 0) {
        *at++ = '-';
        millionths = -millionths;
    }
    *at++ = (char)('0' + millionths / 1000000);
    *at++ = '.';
    for (int64_t unit = 100000; unit > 0; unit /= 10)
        *at++ = (char)('0' + millionths / unit % 10);
    *at++ = ',';
    return at;
}

int64_t workplace_numbers(const struct workplace *workplace, const char *name, int64_t rows, int columns)
{
    static char line[LINE_MOST];
    FILE *file = create(workplace, name);
    uint64_t state = 88172645463325252;

    for (int i = 0; i < columns; i++)
        fprintf(file, "x%d,", i);
    fputs("label\n", file);
    for (int64_t row = 0; row < rows; row++) {
        char *at = line;
        double sum = 0;

        for (int i = 0; i < columns; i++)
            at = put_number(at, &state, &sum);
        *at++ = sum > 0 ? '1' : '0';
        *at++ = '\n';
        fwrite(line, 1, (size_t)(at - line), file);
    }
    const int64_t bytes = ftell(file);
    finish(file, name);
    return bytes;
}
