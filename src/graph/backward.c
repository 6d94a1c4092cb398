/*
 * The way back: from the loss downwards, each operator hands its gradient to its inputs. Who writes and who
 * adds was decided by graph_plan; here nothing is decided and nothing allocated.
 */
#include <assert.h>

#include "structure.h"

static void clear(const struct graph *graph, struct node_row *row)
{
    row->scalar_gradient = 0;
    graph->kernels->fill(tensor_count(&row->gradient), 0, row->gradient.data);
}

void graph_backward(struct graph *graph, const struct graph_step *step)
{
    assert(graph->memory && graph->loss >= 0 && "graph_backward needs a loss that graph_plan was told of");
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->at[i].zeroed)
            clear(graph, &graph->at[i]);
    }
    graph->at[graph->loss].scalar_gradient = 1;
    for (node n = graph->loss; n >= 0; n--) {
        struct node_row *row = &graph->at[n];
        if (!row->op || row->op->alias || !row->reached || !row->depends)
            continue;
        row->call.training = step->training;
        row->call.seed = step->seed;
        row->call.step = step->step;
        if (row->shape.rank == 0) {
            row->call.scalar_gradient = row->scalar_gradient;
            graph->kernels->fill(1, row->scalar_gradient, row->gradient.data);
        }
        row->op->backward(&row->call);
    }
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (!row->op && row->shape.rank == 0 && row->gradient.data)
            graph->kernels->fill(1, row->scalar_gradient, row->gradient.data);
    }
}
