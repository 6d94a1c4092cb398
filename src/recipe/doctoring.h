/* What the steps of the recipe share. */
#ifndef RECIPE_DOCTORING_H
#define RECIPE_DOCTORING_H

#include <mldbg/recipe/doctor.h>

/* Runs the trials and names the cause, once. */
bool doctor_prove(struct doctor *doctor, struct problems *problems);

/* Judges the record as far as it is filled. */
void doctor_judge(struct doctor *doctor);

/* The first finding at or above a severity, of the codes that begin so ("ML4"); or NULL. */
const struct finding *doctor_finding(const struct doctor *doctor, enum severity least, const char *codes);

/* "the best simple reference 0.93" */
const char *doctor_reference(const struct doctor *doctor);

#endif
