/* SIGINT and SIGTERM set a flag that long work looks at between steps; a second one, meant in earnest, ends
 * it. */
#include "interrupt.h"

#include <signal.h>
#include <time.h>
#include <mldbg/cli.h>

/*
 * Who asks by way of a process group, as timeout and some terminals and runners do, asks twice at once.
 * Within so many milliseconds the second signal is the first one's echo.
 */
enum { ECHO = 300 };

static volatile sig_atomic_t number;
static int64_t first; /* milliseconds; touched by the handler alone */

static volatile sig_atomic_t at_once;

/* As the shell tells it, 128 and the number; inside of a handler it takes effect when that returns. */
static void end_by(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void note(int signal_number)
{
    struct timespec now;

    if (at_once) {
        end_by(signal_number);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t time = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!number) {
        number = signal_number;
        first = time;
    } else if (time - first > ECHO) {
        end_by(signal_number);
    }
}

void interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = note};

    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void interrupt_at_once(bool now)
{
    at_once = now;
    if (now && number)
        end_by((int)number);
}

int interrupted(void)
{
    return (int)number;
}
