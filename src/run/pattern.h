/* Names with '*' in them. */
#ifndef RUN_PATTERN_H
#define RUN_PATTERN_H

#include <stdbool.h>

/* '*' stands for any text, also none and also with slashes in it. */
bool pattern_matches(const char *pattern, const char *name);

#endif
