/* The command line: one file a command, thin: options in, recipe or lab, report, exit code. */
#ifndef MLDBG_CLI_H
#define MLDBG_CLI_H

#include <mldbg/report.h>
#include <mldbg/base/option.h>

enum exit_code { EXIT_HEALTHY = 0, EXIT_FINDING = 1, EXIT_REFUSED = 2, EXIT_MACHINE = 3, EXIT_BUG = 4 };

/* --fail-on: a severity, or this. */
enum { FAIL_ON_NEVER = SEVERITY_ERROR + 1 };

/* Options that every command has. */
struct common_options {
    bool help, version, quiet, json, strict;
    int color;   /* enum color */
    int fail_on; /* enum severity, or FAIL_ON_NEVER */
    uint64_t seed;
    bool seed_given;
    int64_t threads;
    int device;           /* 0: cpu */
    int dtype;            /* 0: float32, 1: float64 */
    bool no_cache;        /* base/cache.h */
    struct texts reports; /* FORMAT=FILE */
    struct texts ignored; /* codes or names of rules that are left out */
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
    struct entry entry;          /* summary is the question it answers */
    const char *usage;           /* "overfit CONFIG" */
    const char *const *examples; /* command lines, NULL-terminated; each is a golden test */
    struct option_table options;
    size_t options_size;
    int words_least, words_most;
    const char *word; /* what a word is, for messages: "a config file" */
    enum exit_code (*run)(struct invocation *invocation);
    /* The words that it takes, for completion; NULL: names of files. */
    struct texts (*candidates)(struct arena *arena);
};

#define COMMAND(id) extern const struct command command_##id;
#include <mldbg/cli/commands.def>
#undef COMMAND
extern const struct catalog command_catalog;

/* The settings struct behind --seed, --json and so on. */
extern const struct option_table common_option_table;

/*
 * Reads a command line (without the program's name), runs the command and returns the exit status; what
 * belongs on stdout is added to out.
 */
int invoke(struct arena *arena, int argc, const char *const *argv, struct text *out);

/*
 * Prints problems to stderr (with --json: a document to out) and returns EXIT_REFUSED or EXIT_MACHINE. source
 * is the text of the config, for excerpts; may be NULL.
 */
enum exit_code refuse(struct invocation *invocation, const struct problems *problems, const char *source);
enum exit_code refuse_error(struct invocation *invocation, const struct error *err);

/*
 * Writes the report to out (text, or JSON under --json) and to every --report FORMAT=FILE; the exit code
 * follows from
 * --fail-on, --strict and the outcome.
 */
enum exit_code deliver(struct invocation *invocation, const struct report *report);

/* The number of the signal once SIGINT or SIGTERM came, else 0; long work looks at it between steps. */
int interrupted(void);

/* While now is true a signal ends the program at once, with the same status: nothing would be lost by it. */
void interrupt_at_once(bool now);

#endif
