/* The key "data" of a config, read and checked: where rows come from and what is done to them. */
#ifndef MLDBG_DATA_SPEC_H
#define MLDBG_DATA_SPEC_H

#include <mldbg/data.h>

enum source_kind { SOURCE_NONE, SOURCE_FILE, SOURCE_GENERATOR };

/* Where the rows of one split come from. */
struct source_spec {
    enum source_kind kind;
    const char *written, *path;               /* as in the config; found against it */
    const char *labels_written, *labels_path; /* npy and idx: the file of labels */
    const struct generator *generator;
    void *settings;
    int64_t rows; /* of a generator */
    bool has_seed;
    uint64_t seed;
    struct place place;
};

/* Shares of train that become other splits. */
struct split_spec {
    double share[SPLIT_COUNT];
    bool stratify, shuffle;
    bool given;
};

enum scale_kind { SCALE_NONE, SCALE_STANDARD, SCALE_MINMAX, SCALE_DIVIDE };

struct scale_spec {
    enum scale_kind kind;
    double divide;
};

/* One member of "categorical". */
struct category_spec {
    const char *column; /* may end in * */
    bool index;
    struct place place;
};

/* One item of "inputs". */
struct input_spec {
    const char *name;
    struct texts columns;
    struct sizes shape;
    struct place place;
};

struct prepare_step {
    const struct preparation *kind;
    void *settings;
};

struct prepare_list {
    size_t count;
    const struct prepare_step *at;
};

enum missing_policy { MISSING_REFUSE, MISSING_DROP, MISSING_MEAN, MISSING_ZERO };

struct data_spec {
    const struct json *json; /* the whole value, for places */
    const char *path;        /* of the config */
    struct source_spec sources[SPLIT_COUNT];
    struct split_spec split;
    struct texts label, features, ignore, keep_classes;
    const char *group;
    struct sizes input_shape;
    int missing; /* enum missing_policy */
    char separator;
    bool header, lenient;
    bool refused; /* "inputs" cannot be understood: loading would only find what follows from that */
    struct scale_spec scale[SPLIT_COUNT], scale_target[SPLIT_COUNT];
    size_t category_count, input_count;
    const struct category_spec *categories;
    const struct input_spec *inputs;
    struct prepare_list prepare, prepare_train, prepare_test;
    /* As written; taken apart into the fields above. */
    const struct json *source_json[SPLIT_COUNT], *split_json, *scale_json, *scale_target_json,
        *categorical_json, *inputs_json, *prepare_json, *prepare_train_json, *prepare_test_json;
    const char *labels[SPLIT_COUNT], *separator_text;
};

extern const struct option_table split_options; /* of "split"; offsets are into struct split_spec */

/* The place of a key of "data", or of "data" itself when the key is not there. */
struct place spec_place(const struct data_spec *spec, const char *key);

/* What the config says about a categorical column; NULL: nothing. */
const struct category_spec *spec_category(const struct data_spec *spec, const char *column);

#endif
