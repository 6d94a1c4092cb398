/*
 * Deciding, before anything runs, which gradients are wanted, who writes each one first, and where everything
 * lies. All offsets come from one function, so what was predicted is what is allocated.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "operator.h"
#include "structure.h"

bool graph_passes(const struct graph *graph, node n, int input)
{
    const struct node_row *row = &graph->at[n];
    return !(row->op->stops >> input & 1) && graph->at[row->inputs[input]].depends;
}

/* Upwards: what depends on something whose gradient is wanted. */
static void find_dependents(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (row->parameter >= 0)
            row->depends = graph->parameters->at[row->parameter].trainable;
        else if (!row->op)
            row->depends = row->gradient_asked;
        else if (row->op->backward || row->op->alias) {
            for (int j = 0; j < row->input_count; j++)
                row->depends |= graph_passes(graph, (node)i, j);
        }
    }
}

/*
 * Downwards from the loss, in the order of the way back: the first to write a gradient sets it, later ones
 * add.
 */
static void find_writers(struct graph *graph, bool *written)
{
    graph->at[graph->loss].reached = true;
    for (node n = graph->loss; n >= 0; n--) {
        struct node_row *row = &graph->at[n];
        if (!row->op || !row->reached || !row->depends)
            continue;
        for (int j = 0; j < row->input_count; j++) {
            if (!graph_passes(graph, n, j))
                continue;
            node root = graph->at[row->inputs[j]].root;
            graph->at[row->inputs[j]].reached = true;
            if (row->op->alias)
                continue;
            row->add[j] = written[root];
            written[root] = true;
        }
    }
}

static bool gradient_wanted(const struct node_row *row, bool backward)
{
    return backward && row->depends && (row->reached || !row->op);
}

static int64_t take(int64_t *bytes, int64_t *category, int64_t size)
{
    int64_t at = *bytes;
    *bytes += size_aligned(size);
    *category += size_aligned(size);
    return at;
}

static int64_t tensor_size(const struct node_row *row)
{
    return shape_count(&row->shape) * (int64_t)dtype_size(row->dtype);
}

static bool owns_memory(const struct node_row *row)
{
    return row->parameter < 0 && !(row->op && row->op->alias);
}

/*
 * The one place that knows where things lie: inputs, values, their gradients, what is saved, the shared
 * workspace.
 */
static void lay_out(struct graph *graph)
{
    struct memory_plan *plan = &graph->plan;
    int64_t bytes = 0, workspace = 0;
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        row->value_at = row->gradient_at = row->saved_at = row->row_loss_at = -1;
        if (owns_memory(row) && !row->op)
            row->value_at = take(&bytes, &plan->inputs, tensor_size(row));
        workspace = size_larger(workspace, row->workspace_bytes);
    }
    graph->inputs_end = bytes;
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (owns_memory(row) && row->op)
            row->value_at = take(&bytes, &plan->values, tensor_size(row));
    }
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (owns_memory(row) && gradient_wanted(row, graph->loss >= 0))
            row->gradient_at = take(&bytes, &plan->value_gradients, tensor_size(row));
    }
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (row->saved_bytes)
            row->saved_at = take(&bytes, &plan->saved, row->saved_bytes);
        if (row->row_losses)
            row->row_loss_at = take(&bytes, &plan->saved, row->row_losses * (int64_t)sizeof(double));
    }
    take(&bytes, &plan->workspace, workspace);
    graph->bytes = bytes;
}

void graph_plan(struct graph *graph, node loss)
{
    assert(!graph->planned && "graph_plan was called twice");
    assert(loss < 0 || (graph->at[loss].op && graph->at[loss].shape.rank == 0));
    graph->loss = loss;
    graph->planned = true;
    graph->touched = arena_array(graph->arena, graph->count ? graph->count : 1, sizeof(*graph->touched));
    find_dependents(graph);
    if (loss >= 0) {
        find_writers(graph, graph->touched); /* borrowed: all false, like after arena_array */
        for (size_t i = 0; i < graph->count; i++) {
            struct node_row *row = &graph->at[i];
            row->zeroed = !row->op && row->depends && !graph->touched[i];
        }
    }
    lay_out(graph);
}

