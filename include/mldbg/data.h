/*
 * Data: tables from CSV, npy, idx and generators become splits of numbers in memory, with names and places
 * kept, so that a message can say which cell it means. Measures what it reads; judges nothing.
 */
#ifndef MLDBG_DATA_H
#define MLDBG_DATA_H

#include <mldbg/base/option.h>
#include <mldbg/base/random.h>
#include <mldbg/tensor.h>

enum split { SPLIT_train, SPLIT_val, SPLIT_testval, SPLIT_test, SPLIT_COUNT };
const char *split_name(enum split split);

enum { DATA_INPUTS_MOST = 8 };

/* What goes into the network under one name. */
struct data_input {
    const char *name;    /* "input" when there is one */
    enum dtype dtype;    /* DTYPE_F32, or DTYPE_I32: indices for an embedding */
    struct shape shape;  /* of one row, without batch */
    int64_t index_count; /* DTYPE_I32: indices are 0..index_count-1 */
};

/*
 * One column as it was read, before scaling. Columns of arrays and generators are called x0, x1, ...; with
 * "prepare" the columns are the features that it left. Ranges and counts are those of the split; nonfinite,
 * overflow, underflow and inexact are counted over its file. min to std are NaN for text and classes.
 */
struct column {
    const char *name;
    enum { COLUMN_NUMERIC, COLUMN_CATEGORICAL, COLUMN_LABEL, COLUMN_IGNORED } kind;
    int64_t count, missing, nonfinite, overflow, underflow,
        inexact; /* inexact: an integer that float32 cannot hold */
    int64_t first_missing, first_nonfinite, first_overflow, first_inexact; /* line in the file, 0: none */
    int64_t distinct;                                                      /* counted up to 1000, then 1001 */
    double min, max, mean, std;
    int64_t
        same_as; /* index of an earlier column with the same values, or -1; constant columns do not count */
    bool same_as_label; /* its values tell the label one to one (20 rows or more, never of a generator) */
};

/* Numbers seen as a heap. A NaN among them shows in all four. */
struct summary {
    double min, max, mean, std;
};

/* One split in memory. */
struct dataset {
    enum split split;
    const char *name, *origin; /* "train", "digits-train.csv" */
    int64_t rows;
    struct tensor inputs[DATA_INPUTS_MOST]; /* rows x shape, scaled */
    int32_t *labels;                        /* classification: class of each row, else NULL */
    float *targets;                         /* regression: rows x target_width, else NULL */
    int64_t *line;                          /* line in the file (rows of a generator count from 1) */
    const char *const *group;               /* text of the group column, of each row; NULL: none is named */
    const struct column *columns;
    int64_t column_count;
    int64_t dropped;          /* rows left out by "missing": "drop" */
    int64_t duplicate_rows;   /* rows whose inputs equal those of an earlier row */
    int64_t conflicting_rows; /* of those: with another label */
    int64_t unavoidable_rows; /* classes: rows that even the best answer to each distinct input gets wrong */
    int64_t shared_rows;      /* rows whose inputs stand in the train split too (0 for train) */
    int64_t *class_rows;      /* rows of each class */
    struct summary entering[DATA_INPUTS_MOST]; /* what enters the network: all numbers of an input, scaled */
    struct summary *features; /* the same for each element of every input, one input behind the other */
    int64_t feature_count;
    struct summary target; /* regression: all targets, scaled */
};

struct data {
    struct dataset splits[SPLIT_COUNT]; /* rows 0: absent */
    struct data_input inputs[DATA_INPUTS_MOST];
    int input_count;
    bool classification;
    int64_t classes;                /* 0: regression */
    const char *const *class_names; /* as in the file */
    int64_t target_width;           /* regression: number of targets */
    const char *const *target_names;
    const char *scale; /* "standard", for reports */
    const double *target_shift,
        *target_factor; /* regression: target as in the file = scaled * factor + shift */
    int64_t
        unseen_categories; /* cells of held-out splits whose category does not occur in train (all zeros) */
    /* Pairs of class names that differ by case, blanks or number format only; 0 when there are none. */
    size_t alike_classes;
    const char *alike_a, *alike_b;
};

struct data_spec;

/* The keys of "data" in a config, for help and schema. */
extern const struct option_table data_options;

/*
 * Reads the "data" key of a config. path is the config's own path, against which files are found. Mistakes go
 * to problems (ML100). Trains nothing, opens nothing.
 */
const struct data_spec *data_read(struct arena *arena, const struct json *value, const char *path,
                                  struct problems *problems);

