/* Recipes: in which order to look, and why. A recipe asks the lab for experiments and the rules for findings.
 */
#ifndef MLDBG_RECIPE_H
#define MLDBG_RECIPE_H

#include <mldbg/lab.h>
#include <mldbg/rule.h>

/* What a recipe came to. */
struct verdict {
    enum outcome outcome;
    const char *sentence; /* behind PASS, FAIL, INCONCLUSIVE */
    const char *next;     /* one command or step; "" if none */
};

/*
 * A command on the config of a record, to be copied: "mldbg doctor 'my config.json' --seed 6"; with the seed
 * where another one than the config's was given.
 */
const char *recipe_command(const struct run *run, const char *command);

/* Each fills the record, judges it and sums it up. False: the request was refused, see problems. */
bool recipe_check(struct lab *lab, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems);
bool recipe_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                      void *context, struct run *run, struct findings *findings, struct verdict *out,
                      struct problems *problems);

struct overfit_request {
    struct overfit_options options;
    bool unproved;   /* no re-runs */
    const char *fix; /* file to write the patched config to; or NULL */
};
/* *proof: what the re-runs showed, where it was not memorized; else with form none and no fix. */
struct proof;
bool recipe_overfit(struct lab *lab, const struct overfit_request *request, lab_progress_fn *progress,
                    void *context, struct run *run, struct findings *findings, struct proof *proof,
                    struct verdict *out, struct problems *problems);

/* Trains with a record that is open for writing, writes findings.json and the manifest's end. */
bool recipe_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems);

/*
 * The error on test that such a run shows is a reading of the test split: enters it in the ledger
 * (run/ledger.h) and notes on stderr who read it before. The record stays as it is: two equal runs are equal
 * byte for byte.
 */
void recipe_train_read(const char *folder, const char *ledger, const struct run *run);

#endif
