/*
 * Bounds of the irreducible error from the data that a run was trained on: rows with equal inputs and other
 * labels, and nearest neighbours. Reads a record; a bound becomes a value only where that is asked for.
 */
#include "irreducible.h"

#include <math.h>
#include <string.h>
#include <mldbg/run/record.h>

/* The share of wrong neighbours among fewer rows says too little. */
enum { ROWS_LEAST = 100 };

static const char duplicates[] = "duplicates", neighbours[] = "neighbours";

void bounds_read(struct arena *arena, const char *folder, struct bounds *out)
{
    struct run record;
    struct text notes;
    struct error err;

    *out = (struct bounds){0};
    text_init(&notes, arena);
    run_init(&record, arena, "");
    if (!record_exists(arena, folder) || !record_read(arena, folder, &record, NULL, &notes, &err))
        return;
    const struct split_record *train = run_find_split(&record, "train");
    if (train && train->classes > 0) {
        out->rows = train->rows;
        out->unavoidable = train->unavoidable_rows;
    }
    out->asked = run_integer(&record, "neighbours/rows");
    if (out->asked < ROWS_LEAST)
        out->asked = 0;
    out->neighbours_wrong = run_integer(&record, "neighbours/errors");
    out->classes = run_integer(&record, "neighbours/classes");
}

bool bounds_name(const char *word)
{
    return strcmp(word, duplicates) == 0 || strcmp(word, neighbours) == 0;
}

static double duplicates_low(const struct bounds *bounds)
{
    return (double)bounds->unavoidable / (double)bounds->rows;
}

/* The nearest neighbour is a classifier itself: the best one is at least as good. */
static double neighbours_high(const struct bounds *bounds)
{
    return (double)bounds->neighbours_wrong / (double)bounds->asked;
}

/* The R of e = R (2 - C/(C-1) R), by Cover and Hart the smallest error that agrees with e on many rows. */
static double neighbours_low(const struct bounds *bounds)
{
    double most = 1 - 1 / fmax(2, (double)bounds->classes);
    return most * (1 - sqrt(fmax(0, 1 - neighbours_high(bounds) / most)));
}

bool bounds_value(struct arena *arena, const struct bounds *bounds, const char *word, enum measure measure,
                  double *value, const char **source, struct error *err)
{
    bool equal = strcmp(word, duplicates) == 0;

    if (measure != MEASURE_error) {
        fail(err, ERROR_REQUEST, "--irreducible %s bounds the error rate only, not the %s", word,
             measure_words(measure));
        return fail_hint(err, "give a number, or --metric error");
    }
    if (equal ? !bounds->rows : !bounds->asked) {
        fail(err, ERROR_REQUEST, "--irreducible %s: nothing is recorded of it", word);
        return fail_hint(
            err,
            "the record of a finished training on classes has it, where train has %d rows or more: "
            "mldbg train CONFIG -o RUN",
            ROWS_LEAST);
    }
    *value = equal ? duplicates_low(bounds) : neighbours_low(bounds);
    *source = equal ? "equal inputs" : "neighbours";
    (void)arena;
    return true;
}

/* "0.6 %" */
static const char *percent(struct arena *arena, double share)
{
    return arena_print(arena, "%s %%", text_number(arena, 100 * share, 2));
}

static void add_note(struct run *run, const char *sentence)
{
    int number = 1;
    while (run_has(run, arena_print(run->arena, "decompose/note/%d", number)))
        number++;
    run_set_text(run, arena_print(run->arena, "decompose/note/%d", number), "%s", sentence);
}

static const char *duplicates_words(struct arena *arena, const struct bounds *bounds)
{
    return arena_print(
        arena,
        "is at least %s: equal inputs with other labels make even the best answers wrong in %s "
        "of %s rows of train",
        percent(arena, duplicates_low(bounds)), text_count(arena, bounds->unavoidable),
        text_count(arena, bounds->rows));
}

static const char *neighbours_words(struct arena *arena, const struct bounds *bounds)
{
    return arena_print(arena,
                       "Nearest neighbours among %s rows of train are wrong in %s: the irreducible error is "
                       "at most that, and at least %s if rows lie densely.",
                       text_count(arena, bounds->asked), percent(arena, neighbours_high(bounds)),
                       percent(arena, neighbours_low(bounds)));
}

static void note_bounds(const struct bounds *bounds, const struct decomposition *parts, struct run *run)
{
    struct arena *arena = run->arena;
    const struct sample *known = &parts->rung[RUNG_irreducible];

    if (bounds->unavoidable > 0 && (!known->given || known->value < duplicates_low(bounds)))
        add_note(run,
                 arena_print(arena, "The irreducible error %s%s.", known->given ? "is set too low; it " : "",
                             duplicates_words(arena, bounds)));
    if (bounds->asked > 0 &&
        (!known->given || strcmp(run_text(run, "decompose/irreducible/source"), neighbours) == 0))
        add_note(run, neighbours_words(arena, bounds));
}

void bounds_record(const struct bounds *bounds, const struct decomposition *parts, struct run *run)
{
    if (bounds->rows > 0) {
        run_set_number(run, "decompose/bound/duplicates/low", duplicates_low(bounds));
        run_set_number(run, "decompose/bound/duplicates/errors", (double)bounds->unavoidable);
        run_set_number(run, "decompose/bound/duplicates/rows", (double)bounds->rows);
    }
    if (bounds->asked > 0) {
        run_set_number(run, "decompose/bound/neighbours/low", neighbours_low(bounds));
        run_set_number(run, "decompose/bound/neighbours/high", neighbours_high(bounds));
        run_set_number(run, "decompose/bound/neighbours/errors", (double)bounds->neighbours_wrong);
        run_set_number(run, "decompose/bound/neighbours/rows", (double)bounds->asked);
    }
    note_bounds(bounds, parts, run);
}
