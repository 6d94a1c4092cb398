/* Initial values as rules read them: the facts init/<parameter>/... one weight matrix at a time. */
#ifndef RULE_INIT_FACTS_H
#define RULE_INIT_FACTS_H

#include "anatomy.h"

struct drawn {
    const char *name;        /* "linear1/weight" */
    const struct part *part; /* of which layer; NULL: of none that the config has */
    const char *what;        /* "weight", "weight_hh", "q/weight" */
    double count, std, min, max;
    double xavier, kaiming; /* what the usual schemes give; NaN: a table of an embedding or of positions */
    bool constant;          /* several numbers, all alike */
};

/* The next matrix; start with *at = 0. False: there is none. */
bool drawn_next(const struct run *run, const struct anatomy *anatomy, size_t *at, struct drawn *out);
/* The matrix that a layer multiplies its input with; false where there is none. */
bool drawn_find(const struct run *run, const struct part *part, const char *what, struct drawn *out);

/* Whether a norm stands between the layer and its activation: it takes away the scale. */
bool is_normalized(const struct anatomy *anatomy, const struct part *part);

/* For example records: the facts of one matrix of 8 x 8 numbers. */
void example_drawn(struct run *run, const char *name, double std, double value);

#endif
