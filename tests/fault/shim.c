/*
 * For LD_PRELOAD: counts the calls with which a program changes a disk, and makes call number FAULT_AT go
 * wrong as FAULT_MODE says. Nothing else is changed. The count goes to the file FAULT_REPORT when the program
 * ends.
 *
 *   before, after   the process dies before or after the call
 *   torn            it dies with half of the bytes written
 *   power           it dies before the call, and what no fsync has brought to the disk is lost: every file
 *                   keeps its newest name and is cut to the length that was safe
 *   ENOSPC, EIO     the call fails, once
 *   full            this and all later calls but unlink fail
 *   short           half of the bytes are written, and so it is said
 *
 * FAULT_ROOM=1 says of every disk that it has room, so that a small one is really filled. FAULT_TICK=SECONDS
 * lets the clock go on by so much whenever it is read, so that what happens each second does so in a short
 * run.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
    DEATH = 137,      /* as a shell tells of SIGKILL */
    PLENTY = 1 << 28, /* blocks of a disk that has room */
    FILES_MOST = 1024 /* that are followed, for mode power; the later ones are safe */
};

static long calls;

/* ---- What a loss of power leaves ---- */

/* Files that were opened to be written. */
static struct written {
    char path[512];
    off_t safe; /* bytes that are on the disk */
} written[FILES_MOST];
static int written_count;

static struct written *written_of(const char *path)
{
    for (int i = written_count - 1; i >= 0; i--)
        if (strcmp(written[i].path, path) == 0)
            return &written[i];
    return NULL;
}

/* A file from before this process is on the disk as it is. */
static void follow(const char *path, off_t safe)
{
    struct written *of = written_of(path);

    if (!of && written_count < FILES_MOST && strlen(path) < sizeof of->path) {
        of = &written[written_count++];
        memcpy(of->path, path, strlen(path) + 1);
    }
    if (of)
        of->safe = safe;
}

static off_t length_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

/* The path under which a descriptor was opened, as long as the file has that name. */
static struct written *written_by(int file)
{
    struct stat is, named;

    for (int i = written_count - 1; i >= 0 && fstat(file, &is) == 0; i--)
        if (stat(written[i].path, &named) == 0 && is.st_ino == named.st_ino && is.st_dev == named.st_dev)
            return &written[i];
    return NULL;
}

static void lose_power(void)
{
    for (int i = 0; i < written_count; i++)
        if (length_of(written[i].path) > written[i].safe && truncate(written[i].path, written[i].safe) != 0)
            _exit(DEATH + 1);
    _exit(DEATH);
}

/* ---- Faults ---- */

/* Whether this call is to go wrong now: with an error, or by a death before it. */
static bool goes_wrong(const char *mode, bool last)
{
    const char *wanted = getenv("FAULT_AT");
    long at = wanted ? strtol(wanted, NULL, 10) : 0;

    if (strcmp(mode, "full") == 0 && at > 0 && calls >= at && !last) {
        errno = ENOSPC;
        return true;
    }
    if (calls != at || !at)
        return false;
    if (strcmp(mode, "power") == 0)
        lose_power();
    if (strcmp(mode, "before") == 0)
        _exit(DEATH);
    errno = strcmp(mode, "EIO") == 0 ? EIO : ENOSPC;
    return errno == EIO || strcmp(mode, "ENOSPC") == 0;
}

static bool here(const char *mode)
{
    const char *wanted = getenv("FAULT_AT"), *found = getenv("FAULT_MODE");

    return wanted && found && calls == strtol(wanted, NULL, 10) && strcmp(found, mode) == 0;
}

static bool fails(bool last)
{
    const char *mode = getenv("FAULT_MODE");

    calls++;
    return mode && goes_wrong(mode, last);
}

static int done(int result)
{
    if (here("after"))
        _exit(DEATH);
    return result;
}

