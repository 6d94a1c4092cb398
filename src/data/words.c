/* Distinct texts with numbers in the order in which they were met: a hash table with open addressing. */
#include "words.h"

#include <string.h>

static uint64_t hash_text(const char *text, size_t length)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return hash ^ (hash >> 29);
}

static size_t place_of(const struct words *words, const char *text, size_t length)
{
    size_t at = hash_text(text, length) & (words->slots - 1);
    while (words->slot[at]) {
        const char *held = words->at[words->slot[at] - 1];
        if (strlen(held) == length && memcmp(held, text, length) == 0)
            break;
        at = (at + 1) & (words->slots - 1);
    }
    return at;
}

static void grow(struct arena *arena, struct words *words)
{
    words->slots = words->slots ? 2 * words->slots : 16;
    words->slot = arena_array(arena, words->slots, sizeof *words->slot);
    for (size_t i = 0; i < words->count; i++)
        words->slot[place_of(words, words->at[i], strlen(words->at[i]))] = (int64_t)i + 1;
}

int64_t words_find(const struct words *words, const char *text, size_t length)
{
    return words->slots ? words->slot[place_of(words, text, length)] - 1 : -1;
}

int64_t words_add(struct arena *arena, struct words *words, const char *text, size_t length, size_t most)
{
    int64_t found = words_find(words, text, length);
    if (found >= 0 || words->count >= most)
        return found;
    if (2 * (words->count + 1) > words->slots)
        grow(arena, words);
    const char **word = arena_append(arena, &words->at, &words->count, &words->capacity, sizeof *words->at);
    *word = arena_copy(arena, text, length);
    words->slot[place_of(words, text, length)] = (int64_t)words->count;
    return (int64_t)words->count - 1;
}
