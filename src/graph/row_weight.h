/* The optional weight of each row of a loss: checked in its plan, kept in double for the kernels. */
#ifndef MLDBG_SRC_GRAPH_ROW_WEIGHT_H
#define MLDBG_SRC_GRAPH_ROW_WEIGHT_H

#include "operator.h"

enum { PREDICTION, TARGET, ROW_WEIGHT }; /* inputs of the losses that take row weights */

/* Input ROW_WEIGHT, if given, must be one number for each of rows. */
static inline bool row_weight_fits(const struct op_plan *plan, int64_t rows, struct error *err)
{
    if (plan->input_count <= ROW_WEIGHT || shape_count(&plan->input[ROW_WEIGHT]) == rows)
        return true;
    return fail(err, ERROR_REQUEST, "the row weights are %s, expected %lld, one for each row",
                words_of(&plan->input[ROW_WEIGHT]).at, (long long)rows);
}

static inline int64_t row_weight_bytes(const struct op_plan *plan, int64_t rows)
{
    return plan->input_count > ROW_WEIGHT ? size_product(rows, (int64_t)sizeof(double)) : 0;
}

/* The weights as doubles in memory of row_weight_bytes; NULL if there are none. */
static inline const double *row_weight_read(const struct op_call *call, double *memory)
{
    if (call->input_count <= ROW_WEIGHT)
        return NULL;
    struct tensor doubles = *call->x[ROW_WEIGHT];
    doubles.dtype = DTYPE_F64;
    doubles.data = memory;
    tensor_convert(&doubles, call->x[ROW_WEIGHT]);
    return memory;
}

#endif
