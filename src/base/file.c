/*
 * Whole files in and out. Reads regular files only; writes through a temporary file beside the target, so
 * that the target is old or new and never half. Links at a target are refused, not followed.
 */
#include <mldbg/base/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mldbg/base/text.h>

#include "regular.h"
#include "temporary.h"

enum {
    READ_MOST = 1 << 30, /* bytes of one read(2); some systems refuse more */
    NAME_ATTEMPTS = 1000 /* names tried for a temporary file before giving up */
};

/* What stands at a path that is no regular file. */
static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)                    ? "a directory"
           : S_ISLNK(mode)                  ? "a symbolic link"
           : S_ISFIFO(mode)                 ? "a pipe"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
           : S_ISSOCK(mode)                 ? "a socket"
                                            : "no regular file";
}

int regular_open(const char *path, size_t *size, struct error *err)
{
    struct stat status;
    /* O_NONBLOCK: opening a pipe that no one writes to must not wait. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (file < 0) {
        fail(err, ERROR_MACHINE, "cannot read \"%s\": %s", path, strerror(errno));
        return -1;
    }
    if (fstat(file, &status) != 0) {
        fail(err, ERROR_MACHINE, "cannot read \"%s\": %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        fail(err, ERROR_MACHINE, "cannot read \"%s\": it is %s, expected a regular file", path,
             kind_of(status.st_mode));
    } else {
        *size = (size_t)status.st_size;
        return file;
    }
    close(file);
    return -1;
}

int64_t regular_read(int file, char *bytes, size_t length)
{
    size_t total = 0;
    while (total < length) {
        size_t wanted = length - total < READ_MOST ? length - total : READ_MOST;
        ssize_t got = read(file, bytes + total, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        total += (size_t)got;
    }
    return (int64_t)total;
}

bool file_read(struct arena *arena, const char *path, size_t most, struct bytes *out, struct error *err)
{
    size_t size = 0;
    *out = (struct bytes){"", 0};
    int file = regular_open(path, &size, err);

    if (file < 0)
        return false;
    if (size > most) {
        close(file);
        return fail(err, ERROR_MACHINE,
                    "cannot read \"%s\": it has %s bytes, more than the limit of %s for such a file", path,
                    text_count(arena, (int64_t)size), text_bytes(arena, (int64_t)most));
    }
    char *bytes = arena_alloc(arena, size + 1);
    int64_t got = regular_read(file, bytes, size);
    int reason = errno;
    close(file);
    if (got < 0)
        return fail(err, ERROR_MACHINE, "cannot read \"%s\": %s", path, strerror(reason));
    if ((size_t)got < size)
        return fail(err, ERROR_MACHINE, "cannot read \"%s\": it was cut short while it was read (%s of %s)",
                    path, text_bytes(arena, got), text_bytes(arena, (int64_t)size));
    *out = (struct bytes){bytes, size};
    return true;
}

/* Everything that goes wrong in writing says the same, with its reason. */
static bool cannot_write(struct error *err, const char *path, int reason)
{
    return fail(err, ERROR_MACHINE, "cannot write \"%s\": %s", path, strerror(reason));
}

bool temporary_write(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(file, bytes, length < READ_MOST ? length : READ_MOST);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        length -= (size_t)put;
    }
    return true;
}

