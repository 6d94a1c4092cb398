/* Whole files in and out. Reading refuses what is no regular file; writing is whole or not at all. */
#ifndef MLDBG_BASE_FILE_H
#define MLDBG_BASE_FILE_H

#include <sys/types.h>
#include <mldbg/base/error.h>

struct bytes {
    const char *at; /* closed with a NUL that is not counted */
    size_t length;
};

/*
 * Reads a regular file of at most most bytes into the arena. Errors (kind ERROR_MACHINE, exit 3) name the
 * path and the reason: missing, a directory, a pipe or device, unreadable, larger than most (names the
 * limit), cut short while read. What is appended while it is read is left out.
 */
bool file_read(struct arena *arena, const char *path, size_t most, struct bytes *out, struct error *err);

/*
 * Writes through a temporary file in the same folder, fsync and rename; a file that is replaced keeps its
 * permissions. A target that is a link, a device or a folder is refused, and with replace false any that
 * exists.
 */
bool file_write(const char *path, const char *bytes, size_t length, bool replace, struct error *err);

/*
 * The same, without fsync and always in place of an older one: a kill leaves the old file or the new one, a
 * loss of power may leave a broken one until file_settle has brought it to the disk. For files that tell by a
 * digest whether they are whole.
 */
bool file_write_unsettled(const char *path, const char *bytes, size_t length, struct error *err);
bool file_settle(const char *path, struct error *err);

/* Whether a new file could be written there: asked before long work, not after it. Leaves nothing behind. */
bool file_can_make(const char *path, struct error *err);

bool file_exists(const char *path);

/* A path that is relative to the folder of the file `beside`; absolute paths come back as they are. */
const char *file_beside(struct arena *arena, const char *beside, const char *path);

/*
 * Where a file or folder of the user's own is: what the environment variable says ("off": nowhere, NULL),
 * else under the folder that a second variable names (XDG_STATE_HOME and its like), else under the usual one
 * in the home, NULL without a home.
 */
const char *file_of_user(struct arena *arena, const char *variable, const char *standard, const char *usual,
                         const char *name);

/* Makes the folders on the way to a file that are missing; false with errno. */
bool file_make_folders(struct arena *arena, const char *path, mode_t mode);

/* The part after the last slash. */
const char *file_name(const char *path);

#endif
