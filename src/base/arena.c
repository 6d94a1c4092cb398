/*
 * Memory by arenas, and the two ways in which the program ends early: no memory and our own bug.
 * The only file that takes memory from the system and gives it back. Under AddressSanitizer every request
 * gets a block of its own, so that reading past its end is seen.
 */
#include <mldbg/base/arena.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ALONE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(EACH_ALONE)
#define EACH_ALONE 1
#endif
#ifndef EACH_ALONE
#define EACH_ALONE 0
#endif

enum {
    SMALL_ALIGNMENT = 16, /* enough for every C type */
    WIDE_ALIGNMENT = 64,  /* a cache line, and the widest vector */
    WIDE_FROM = 4096,     /* bytes from which every request gets the wide alignment */
    FIRST_BLOCK = 8192,   /* most arenas are small; blocks double up to LAST_BLOCK */
    LAST_BLOCK = 1 << 20,
    MAPPED_FROM = 4 << 20 /* bytes from which a block is asked from the system in its largest pages: touching
                             it in pages of 4 KiB took a seventh of the time of reading a table */
};

struct arena_block {
    struct arena_block *next; /* older */
    size_t size, used;        /* bytes behind this header */
    bool alone;               /* made for one large request; says nothing about the next size */
    bool mapped;              /* not from malloc */
};

static out_of_memory_fn *memory_handler;
static int64_t requests_left = -1;
static size_t held_most = SIZE_MAX;
static atomic_size_t held; /* bytes of all arenas */

void out_of_memory_set(out_of_memory_fn *handler)
{
    memory_handler = handler;
}

void out_of_memory(size_t bytes, const char *who)
{
    if (memory_handler)
        memory_handler(bytes, who);
    fprintf(stderr, "mldbg: error: out of memory: %zu bytes wanted for %s\n", bytes,
            who ? who : "something unnamed");
    abort();
}

void arena_limit(size_t bytes)
{
    held_most = bytes;
}

void arena_fail_after(int64_t count)
{
    requests_left = count;
}

void bug_at(const char *file, int line, const char *format, ...)
{
    va_list values;
    fflush(NULL);
    fprintf(stderr, "mldbg: bug: %s:%d: ", file, line);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    abort();
}

void arena_init(struct arena *arena, const char *name)
{
    *arena = (struct arena){.name = name};
}

static void block_free(struct arena_block *block)
{
    if (block->mapped)
        (void)munmap(block, block->size + sizeof *block);
    else
        free(block);
}

void arena_release(struct arena *arena)
{
    while (arena->head) {
        struct arena_block *next = arena->head->next;
        block_free(arena->head);
        arena->head = next;
    }
    atomic_fetch_sub(&held, arena->reserved);
    arena->used = arena->reserved = 0;
}

#if !EACH_ALONE
/* Zeroed pages, as large as the system has them; NULL: none. */
static void *map_pages(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(at, bytes, MADV_HUGEPAGE);
#endif
    return at;
}
#endif

/* A zeroed block with room for size bytes; its header takes the first WIDE_ALIGNMENT bytes. */
static struct arena_block *block_new(struct arena *arena, size_t size)
{
    struct arena_block *block = NULL;
    size_t whole = size + WIDE_ALIGNMENT;

    if (whole > held_most || atomic_load(&held) > held_most - whole)
        out_of_memory(size, arena->name);
#if EACH_ALONE
    void *at = NULL;
    if (posix_memalign(&at, WIDE_ALIGNMENT, whole) == 0) {
        memset(at, 0, whole);
        block = at;
    }
#else
    bool mapped = whole >= MAPPED_FROM;
    block = mapped ? map_pages(whole) : calloc(1, whole);
#endif
    if (!block)
        out_of_memory(size, arena->name);
#if !EACH_ALONE
    block->mapped = mapped;
#endif
    block->size = whole - sizeof *block;
    arena->reserved += whole;
    atomic_fetch_add(&held, whole);
    return block;
}

static void *block_take(struct arena *arena, struct arena_block *block, size_t bytes, size_t alignment)
{
    uintptr_t start = (uintptr_t)(block + 1);
    uintptr_t at = (start + block->used + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t offset = at - start;

    if (offset > block->size || bytes > block->size - offset)
        return NULL;
    arena->used += offset + bytes - block->used;
    block->used = offset + bytes;
    return (char *)(block + 1) + offset;
}

static void *take(struct arena *arena, size_t bytes, size_t alignment)
{
    struct arena_block *block, *head = arena->head;
    size_t size = head && !head->alone ? head->size : FIRST_BLOCK / 2;
    void *at;

    if (requests_left == 0 || bytes > (size_t)PTRDIFF_MAX - 2 * WIDE_ALIGNMENT)
        out_of_memory(bytes, arena->name);
    if (requests_left > 0)
        requests_left--;
    if (!EACH_ALONE && head && (at = block_take(arena, head, bytes, alignment)))
        return at;

    size = size < LAST_BLOCK / 2 ? 2 * size : LAST_BLOCK;
    if (EACH_ALONE || bytes > size / 4) {
        /* Alone in its block, which goes behind the newest so that the rest of that one stays in use. */
        block = block_new(arena, EACH_ALONE ? bytes : bytes + WIDE_ALIGNMENT);
        block->alone = true;
        block->next = head ? head->next : NULL;
        if (head)
            head->next = block;
        else
            arena->head = block;
    } else {
        block = block_new(arena, size);
        block->next = head;
        arena->head = block;
    }
    at = block_take(arena, block, bytes, EACH_ALONE ? WIDE_ALIGNMENT : alignment);
    if (!at)
        BUG("a new block of %zu bytes has no room for %zu", block->size, bytes);
    return at;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    return take(arena, bytes, bytes >= WIDE_FROM ? WIDE_ALIGNMENT : SMALL_ALIGNMENT);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory(SIZE_MAX, arena->name);
    return arena_alloc(arena, bytes);
}

void *arena_numbers(struct arena *arena, size_t bytes)
{
    return take(arena, bytes, WIDE_ALIGNMENT);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        out_of_memory(length, arena->name);
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *text = arena_print_list(arena, format, values);
    va_end(values);
    return text;
}

char *arena_print_list(struct arena *arena, const char *format, va_list values)
{
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    if (length < 0)
        BUG("cannot format \"%s\"", format);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void *arena_append(struct arena *arena, void *at, size_t *count, size_t *capacity, size_t size)
{
    char *elements;

    memcpy(&elements, at, sizeof elements);
    if (*count == *capacity) {
        size_t wanted = *capacity ? 2 * *capacity : 8;
        if (wanted < *capacity)
            out_of_memory(SIZE_MAX, arena->name);
        char *larger = arena_array(arena, wanted, size);
        if (*count)
            memcpy(larger, elements, *count * size);
        elements = larger;
        *capacity = wanted;
        memcpy(at, &elements, sizeof elements);
    }
    char *element = elements + *count * size;
    (*count)++;
    return element;
}
