/* The command line: one file a command, thin: options in, recipe or lab, report, exit code. */
#ifndef MLDBG_CLI_H
#define MLDBG_CLI_H

#include <mldbg/report.h>
#include <mldbg/base/option.h>

enum exit_code { EXIT_HEALTHY = 0, EXIT_FINDING = 1, EXIT_REFUSED = 2, EXIT_MACHINE = 3, EXIT_BUG = 4 };

/* Options that every command has. */
struct common_options {
    bool help, quiet, json, strict;
    int color;   /* enum color */
    int fail_on; /* enum severity */
    uint64_t seed;
    bool seed_given;
    int64_t threads;
    int device;           /* 0: cpu */
    int dtype;            /* 0: float32, 1: float64 */
    struct texts reports; /* FORMAT=FILE */
    const char *seed_text;
};

/* What a command is given: its options, its words, and where its output goes. */
struct invocation {
    struct arena *arena;
    const struct command *command;
    const struct common_options *common;
    const void *options; /* the command's own settings struct */
    struct texts words;
    struct text out; /* goes to stdout when the command returns */
};

struct command {
    struct entry entry; /* summary is the question it answers */
    const char *usage;  /* "overfit CONFIG" */
    const char *const *examples; /* command lines, NULL-terminated; each is a golden test */
    struct option_table options;
    size_t options_size;
    int words_least, words_most;
    const char *word; /* what a word is, for messages: "a config file" */
    enum exit_code (*run)(struct invocation *invocation);
};

#define COMMAND(id) extern const struct command command_##id;
#include <mldbg/cli/commands.def>
#undef COMMAND
extern const struct catalog command_catalog;

/* The settings struct behind --seed, --json and so on. */
extern const struct option_table common_option_table;

/* Prints problems to stderr (with --json: a document to stdout) and returns EXIT_REFUSED or EXIT_MACHINE. */
enum exit_code refuse(struct invocation *invocation, const struct problems *problems, const char *source);
enum exit_code refuse_error(struct invocation *invocation, const struct error *err);

/*
 * Writes the report to stdout (text, or JSON under --json) and to every --report FORMAT=FILE; the exit code follows from
 * --fail-on, --strict and the outcome.
 */
enum exit_code deliver(struct invocation *invocation, const struct report *report);

/* Set by SIGINT and SIGTERM; long work looks at it between steps. */
int interrupted(void);

#endif
