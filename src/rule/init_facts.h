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

/*
 * Finds the matrix whose ratio to the usual schemes is the largest, where it is above a limit. Constant ones,
 * those of one number and those with a norm behind them are left out. words: "what", "below what".
 */
void drawn_judge(const struct rule *rule, const struct run *run, struct findings *findings,
                 double (*ratio_of)(const struct drawn *drawn), int limit, const char *words);

/* For example records: two linear layers, the first drawn with this std. */
void example_drawn_model(struct run *run, double std);

/* For example records: the facts of one matrix of 8 x 8 numbers. */
void example_drawn(struct run *run, const char *name, double std, double value);

#endif
