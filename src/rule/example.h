/* Example records of one-batch runs, for the tests of the table: one sick curve of each shape, and a healthy
 * one. */
#ifndef RULE_EXAMPLE_H
#define RULE_EXAMPLE_H

#include <mldbg/run.h>

enum { EXAMPLE_STEPS = 200 };

/* Ten classes, chance ln 10, floor 0, healthy gradients; the loss is read from a function of the step. */
void example_curve(struct run *run, double (*loss)(int64_t step));

/* Falls to the floor; reached at the last step. What all rules on the curve must be silent about. */
void example_memorized(struct run *run);

/* Shapes of loss. */
double example_flat(int64_t step);
double example_partial(int64_t step);
double example_rising(int64_t step);
double example_exploding(int64_t step);
double example_swinging(int64_t step);
double example_slow(int64_t step);

/* Turns a classification record into one of regression: no accuracy. */
void example_regression(struct run *run);

#endif
