/*
 * Experiments: short questions to a model, each a row with its cost. They write facts
 * experiment/<name>/<what> into the record and judge nothing; rules read them.
 */
#ifndef MLDBG_LAB_EXPERIMENT_H
#define MLDBG_LAB_EXPERIMENT_H

#include <mldbg/lab.h>

struct experiment {
    struct entry entry;
    const char *cost;   /* "one forward pass", for `list` and `explain` */
    bool trains;        /* takes many training steps; the others cost next to nothing */
    const char *writes; /* patterns of the facts, separated by blanks */
    /* False: the request was refused, see problems. */
    bool (*ask)(struct lab *lab, struct run *run, struct problems *problems);
};

#define EXPERIMENT(id) extern const struct experiment experiment_##id;
#include <mldbg/lab/experiments.def>
#undef EXPERIMENT
extern const struct catalog experiment_catalog;

/* Those that cost little, in the order of the table. Of the others each is asked by its own row. */
bool lab_experiments(struct lab *lab, lab_progress_fn *progress, void *context, struct run *run,
                     struct problems *problems);

#endif
