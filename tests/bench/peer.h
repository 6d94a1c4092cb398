/*
 * Another program that answers questions: one line in, one line out. It is started with its standard input
 * and output on pipes, so that all sides of a comparison take turns on a machine whose speed changes from
 * second to second.
 */
#ifndef MLDBG_BENCH_PEER_H
#define MLDBG_BENCH_PEER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { PEER_LINE = 256 };

struct peer {
    pid_t process;
    FILE *to, *from;
    char greeting[PEER_LINE]; /* its first line: what it is */
};

/*
 * Starts argv[0] with these arguments and reads its greeting; false when it cannot be started or says
 * nothing. environment: "NAME=VALUE" that are added to this program's own, closed with NULL; or NULL.
 */
bool peer_open(struct peer *peer, const char *const *argv, const char *const *environment);
/* Sends a line and reads the answer into the buffer, without its newline. */
bool peer_ask(struct peer *peer, const char *line, char answer[PEER_LINE]);
/*
 * Waits until the process is at rest: worker threads of OpenMP and MKL go on spinning behind an answer, on
 * the processors that the next one to work needs. Gives up after half a second.
 */
void peer_rest(const struct peer *peer);
/* A zeroed struct may be closed, too. */
void peer_close(struct peer *peer);

#endif
