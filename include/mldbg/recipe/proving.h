/*
 * Proof: from a failing training to one root cause, by re-running with one thing changed, each time from the
 * same seed. Remedies of what was found first, then the changes that do not compensate, then pairs, then
 * put-back (the program's own layers with everything else set right, but for one setting), then compensators.
 */
#ifndef MLDBG_RECIPE_PROVING_H
#define MLDBG_RECIPE_PROVING_H

#include <mldbg/lab/trial.h>
#include <mldbg/recipe.h>
#include <mldbg/rule/change.h>

#define PROOF_FORMS(X)                                            \
    X(none)        /* not asked, or nothing cures */              \
    X(single)      /* one change cures */                         \
    X(pair)        /* it cures together with a second change */   \
    X(put_back)    /* left as it is, it breaks what else works */ \
    X(compensator) /* changing it cures, which does not name the fault */
enum proof_form {
#define FORM(id) PROOF_##id,
    PROOF_FORMS(FORM)
#undef FORM
};
const char *proof_form_name(enum proof_form form); /* "single" */

/* One re-run, a row of the table that is printed. */
struct attempt {
    const struct change *change;
    const struct change *second; /* of a pair */
    enum category category;      /* of what was changed */
    const char *words;           /* "optimizer.lr: 1 -> 0.1" */
    const struct patch *patches; /* of the whole re-run */
    size_t patch_count;
    bool pair, put_back; /* of two changes; or of all that match, with this one left out */
    bool refused;        /* the changed config cannot be built, or read the data */
    struct trial training, batch;
    bool batch_asked;
    bool cures; /* put_back: it breaks */
};

struct proof {
    bool one_batch;               /* asked on the one-batch fit */
    struct trial training, batch; /* of the config as it is */
    struct trial reference;       /* the plain net */
    struct simple_scores simple;
    double best;   /* of the references; NaN: none could be had */
    bool failing;  /* not finite, or held out below the best reference by more than 0.15, and than chance */
    bool lagging;  /* finite, and below it by less than that, but clearly, with three seeds */
    bool unstable; /* fails with this seed, works with another one */
    bool overfits; /* fails on held-out rows alone: on train it is as good as the best reference there */
    double second_score; /* of the last other seed that was asked, where this one fails */
    enum proof_form form;
    const char *cause, *subject; /* code of the rule that names the root cause, and its subject; "" */
    const struct change *change; /* that confirms it, or names it where no rule does; NULL */
    enum category category;      /* of the cause; CATEGORY_none: nothing is named */
    const char *sentence;        /* what the re-run showed; "" */
    const struct patch *fix;     /* of the config, for --fix */
    size_t fix_count;
    const char *fix_words;
    struct attempt *attempts; /* rows stay where they are */
    size_t attempt_count;
    bool interrupted; /* nothing is named by a re-run that was cut off */
    int64_t steps;    /* spent on all trials */
};

struct proof_options {
    bool one_batch;      /* the one-batch fit is asked (overfit), not the configured training */
    int64_t batch_steps; /* budget of a one-batch fit; 0: TRIAL_BATCH_STEPS */
};

/*
 * Runs the trials, names the cause among the findings that rules_judge made of the record, and writes the
 * facts
 *   proof/{on,failing,form,cause,subject,category,change,sentence,fix,steps,runs}
 *   proof/{score,train_score,majority,held_out,capped,nonfinite,reference,plain_net,linear,neighbours}: of
 * the configured training and the references; proof/second_score where it is unstable
 *   proof/<n>/{words,kind,score,step,result}: of the re-runs, from 1 on
 * Findings are judged anew after that: the cause that was proved is an error then. False: the config is
 * refused, see problems.
 */
bool recipe_prove(struct lab *lab, const struct proof_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct proof *out,
                  struct problems *problems);

/* What to do about it where there is a fix: the changes, and the command that writes them. */
const char *proof_advice(const struct proof *proof, const struct run *run);

/* "held-out accuracy 0.97"; after recipe_prove. */
const char *proof_score(const struct run *run, double score);

#endif
