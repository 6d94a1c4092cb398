/* Distinct texts with numbers in the order in which they were met. */
#ifndef MLDBG_DATA_WORDS_H
#define MLDBG_DATA_WORDS_H

#include <mldbg/base/arena.h>

struct words {
    const char **at;
    size_t count, capacity;
    int64_t *slot; /* hash table of 2 * capacity or more places: number + 1, or 0 */
    size_t slots;
};

/* The number of a text, which is added if new; -1 when new and most texts are held already. */
int64_t words_add(struct arena *arena, struct words *words, const char *text, size_t length, size_t most);

/* The number of a text, or -1. */
int64_t words_find(const struct words *words, const char *text, size_t length);

#endif
