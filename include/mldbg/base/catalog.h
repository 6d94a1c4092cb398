/*
 * Everything that comes in dozens is a table of const structs whose first member is a struct entry. One
 * catalog serves all tables: listing, look-up, suggestions, help and explanations.
 */
#ifndef MLDBG_BASE_CATALOG_H
#define MLDBG_BASE_CATALOG_H

#include <mldbg/base/arena.h>

struct entry {
    const char *name;    /* stable, never reused: "conv2d", "cross_entropy", "loss-plateau" */
    const char *summary; /* one line of at most 72 columns, no full stop */
    const char *explain; /* paragraphs for `mldbg explain`; lines of at most 78 columns */
};

struct catalog {
    const char *kind;   /* singular: "layer" */
    const char *plural; /* "layers", the word of `mldbg list` */
    const struct entry *const *at;
    size_t count;
};

const struct entry *catalog_find(const struct catalog *catalog, const char *name);

/* Position of a name, or -1. */
int catalog_index(const struct catalog *catalog, const char *name);

/* The entry whose name is nearest to a misspelt word, or NULL. */
const struct entry *catalog_nearest(const struct catalog *catalog, const char *word);

/* From an entry to the struct that holds it as the member `entry`. */
#define ENTRY_OF(pointer, type) ((const type *)(const void *)(pointer))

#endif
