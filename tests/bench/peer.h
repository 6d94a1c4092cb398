/*
 * Another program that answers questions: one line in, one line out. It is started with its standard input
 * and output on pipes, so both sides of a comparison take turns on a machine whose speed changes from second
 * to second.
 */
#ifndef MLDBG_BENCH_PEER_H
#define MLDBG_BENCH_PEER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct peer {
    pid_t process;
    FILE *to, *from;
};

/* Starts command with one argument and reads its greeting; false when it cannot be started or says nothing.
 */
bool peer_open(struct peer *peer, const char *command, const char *argument, char *greeting, int size);
/* Sends a line and reads the answer into the buffer, without its newline. */
bool peer_ask(struct peer *peer, const char *line, char *answer, int size);
void peer_close(struct peer *peer);

#endif
