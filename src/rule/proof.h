/* What the rules on a proof share: the facts proof/... that the prover left in the record. */
#ifndef RULE_PROOF_H
#define RULE_PROOF_H

#include <mldbg/rule.h>

/* Speaks the sentence of the proof where it has this form and no other rule is its cause. */
void proof_finding(const struct rule *rule, const struct run *run, struct findings *findings,
                   const char *form, const char *addition);

/* For example records: a change that cures, in this form. */
void proof_example(struct run *run, const char *form);

#endif
