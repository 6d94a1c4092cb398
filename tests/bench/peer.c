/* Two pipes and a child process. */
#include "peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
