/* Recipes: in which order to look, and why. A recipe asks the lab for experiments and the rules for findings. */
#ifndef MLDBG_RECIPE_H
#define MLDBG_RECIPE_H

#include <mldbg/lab.h>
#include <mldbg/rule.h>

/* What a recipe came to. */
struct verdict {
    int outcome;          /* 0 pass, 1 fail, 2 inconclusive: report.h's enum outcome */
    const char *headline; /* what was done: "digits-lenet · one batch of 32 · adam lr 0.001 · seed 1" */
    const char *body;     /* tables */
    const char *sentence; /* behind PASS, FAIL, INCONCLUSIVE */
    const char *next;     /* one command or step; "" if none */
};

bool recipe_check(struct lab *lab, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems);
bool recipe_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress, void *context,
                      struct run *run, struct findings *findings, struct verdict *out, struct problems *problems);
bool recipe_overfit(struct lab *lab, const struct overfit_options *options, lab_progress_fn *progress, void *context,
                    struct run *run, struct findings *findings, struct verdict *out, struct problems *problems);

#endif
