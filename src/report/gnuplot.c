/*
 * The only door to gnuplot, which is a program and not a library: started without a shell, the script goes in
 * through a pipe and the drawing comes back through another. Everything that can go wrong is an answer, never
 * a failure of ours.
 */
#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SECONDS_MOST = 20,     /* a page takes less than one; a machine may be busy */
    BYTES_MOST = 64 << 20, /* a page takes less than one million */
    PIECE = 1 << 16,       /* read at a time */
    REAP_MILLISECONDS = 2, /* between two looks at whether it has ended */
};

/* One that is running. */
struct child {
    pid_t process;
    int in, out; /* its standard input and output, our ends; -1: closed */
    int64_t deadline;
};

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The program in PATH, or NULL; the current folder is not looked at, whatever PATH says. */
static const char *find(struct arena *arena)
{
    const char *at = getenv("PATH");

    while (at && *at) {
        size_t length = strcspn(at, ":");
        struct stat status;

        if (length && *at == '/') {
            const char *path = arena_print(arena, "%.*s/gnuplot", (int)length, at);

            if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0)
                return path;
        }
        at += length + (at[length] == ':');
    }
    return NULL;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* Both ends are closed in other programs that this one starts. */
static bool open_pipe(int end[2])
{
    if (pipe(end) != 0) {
        end[0] = end[1] = -1;
        return false;
    }
    return fcntl(end[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(end[1], F_SETFD, FD_CLOEXEC) == 0;
}

static bool spawn(const char *path, int in, int out, pid_t *process)
{
    char *const words[] = {(char[]){"gnuplot"}, (char[]){"--default-settings"}, NULL};
    char *const environment[] = {(char[]){"LC_ALL=C"}, (char[]){"PATH=/usr/bin:/bin"}, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual, none;
    bool good;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    good = posix_spawn_file_actions_adddup2(&actions, in, 0) == 0 &&
           posix_spawn_file_actions_adddup2(&actions, out, 1) == 0 &&
           posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawnattr_setsigdefault(&attributes, &usual) == 0 &&
           posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
           posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) == 0 &&
           posix_spawn(process, path, &actions, &attributes, words, environment) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return good;
}

static bool start(struct child *child, const char *path)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    bool good = open_pipe(in) && open_pipe(out) && spawn(path, in[0], out[1], &child->process);

    close_end(&in[0]);
    close_end(&out[1]);
    child->in = in[1];
    child->out = out[0];
    child->deadline = milliseconds() + 1000 * SECONDS_MOST;
    if (!good) {
        close_end(&child->in);
        close_end(&child->out);
        return false;
    }
    fcntl(child->in, F_SETFL, O_NONBLOCK);
    return true;
}

/* A reader that went away would end us with SIGPIPE; a write that is refused is enough. */
static ssize_t write_quietly(int file, const char *bytes, size_t length)
{
    sigset_t pipe_signal, before, pending;
    bool ours;
    ssize_t count;
    int number, reason;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    ours = !sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    count = write(file, bytes, length);
    reason = errno;
    sigpending(&pending);
    if (ours && count < 0 && reason == EPIPE && sigismember(&pending, SIGPIPE))
        sigwait(&pipe_signal, &number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return count;
}

/* One look at both pipes. False: it is over, and *why is set where it ended badly. */
static bool talk(struct child *child, const struct text *script, size_t *written, struct text *out,
                 const char **why)
{
    struct pollfd ends[] = {{child->out, POLLIN, 0}, {child->in, POLLOUT, 0}};
    int64_t left = child->deadline - milliseconds();
    char piece[PIECE];
    ssize_t count;

    if (left <= 0 || out->length > BYTES_MOST) {
        *why = left <= 0 ? "took too long" : "printed too much";
        return false;
    }
    if (poll(ends, child->in >= 0 ? 2 : 1, (int)left) < 0)
        return errno == EINTR;
    if (child->in >= 0 && ends[1].revents) {
        count = write_quietly(child->in, script->at + *written, script->length - *written);
        *written += count > 0 ? (size_t)count : 0;
        if (*written == script->length || (count < 0 && errno != EAGAIN && errno != EINTR))
            close_end(&child->in);
    }
    if (ends[0].revents) {
        count = read(child->out, piece, sizeof piece);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        text_add_bytes(out, piece, count > 0 ? (size_t)count : 0);
    }
    return true;
}

/* Waits for its end until the deadline, then ends it. Whether it ended well. */
static bool reap(const struct child *child)
{
    const struct timespec pause = {0, REAP_MILLISECONDS * 1000000L};
    int status = 0;
    pid_t got;

    while ((got = waitpid(child->process, &status, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
        if (milliseconds() >= child->deadline) {
            kill(child->process, SIGKILL);
            while (waitpid(child->process, &status, 0) < 0 && errno == EINTR)
                continue;
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return got > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool gnuplot_run(const struct text *script, struct text *out, const char **why)
{
    const char *path = find(out->arena);
    struct child child = {0};
    size_t written = 0, before = out->length;

    *why = "is not installed";
    if (!path)
        return false;
    *why = "cannot be started";
    if (!start(&child, path))
        return false;
    *why = NULL;
    while (talk(&child, script, &written, out, why))
        continue;
    close_end(&child.in);
    close_end(&child.out);
    if (*why)
        child.deadline = 0; /* it had its time */
    if (!reap(&child) && !*why)
        *why = "failed";
    if (*why) {
        out->length = before;
        out->at[before] = '\0';
    }
    return !*why;
}
