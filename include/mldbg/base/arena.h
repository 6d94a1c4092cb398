/*
 * Memory. Every object belongs to one arena, and releasing the arena is the only free.
 *
 * An allocation cannot fail for the caller: when the machine has no memory left, out_of_memory() is called
 * with the size wanted and the name of the arena that wanted it, and does not come back.
 */
#ifndef MLDBG_BASE_ARENA_H
#define MLDBG_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __FAST_MATH__
#error "mldbg judges NaN and infinity; it must not be built with -ffast-math"
#endif

#define PRINTF(string_index, first_index) __attribute__((format(printf, string_index, first_index)))

struct arena_block;

struct arena {
    const char *name;         /* who asks, for the out-of-memory sentence */
    struct arena_block *head; /* newest block */
    size_t used;              /* bytes handed out, alignment included */
    size_t reserved;          /* bytes taken from the system */
};

void arena_init(struct arena *arena, const char *name);
void arena_release(struct arena *arena);

/* Zeroed memory, aligned to 16 bytes; large requests (4 KiB and more) to 64. Lives as long as the arena. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Memory for count objects of size bytes; a product that overflows is out of memory. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Memory for numbers: aligned to 64 bytes, zeroed. */
void *arena_numbers(struct arena *arena, size_t bytes);

/* A copy of length bytes of text, closed with NUL. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
char *arena_print(struct arena *arena, const char *format, ...) PRINTF(2, 3);
char *arena_print_list(struct arena *arena, const char *format, va_list values) PRINTF(2, 0);

/*
 * A growing array: makes room for one more element behind *count elements of size bytes at *at, doubling
 * *capacity as needed, and returns the address of the new, zeroed element after counting it. Growth inside an
 * arena leaves the old copy behind until the arena is released.
 */
void *arena_append(struct arena *arena, void *at, size_t *count, size_t *capacity, size_t size);

/* Called when memory cannot be had; set once by main. The default prints the sentence and aborts. */
typedef void out_of_memory_fn(size_t bytes, const char *who);
void out_of_memory_set(out_of_memory_fn *handler);
_Noreturn void out_of_memory(size_t bytes, const char *who);

/*
 * All arenas together hold at most so many bytes; a request beyond is out of memory. Systems promise more
 * than they have, and a program that believes them ends in swapping. No limit by default.
 */
void arena_limit(size_t bytes);

/* For fault tests: after count more requests the next one finds no memory; -1 (the default) switches this
 * off. */
void arena_fail_after(int64_t count);

/* Our own mistake: prints the sentence with file and line, and aborts; the program's status is then 4. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_at(const char *file, int line, const char *format, ...) PRINTF(3, 4);

#endif
