/* What the files share that train with a record. */
#ifndef MLDBG_LAB_TRAINING_H
#define MLDBG_LAB_TRAINING_H

#include <mldbg/train/epochs.h>

#include "inside.h"

struct training {
    struct lab *lab;
    const struct record *record;
    struct epochs *epochs;
    lab_progress_fn *progress;
    void *context;
    struct run *run;
    struct sheet metrics, probes;
    struct series **probe_series; /* the columns of probes.csv behind "step"; none: not yet written */
    size_t probe_count, probe_capacity;
    struct text line;        /* of probes.csv */
    const struct run *asked; /* facts of the experiments before the first step; NULL: left out */
    const char *stopped;     /* why training ended; NULL: it goes on */
    int64_t predicted_step;  /* whose parameters the predictions are of */
    bool patience_spent;     /* a resumed run had stopped early already */
    double began, saved;     /* seconds, of the last checkpoint too */
    double settled;          /* seconds, of the last checkpoint that is safe on the disk */
    int64_t settled_step;    /* its step; -1: there is none */
    int64_t rows;            /* trained on since the last row of metrics */
    double stepping;         /* seconds that took, without evaluation */
    double earlier;          /* seconds that the run took before it was resumed */
};

/* Before the names of series about the batch as a whole, to tell them from those of splits. */
#define PROBE_PREFIX "batch/"

/* Splits that may be looked at while training; the test split is read once, at the end. */
bool split_is_watched(enum split split);

/* ---- recording.c: what goes into the folder ---- */

/* config.json, model.json and data.json. */
bool write_heads(const struct lab *lab, const struct record *record, const struct run *run,
                 struct error *err);
/* experiments.json, from a run that holds their facts. */
bool write_experiments(const struct record *record, const struct run *asked, struct error *err);
bool write_manifest(const struct lab *lab, const struct record *record, const struct run *run, bool ended,
                    struct error *err);
/* Whether the disk has room for the checkpoints and tables, with both numbers in the sentence if not. */
bool disk_suffices(const struct training *training, struct error *err);

/* ---- recording_tables.c ---- */

bool create_tables(struct training *training, struct error *err);
/* By the counts of the checkpoint that was loaded; the series of the run become those of the tables. */
bool reopen_tables(struct training *training, struct error *err);
/* One row for the epoch that has ended; seconds since the run began. */
bool write_metrics(struct training *training, double seconds, struct error *err);
bool write_probes(struct training *training, int64_t step, struct error *err);
bool write_predictions(struct training *training, enum split split, struct error *err);
/* Facts end/<split>/{loss,accuracy,...}. */
void record_end(struct training *training, enum split split);

#endif
