/* Everything that has a name and an explanation, from all floors. */
#ifndef CLI_CATALOGS_H
#define CLI_CATALOGS_H

#include <mldbg/cli.h>
#include <mldbg/lab.h>

/* The catalogs in the order of `mldbg list`; NULL past the end. */
const struct catalog *catalog_at(size_t index);

/* "ML301" for a rule or refusal, else NULL. */
const char *entry_code(const struct catalog *catalog, const struct entry *entry);

/* The lines of a table that stand behind the explanation: their number, at most LAB_DETAILS_MOST. */
int entry_details(const struct catalog *catalog, const struct entry *entry,
                  struct lab_detail out[LAB_DETAILS_MOST]);

/* Names and codes of all entries. */
struct texts catalog_words(struct arena *arena);

/* An entry as a member of "entries" in a document; full: with its explanation and settings. */
void entry_to_json(struct json *array, const struct catalog *catalog, const struct entry *entry, bool full,
                   struct arena *arena);

#endif
