/* Reports: a record, its findings and a verdict, out as text for people or as a document for programs. */
#ifndef MLDBG_REPORT_H
#define MLDBG_REPORT_H

#include <mldbg/base/log.h>
#include <mldbg/rule.h>

const char *outcome_name(enum outcome outcome); /* "PASS", "FAIL", "INCONCLUSIVE" */

/* A table of text cells; columns are as wide as their widest cell, numbers flush right. */
struct grid {
    struct arena *arena;
    size_t columns, rows, capacity;
    const char **cell; /* rows x columns */
    const char *align; /* one letter a column: 'l' or 'r' */
};

void grid_init(struct grid *grid, struct arena *arena, size_t columns, const char *align);
/* Appends a row of `columns` strings. */
void grid_row(struct grid *grid, const char *const *cells);
void grid_print(const struct grid *grid, struct text *out, int indent);

enum { REPORT_COLUMNS = 80 };

/*
 * Adds words as lines of at most REPORT_COLUMNS. The first one continues the line that is being written, the
 * others begin at column `indent`; the last one is closed.
 */
void text_wrap(struct text *out, const char *words, size_t indent);

/* The re-runs of a proof (facts proof/<n>/...), one a row; nothing where there are none. */
void proof_print(const struct run *run, struct text *out, int indent);
/* The same without cuts, as rows of three cells: the change, what it came to, whether it cures. */
void proof_rows(const struct run *run, struct grid *grid);
/* What stands before them: "proof" and its sentence, or "tried". False: there were no re-runs. */
bool proof_lead(const struct run *run, const char **label, const char **words);

/* What a command has to say, in order. */
struct report {
    const char *command, *subject; /* "overfit", "digits-lenet" */
    const char *headline; /* "digits-lenet · one batch of 32 · adam lr 0.001 · seed 1": view_headline() */
    const char *body;     /* tables: view_body(); may be "" */
    bool judged;          /* has an outcome */
    enum outcome outcome;
    const char *verdict; /* one sentence behind PASS, FAIL or INCONCLUSIVE */
    const char *next;    /* the next command or step; "" if none */
    const struct run *run;
    const struct findings *findings;
    /* Of a record on disk, for format html: its folder and run.json. Both may be NULL. */
    const char *folder;
    const struct json *manifest;
};

/* How the record of a command is shown: one file a view, found by the record's command. */
struct view {
    struct entry entry; /* name: the command */
    void (*headline)(const struct run *run, struct text *out);
    void (*body)(const struct run *run, struct text *out);
};

#define VIEW(id) extern const struct view view_##id;
#include <mldbg/report/views.def>
#undef VIEW

/* "" when the command has no view. */
const char *view_headline(const struct run *run, struct arena *arena);
const char *view_body(const struct run *run, struct arena *arena);

/* The losses over the epochs as a plot; "" when none was measured. */
const char *view_plot(const struct run *run, struct arena *arena);
/* Tables of the probes by parameter and by layer: first, last, least, most and course; "" when there are
 * none.
 */
const char *view_probes(const struct run *run, struct arena *arena);

struct format {
    struct entry entry;
    /* color: whether escape sequences may be used (text only). */
    void (*write)(const struct report *report, struct text *out, bool color);
};

#define FORMAT(id) extern const struct format format_##id;
#include <mldbg/report/formats.def>
#undef FORMAT
extern const struct catalog format_catalog;

/* The JSON Schema (draft 2020-12) that every document of --json and of format json obeys. */
struct json *report_schema(struct arena *arena);

/* A document with the members that all have: schema_version, version, command. */
struct json *report_document(const char *command, struct arena *arena);

/* A document of format json for a request that was refused: "errors" with their places. */
void report_refusal(const char *command, const struct problems *problems, struct text *out);

#endif
