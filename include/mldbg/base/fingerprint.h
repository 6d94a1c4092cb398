/*
 * A fast digest of 64 bits, for large bytes of which nobody keeps it: XXH64 of Yann Collet (xxHash, "XXH64
 * algorithm description", 2014), a byte in a fraction of a clock where FNV-1a (digest.h), which records hold,
 * takes four. It notices accidents; it is no protection against a person.
 */
#ifndef MLDBG_BASE_FINGERPRINT_H
#define MLDBG_BASE_FINGERPRINT_H

#include <mldbg/base/error.h>

enum { FINGERPRINT_STRIPE = 32 }; /* bytes that are taken at once */

struct fingerprint {
    uint64_t lane[4];
    uint64_t length;                        /* of all bytes so far */
    unsigned char rest[FINGERPRINT_STRIPE]; /* the bytes that make no stripe yet */
};

struct fingerprint fingerprint_start(void);
void fingerprint_add(struct fingerprint *print, const void *bytes, size_t length);
/* Of what was added so far; more may follow. The same on every machine. */
uint64_t fingerprint_value(const struct fingerprint *print);

/* Of a regular file and its length, read piece by piece; false when it cannot be read. */
bool fingerprint_file(const char *path, uint64_t *value, size_t *length);

#endif
