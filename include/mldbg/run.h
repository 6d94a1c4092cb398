/*
 * The run record: what happened, as plain rows and numbers. Written by the wing that makes things happen,
 * read by the wing that judges. It may be in memory only. Every name is a path such as "fc1/weight".
 */
#ifndef MLDBG_RUN_H
#define MLDBG_RUN_H

#include <mldbg/base/json.h>

/* A measured series. Values may be NaN or infinite; a point that was not measured is absent. */
struct series {
    const char *name; /* "overfit/loss", "gradient/fc1/weight/norm" */
    size_t count, capacity;
    int64_t *step;
    double *value;
};

/* A single result of an experiment: a number, or a word. */
struct fact {
    const char *name; /* "overfit/floor" */
    const char *text; /* NULL: a number */
    double number;
};

/* One layer of the model as it was built. */
struct layer_record {
    const char *name, *type, *output; /* output: "16 x 4 x 4", without batch */
    int64_t parameters, trainable, bytes, multiply_adds;
    struct place place; /* in the config */
};

/* One column of one split as it was read. */
struct column_record {
    const char *split, *name, *kind; /* "numeric", "categorical", "label" */
    int64_t count, missing, nonfinite, overflow, underflow, inexact, distinct;
    int64_t first_missing, first_nonfinite, first_overflow, first_inexact; /* lines, 0: none */
    double min, max, mean, std;
    const char *same_as; /* an earlier column of equal values, or NULL */
    bool same_as_label;
};

struct split_record {
    const char *name, *origin;
    int64_t rows, dropped, duplicate_rows, conflicting_rows, unavoidable_rows, shared_rows;
    int64_t classes;
    const int64_t *class_rows;
};

struct run {
    struct arena *arena;
    const char *command;     /* "overfit" */
    const char *name;        /* of the config */
    const char *config_path; /* as given */
    const char *config_text; /* for excerpts; may be NULL */
    const struct json *config;
    const struct json *remedies; /* list of {"words", "patch": [{"path", "value"}]}, in order; or NULL */
    const char *status;          /* "finished", "stopped", "interrupted", "failed" */
    uint64_t seed;
    bool seed_given; /* in place of the config's own */
    const char *device, *dtype, *blas;
    int threads;

    struct series **series; /* pointers, so that a series stays where it is while others are added */
    size_t series_count, series_capacity;
    size_t series_next; /* where the next one that is asked for is likely to stand */
    struct fact *facts;
    size_t fact_count, fact_capacity;
    struct layer_record *layers;
    size_t layer_count, layer_capacity;
    struct column_record *columns;
    size_t column_count, column_capacity;
    struct split_record *splits;
    size_t split_count, split_capacity;
};

void run_init(struct run *run, struct arena *arena, const char *command);

/* Names are matched by patterns in which '*' stands for any text, also none and also with slashes in it. */
bool pattern_matches(const char *pattern, const char *name);

/* Finds a series, or makes it. Quick for who asks for the same names in the same order again and again. */
struct series *run_series(struct run *run, const char *name);
/* Appends a point; steps grow. */
void series_add(struct run *run, struct series *series, int64_t step, double value);
/* NULL when it was not measured. */
const struct series *run_find(const struct run *run, const char *name);
/* The next series whose name matches a pattern; '*' stands for any text. Start with *at = 0. */
const struct series *run_match(const struct run *run, const char *pattern, size_t *at);
const struct fact *run_match_fact(const struct run *run, const char *pattern, size_t *at);

void run_set_number(struct run *run, const char *name, double number);
void run_set_text(struct run *run, const char *name, const char *format, ...) PRINTF(3, 4);
/*
 * Whether the record holds a series or fact of this name (or of this pattern), and at least one value of it.
 * "layers", "columns" and "splits" ask for the tables.
 */
bool run_has(const struct run *run, const char *name);
double run_number(const struct run *run, const char *name); /* NaN when absent */
/* The same as a whole number; 0 when it is absent, not finite or beyond 64 bits. */
int64_t run_integer(const struct run *run, const char *name);
const char *run_text(const struct run *run, const char *name); /* "" when absent */

const struct split_record *run_find_split(const struct run *run, const char *name); /* or NULL */

/* Zeroed rows; strings that are put into them must live as long as the record. */
struct layer_record *run_add_layer(struct run *run);
struct column_record *run_add_column(struct run *run);
struct split_record *run_add_split(struct run *run);

/* The record as one JSON object: run, layers, splits, columns, series, facts. */
struct json *run_to_json(const struct run *run, struct arena *arena);

#endif