int temporary_open(const char *path, char temporary[TEMPORARY_BYTES], mode_t mode)
{
    static unsigned serial;
    for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
        int length = snprintf(temporary, TEMPORARY_BYTES, "%s.%ld-%u.tmp", path, (long)getpid(), serial++);
        if (length < 0 || length >= TEMPORARY_BYTES) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

/* Whether the bytes are on the disk; some file systems cannot be asked, which is no failure. */
static bool sync_file(int file)
{
    return fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP;
}

/* Writes, settles if asked and closes the temporary file; errno tells what failed. */
static bool fill_temporary(int file, const char *bytes, size_t length, const struct stat *old, bool settle)
{
    bool good = temporary_write(file, bytes, length);
    /* The new file is as private as the one that it takes the place of. */
    if (good && old)
        good = fchmod(file, old->st_mode & 07777) == 0;
    if (good && settle)
        good = sync_file(file);
    int reason = errno;
    if (close(file) != 0 && good)
        return false;
    errno = reason;
    return good;
}

/* Gives the temporary file its name. Without replace the name must be free, which link(2) checks in one step.
 */
static bool move_into_place(const char *temporary, const char *path, bool replace)
{
    struct stat status;
    if (replace)
        return rename(temporary, path) == 0;
    if (link(temporary, path) == 0)
        return unlink(temporary) == 0;
    if (errno == EEXIST)
        return false;
    /* File systems without hard links. */
    if (lstat(path, &status) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(temporary, path) == 0;
}

/* The name is safe on disk only when its folder is; a folder that cannot be synced is no reason to fail. */
static void settle_folder(const char *path)
{
    char folder[TEMPORARY_BYTES];
    const char *name = file_name(path);
    size_t length = (size_t)(name - path);

    if (length >= sizeof folder)
        return;
    memcpy(folder, path, length);
    memcpy(folder + length, ".", 2);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
        (void)fsync(file);
        close(file);
    }
}

static bool write_file(const char *path, const char *bytes, size_t length, bool replace, bool settle,
                       struct error *err)
{
    struct stat old;
    char temporary[TEMPORARY_BYTES];
    bool exists = lstat(path, &old) == 0;

    if (exists && !S_ISREG(old.st_mode))
        return fail(err, ERROR_MACHINE, "cannot write \"%s\": it is %s, and only regular files are replaced",
                    path, kind_of(old.st_mode));
    if (exists && !replace)
        return fail(err, ERROR_MACHINE, "cannot write \"%s\": it exists already and is not overwritten",
                    path);

    int file = temporary_open(path, temporary, 0666);
    if (file < 0)
        return cannot_write(err, path, errno);
    if (!fill_temporary(file, bytes, length, exists ? &old : NULL, settle) ||
        !move_into_place(temporary, path, replace)) {
        int reason = errno;
        unlink(temporary);
        if (reason == EEXIST)
            return fail(err, ERROR_MACHINE, "cannot write \"%s\": it exists already and is not overwritten",
                        path);
        return cannot_write(err, path, reason);
    }
    if (settle)
        settle_folder(path);
    return true;
}

bool file_write(const char *path, const char *bytes, size_t length, bool replace, struct error *err)
{
    return write_file(path, bytes, length, replace, true, err);
}

bool file_write_unsettled(const char *path, const char *bytes, size_t length, struct error *err)
{
    return write_file(path, bytes, length, true, false, err);
}

bool file_settle(const char *path, struct error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool good = file >= 0 && sync_file(file);
    int reason = errno;

    if (file >= 0)
        close(file);
    if (!good)
        return cannot_write(err, path, reason);
    settle_folder(path);
    return true;
}

bool file_can_make(const char *path, struct error *err)
{
    char temporary[TEMPORARY_BYTES];
    int file = temporary_open(path, temporary, 0666);

    if (file < 0)
        return cannot_write(err, path, errno);
    close(file);
    unlink(temporary);
    return true;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

const char *file_beside(struct arena *arena, const char *beside, const char *path)
{
    size_t folder = (size_t)(file_name(beside) - beside);
    if (path[0] == '/' || folder == 0)
        return arena_copy(arena, path, strlen(path));
    return arena_print(arena, "%.*s%s", (int)folder, beside, path);
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *file_of_user(struct arena *arena, const char *variable, const char *standard, const char *usual,
                         const char *name)
{
    const char *path = getenv(variable), *folder = getenv(standard), *home = getenv("HOME");

    if (path && *path)
        return strcmp(path, "off") == 0 ? NULL : path;
    if (folder && *folder == '/')
        return arena_print(arena, "%s/%s", folder, name);
    return home && *home == '/' ? arena_print(arena, "%s/%s/%s", home, usual, name) : NULL;
}

bool file_make_folders(struct arena *arena, const char *path, mode_t mode)
{
    char *folder = arena_copy(arena, path, strlen(path));

    for (char *slash = folder + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(folder, mode) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}
