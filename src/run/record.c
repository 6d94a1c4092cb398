/*
 * The folder of a run record: making and locking it, whole files in it, and which checkpoints stand there.
 * Never writes over what another run left.
 */
#include <mldbg/run/record.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <mldbg/base/file.h>
#include <mldbg/version.h>

static const char TEMPORARY[] = ".tmp";

/* A folder without run.json that holds only these is a start that did not get far: it may be used again. */
static const char *const heads[] = {"config.json", "model.json", "data.json", RECORD_EXPERIMENTS};

/* A name that file_write gives, "run.json.4711-0.tmp"; another file that ends in .tmp is not ours. */
static bool is_temporary(const char *name)
{
    size_t length = strlen(name), tail = sizeof TEMPORARY - 1, serial, process;

    if (length <= tail || strcmp(name + length - tail, TEMPORARY) != 0)
        return false;
    for (serial = length - tail; serial > 0 && isdigit((unsigned char)name[serial - 1]);)
        serial--;
    if (serial == length - tail || serial == 0 || name[serial - 1] != '-')
        return false;
    for (process = serial - 1; process > 0 && isdigit((unsigned char)name[process - 1]);)
        process--;
    return process < serial - 1 && process > 1 && name[process - 1] == '.';
}

static bool is_head(const char *name)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strcmp(name, heads[i]) == 0)
            return true;
    return is_temporary(name);
}

const char *record_path(const struct record *record, const char *name)
{
    return arena_print(record->arena, "%s/%s", record->folder, name);
}

/* The folder without slashes at its end; "/" stays. */
static const char *plain_folder(struct arena *arena, const char *folder)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    return arena_copy(arena, folder, length);
}

static bool lock(struct record *record, struct error *err)
{
    record->lock = open(record->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (record->lock < 0)
        return fail(err, errno == ENOTDIR || errno == ENOENT ? ERROR_REQUEST : ERROR_MACHINE,
                    "cannot open the folder \"%s\": %s", record->folder, strerror(errno));
    if (flock(record->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    int reason = errno;
    record_close(record);
    if (reason != EWOULDBLOCK)
        return fail(err, ERROR_MACHINE, "cannot lock the folder \"%s\": %s", record->folder,
                    strerror(reason));
    fail(err, ERROR_REQUEST, "another process is writing into \"%s\"", record->folder);
    return fail_hint(err, "wait until it is done, or take another folder");
}

/* The first entry of a folder that is not a head of a record; NULL if there is none. */
static const char *find_stranger(const struct record *record)
{
    DIR *folder = opendir(record->folder);
    const char *found = NULL;
    const struct dirent *entry;

    while (folder && !found && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && !is_head(entry->d_name))
            found = arena_copy(record->arena, entry->d_name, strlen(entry->d_name));
    if (folder)
        closedir(folder);
    return found;
}

/* Makes a folder and those around it that are not there yet. */
static bool make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        bool made;

        *slash = '\0';
        made = mkdir(path, 0777) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

/* Removes the temporary files of a writer that was killed. */
static void sweep(const struct record *record, const char *inside)
{
    const char *path = *inside ? record_path(record, inside) : record->folder;
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder)) != NULL)
        if (is_temporary(entry->d_name))
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
}

bool record_create(struct record *record, struct arena *arena, const char *folder, struct error *err)
{
    *record = (struct record){.arena = arena, .folder = plain_folder(arena, folder), .lock = -1};
    if (!make_folders(arena_copy(arena, record->folder, strlen(record->folder)))) {
        int reason = errno;

        fail(err, reason == ENOENT || reason == ENOTDIR ? ERROR_REQUEST : ERROR_MACHINE,
             "cannot make the folder \"%s\": %s", record->folder, strerror(reason));
        return false;
    }
    if (!lock(record, err))
        return false;
    if (!find_stranger(record)) {
        sweep(record, "");
        return true;
    }
    record_close(record);
    if (record_exists(arena, record->folder)) {
        fail(err, ERROR_REQUEST, "\"%s\" holds a run already, which is not overwritten", record->folder);
        return fail_hint(err, "go on with it: mldbg train --resume %s; or take another folder",
                         record->folder);
    }
    fail(err, ERROR_REQUEST, "the folder \"%s\" is not empty", record->folder);
    return fail_hint(err, "take a folder that is empty or is not there yet");
}

