/* The whole recipe in order, stopping at the first broken step. */
#ifndef MLDBG_RECIPE_DOCTOR_H
#define MLDBG_RECIPE_DOCTOR_H

#include <mldbg/recipe/proving.h>

struct doctor_options {
    bool all;        /* goes on behind a broken step */
    const char *fix; /* file to write the patched config to; or NULL */
};

/* What the steps hand on to each other. */
struct doctor {
    struct lab *lab;
    const struct doctor_options *options;
    lab_progress_fn *progress;
    void *context;
    struct run *run;
    struct findings *findings;
    struct proof proof;
    bool proved;         /* the trials were run */
    bool stopped;        /* the caller wants it to end */
    const char *unclear; /* what the first step that was neither right nor broken said, or NULL */
};

/* What a step came to. */
struct answer {
    enum outcome outcome;
    bool asked; /* false: it cannot be asked here; the sentence says why */
    const char *sentence;
};

struct step {
    struct entry entry; /* summary: the question */
    const char *cost;
    bool (*ask)(struct doctor *doctor, struct answer *out, struct problems *problems);
};

#define STEP(id) extern const struct step step_##id;
#include <mldbg/recipe/steps.def>
#undef STEP
extern const struct catalog step_catalog;

/*
 * Asks the steps in order and writes the facts doctor/<n>/{step,question,outcome,sentence} and doctor/steps.
 * The fix, where there is one, stays in *proof for the caller. False: the config is refused.
 */
bool recipe_doctor(struct lab *lab, const struct doctor_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct findings *findings, struct proof *proof,
                   struct verdict *out, struct problems *problems);

#endif
