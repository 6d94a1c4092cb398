/*
 * Proof: from a failing training to one root cause, by re-running with one thing changed. Suspected remedies
 * first, then pairs, then the list of changes that do not compensate, then put-back (one setting of the
 * user's restored in the reference that works), then compensators; each from the same seed.
 */
#ifndef MLDBG_RECIPE_PROVING_H
#define MLDBG_RECIPE_PROVING_H

#include <mldbg/lab/trial.h>
#include <mldbg/recipe.h>
#include <mldbg/rule/change.h>

enum proof_form {
    PROOF_none,       /* not asked, or nothing cures */
    PROOF_single,     /* one change cures */
    PROOF_pair,       /* it cures together with a second change */
    PROOF_put_back,   /* restoring it breaks the reference that works */
    PROOF_compensator /* changing it cures, which does not name the fault */
};

/* One re-run, a row of the table that is printed. */
struct attempt {
    struct remedy remedy, second; /* second.count 0: a single change */
    bool put_back;                /* remedy was left out of the reference instead */
    bool refused;                 /* the changed config cannot be built */
    struct trial training, batch;
    bool batch_asked;
    bool cures;
};

struct proof {
    struct trial training, batch, reference, own_reference; /* own_reference: own layers, all else matched */
    struct simple_scores simple;
    bool failing;     /* the held-out score is below the reference by GAP, or not finite */
    double gap, best; /* best of the references */
    enum proof_form form;
    const struct finding *cause; /* NULL: named by a change alone, or nothing */
    const struct change *named;  /* change that names the cause where no rule does; or NULL */
    enum category category;
    struct remedy fix, second_fix; /* count 0: none */
    struct attempt *attempts;
    size_t attempt_count, attempt_capacity;
    bool interrupted;
    int64_t steps, runs; /* spent */
};

struct proof_options {
    int64_t steps_most; /* budget over all re-runs; 0: the default */
    bool one_batch;     /* only the one-batch fit is asked (overfit), not the configured training */
};

/*
 * Asks the experiments, finds the cause and raises the finding that it proves to an error; suspicions that
 * are not proved stay notes. Writes the facts proof/...: form, cause (code or change), category, gap, score,
 * reference, runs, steps, and proof/<n>/{words,score,cures} for the rows.
 */
bool recipe_prove(struct lab *lab, const struct proof_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct proof *out,
                  struct problems *problems);

#endif
