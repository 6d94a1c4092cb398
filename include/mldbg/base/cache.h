/*
 * The cache: what was worked out from a file once, kept in a folder of the user's caches under a key that
 * says all it depends on. It may be lost, damaged or forbidden at any time, and nobody is told: what cannot
 * be found is worked out again. Off until a program allows it.
 *
 * An entry is a head, which is checked before anybody reads it, and a body, which is checked when all of it
 * has been read. Both are in this machine's byte order.
 */
#ifndef MLDBG_BASE_CACHE_H
#define MLDBG_BASE_CACHE_H

#include <mldbg/base/file.h>
#include <mldbg/base/fingerprint.h>

/* What an entry is known by: the fingerprint and length of a file, and a fingerprint of how it was read. */
struct cache_key {
    uint64_t content, length, manner;
};

/* Whether entries are looked for and kept from now on. */
void cache_allow(bool allowed);

/*
 * The folder: MLDBG_CACHE, or mldbg in the user's folder of caches; NULL: not allowed, or none by
 * MLDBG_CACHE=off or for want of a home.
 */
const char *cache_folder(struct arena *arena);

struct cache_entry {
    int file;
    uint64_t body, digest; /* bytes of the body that are still to come; what their fingerprint must be */
    struct fingerprint print;
};

/* Opens an entry and reads its head into the arena. False: there is none, or it is none of ours. */
bool cache_find(struct arena *arena, const struct cache_key *key, struct cache_entry *entry,
                struct bytes *head);
/* The next bytes of the body; false when there are not so many. */
bool cache_take(struct cache_entry *entry, void *bytes, size_t length);
/* Closes it. True: the body was read to its end and is what was written. */
bool cache_close(struct cache_entry *entry);

struct cache_draft {
    int file;
    const char *folder, *path;
    char *temporary;
    struct cache_key key;
    uint64_t head, head_digest, body;
    struct fingerprint print;
    bool good;
};

/* Begins an entry; what fails, and all that is called after it, does nothing. */
void cache_begin(struct arena *arena, const struct cache_key *key, const void *head, size_t length,
                 struct cache_draft *draft);
void cache_add(struct cache_draft *draft, const void *bytes, size_t length);
/* Gives it its name, if keep, and removes the oldest entries above the limit of the folder. */
void cache_end(struct cache_draft *draft, bool keep);

#endif
