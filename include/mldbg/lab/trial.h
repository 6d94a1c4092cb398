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
    bool seed_given; /* else the lab's */
    uint64_t seed;
};

/* Multiply-adds of a capped training, forward alone: about two seconds of one core. */
#define TRIAL_WORK 5e9

struct trial {
    double
        score; /* on held-out rows: accuracy or R2; of train where fewer than 60 rows are there; NaN: none */
    double train_score;        /* on train rows, at most 2,000 of them, in evaluation mode */
    double initial_loss, loss; /* of the first and the last step, without penalties */
    double majority; /* score of the best constant answer on the held-out rows: majority class; 0 for R2 */
    int64_t steps;   /* made */
    int64_t reached; /* TRIAL_batch: step at which it was fitted (score 0.90 or loss 90 % of the way); -1 */
    bool capped;     /* ended by TRIAL_WORK before its epochs did */
    bool nonfinite;
    bool flat; /* the loss of the last half of the epochs moved by less than 2 % of the first loss */
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
 * The patches that turn the config into the plain reference on the same data: standardised inputs and
 * targets, a 64-64 relu net with the head and loss of the task, Adam at 0.003, batches of 32, 100 steps (give
 * them as trial_options.steps).
 */
enum { REFERENCE_STEPS = 100 };
const struct patch *lab_reference(const struct lab *lab, struct arena *arena, size_t *count);

/* Scores without any network, on the same held-out rows and scaled inputs: ridge or logistic fit, 5 nearest
 * neighbours. */
struct simple_scores {
    double linear, neighbours; /* NaN: cannot be had here */
};
bool lab_simple_scores(struct lab *lab, struct simple_scores *out, struct problems *problems);

/*
 * The config as a file for --fix: the document with the patches, its files found from where path is to lie.
 */
struct json *lab_fixed(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                       const char *path);

#endif
