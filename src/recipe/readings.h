/* What a command that shows an error on test says of earlier readings, and keeps of its own. */
#ifndef RECIPE_READINGS_H
#define RECIPE_READINGS_H

#include <mldbg/run/ledger.h>

/*
 * Enters the reading and returns the sentence about earlier ones, or NULL. Trouble with the ledger is a note,
 * never an error.
 */
const char *reading_enter(struct arena *arena, const char *ledger, const struct reading *reading,
                          struct past *past);

#endif
