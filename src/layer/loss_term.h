/* Losses that are sums of terms over elements (backend/terms.def). */
#ifndef MLDBG_SRC_LAYER_LOSS_TERM_H
#define MLDBG_SRC_LAYER_LOSS_TERM_H

#include <mldbg/layer/build.h>

#include "loss_floor.h"

/* Makes the target and appends the sum or mean of a term. */
node loss_term(struct loss_build *build, enum term term, double a);

/* The form, and the expectation "none", of losses on numbers. */
enum target_form loss_term_form(const void *settings);
const char *loss_term_expects(const void *settings);

#endif
