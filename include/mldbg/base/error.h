/*
 * Trouble in the outside world: a file, an option, a config, data. A function that can meet it returns false
 * and fills a struct error with a complete sentence. A reader that can go on after an error collects a list
 * of problems, so that one pass shows all of them.
 *
 * A training run that is sick is not an error: it is a finding (rule.h).
 */
#ifndef MLDBG_BASE_ERROR_H
#define MLDBG_BASE_ERROR_H

#include <mldbg/base/arena.h>

enum error_kind {
    ERROR_NONE,
    ERROR_REQUEST, /* usage, config or data is refused: exit 2 */
    ERROR_MACHINE  /* a file, memory or device failed: exit 3 */
};

/* Where in a text something stands. Line and column count from 1; 0 means that there is no place. */
struct place {
    const char *file;
    int64_t line, column;
    int64_t width; /* bytes to underline, 0 if unknown */
};

enum { ERROR_SENTENCE = 1024, ERROR_HINT = 256 };

struct error {
    enum error_kind kind;
    char code[8]; /* "ML101", or empty */
    char file[256];
    int64_t line, column, width;
    char sentence[ERROR_SENTENCE]; /* what was found, what was expected */
    char hint[ERROR_HINT];         /* what to do, shown under the caret; may be empty */
};

/* Fills the error (which may be NULL) and returns false: `return fail(err, ERROR_REQUEST, "...")`. */
bool fail(struct error *err, enum error_kind kind, const char *format, ...) PRINTF(3, 4);

/* The same with a place. */
bool fail_at(struct error *err, enum error_kind kind, struct place place, const char *format, ...)
    PRINTF(4, 5);

/* Adds what to do to a filled error; returns false. */
bool fail_hint(struct error *err, const char *format, ...) PRINTF(2, 3);

/* A list of errors in the order in which they were met. */
struct problems {
    struct arena *arena;
    struct error *at;
    size_t count, capacity;
    size_t dropped; /* met after the list was full (PROBLEMS_MOST) */
};

enum { PROBLEMS_MOST = 100 };

void problems_init(struct problems *problems, struct arena *arena);

/* Copies the error into the list; returns false. */
bool problems_add(struct problems *problems, const struct error *err);

/* Composes an error with a place and a code ("" for none) into the list; returns it so that a hint can
 * follow. */
struct error *problems_at(struct problems *problems, enum error_kind kind, const char *code,
                          struct place place, const char *format, ...) PRINTF(5, 6);

#endif
