/*
 * Keeps the ledger of readings: one write(2) a line under a lock, so that runs side by side do not tear each
 * other's lines. Lines that are torn all the same are passed over.
 */
#include <mldbg/run/ledger.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <mldbg/base/digest.h>
#include <mldbg/base/file.h>
#include <mldbg/run/predictions.h>
#include <mldbg/run/record.h>

enum {
    COLUMNS = 6, /* of a line */
    TRIES =
        50, /* for the lock, which is held for a moment only: half a second, then the reading is not kept */
    PAUSE = 10 /* milliseconds between them */
};

/* Years of readings; a larger file is none of ours. */
static const size_t LEDGER_MOST = (size_t)64 << 20;

static const char names[] = "time,digest,run,mark,command,metric\n";

const char *ledger_path(struct arena *arena)
{
    return file_of_user(arena, "MLDBG_LEDGER", "XDG_STATE_HOME", ".local/state", "mldbg/test-readings.csv");
}

/* ---- Reading it ---- */

struct search {
    struct arena *arena;
    const struct reading *reading;
    struct past past;
    const char **runs; /* the distinct others */
    size_t count, capacity;
    bool known; /* this very reading stands there */
};

/* Cells of a line that the ledger wrote; false when it is none. */
static bool split_line(struct arena *arena, const char *line, size_t length, const char *cell[COLUMNS])
{
    const char *at = line, *end = line + length;

    for (int i = 0; i < COLUMNS; i++) {
        struct text text;

        text_init(&text, arena);
        bool quoted = at < end && *at == '"';
        at += quoted;
        for (; at < end && (quoted || *at != ','); at++) {
            if (*at == '"' && quoted && !(at + 1 < end && at[1] == '"'))
                break;
            at += *at == '"' && quoted;
            text_add_bytes(&text, at, 1);
        }
        if (quoted && (at == end || *at++ != '"'))
            return false;
        if (i < COLUMNS - 1 ? at == end || *at++ != ',' : at != end)
            return false;
        cell[i] = text.at ? text.at : "";
    }
    return true;
}

static void take_line(struct search *search, const char *line, size_t length)
{
    const struct reading *reading = search->reading;
    const char *cell[COLUMNS], **run;

    if (!split_line(search->arena, line, length, cell) || strcmp(cell[1], reading->digest) != 0)
        return;
    if (strcmp(cell[2], reading->run) == 0 && strcmp(cell[3], reading->mark) == 0) {
        search->known = search->known ||
                        (strcmp(cell[4], reading->command) == 0 && strcmp(cell[5], reading->metric) == 0);
        return;
    }
    search->past.readings++;
    const char *name = arena_print(search->arena, "%s\n%s", cell[2], cell[3]);
    for (size_t i = 0; i < search->count; i++)
        if (strcmp(search->runs[i], name) == 0)
            return;
    run = arena_append(search->arena, &search->runs, &search->count, &search->capacity, sizeof *run);
    *run = name;
    search->past.runs = (int64_t)search->count;
}

/* *torn: the last line has no end. */
static bool look_up(struct search *search, const char *path, bool *torn, struct error *err)
{
    struct bytes bytes;

    if (!file_read(search->arena, path, LEDGER_MOST, &bytes, err))
        return false;
    const char *at = bytes.at, *end = bytes.at + bytes.length, *stop;
    for (; at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL; at = stop + 1)
        take_line(search, at, (size_t)(stop - at));
    *torn = at < end;
    return true;
}

/* ---- Writing it ---- */

