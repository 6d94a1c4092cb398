/* What enters the network, as rules read it: the facts input/<name>/<split>/... one input at a time. */
#ifndef RULE_INPUT_FACTS_H
#define RULE_INPUT_FACTS_H

#include <mldbg/rule.h>

struct entering {
    const char *name; /* of the input: "input" where there is one */
    double mean, std, min, max;
    double typical;  /* the largest size of most elements of a row; NaN: not known */
    double distinct; /* of indices: how many occur; NaN: real numbers, or not counted */
    bool ids;        /* indices for an embedding */
};

/* The next input of a split; start with *at = 0. False: there is none. */
bool entering_next(const struct run *run, const char *split, size_t *at, struct entering *out);
/* The same input in another split; false where that is not. */
bool entering_find(const struct run *run, const char *split, const char *name, struct entering *out);

/* The largest of all numbers without its sign. */
double entering_size(const struct entering *entering);

/* "the inputs"; with several: input "image". */
const char *entering_words(const struct run *run, const struct entering *entering);

/* For example records: the facts of the one input of a split. */
void example_entering(struct run *run, const char *split, double mean, double std, double min, double max);

#endif
