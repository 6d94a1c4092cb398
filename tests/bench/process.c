/* fork, exec, a pipe for what it says, and wait4 for what it took. */
#include "process.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

static _Noreturn void become(const char *const *argv, int output)
{
    const int nothing = open("/dev/null", O_RDWR);

    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv); /* which changes none of them */
    _exit(127);
}

/* Reads to the end, so that the other side never waits; keeps what there is room for. */
static void read_all(int from, char *to, size_t size)
{
    char rest[4096];
    size_t used = 0;
    ssize_t got;

    do {
        const bool full = used + 1 >= size;
        got = read(from, full ? rest : to + used, full ? sizeof rest : size - 1 - used);
        used += !full && got > 0 ? (size_t)got : 0;
    } while (got > 0);
    to[used] = 0;
}

void process_run(struct process *process, const char *const *argv)
{
    int output[2], status;
    struct rusage usage;

    if (pipe2(output, O_CLOEXEC) != 0)
        stop("cannot make a pipe");
    fflush(stdout);
    const double start = now();
    const pid_t child = fork();
    if (child == 0)
        become(argv, output[1]);
    close(output[1]);
    read_all(output[0], process->output, sizeof process->output);
    close(output[0]);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        stop("cannot run %s", argv[0]);
    process->ms = 1e3 * (now() - start);
    process->mib = (double)usage.ru_maxrss / 1024;
    process->good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void process_line(const struct process *process, const char *word, char *line, int size)
{
    const char *found = strstr(process->output, word);

    line[0] = 0;
    if (!found)
        return;
    while (found > process->output && found[-1] != '\n')
        found--;
    found += strspn(found, " ");
    snprintf(line, (size_t)size, "%.*s", (int)strcspn(found, "\n"), found);
}
