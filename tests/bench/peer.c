/* Two pipes and a child process. */
#include "peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "timing.h"

static const double LOOK = 0.02; /* seconds between two looks: two ticks of the clock that is read */
static const double REST_MOST = 0.5;

static bool read_line(FILE *from, char line[PEER_LINE])
{
    if (!fgets(line, PEER_LINE, from))
        return false;
    line[strcspn(line, "\n")] = 0;
    return true;
}

static _Noreturn void become(const char *const *argv, const char *const *environment)
{
    for (int i = 0; environment && environment[i]; i++) {
        char name[PEER_LINE];
        const char *equals = strchr(environment[i], '=');

        snprintf(name, sizeof name, "%.*s", (int)(equals - environment[i]), environment[i]);
        setenv(name, equals + 1, 1);
    }
    execvp(argv[0], (char *const *)(uintptr_t)argv); /* which changes none of them */
    _exit(127);
}

bool peer_open(struct peer *peer, const char *const *argv, const char *const *environment)
{
    int question[2], answer[2];

    *peer = (struct peer){.process = -1};
    /* Ends that later peers must not hold: a peer ends when its input does. */
    if (pipe2(question, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
        return false;
    signal(SIGPIPE, SIG_IGN);
    fflush(stdout);
    peer->process = fork();
    if (peer->process == 0) {
        dup2(question[0], STDIN_FILENO);
        dup2(answer[1], STDOUT_FILENO);
        become(argv, environment);
    }
    close(question[0]);
    close(answer[1]);
    peer->to = fdopen(question[1], "w");
    peer->from = fdopen(answer[0], "r");
    return peer->process > 0 && peer->to && peer->from && read_line(peer->from, peer->greeting);
}

bool peer_ask(struct peer *peer, const char *line, char answer[PEER_LINE])
{
    fprintf(peer->to, "%s\n", line);
    return fflush(peer->to) == 0 && read_line(peer->from, answer);
}

/* Processor time of all threads so far, in ticks; -1 where the system does not tell. */
static int64_t ticks_used(pid_t process)
{
    char path[64], line[1024];
    long long user = -1, kernel = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    const char *name_end = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    fclose(file);
    /* Behind the name: state, five numbers, four counts of faults, then the two that are wanted. */
    if (!name_end ||
        sscanf(name_end + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %lld", &user, &kernel) != 2)
        return -1;
    return user + kernel;
}

void peer_rest(const struct peer *peer)
{
    const double begin = now();
    const struct timespec look = {.tv_nsec = (long)(1e9 * LOOK)};
    int64_t before, used = ticks_used(peer->process);

    do {
        before = used;
        nanosleep(&look, NULL);
        used = ticks_used(peer->process);
    } while (used != before && now() - begin < REST_MOST);
}

void peer_close(struct peer *peer)
{
    if (peer->to)
        fclose(peer->to);
    if (peer->from)
        fclose(peer->from);
    if (peer->process > 0)
        waitpid(peer->process, NULL, 0);
    *peer = (struct peer){0};
}