/* Adds what the config leaves to defaults to "data", a copy of the value that the spec was read from. */
void data_fill(struct arena *arena, const struct data_spec *spec, struct json *data);

/* The file of a split, found against the config; NULL for a generator, for a part of train, and for no split.
 */
const char *data_file(const struct data_spec *spec, enum split split);

/*
 * Loads every split. task: "classification", "regression", or NULL to decide by the labels: several label
 * columns are regression; text is classes; whole numbers are classes when train holds at most max(20,
 * sqrt(rows)) distinct ones; all else is regression. With "classification" every distinct label is a class,
 * sorted as numbers when all are whole numbers, else bytewise; with "regression" class ids become numbers.
 * Classes are gathered over all splits. Mistakes in files are problems: of code ML200 with the file's own
 * place (file:line, column name in the sentence) when they refuse the data; at most 10 of one pattern are
 * shown, then a total. Returns false if the data cannot be used.
 */
bool data_load(struct arena *arena, const struct data_spec *spec, uint64_t seed, const char *task,
               struct data *out, struct problems *problems);

/* How class labels are written into a real target. */
enum target_coding { CODING_PLAIN, CODING_SIGNED /* two classes as -1 and 1, one-hot as -1 and 1 */ };

/*
 * Copies rows into the tensors of a batch. Inputs: [count, shape...] of any real type, or int32. target:
 * int32 [count] gets class ids; a real target [count, K] gets one-hot rows when K is the number of classes
 * (and K > 1), the class id as a number when K is 1 or the tensor is [count]; for regression the targets.
 */
void dataset_batch(const struct data *data, const struct dataset *set, const int64_t *rows, int64_t count,
                   struct tensor *const *inputs, struct tensor *target, enum target_coding coding);

/*
 * What is in a CSV file of which nothing is known yet: every column with its measures, none being the label.
 * separator 0: by the ending of the name. Problems as in data_load.
 */
bool data_survey(struct arena *arena, const char *path, char separator, bool header,
                 const struct column **columns, int64_t *column_count, int64_t *rows,
                 struct problems *problems);

/*
 * The rows of batch number `batch` of an epoch, shuffled by the seed if asked; returns how many (0: past the
 * end). order: set->rows numbers that belong to this function between calls (of any content at first); any
 * batch of any epoch may be asked for in any order.
 */
int64_t dataset_batch_rows(const struct dataset *set, uint64_t seed, int64_t epoch, int64_t batch,
                           int64_t batch_size, bool shuffle, bool drop_last, int64_t *order, int64_t *rows);

/* One batch for memorizing: the classes of classification in turn (stratified), drawn by the seed; returns
 * how many. */
int64_t dataset_pick(const struct data *data, const struct dataset *set, uint64_t seed, int64_t count,
                     int64_t *rows);

/*
 * Numbers the distinct inputs among some rows: group[i] in 0..return-1, equal where all inputs of the rows
 * are equal bit for bit.
 */
int64_t dataset_groups(const struct data *data, const struct dataset *set, const int64_t *rows, int64_t count,
                       int64_t *group);

/* ---- Generators ---- */

/* What a generator writes: rows of features in double, and labels or targets. */
struct generated {
    int64_t rows;
    struct shape shape; /* of one row */
    double *x;          /* rows x shape */
    bool integer;       /* x are indices */
    int64_t index_count;
    int64_t classes;      /* 0: regression */
    int64_t target_width; /* regression; or dense per-cell targets */
    double *y;            /* rows (class ids) or rows x target_width */
    int64_t *line;        /* line in the file, moved along with its row; NULL: rows count from 1 */
};

struct generator {
    struct entry entry;
    struct option_table options; /* without the common ones: rows, seed */
    size_t settings_size;
    int64_t rows; /* when the config does not say; 0: the settings say */
    bool (*make)(struct arena *arena, const void *settings, int64_t rows, uint64_t seed,
                 struct generated *out, struct error *err);
};

#define GENERATOR(id) extern const struct generator generator_##id;
#include <mldbg/data/generators.def>
#undef GENERATOR
extern const struct catalog generator_catalog;

/* ---- Preparations: what people do to data before training, mistakes included ---- */

struct preparation {
    struct entry entry;
    struct option_table options;
    size_t settings_size;
    /* fit: the train split, for those that learn something from it. */
    void (*apply)(const void *settings, struct generated *set, const struct generated *fit,
                  struct random key);
};

#define PREPARATION(id) extern const struct preparation preparation_##id;
#include <mldbg/data/preparations.def>
#undef PREPARATION
extern const struct catalog preparation_catalog;

#endif