bool record_reopen(struct record *record, struct arena *arena, const char *folder, struct error *err)
{
    *record = (struct record){.arena = arena, .folder = plain_folder(arena, folder), .lock = -1};
    if (!record_exists(arena, record->folder)) {
        fail(err, ERROR_REQUEST, "there is no run in \"%s\": it has no run.json", record->folder);
        return fail_hint(err, "mldbg train CONFIG -o %s begins one", record->folder);
    }
    if (!lock(record, err))
        return false;
    sweep(record, "");
    sweep(record, "checkpoints");
    sweep(record, "predictions");
    return true;
}

void record_close(struct record *record)
{
    if (record->lock >= 0)
        close(record->lock);
    record->lock = -1;
}

bool record_is_written(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool held;

    if (file < 0)
        return false;
    held = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return held;
}

bool record_folder(const struct record *record, const char *name, struct error *err)
{
    const char *path = record_path(record, name);

    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    return fail(err, ERROR_MACHINE, "cannot make the folder \"%s\": %s", path, strerror(errno));
}

bool record_write_text(const struct record *record, const char *name, const struct text *text,
                       struct error *err)
{
    return file_write(record_path(record, name), text->at, text->length, true, err);
}

bool record_write_json(const struct record *record, const char *name, const struct json *document,
                       struct error *err)
{
    struct text text;

    text_init(&text, record->arena);
    json_write(&text, document, true);
    return record_write_text(record, name, &text, err);
}

bool record_exists(struct arena *arena, const char *folder)
{
    return file_exists(arena_print(arena, "%s/run.json", folder));
}

/* ---- Checkpoints ---- */

const char *checkpoint_name(struct arena *arena, int64_t step)
{
    return arena_print(arena, "checkpoints/step-%" PRId64 ".safetensors", step);
}

static int newest_first(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left < right) - (left > right);
}

const int64_t *record_checkpoints(struct arena *arena, const char *folder, size_t *count)
{
    DIR *listing = opendir(arena_print(arena, "%s/checkpoints", folder));
    int64_t *steps = NULL;
    size_t capacity = 0;
    const struct dirent *entry;

    *count = 0;
    while (listing && (entry = readdir(listing)) != NULL) {
        static const char head[] = "step-", tail[] = ".safetensors";
        size_t length = strlen(entry->d_name), outside = sizeof head + sizeof tail - 2;
        int64_t step;

        if (length > outside && strncmp(entry->d_name, head, sizeof head - 1) == 0 &&
            strcmp(entry->d_name + length - (sizeof tail - 1), tail) == 0 &&
            text_read_integer(arena_copy(arena, entry->d_name + sizeof head - 1, length - outside), &step) &&
            step >= 0)
            *(int64_t *)arena_append(arena, &steps, count, &capacity, sizeof step) = step;
    }
    if (listing)
        closedir(listing);
    if (*count)
        qsort(steps, *count, sizeof *steps, newest_first);
    return steps;
}

/* ---- The manifest ---- */

const char *record_clock(struct arena *arena)
{
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    return arena_print(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

struct json *record_manifest(const struct run *run, struct arena *arena)
{
    struct json *whole = run_to_json(run, arena), *manifest = json_object(arena);

    json_add_integer(manifest, "format_version", RECORD_VERSION, arena);
    json_add_string(manifest, "version", MLDBG_VERSION, arena);
    for (const struct json *item = json_get(whole, "run")->child; item; item = item->next)
        json_add(manifest, item->key, json_copy(arena, item), arena);
    json_add(manifest, "facts", json_copy(arena, json_get(whole, "facts")), arena);
    return manifest;
}
