/*
 * Where the first NaN or infinity stands, in the order in which things are computed, so that the place found
 * is where it began and not where it was carried to. Reads everything, changes nothing.
 */
#include <assert.h>

#include "structure.h"

static bool finite(const struct graph *graph, node n, const char *what, const struct tensor *tensor,
                   struct nonfinite *out)
{
    if (!tensor->data || tensor->dtype == DTYPE_I32)
        return true;
    int64_t index = graph->kernels->first_nonfinite(tensor_count(tensor), tensor->data);
    if (index < 0)
        return true;
    if (out)
        *out = (struct nonfinite){
            .what = what,
            .name = graph->at[n].name,
            .node = n,
            .index = index,
            .value = tensor_get(tensor, index),
            .tensor = *tensor,
        };
    return false;
}

enum kind { INPUT, PARAMETER, VALUE };

static enum kind kind_of(const struct node_row *row)
{
    return row->op ? VALUE : row->parameter >= 0 ? PARAMETER : INPUT;
}

bool graph_first_nonfinite(const struct graph *graph, bool gradients, struct nonfinite *out)
{
    static const char *const what[] = {"input", "parameter", "value"};
    assert(graph->memory && "graph_first_nonfinite before graph_allocate");
    node count = (node)graph->count;
    for (enum kind kind = INPUT; kind <= VALUE; kind++) {
        for (node n = 0; n < count; n++) {
            const struct node_row *row = &graph->at[n];
            if (kind_of(row) == kind && row->root == n && !finite(graph, n, what[kind], &row->value, out))
                return true;
        }
    }
    if (!gradients)
        return false;
    for (node n = count - 1; n >= 0; n--) {
        const struct node_row *row = &graph->at[n];
        if (kind_of(row) != PARAMETER && row->root == n && !finite(graph, n, "gradient", &row->gradient, out))
            return true;
    }
    for (node n = 0; n < count; n++) {
        const struct node_row *row = &graph->at[n];
        if (kind_of(row) == PARAMETER && !finite(graph, n, "gradient", &row->gradient, out))
            return true;
    }
    return false;
}
