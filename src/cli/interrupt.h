/* Asking the program to stop. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From now on the first SIGINT or SIGTERM is only noted, for interrupted(); the second one ends the program.
 */
void interrupt_watch(void);

#endif
