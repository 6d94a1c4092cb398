/* Mistakes in data, at most ten of one pattern and then a total. Writes into a list of problems; prints
 * nothing. */
#ifndef MLDBG_DATA_TROUBLE_H
#define MLDBG_DATA_TROUBLE_H

#include <mldbg/base/error.h>
#include <mldbg/base/option.h>

struct pattern {
    struct problems *problems;
    const char *file;
    int64_t met;
};

/* Adds a problem of code ML200 at a line of the file (0: none). Returns false. */
bool data_refuse(struct problems *problems, const char *file, int64_t line, const char *hint,
                 const char *format, ...) PRINTF(5, 6);

/* The same, counted: from the eleventh on nothing is added. */
void pattern_add(struct pattern *pattern, int64_t line, const char *hint, const char *format, ...)
    PRINTF(4, 5);

/* Adds the total if more were met than shown. what: "such columns". */
void pattern_end(const struct pattern *pattern, const char *what);

/* A name or cell from a file, fit to print and cut to 40 columns. */
const char *shown(struct arena *arena, const char *text);

/* "a", "b" and "c": at most ten names and how many more. */
const char *shown_list(struct arena *arena, const char *const *names, size_t count);

/* Whether a name equals a pattern, or begins with it where the pattern ends in *. */
bool name_matches(const char *pattern, const char *name);
bool name_in(const struct texts *patterns, const char *name);

#endif
