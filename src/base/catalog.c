/* Look-up in the tables of entries: by name, by position, by nearness. */
#include <mldbg/base/catalog.h>

#include <limits.h>
#include <string.h>

#include "nearest.h"

int catalog_index(const struct catalog *catalog, const char *name)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (strcmp(catalog->at[i]->name, name) == 0)
            return (int)i;
    return -1;
}

const struct entry *catalog_find(const struct catalog *catalog, const char *name)
{
    int index = catalog_index(catalog, name);
    return index < 0 ? NULL : catalog->at[index];
}

const struct entry *catalog_nearest(const struct catalog *catalog, const char *word)
{
    const struct entry *best = NULL;
    int least = INT_MAX;

    for (size_t i = 0; i < catalog->count; i++) {
        int score = nearest_score(word, catalog->at[i]->name);
        if (score >= 0 && score < least) {
            least = score;
            best = catalog->at[i];
        }
    }
    return best;
}
