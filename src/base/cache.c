/*
 * Entries of the cache as files: a frame that says what the rest must be, the head, the body. Written beside
 * under another name and renamed; not synced, since a torn entry is seen by its fingerprint. Never speaks.
 */
#include <mldbg/base/cache.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "regular.h"
#include "temporary.h"

/* All entries together: some tables of the size that people train on in memory, and little of a disk. */
static const int64_t FOLDER_MOST = INT64_C(2) << 30;
/* A head holds names and words; a larger one is none of ours. */
static const uint64_t HEAD_MOST = UINT64_C(256) << 20;
/* Seconds after which a file that is being written has been left behind. */
static const time_t DRAFT_LIFE = 3600;

static const char ending[] = ".cache";

struct frame {
    char magic[8];  /* with the version of this frame */
    uint64_t order; /* 1, as this machine writes it */
    struct cache_key key;
    uint64_t head, head_digest, body, body_digest;
};

static const char magic[8] = {'m', 'l', 'd', 'b', 'g', 'c', '0', '1'};

static bool is_allowed;

void cache_allow(bool allowed)
{
    is_allowed = allowed;
}

const char *cache_folder(struct arena *arena)
{
    return is_allowed ? file_of_user(arena, "MLDBG_CACHE", "XDG_CACHE_HOME", ".cache", "mldbg") : NULL;
}

static const char *path_of(struct arena *arena, const char *folder, const struct cache_key *key)
{
    return arena_print(arena, "%s/%016" PRIx64 "%016" PRIx64 "%s", folder, key->content, key->manner, ending);
}

static uint64_t fingerprint_of(const void *bytes, size_t length)
{
    struct fingerprint print = fingerprint_start();
    fingerprint_add(&print, bytes, length);
    return fingerprint_value(&print);
}

/* ---- Reading ---- */

static bool read_head(struct arena *arena, int file, size_t size, const struct cache_key *key,
                      struct frame *frame, struct bytes *head)
{
    if (regular_read(file, (char *)frame, sizeof *frame) != (int64_t)sizeof *frame ||
        memcmp(frame->magic, magic, sizeof magic) != 0 || frame->order != 1 ||
        memcmp(&frame->key, key, sizeof *key) != 0 || frame->head > HEAD_MOST || frame->body > size ||
        sizeof *frame + frame->head + frame->body != size)
        return false;
    char *bytes = arena_alloc(arena, (size_t)frame->head + 1);
    *head = (struct bytes){bytes, (size_t)frame->head};
    return regular_read(file, bytes, head->length) == (int64_t)head->length &&
           fingerprint_of(bytes, head->length) == frame->head_digest;
}

bool cache_find(struct arena *arena, const struct cache_key *key, struct cache_entry *entry,
                struct bytes *head)
{
    const char *folder = cache_folder(arena);
    struct error err;
    struct frame frame;
    size_t size = 0;

    if (!folder)
        return false;
    *entry = (struct cache_entry){.print = fingerprint_start()};
    entry->file = regular_open(path_of(arena, folder, key), &size, &err);
    if (entry->file < 0)
        return false;
    if (!read_head(arena, entry->file, size, key, &frame, head)) {
        close(entry->file);
        return false;
    }
    entry->body = frame.body;
    entry->digest = frame.body_digest;
    return true;
}

bool cache_take(struct cache_entry *entry, void *bytes, size_t length)
{
    if (length > entry->body || regular_read(entry->file, bytes, length) != (int64_t)length)
        return false;
    entry->body -= length;
    fingerprint_add(&entry->print, bytes, length);
    return true;
}

bool cache_close(struct cache_entry *entry)
{
    bool good = entry->body == 0 && fingerprint_value(&entry->print) == entry->digest;
    /* The entry that was used last is the last to be removed. */
    if (good)
        (void)futimens(entry->file, NULL);
    close(entry->file);
    return good;
}

/* ---- Writing ---- */

void cache_begin(struct arena *arena, const struct cache_key *key, const void *head, size_t length,
                 struct cache_draft *draft)
{
    const char *folder = cache_folder(arena);
    const struct frame frame = {0}; /* filled in at the end */

    *draft = (struct cache_draft){
        .file = -1, .folder = folder, .key = *key, .head = length, .print = fingerprint_start()};
    if (!folder || length > HEAD_MOST)
        return;
    draft->path = path_of(arena, folder, key);
    draft->temporary = arena_alloc(arena, TEMPORARY_BYTES);
    if (!file_make_folders(arena, draft->path, 0700))
        return;
    draft->file = temporary_open(draft->path, draft->temporary, 0600);
    draft->head_digest = fingerprint_of(head, length);
    draft->good = draft->file >= 0 && temporary_write(draft->file, (const char *)&frame, sizeof frame) &&
                  temporary_write(draft->file, head, length);
}

void cache_add(struct cache_draft *draft, const void *bytes, size_t length)
{
    draft->body += length;
    if (!draft->good)
        return;
    fingerprint_add(&draft->print, bytes, length);
    draft->good = draft->body < (uint64_t)FOLDER_MOST && temporary_write(draft->file, bytes, length);
}

struct kept {
    const char *path;
    int64_t size;
    struct timespec used;
};

static int by_use(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec)
        return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), size = strlen(end);
    return length > size && strcmp(name + length - size, end) == 0;
}

/* Removes drafts that were left behind, and the entries that were not used for longest. */
static void trim(const char *folder)
{
    struct arena scratch;
    struct kept *kept = NULL;
    size_t count = 0, capacity = 0;
    int64_t total = 0;
    DIR *open = opendir(folder);
    const struct dirent *found;

    if (!open)
        return;
    arena_init(&scratch, "the cache");
    while ((found = readdir(open)) != NULL) {
        const char *path = arena_print(&scratch, "%s/%s", folder, found->d_name);
        struct stat status;
        if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        if (strstr(found->d_name, ending) && ends_with(found->d_name, ".tmp") &&
            status.st_mtime < time(NULL) - DRAFT_LIFE)
            (void)unlink(path);
        if (!ends_with(found->d_name, ending))
            continue;
        struct kept *one = arena_append(&scratch, &kept, &count, &capacity, sizeof *kept);
        *one = (struct kept){path, (int64_t)status.st_size, status.st_mtim};
        total += one->size;
    }
    closedir(open);
    if (count > 0)
        qsort(kept, count, sizeof *kept, by_use);
    for (size_t i = 0; i < count && total > FOLDER_MOST; i++) {
        (void)unlink(kept[i].path);
        total -= kept[i].size;
    }
    arena_release(&scratch);
}

void cache_end(struct cache_draft *draft, bool keep)
{
    struct frame frame = {.order = 1,
                          .key = draft->key,
                          .head = draft->head,
                          .head_digest = draft->head_digest,
                          .body = draft->body,
                          .body_digest = fingerprint_value(&draft->print)};

    if (draft->file < 0)
        return;
    memcpy(frame.magic, magic, sizeof magic);
    bool good = draft->good && keep && pwrite(draft->file, &frame, sizeof frame, 0) == (ssize_t)sizeof frame;
    good = close(draft->file) == 0 && good;
    if (!good || rename(draft->temporary, draft->path) != 0)
        (void)unlink(draft->temporary);
    else
        trim(draft->folder);
    draft->file = -1;
}
