/* --fix FILE: the config with the changes that cure it, as a new file that was asked again. */
#ifndef CLI_FIX_H
#define CLI_FIX_H

#include <mldbg/recipe/proving.h>

#include "job.h"

/* Refuses a file that is there already, before anything is run; path may be NULL. */
bool fix_check(const char *path, struct error *err);

/* Asks the command's question of the job's lab, with the command's options. */
typedef bool fix_ask_fn(struct invocation *invocation, struct job *job, struct proof *proof);

/*
 * Writes it where there is something to write, else a note. What was written is asked the same question:
 * where one cause hid another, the cure of that is taken over, too, and so on. Facts fix/{file,words,outcome,
 * sentence}, the last two of the file as it was left; the verdict's next command is one for that file.
 */
bool fix_write(struct invocation *invocation, struct job *job, const struct proof *proof, const char *path,
               fix_ask_fn *ask, struct error *err);

#endif
