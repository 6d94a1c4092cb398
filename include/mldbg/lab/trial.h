/*
 * A trial: a short training of the config with changes, of which only its score is kept. What the prover runs
 * by the dozen. The same trial gives the same numbers: its end is counted in steps and work, never in
 * seconds.
 */
#ifndef MLDBG_LAB_TRIAL_H
#define MLDBG_LAB_TRIAL_H

#include <mldbg/base/patch.h>
#include <mldbg/lab.h>

enum trial_kind {
    TRIAL_training, /* the configured training, its own epochs, capped */
    TRIAL_batch     /* the fit of one batch, dropout and penalties off */
};

struct trial_options {
    enum trial_kind kind;
    const struct patch *patches; /* may change data, too: it is then read anew */
    size_t patch_count;
    int64_t steps;   /* 0: by the config, capped by the work of TRIAL_WORK */
    bool memorize;   /* TRIAL_batch: until it is memorized as `overfit` has it */
    bool seed_given; /* of weights and batches, else the lab's; the rows held out stay the same */
    uint64_t seed;
};

/*
 * Multiply-adds of a capped training, forward alone: about two seconds of one core. A layer counts as
 * TRIAL_LAYER_WORK at least, which is what calling it takes.
 */
#define TRIAL_WORK       5e9
#define TRIAL_LAYER_WORK 2e4

/* Steps of a fit of one batch, and the score with which it has succeeded. */
enum { TRIAL_BATCH_STEPS = 300 };
#define TRIAL_FITTED 0.90

struct trial {
    /*
     * On held-out rows (val), in evaluation mode: accuracy, or R2 cut off at -1 below; of train where fewer
     * than 60 rows are there; of the batch for TRIAL_batch. 0 or -1 when something was not finite. Moving
     * averages are judged without the share of their first values that few steps leave in them
     * (trainer_settle); plain_score is with it: what `train` shows for val. NaN where nothing is held out.
     */
    double score, plain_score;
    double train_score;        /* on train rows, at most 2,000 of them, in evaluation mode */
    double initial_loss, loss; /* of the first and the last step, without penalties */
    double majority; /* score of the best constant answer on the same rows: majority class; 0 for R2 */
    int64_t steps;   /* made */
    int64_t reached; /* TRIAL_batch: step at which it was fitted (score 0.90 or loss 90 % of the way); -1 */
    int64_t rows;    /* TRIAL_training: that score is of */
    bool held_out;   /* score is of rows that were not trained on */
    bool capped;     /* ended by TRIAL_WORK before its epochs did */
    bool nonfinite;  /* of loss, parameters, gradients or answers */
    /* The third and the last quarter of the steps have mean losses that differ by less than 2 % of the first
     * loss, and the last one is above 90 % of it: training went nowhere. */
    bool flat;
    bool interrupted;
    /* Classification, TRIAL_training: rows judged and rows wrong of train, val (held out) and testval. */
    int64_t judged[3], wrong[3];
};

/*
 * Runs one. Where the config has no val split and at least 60 rows, a fifth of train is held out. False: the
 * changed config is refused, see problems.
 */
bool lab_try(struct lab *lab, const struct trial_options *options, lab_progress_fn *progress, void *context,
             struct trial *out, struct problems *problems);

/*
 * What lab_describe and lab_check tell of the changed config, in a record of its own; nothing is trained.
 * Rows are held out as for a trial. False: the changed config is refused.
 */
bool lab_describe_changed(struct lab *lab, const struct patch *patches, size_t count, struct run *run,
                          struct problems *problems);

/*
 * The patches that turn the config into the plain reference on the same data: inputs and targets as they were
 * read, standardised, without the config's own "prepare"; a 64-64 relu net with the head and loss of the
 * task, Adam at 0.003, batches of 32, 100 steps (give them as trial_options.steps). Each replaces or removes
 * one key: "model", "loss", "init", "optimizer", "train", "data.scale", "data.scale_target", "data.prepare",
 * "data.prepare_train", "data.prepare_test"; put-back leaves some of them out.
 */
enum { REFERENCE_STEPS = 100 };
const struct patch *lab_reference(const struct lab *lab, struct arena *arena, size_t *count);

/*
 * Scores without any network, on the same held-out rows and with inputs scaled as in the reference: a linear
 * fit by least squares with a small penalty (classes as one-hot rows, the largest answer wins), and the 5
 * nearest neighbours. At most 2,000 rows of train, 1,000 held-out rows and 1,000 columns are looked at.
 */
struct simple_scores {
    double linear, neighbours; /* NaN: cannot be had here */
    /*
     * Asked of classes where the neighbours are at chance: how many of the rows of train the others tell by
     * their labels as given, and by the labels of the next (1) or the last row (-1) of the file.
     */
    int64_t moved_rows; /* 0: not asked */
    double moved_given, moved_score;
    /* Share of held-out rows whose class is told, if every class may have another name; NaN: not asked. */
    double renamed;
};
bool lab_simple_scores(struct lab *lab, struct simple_scores *out, struct problems *problems);

/*
 * The config as a file for --fix: the document with the patches, the seed where another one than its own was
 * given, its files (rows and labels) found from where path is to lie. NULL: a patch does not fit.
 */
struct json *lab_fixed(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                       const char *path);

#endif
