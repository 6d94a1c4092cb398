/*
 * The ledger of readings: which runs have shown an error on which test data. An error that was looked at
 * before another model was made has been chosen on, a little, each time; how often is known here only. The
 * ledger is the user's, not the record's, and not the data's: a CSV file in $XDG_STATE_HOME/mldbg
 * (~/.local/state/mldbg), of one line a reading. It is never needed: what cannot be written is told, and no
 * command fails by it.
 */
#ifndef MLDBG_RUN_LEDGER_H
#define MLDBG_RUN_LEDGER_H

#include <mldbg/run.h>

struct reading {
    const char *digest;  /* of the test data: its file, or "labels:..." of the column in the predictions */
    const char *run;     /* absolute path of the record, or of the file of predictions */
    const char *mark;    /* what tells this run from another in the same place: when it began, or a digest */
    const char *command; /* "train" */
    const char *metric;  /* "error" */
};

/* What others have read before. */
struct past {
    int64_t readings, runs;
};

/*
 * Where the ledger is: MLDBG_LEDGER, or the user's folder of states; NULL: there is none, by MLDBG_LEDGER=off
 * or because there is no home.
 */
const char *ledger_path(struct arena *arena);

/*
 * Appends a reading, unless this run has one by this command and metric already, and counts the readings of
 * this digest by other runs before it. Nothing is done, and nothing is past, when path is NULL. False: the
 * ledger cannot be read or written.
 */
bool ledger_add(struct arena *arena, const char *path, const struct reading *reading, struct past *past,
                struct error *err);

/*
 * The reading of a record's test split, from its manifest, or from the labels of its predictions; of a file
 * of predictions by its labels. False: there is no test split in it.
 */
bool reading_of_record(struct arena *arena, const char *folder, const char *command, const char *metric,
                       struct reading *out);
bool reading_of_file(struct arena *arena, const char *path, const char *command, const char *metric,
                     struct reading *out);

/* "This test split has been read 3 times before, by 2 other runs: ..."; NULL when nobody has. */
const char *past_sentence(struct arena *arena, const struct past *past);

#endif