struct memory_plan graph_memory(const struct graph *graph)
{
    assert(graph->planned && "graph_memory before graph_plan");
    struct memory_plan plan = graph->plan;
    if (graph->parameters) {
        int64_t size = (int64_t)dtype_size(graph->dtype);
        plan.parameters = plan.parameter_gradients = graph->parameters->length * size;
        plan.state = graph->parameters->state_length * size;
    }
    plan.own = graph->bytes;
    plan.total = plan.parameters + plan.parameter_gradients + plan.state + plan.optimizer + graph->bytes;
    return plan;
}

static void place_tensors(struct graph *graph, node n)
{
    struct node_row *row = &graph->at[n];
    bool wanted = gradient_wanted(row, graph->loss >= 0);
    if (row->parameter >= 0) {
        row->value = parameter_value(graph->parameters, row->parameter);
        if (wanted)
            row->gradient = parameter_gradient(graph->parameters, row->parameter);
        return;
    }
    const struct node_row *root = &graph->at[row->root];
    void *value = row->value_at >= 0 ? graph->memory + row->value_at : root->value.data;
    void *gradient = row->gradient_at >= 0 ? graph->memory + row->gradient_at : root->gradient.data;
    row->value = tensor_make(graph->arena, row->dtype, row->shape, value);
    if (wanted)
        row->gradient = tensor_make(graph->arena, row->dtype, row->shape, gradient);
}

static void prepare_call(struct graph *graph, node n, void *workspace)
{
    struct node_row *row = &graph->at[n];
    bool backward = graph->loss >= 0 && row->reached && row->depends;
    row->call = (struct op_call){
        .kernels = graph->kernels,
        .settings = row->settings,
        .input_count = row->input_count,
        .y = &row->value,
        .dy = row->gradient.data ? &row->gradient : NULL,
        .saved = row->saved_at >= 0 ? graph->memory + row->saved_at : NULL,
        .workspace = workspace,
        .scalar = &row->scalar,
        .row_loss = row->row_loss_at >= 0 ? (double *)(void *)(graph->memory + row->row_loss_at) : NULL,
        .node = n,
    };
    for (int j = 0; j < row->input_count; j++) {
        struct node_row *input = &graph->at[row->inputs[j]];
        bool passes = backward && graph_passes(graph, n, j);
        row->call.x[j] = &input->value;
        row->call.dx[j] = passes ? &input->gradient : NULL;
        row->call.add[j] = row->add[j];
        if (input->shape.rank == 0) {
            row->call.x_scalar[j] = &input->scalar;
            row->call.dx_scalar[j] = passes ? &input->scalar_gradient : NULL;
        }
    }
}

void graph_allocate(struct graph *graph)
{
    assert(graph->planned && !graph->memory);
    assert((!graph->parameters || !graph->parameters->count || graph->parameters->value) &&
           "graph_allocate before parameters_allocate");
    graph->memory = arena_numbers(graph->arena, (size_t)size_larger(graph->bytes, ALIGNMENT));
    void *workspace = graph->memory + (graph->bytes - graph->plan.workspace);
    for (node n = 0; n < (node)graph->count; n++) {
        place_tensors(graph, n);
        if (graph->at[n].op)
            prepare_call(graph, n, workspace);
    }
}

void graph_spoil(struct graph *graph)
{
    double *at = (double *)(void *)(graph->memory + graph->inputs_end);
    int64_t count = (graph->bytes - graph->inputs_end) / (int64_t)sizeof(double);
    if (graph->dtype == DTYPE_F64) {
        for (int64_t i = 0; i < count; i++)
            at[i] = (double)NAN;
    } else {
        float *number = (float *)(void *)at;
        for (int64_t i = 0; i < 2 * count; i++)
            number[i] = NAN;
    }
}
