/*
 * The program: prepares the process, hands the command line on, writes what came out of it, and exits. The
 * only place that ends the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <mldbg/cli.h>

#include "interrupt.h"

/* Our own mistake: assert and BUG have said what it is. */
static void on_abort(int number)
{
    (void)number;
    _exit(EXIT_BUG);
}

static void on_no_memory(size_t bytes, const char *who)
{
    char line[256];
    double wanted = (double)bytes;
    int unit = 0;
    while (wanted >= 1024 && unit < 4) {
        wanted /= 1024;
        unit++;
    }
    int length = snprintf(line, sizeof line,
                          "\nmldbg: error: out of memory: %.1f %s wanted for %s\n"
                          "  take a smaller batch, or mldbg check CONFIG to see what needs it\n",
                          wanted, (const char *[]){"bytes", "KiB", "MiB", "GiB", "TiB"}[unit],
                          who ? who : "something unnamed");
    if (length > 0 && write(2, line, (size_t)length) < 0)
        _exit(EXIT_MACHINE);
    _exit(EXIT_MACHINE);
}

/* A file that we open must not become number 0, 1 or 2 because the caller closed that. Writing to it fails.
 */
static void keep_standard_streams(void)
{
    for (int stream = 0; stream <= 2; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) < 0)
            return;
}

static void prepare(void)
{
    keep_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGABRT, on_abort);
    out_of_memory_set(on_no_memory);
    interrupt_watch();
}

/* Whether all of it arrived; a reader that went away early, such as head, is no failure. */
static bool write_out(const struct text *out)
{
    for (size_t done = 0; done < out->length;) {
        ssize_t count = write(1, out->at + done, out->length - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EPIPE;
        done += (size_t)count;
    }
    return out->length == 0 || close(1) == 0;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct text out;

    prepare();
    arena_init(&arena, "the command");
    text_init(&out, &arena);
    int status = invoke(&arena, argc > 0 ? argc - 1 : 0, (const char *const *)argv + 1, &out);
    if (!write_out(&out)) {
        fprintf(stderr, "mldbg: error: cannot write to standard output: %s\n", strerror(errno));
        status = EXIT_MACHINE;
    }
    arena_release(&arena);
    /* OpenBLAS waits at the normal end for a thread of its own, which never comes when it finds no memory. */
    if (status == EXIT_MACHINE)
        _exit(status);
    return status;
}
