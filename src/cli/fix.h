/* --fix FILE: the config with the changes that cure it, as a new file. */
#ifndef CLI_FIX_H
#define CLI_FIX_H

#include <mldbg/recipe/proving.h>

#include "job.h"

/* Refuses a file that is there already, before anything is run; path may be NULL. */
bool fix_check(const char *path, struct error *err);

/* Writes it where there is something to write; else a note. */
bool fix_write(const struct job *job, const struct proof *proof, const char *path, struct error *err);

#endif
