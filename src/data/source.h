/*
 * Rows from one place (a table, an array, a generator) under one face: a row of raw columns, made into
 * features by a plan that all sources share, and answers.
 */
#ifndef MLDBG_DATA_SOURCE_H
#define MLDBG_DATA_SOURCE_H

#include "block.h"
#include "spec.h"
#include "table.h"

enum form { FORM_NONE, FORM_TABLE, FORM_BLOCK, FORM_MADE };

struct source {
    enum form form;
    enum split split;
    const char *path; /* for problems; NULL: a generator */
    const char *origin;
    struct table table;
    struct block block, labels; /* of npy and idx */
    struct generated made;
    bool expanded;      /* made.x holds features already, the plan has been applied */
    int64_t rows;       /* rows that are used */
    int64_t *kept;      /* which rows they are; NULL: all */
    int64_t columns;    /* raw values of a row */
    size_t *slots, *at; /* table: slot in a row and number of the table column, for each raw column */
    bool together;      /* the slots follow each other */
    struct shape shape;
    double *y; /* rows x answers: class ids or targets */
};

/* One element of a network's input and the column that it comes from. */
struct feature {
    const char *name;
    int64_t column;   /* raw column of the source */
    int64_t category; /* one-hot: code of the category; -1: the value itself */
    bool index;
    int64_t
        known; /* an index made of text: categories of train; later codes become this number. -1: a number */
    double fill;                                     /* instead of a missing cell */
    double shift[SPLIT_COUNT], divisor[SPLIT_COUNT]; /* scaled = (value - shift) / divisor */
};

struct plan {
    int64_t width;
    struct feature *features; /* those of each input lie together, in the order of the inputs */
    bool plain;               /* each is the number of its own raw column */
    int64_t first[DATA_INPUTS_MOST + 1];
};

/* Everything that loading passes around. */
struct loading {
    struct arena *arena, *scratch; /* of the result; of what is let go at the end */
    const struct data_spec *spec;
    struct problems *problems;
    uint64_t seed;
    struct data *out;
    struct source sources[SPLIT_COUNT];
    struct plan plan;
    int64_t answers;                      /* width of y */
    const struct moments *target_moments; /* of train, between scale_fit and scale_fill */
    int64_t train_rows;
};

/* Opens and reads the source of a split; false after problems. */
bool source_load(struct loading *loading, enum split split);

/* Row number as the source counts (kept applied). */
int64_t source_at(const struct source *source, int64_t row);
int64_t source_line(const struct source *source, int64_t row);

/* The raw columns of a row, in double: where they lie, or in raw, which has room for them. */
const double *source_raw(const struct source *source, int64_t row, double *raw);

/* The features of a row by the plan. raw: room for source->columns numbers. */
void source_features(const struct source *source, const struct plan *plan, int64_t row, double *raw,
                     double *out);

/* One raw cell. */
double source_cell(const struct source *source, int64_t row, int64_t column);

/* Column of the table behind a raw column; NULL when there is no table. */
const struct table_column *source_column(const struct source *source, int64_t column);
const char *source_column_name(struct arena *arena, const struct source *source, int64_t column);

/* ---- the steps of data_load, those that return bool: false after problems ---- */

/* Classes or targets: fills task, classes and names, and y of every source (label.c). */
bool labels_assign(struct loading *loading, const char *task);

/* Which columns go into which input (feature.c). */
bool plan_make(struct loading *loading);

/* What stands for missing cells, learned from rows of train (feature.c). rows NULL: all. */
void plan_fill(struct loading *loading, const struct source *source, const int64_t *rows, int64_t count);

/* Counts cells of a held-out table whose category train does not know (feature.c). */
void plan_unseen(struct loading *loading, const struct source *source);

/* The rows of a split. */
struct part {
    struct source *source;
    int64_t *rows; /* of the source */
    int64_t count;
};

/* Sizes of the ranges of indices, and that indices are whole numbers (feature.c). */
bool plan_indices(struct loading *loading, const struct part *part);

/* "prepare": turns all sources into generated form and applies the operations (prepare.c). */
void prepare_all(struct loading *loading);
void prepare_list(const struct prepare_list *list, struct generated *set, const struct generated *fit,
                  uint64_t seed);

/* The rows of a source in generated form: features by the plan, answers, lines. rows NULL: all. */
void source_generated(const struct loading *loading, const struct source *source, const int64_t *rows,
                      int64_t count, struct generated *out);

/* A source of rows in generated form that come from another one. out may be from. */
void source_of(const struct loading *loading, struct source *out, const struct source *from,
               const struct generated *made);

/* A CSV file of which nothing is known, as the train source. */
bool source_survey(struct loading *loading, const char *path, char separator, bool header);

/* Every split gets the rows of its own source, or its share of train (split.c). */
bool split_rows(struct loading *loading, struct part parts[SPLIT_COUNT]);

/* Fits scaling on the train part (scale.c). */
void scale_fit(struct loading *loading, const struct part *train);

/* Fills the tensors, labels and targets of a split, scaled (scale.c). */
void scale_fill(struct loading *loading, const struct part *part, struct dataset *set);

/* Columns of a split before scaling (measure.c). */
void measure_columns(struct loading *loading, const struct part *part, struct dataset *set);

/* What enters the network (measure.c). */
void measure_entering(struct arena *arena, const struct data *data, struct dataset *set);

/* Rows of a class, repeated rows within a split and across splits (groups.c). */
void measure_rows(struct arena *arena, struct data *data);

#endif
