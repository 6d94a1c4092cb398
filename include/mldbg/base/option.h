/*
 * A setting is declared once, as a row of an option table. The row parses the config and the command line,
 * reports errors, prints help and writes the JSON Schema.
 */
#ifndef MLDBG_BASE_OPTION_H
#define MLDBG_BASE_OPTION_H

#include <mldbg/base/catalog.h>
#include <mldbg/base/json.h>

enum option_type {
    OPTION_BOOL,    /* bool */
    OPTION_INTEGER, /* int64_t */
    OPTION_SEED,    /* uint64_t: an integer up to 2^53-1, or a string of digits up to 2^64-1 */
    OPTION_REAL,    /* double */
    OPTION_TEXT,    /* const char * */
    OPTION_CHOICE,  /* int: index into choices, or into the catalog */
    OPTION_SIZES,   /* struct sizes: one integer or a list of them */
    OPTION_REALS,   /* struct reals: a list of numbers */
    OPTION_TEXTS,   /* struct texts: one string or a list of them; on the command line repeatable */
    OPTION_JSON     /* const struct json *: any value, taken as it is */
};

struct sizes {
    int count;
    int64_t at[8];
};

struct reals {
    size_t count;
    const double *at;
};

struct texts {
    size_t count;
    const char *const *at;
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset;        /* of the field in the struct that is filled */
    const char *fallback; /* default as written in a config: "0.001", "[1, 1]"; NULL: unset (zero, NaN, -1) */
    double min, max;      /* inclusive range of numbers; both 0: no limit */
    bool above_min;       /* min itself is excluded */
    const char *const *choices; /* NULL-terminated */
    const struct catalog *catalog;
    bool required;
    char letter; /* one-letter option of the command line, or 0 */
    const char
        *value;       /* name of the value in help: "FILE", "N"; of OPTION_JSON: what is expected, in words */
    const char *help; /* one line */
};

struct option_table {
    const struct option *at;
    size_t count;
};

#define OPTION_TABLE(rows)                  \
    {                                       \
        rows, sizeof(rows) / sizeof *(rows) \
    }

/* Fills every field with its default. Unset numbers: OPTION_INTEGER -1, OPTION_REAL NaN, OPTION_CHOICE -1. */
void options_default(struct arena *arena, const struct option_table *table, void *target);

/*
 * Fills fields from the members of an object, after options_default. Adds a problem with place for every
 * unknown key (code ML100, with a suggestion), wrong type, value out of range, unknown choice (with a
 * suggestion) and missing required key. Keys listed in the NULL-terminated skip (may be NULL) are left to the
 * caller, and offered as suggestions too. Returns whether all was well.
 */
bool options_from_json(struct arena *arena, const struct option_table *table, const struct json *object,
                       const char *const *skip, void *target, struct problems *problems);

/* One value for one row; value_place names where it stands. Used by both readers. */
bool option_set_json(struct arena *arena, const struct option *option, const struct json *value, void *target,
                     struct problems *problems);
bool option_set_text(struct arena *arena, const struct option *option, const char *text, void *target,
                     struct error *err);

/*
 * Reads a command line: --name VALUE, --name=VALUE, -n VALUE, --flag, --no-flag, -- ends the options. The
 * tables are searched in turn, targets[i] being filled by tables[i]. Words that are no options are gathered
 * in *words.
 */
bool options_from_arguments(struct arena *arena, const struct option_table *const *tables,
                            void *const *targets, size_t table_count, int argc, const char *const *argv,
                            struct texts *words, struct error *err);

/* The rows as the "properties" of a JSON Schema (draft 2020-12); required names are added to the schema. */
void options_schema(struct arena *arena, const struct option_table *table, struct json *schema);

/* The rows as lines of help, 80 columns wide. */
void options_help(struct text *out, const struct option_table *table, bool config);

/* The settings as they are, defaults filled in, as members of an object. */
void options_to_json(struct arena *arena, const struct option_table *table, const void *source,
                     struct json *object);

/*
 * Adds the rows that have a default and do not stand in the object, as they would be written in a config.
 * Reading the object then leaves the same settings as before.
 */
void options_fill(struct arena *arena, const struct option_table *table, struct json *object);

#endif
