/* What the data of a run says of the error that no model can go below: bounds, not values. */
#ifndef RECIPE_IRREDUCIBLE_H
#define RECIPE_IRREDUCIBLE_H

#include <mldbg/rule/decompose.h>

/* Counts of the train split of a record; rows 0: not known. */
struct bounds {
    int64_t rows, unavoidable;                /* rows that the best answer to each input gets wrong */
    int64_t asked, neighbours_wrong, classes; /* leave-one-out nearest neighbours */
};

/* From data.json and run.json of a record, as far as they are there. */
void bounds_read(struct arena *arena, const char *folder, struct bounds *out);

/* Whether the word names one of the two: "duplicates", "neighbours". */
bool bounds_name(const char *word);

/* The lower bound of that name, taken as the value. Refused where the record does not have it. */
bool bounds_value(struct arena *arena, const struct bounds *bounds, const char *word, enum measure measure,
                  double *value, const char **source, struct error *err);

/* The bounds as facts, and in words beside what they bound (a note, numbered behind those there are). */
void bounds_record(const struct bounds *bounds, const struct decomposition *parts, struct run *run);

#endif
