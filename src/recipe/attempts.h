/* Re-runs of the prover: what is tried, what it came to, and whether that is a cure. */
#ifndef RECIPE_ATTEMPTS_H
#define RECIPE_ATTEMPTS_H

#include <mldbg/recipe/proving.h>

struct prover {
    struct lab *lab;
    const struct proof_options *options;
    lab_progress_fn *progress;
    void *context;
    struct run *run;
    struct proof *proof;
    double whole; /* score of the program's own layers with everything matched; NaN: that does not work */
    const char *least; /* the fewest of these changes that cure together; NULL: not asked */
};

/* One trial. False: the config is refused. What an interrupted one scored means nothing. */
bool prover_try(struct prover *prover, const struct trial_options *options, struct trial *out,
                struct problems *problems);

/* The config as it is, and the references; sets proof->failing, with what goes with it. */
bool prover_baseline(struct prover *prover, struct problems *problems);

/* Not finite, or below the best reference by more than 0.15 and by more than chance. */
bool prover_falls_short(const struct prover *prover, const struct trial *trial);

/* Whether a trial is above the config as it is by more than 0.05 and by more than chance. */
bool clearly_better(const struct prover *prover, const struct trial *trial);

/* Whether a trial is finite, and not below the config as it is by more than 0.02. */
bool prover_no_worse(const struct prover *prover, const struct trial *trial);

/*
 * A certain finding where the training does not fail: the fix is the first of its rule's remedies after which
 * the rule has less to say, and the training is no worse. No row of the table: it proves nothing.
 */
void prover_settle(struct prover *prover, const struct finding *finding, const struct findings *findings);

/*
 * Re-runs with one change. A re-run that was made before is not made again, its row is returned. NULL: the
 * budget is spent, or a person interrupted.
 */
const struct attempt *try_single(struct prover *prover, const struct remedy *remedy);

/* With a second change, made for the config that the first one left. NULL, too, where it changes nothing. */
const struct attempt *try_pair(struct prover *prover, const struct remedy *first,
                               const struct change *second);

/*
 * The program's own layers with everything matched, for some hundred steps; where that works, each change
 * left out in turn. Returns the row that breaks it most, and by enough to explain the failure, or NULL. The
 * fix of the proof is all of the changes, with more epochs where the config's own do not suffice; none where
 * these do not, either.
 */
const struct attempt *try_put_back(struct prover *prover);

/*
 * Where that works, and no change left out alone breaks it: what does no harm is left out one after another,
 * the last in the order of causes first. Returns the row of what remains that breaks it most, or NULL; the
 * words of what remains, all of it needed, are prover->least. The fix is that, or as above. After
 * try_put_back.
 */
const struct attempt *try_least(struct prover *prover);

/*
 * The learning rate, or the number of updates, where it is ten times away from what is usual and a change of
 * it cures: faults of the two are made up for by another optimizer, more units, or each other, and so the
 * one that is further away is blamed. NULL: neither.
 */
const struct attempt *try_alias(struct prover *prover);

/* Whether an attempt cures the training, or the fit of one batch where that is all that is asked. */
bool cures_training(const struct prover *prover, const struct attempt *attempt);

/* Share of the gap to the best reference that a re-run closes; on the one-batch fit: the sooner the more. */
double gain_of(const struct prover *prover, const struct attempt *attempt);

/* Whether an attempt cures by the one-batch fit alone. */
bool closes_by_batch(const struct prover *prover, const struct attempt *attempt);

/* Sets the sentence of the proof, and writes all of it into the record. confirmed: what proves it, or NULL.
 */
void prover_tell(const struct prover *prover, const struct attempt *confirmed);

#endif
