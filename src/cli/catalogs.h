/* Everything that has a name and an explanation, from all floors. */
#ifndef CLI_CATALOGS_H
#define CLI_CATALOGS_H

#include <mldbg/cli.h>

/* The catalogs in the order of `mldbg list`; NULL past the end. */
const struct catalog *catalog_at(size_t index);

/* "ML301" for a rule or refusal, else NULL. */
const char *entry_code(const struct catalog *catalog, const struct entry *entry);

/* Names and codes of all entries. */
struct texts catalog_words(struct arena *arena);

/* An entry as a member of "entries" in a document; full: with its explanation and settings. */
void entry_to_json(struct json *array, const struct catalog *catalog, const struct entry *entry, bool full,
                   struct arena *arena);

#endif
