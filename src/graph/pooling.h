/* What the two poolings share: the window's geometry and its shape rule. */
#ifndef MLDBG_SRC_GRAPH_POOLING_H
#define MLDBG_SRC_GRAPH_POOLING_H

#include "operator.h"

/* Checks the window and fills output and multiply_adds. */
bool pooling_plan(struct op_plan *plan, struct error *err);
struct pool pooling_of(const struct op_call *call);

#endif
