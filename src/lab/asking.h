/* What experiments share: a trainer of the lab's own config with one batch of train in its graph. */
#ifndef MLDBG_LAB_ASKING_H
#define MLDBG_LAB_ASKING_H

#include <mldbg/lab/experiment.h>

#include "inside.h"

/* One question: its memory is let go with asking_end. */
struct asking {
    struct arena arena;
    struct lab *lab;
    struct run *run;
    struct config config; /* the lab's, with changes */
    const struct dataset *set;
    struct trainer trainer;
    int64_t *rows, count;
};

/*
 * The batch is drawn as for memorizing (classes in turn), of the configured size. False after problems; the
 * end is asked for in any case.
 */
bool asking_begin(struct asking *asking, struct lab *lab, struct run *run, enum dtype dtype,
                  const struct patch *patches, size_t count, struct problems *problems);
void asking_end(struct asking *asking);

/* Forward and backward without an update; false when something was not finite. *loss with penalties. */
bool asking_gradient(struct asking *asking, double *loss);

/* The output of the last layer, and how many numbers of it belong to one row. */
const struct tensor *asking_output(const struct asking *asking, int64_t *width);

bool asking_has(const struct asking *asking, const struct layer_kind *kind);

/* Names of up to NAMES_MOST parameters, as "a, b and 3 more". */
enum { NAMES_MOST = 4 };
struct names {
    struct text text;
    int64_t count;
};
void names_init(struct names *names, struct arena *arena);
void names_add(struct names *names, const char *name);
const char *names_text(struct names *names);

#endif
