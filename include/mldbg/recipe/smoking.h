/* The recipe's quick part against a golden file. */
#ifndef MLDBG_RECIPE_SMOKING_H
#define MLDBG_RECIPE_SMOKING_H

#include <mldbg/lab/smoke.h>
#include <mldbg/recipe.h>

/* golden_path: of the golden file, for the command that makes it anew. False: the request was refused, see
 * problems. */
bool recipe_smoke(struct lab *lab, const struct smoke_options *options, const char *golden_path,
                  lab_progress_fn *progress, void *context, struct run *run, struct findings *findings,
                  struct verdict *out, struct problems *problems);

#endif
