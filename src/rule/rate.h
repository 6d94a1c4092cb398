/* What the rules on the learning rate share: how large it is for its optimizer, and the finding. */
#ifndef RULE_RATE_H
#define RULE_RATE_H

#include "anatomy.h"
#include "curve.h"

/* From here on the momentum is a finding of its own, momentum-range. */
#define MOMENTUM_LIMIT      0.99
#define MOMENTUM_LIMIT_TEXT SPELT(MOMENTUM_LIMIT)

/* Limits of a rate; adam, adamw and rmsprop are the adaptive ones. */
struct rate_limits {
    double sgd, adaptive, adagrad, adadelta;
};

/* A rate beside its limit. */
struct rate {
    const char *optimizer;
    double given, effective; /* effective: for sgd over 1 - momentum */
    double limit;            /* NaN: there is none for this optimizer */
};
struct rate rate_read(const struct run *run, const struct rate_limits *limits);

/* expected: "less than", "at least" */
struct finding *rate_finding(const struct rule *rule, const struct run *run, struct findings *findings,
                             const struct rate *rate, const char *expected);

/* For example records: adam at this rate. */
void example_rate(struct run *run, double value);

#endif
