/*
 * Tables in the cache: a file of text that was read without a word to say is found again as numbers. Refused
 * files are read anew each time, so that their problems come out in the same words.
 */
#ifndef MLDBG_DATA_TABLE_CACHE_H
#define MLDBG_DATA_TABLE_CACHE_H

#include <mldbg/base/cache.h>

#include "table.h"

/*
 * The key of a table that is about to be read: the bytes of its file and all that decides what they become.
 * False: there is no cache, or the file is too small for one to pay.
 */
bool table_key(struct arena *arena, const struct table_request *request, struct cache_key *key);

/* Fills a table, with path, name and arena set, from the cache; false, with the table as it was: not there.
 */
bool table_find(const struct table_request *request, const struct cache_key *key, struct table *table);

/* Keeps a table that was read. */
void table_keep(const struct table *table, const struct cache_key *key);

#endif
