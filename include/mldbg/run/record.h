/*
 * The run record on disk: a folder of plain files. One writer at a time, by a lock on the folder; whole files
 * are replaced whole, tables grow by one write(2) a line. Reading needs no lock and believes no torn line.
 */
#ifndef MLDBG_RUN_RECORD_H
#define MLDBG_RUN_RECORD_H

#include <mldbg/run.h>

enum { RECORD_VERSION = 1 }; /* of the format, in run.json; changes when a file changes its meaning */

/* What was asked before the first step: {"experiments": [{"name", "facts"}]}; facts of a record in memory
 * have the prefix and the name of the experiment before their names. */
#define RECORD_EXPERIMENTS "experiments.json"
#define EXPERIMENT_PREFIX  "experiment/"

/* ---- Writing ---- */

/* A record that is being written. */
struct record {
    struct arena *arena;
    const char *folder; /* as given, without a slash at the end */
    int lock;           /* descriptor of the folder */
};

/*
 * Makes the folder, or takes an empty one, and locks it. Refused (ERROR_REQUEST): a folder that holds
 * anything, with the sentence to resume or to take another name.
 */
bool record_create(struct record *record, struct arena *arena, const char *folder, struct error *err);

/* Locks the folder of a record to go on with it, and removes what a killed writer left half. */
bool record_reopen(struct record *record, struct arena *arena, const char *folder, struct error *err);

void record_close(struct record *record);

/* Whether a writer holds the lock of a record at this moment. */
bool record_is_written(const char *folder);

/* "run/metrics.csv" */
const char *record_path(const struct record *record, const char *name);

/* Makes a folder inside the record, or finds it. */
bool record_folder(const struct record *record, const char *name, struct error *err);

bool record_write_text(const struct record *record, const char *name, const struct text *text,
                       struct error *err);
bool record_write_json(const struct record *record, const char *name, const struct json *document,
                       struct error *err);

/* The steps of checkpoints/step-N.safetensors, newest first; from a folder that nobody needs to have locked.
 */
const int64_t *record_checkpoints(struct arena *arena, const char *folder, size_t *count);
/* "checkpoints/step-12.safetensors" */
const char *checkpoint_name(struct arena *arena, int64_t step);

/*
 * The manifest: format version, mldbg's version, what the record says of itself and its facts. The caller
 * adds what only it knows: digests, sizes of splits, times.
 */
struct json *record_manifest(const struct run *run, struct arena *arena);

/* "2026-11-20T23:36:38Z": now. */
const char *record_clock(struct arena *arena);

/* A table that grows: metrics.csv, probes.csv. */
struct sheet {
    const char *path;
    int file;
    int64_t length; /* bytes that are whole lines */
    int64_t rows;   /* behind the line of names */
};

/* Begins the table anew with a line of names. */
bool sheet_create(struct sheet *sheet, const struct record *record, const char *name, const char *names,
                  struct error *err);

/*
 * Goes on behind so many rows, and cuts off what is after them. False without an error filled when the table
 * has not as many; *names receives its first line.
 */
bool sheet_reopen(struct sheet *sheet, const struct record *record, const char *name, int64_t rows,
                  const char **names, struct error *err);

/* Appends a line, which ends with "\n"; when not all of it arrives, what did is cut off again. */
bool sheet_append(struct sheet *sheet, const struct text *line, struct error *err);
bool sheet_settle(const struct sheet *sheet, struct error *err); /* fdatasync */
void sheet_close(struct sheet *sheet);

/* A cell of a CSV file: quoted where it has to be. */
void csv_add_cell(struct text *line, const char *cell);

/* ---- Reading ---- */

/*
 * Reads a record into memory: manifest, config, layers, splits, columns, facts, and the series of metrics.csv
 * and probes.csv. *manifest (may be NULL) receives run.json. What could not be believed, such as a torn last
 * line, is told in notes, one sentence a line. False: there is no record (ERROR_REQUEST), or it cannot be
 * read.
 */
bool record_read(struct arena *arena, const char *folder, struct run *out, const struct json **manifest,
                 struct text *notes, struct error *err);

/* Adds the facts of experiments.json alone; false when there is none that can be read. */
bool record_read_experiments(struct run *run, const char *folder, struct text *notes);

/* Whether a folder holds a run.json. */
bool record_exists(struct arena *arena, const char *folder);

#endif