static bool lock(int file)
{
    const struct timespec pause = {.tv_nsec = PAUSE * 1000000L};

    for (int i = 0; i < TRIES; i++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool append(int file, const struct search *search, bool empty, bool torn)
{
    const struct reading *reading = search->reading;
    const char *const cells[COLUMNS] = {record_clock(search->arena),
                                        reading->digest,
                                        reading->run,
                                        reading->mark,
                                        reading->command,
                                        reading->metric};
    struct text line;
    ssize_t put;

    text_init(&line, search->arena);
    text_add(&line, empty ? names : torn ? "\n" : "");
    for (int i = 0; i < COLUMNS; i++) {
        text_add(&line, i ? "," : "");
        csv_add_cell(&line, cells[i]);
    }
    text_add(&line, "\n");
    do
        put = write(file, line.at, line.length);
    while (put < 0 && errno == EINTR);
    if (put >= 0 && put < (ssize_t)line.length)
        errno = ENOSPC;
    return put == (ssize_t)line.length;
}

bool ledger_add(struct arena *arena, const char *path, const struct reading *reading, struct past *past,
                struct error *err)
{
    struct search search = {.arena = arena, .reading = reading};
    struct stat state;
    bool torn = false, good;

    *past = (struct past){0};
    if (!path)
        return true;
    int file = file_make_folders(arena, path, 0777)
                   ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666)
                   : -1;
    good = file >= 0 && fstat(file, &state) == 0 && lock(file);
    if (good && !look_up(&search, path, &torn, err)) {
        close(file);
        return false;
    }
    good =
        good && fstat(file, &state) == 0 && (search.known || append(file, &search, state.st_size == 0, torn));
    int reason = errno;
    if (file >= 0)
        close(file);
    *past = search.past;
    return good || fail(err, ERROR_MACHINE, "the ledger of readings \"%s\" cannot be written: %s", path,
                        strerror(reason));
}

/* ---- What is read ---- */

static const char *absolute(struct arena *arena, const char *path)
{
    char found[PATH_MAX];

    return realpath(path, found) ? arena_copy(arena, found, strlen(found)) : path;
}

static const char *text_at(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);
    return value && value->type == JSON_STRING ? value->string : NULL;
}

/* The labels in their order: other programs' predictions have no more to tell the data by. */
static const char *digest_labels(struct arena *arena, const char *path)
{
    struct predictions set;
    struct digest digest = digest_start();

    if (!predictions_read(arena, path, &set, NULL) || !set.label)
        return NULL;
    for (int64_t i = 0; i < set.rows; i++)
        digest_add(&digest, set.label[i], strlen(set.label[i]) + 1);
    return arena_print(arena, "labels:%s", digest_text(arena, &digest));
}

bool reading_of_record(struct arena *arena, const char *folder, const char *command, const char *metric,
                       struct reading *out)
{
    const char *path = arena_print(arena, "%s/run.json", folder);
    const char *predictions = arena_print(arena, "%s/predictions/test.csv", folder), *digest = NULL;
    struct json *manifest = NULL;

    *out = (struct reading){.run = absolute(arena, folder), .mark = "", .command = command, .metric = metric};
    if (!file_exists(predictions))
        return false;
    if (file_exists(path) && json_read(arena, path, SIZE_MAX / 2, &manifest, NULL, NULL)) {
        const char *started = text_at(manifest, "started");

        digest = text_at(json_get(json_get(json_get(manifest, "digests"), "data"), "test"), "digest");
        out->mark = started ? started : "";
    }
    out->digest = digest ? digest : digest_labels(arena, predictions);
    return out->digest != NULL;
}

bool reading_of_file(struct arena *arena, const char *path, const char *command, const char *metric,
                     struct reading *out)
{
    *out = (struct reading){.run = absolute(arena, path), .command = command, .metric = metric};
    out->digest = digest_labels(arena, path);
    return out->digest && digest_file(arena, path, &out->mark, NULL);
}

const char *past_sentence(struct arena *arena, const struct past *past)
{
    if (past->readings == 0)
        return NULL;
    return arena_print(
        arena,
        "This test split has been read %s before, by %s: its error is no longer unseen. Where "
        "a model was changed or chosen after such a look, the error on test is too small; only "
        "fresh rows would tell by how much.",
        past->readings == 1 ? "once" : text_plural(arena, past->readings, "time", "times"),
        text_plural(arena, past->runs, "other run", "other runs"));
}
