/* SIGINT and SIGTERM set a flag that long work looks at between steps; nothing is done in the handler. */
#include "interrupt.h"

#include <signal.h>
#include <mldbg/cli.h>

static volatile sig_atomic_t number;

static void note(int signal_number)
{
    number = signal_number;
}

void interrupt_watch(void)
{
    /* SA_RESETHAND: the second one has the default effect. */
    struct sigaction action = {.sa_handler = note};
    action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int interrupted(void)
{
    return (int)number;
}
