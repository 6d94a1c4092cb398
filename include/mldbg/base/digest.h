/*
 * A digest of bytes: FNV-1a of 64 bits. It notices accidents such as a changed file or a torn write. It is no
 * protection against a person who wants two files to look alike.
 */
#ifndef MLDBG_BASE_DIGEST_H
#define MLDBG_BASE_DIGEST_H

#include <mldbg/base/error.h>

struct digest {
    uint64_t state;
};

enum { DIGEST_LENGTH = 16 }; /* letters of a digest as text */

struct digest digest_start(void);
void digest_add(struct digest *digest, const void *bytes, size_t length);
/* "9ae16a3b2f90404f" */
const char *digest_text(struct arena *arena, const struct digest *digest);

/* The digest of a regular file, read piece by piece. */
bool digest_file(struct arena *arena, const char *path, const char **out, struct error *err);

#endif
