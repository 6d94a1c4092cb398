/* Two pipes and a child process. */
#include "peer.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool read_line(FILE *from, char *line, int size)
{
    if (!fgets(line, size, from))
        return false;
    line[strcspn(line, "\n")] = 0;
    return true;
}

bool peer_open(struct peer *peer, const char *command, const char *argument, char *greeting, int size)
{
    int question[2], answer[2];

    *peer = (struct peer){.process = -1};
    if (pipe(question) != 0 || pipe(answer) != 0)
        return false;
    signal(SIGPIPE, SIG_IGN);
    peer->process = fork();
    if (peer->process == 0) {
        dup2(question[0], STDIN_FILENO);
        dup2(answer[1], STDOUT_FILENO);
        close(question[1]);
        close(answer[0]);
        execlp(command, command, argument, (char *)NULL);
        _exit(127);
    }
    close(question[0]);
    close(answer[1]);
    peer->to = fdopen(question[1], "w");
    peer->from = fdopen(answer[0], "r");
    return peer->process > 0 && peer->to && peer->from && read_line(peer->from, greeting, size);
}

bool peer_ask(struct peer *peer, const char *line, char *answer, int size)
{
    fprintf(peer->to, "%s\n", line);
    return fflush(peer->to) == 0 && read_line(peer->from, answer, size);
}

void peer_close(struct peer *peer)
{
    if (peer->to)
        fclose(peer->to);
    if (peer->from)
        fclose(peer->from);
    if (peer->process > 0)
        waitpid(peer->process, NULL, 0);
}
