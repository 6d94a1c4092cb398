/* The error rate of every true class on every split. */
#ifndef RECIPE_PER_CLASS_H
#define RECIPE_PER_CLASS_H

#include <mldbg/rule/decompose.h>

/*
 * set: RUNG_COUNT files of predictions, those that were read. Writes the facts of classes_record. Refuses
 * what has no classes, and more classes than a person can look at.
 */
bool per_class(const struct predictions *set, const bool *read, uint64_t seed, struct run *run,
               struct error *err);

#endif
