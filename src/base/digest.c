/* FNV-1a, 64 bits (Fowler, Noll, Vo), of memory and of files. */
#include <mldbg/base/digest.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "regular.h"

enum { PIECE = 1 << 16 }; /* bytes of a file that are read at once */

struct digest digest_start(void)
{
    return (struct digest){UINT64_C(14695981039346656037)};
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t state = digest->state;

    for (size_t i = 0; i < length; i++)
        state = (state ^ at[i]) * UINT64_C(1099511628211);
    digest->state = state;
}

const char *digest_text(struct arena *arena, const struct digest *digest)
{
    return arena_print(arena, "%016llx", (unsigned long long)digest->state);
}

bool digest_file(struct arena *arena, const char *path, const char **out, struct error *err)
{
    size_t size = 0;
    struct arena scratch;
    struct digest digest = digest_start();
    int64_t got;
    int file = regular_open(path, &size, err), reason;

    if (file < 0)
        return false;
    arena_init(&scratch, "a digest");
    char *piece = arena_alloc(&scratch, PIECE);
    while ((got = regular_read(file, piece, PIECE)) > 0)
        digest_add(&digest, piece, (size_t)got);
    reason = errno;
    close(file);
    arena_release(&scratch);
    if (got < 0)
        return fail(err, ERROR_MACHINE, "cannot read \"%s\": %s", path, strerror(reason));
    *out = digest_text(arena, &digest);
    return true;
}