/* The C library's own function of that name. */
#define REAL(name) real_##name
#define FIND(type, name, ...)                \
    static type (*real_##name)(__VA_ARGS__); \
    if (!real_##name)                        \
    *(void **)&real_##name = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t length)
{
    FIND(ssize_t, write, int, const void *, size_t);
    if (file <= STDERR_FILENO)
        return REAL(write)(file, bytes, length);
    if (fails(false))
        return -1;
    if (here("torn") || here("short")) {
        ssize_t put = REAL(write)(file, bytes, length / 2);

        if (here("torn"))
            _exit(DEATH);
        return put;
    }
    ssize_t put = REAL(write)(file, bytes, length);
    (void)done(0);
    return put;
}

static bool writes(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
}

int open(const char *path, int flags, ...)
{
    FIND(int, open, const char *, int, ...);
    mode_t mode = 0;
    va_list rest;

    if (flags & O_CREAT) {
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if (!writes(flags))
        return REAL(open)(path, flags);
    if (fails(false))
        return -1;
    bool old = written_of(path) || length_of(path) > 0;
    int file = REAL(open)(path, flags, mode);
    if (file >= 0 && !(old && written_of(path)))
        follow(path, length_of(path));
    return done(file);
}

/* What open() is called when the compiler fortifies it. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

static int synced(int file, int result)
{
    struct written *of = result == 0 ? written_by(file) : NULL;

    if (of)
        of->safe = length_of(of->path);
    return result;
}

int fsync(int file)
{
    FIND(int, fsync, int);
    return fails(false) ? -1 : done(synced(file, REAL(fsync)(file)));
}

int fdatasync(int file)
{
    FIND(int, fdatasync, int);
    return fails(false) ? -1 : done(synced(file, REAL(fdatasync)(file)));
}

int fchmod(int file, mode_t mode)
{
    FIND(int, fchmod, int, mode_t);
    return fails(false) ? -1 : done(REAL(fchmod)(file, mode));
}

int ftruncate(int file, off_t length)
{
    FIND(int, ftruncate, int, off_t);
    return fails(false) ? -1 : done(REAL(ftruncate)(file, length));
}

int rename(const char *from, const char *to)
{
    FIND(int, rename, const char *, const char *);
    if (fails(false))
        return -1;
    int result = REAL(rename)(from, to);
    struct written *of = result == 0 ? written_of(from) : NULL;
    if (of) {
        follow(to, of->safe);
        of->path[0] = 0;
    }
    return done(result);
}

int link(const char *from, const char *to)
{
    FIND(int, link, const char *, const char *);
    return fails(false) ? -1 : done(REAL(link)(from, to));
}

int unlink(const char *path)
{
    FIND(int, unlink, const char *);
    if (fails(true))
        return -1;
    struct written *of = written_of(path);
    if (of)
        of->path[0] = 0;
    return done(REAL(unlink)(path));
}

int unlinkat(int folder, const char *path, int flags)
{
    FIND(int, unlinkat, int, const char *, int);
    return fails(true) ? -1 : done(REAL(unlinkat)(folder, path, flags));
}

int mkdir(const char *path, mode_t mode)
{
    FIND(int, mkdir, const char *, mode_t);
    return fails(false) ? -1 : done(REAL(mkdir)(path, mode));
}

int statvfs(const char *restrict path, struct statvfs *restrict out)
{
    FIND(int, statvfs, const char *, struct statvfs *);
    int result = REAL(statvfs)(path, out);

    if (result == 0 && getenv("FAULT_ROOM"))
        out->f_bavail = PLENTY;
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    FIND(int, clock_gettime, clockid_t, struct timespec *);
    static double passed;
    const char *tick = getenv("FAULT_TICK");
    int result = REAL(clock_gettime)(clock, out);

    if (result == 0 && tick && clock == CLOCK_MONOTONIC) {
        passed += strtod(tick, NULL);
        out->tv_sec += (time_t)passed;
    }
    return result;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("FAULT_REPORT");
    FILE *file = path ? fopen(path, "w") : NULL;

    if (file) {
        fprintf(file, "%ld\n", calls);
        fclose(file);
    }
}
