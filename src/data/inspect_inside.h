/* What the reading of a file leaves for the guessing: one tally a column, filled cell by cell. */
#ifndef DATA_INSPECT_INSIDE_H
#define DATA_INSPECT_INSIDE_H

#include <mldbg/data/inspect.h>

#include "cell.h"
#include "words.h"

struct tally {
    struct words words; /* different cells, counted until the budget ends or a fraction comes */
    int64_t *count;     /* of each word */
    size_t count_capacity;
    bool counting, repeats; /* repeats: some value came twice */
    int64_t cells, numbers, texts, infinite, missing, overflow, odd, dates, ordinals;
    bool whole, ordered, stepping; /* stepping: every number is one more than the one before */
    double min, max, last;
    const char *last_date;                          /* bytes of the last ISO date */
    const char *odd_text;                           /* first cell that is no number, fit to print */
    int64_t odd_line, infinite_line, overflow_line; /* where the first of these stand */
};

/* Sets look, reason and measures of a column. */
void inspect_judge(struct arena *arena, const struct tally *tally, int64_t rows, size_t words_most,
                   struct inspected_column *column);

/* Whether one of some words is the name, or its last word: "patient" in "Patient_ID" with the ending "id". */
bool inspect_named(const char *name, const char *const *words);

/* An ISO date, with a time or without: 2024-02-29, 2024-02-29T10:15. */
bool inspect_is_iso(const char *text);

/* A date in another form: 29.2.2024, 2/29/24, 20 Feb 2024 are in order only for people. */
bool inspect_is_date(const char *text);

#endif
