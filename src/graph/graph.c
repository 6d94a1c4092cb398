/*
 * Building a graph node by node, running it forward, and looking at it. Memory is planned in plan.c, the way
 * back is in backward.c.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "structure.h"

struct graph *graph_new(struct arena *arena, const struct backend *backend, enum dtype dtype,
                        struct parameters *parameters)
{
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F64);
    assert(!parameters || parameters->dtype == dtype);
    struct graph *graph = arena_alloc(arena, sizeof(*graph));
    graph->arena = arena;
    graph->kernels = backend->kernels[dtype];
    graph->dtype = dtype;
    graph->parameters = parameters;
    graph->loss = -1;
    return graph;
}

static struct node_row *append(struct graph *graph, const char *name, enum dtype dtype, struct shape shape)
{
    assert(!graph->planned && "a node was added after graph_plan");
    struct node_row *row =
        arena_append(graph->arena, &graph->at, &graph->count, &graph->capacity, sizeof(*row));
    row->name = arena_copy(graph->arena, name, strlen(name));
    row->dtype = dtype;
    row->shape = shape;
    row->parameter = -1;
    row->root = (node)graph->count - 1;
    return row;
}

static bool fits_machine(const struct shape *shape)
{
    int64_t count = shape_count(shape);
    return count >= 1 && count <= NUMBERS_MOST;
}

node graph_input(struct graph *graph, const char *name, enum dtype dtype, struct shape shape, bool gradient)
{
    assert(dtype == DTYPE_I32 || dtype == graph->dtype);
    if (!fits_machine(&shape))
        return -1;
    struct node_row *row = append(graph, name, dtype, shape);
    row->gradient_asked = gradient && dtype != DTYPE_I32;
    return (node)graph->count - 1;
}

node graph_parameter(struct graph *graph, int parameter)
{
    if (parameter < 0)
        return -1;
    assert((size_t)parameter < graph->parameters->count);
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->at[i].parameter == parameter)
            return (node)i;
    }
    const struct parameter *source = &graph->parameters->at[parameter];
    append(graph, source->name, graph->dtype, source->shape)->parameter = parameter;
    return (node)graph->count - 1;
}

/* What every operator asks of its inputs, before its own plan looks at their shapes. */
static bool inputs_fit(const struct graph *graph, const struct op *op, const node *inputs, int input_count,
                       struct error *err)
{
    if (input_count < op->inputs_least || input_count > op->inputs_most) {
        if (op->inputs_least == op->inputs_most)
            return fail(err, ERROR_REQUEST, "%s takes %d input%s, but was given %d", op->entry.name,
                        op->inputs_least, op->inputs_least == 1 ? "" : "s", input_count);
        return fail(err, ERROR_REQUEST, "%s takes %d to %d inputs, but was given %d", op->entry.name,
                    op->inputs_least, op->inputs_most, input_count);
    }
    for (int i = 0; i < input_count; i++) {
        if (inputs[i] < 0 || (size_t)inputs[i] >= graph->count)
            return fail(err, ERROR_REQUEST, "input %d of %s is missing", i + 1, op->entry.name);
        const struct node_row *input = &graph->at[inputs[i]];
        bool integer = input->dtype == DTYPE_I32;
        bool expected = (op->integers >> i & 1) != 0;
        if (integer && !expected)
            return fail(err, ERROR_REQUEST, "%s needs real numbers, but \"%s\" holds integers",
                        op->entry.name, input->name);
        if (!integer && expected)
            return fail(err, ERROR_REQUEST,
                        "%s needs integers (classes or indices), but \"%s\" holds real numbers",
                        op->entry.name, input->name);
        if (input->shape.rank == 0 && !op->scalars)
            return fail(err, ERROR_REQUEST, "%s needs a tensor, but \"%s\" is a single number",
                        op->entry.name, input->name);
    }
    return true;
}

static bool output_fits(const struct op *op, const struct op_plan *plan, struct error *err)
{
    for (int i = 0; i < plan->output.rank; i++) {
        if (plan->output.size[i] < 1)
            return fail(err, ERROR_REQUEST,
                        "the output of %s would have %lld on axis %d, expected at least 1", op->entry.name,
                        (long long)plan->output.size[i], i);
    }
    const int64_t bytes_most = NUMBERS_MOST * 8;
    if (!fits_machine(&plan->output) || plan->saved_bytes > bytes_most || plan->workspace_bytes > bytes_most)
        return fail(err, ERROR_REQUEST, "the output of %s would be larger than any machine can hold",
                    op->entry.name);
    return true;
}

node graph_add(struct graph *graph, const struct op *op, const char *name, const node *inputs,
               int input_count, const void *settings, struct error *err)
{
    if (!inputs_fit(graph, op, inputs, input_count, err))
        return -1;
    assert((settings || !op->settings_size) && "an operator with settings was given none");
    struct op_plan plan = {
        .input_count = input_count,
        .settings = settings,
        .real_size = dtype_size(graph->dtype),
        .kernels = graph->kernels,
    };
    for (int i = 0; i < input_count; i++) {
        plan.input[i] = graph->at[inputs[i]].shape;
        plan.origin[i] = graph->at[graph->at[inputs[i]].root].shape;
        plan.input_dtype[i] = graph->at[inputs[i]].dtype;
    }
    if (!op->plan(&plan, err) || !output_fits(op, &plan, err))
        return -1;

    struct node_row *row = append(graph, name, graph->dtype, plan.output);
    row->op = op;
    row->input_count = input_count;
    memcpy(row->inputs, inputs, (size_t)input_count * sizeof(node));
    if (op->settings_size) {
        row->settings = arena_alloc(graph->arena, op->settings_size);
        memcpy(row->settings, settings, op->settings_size);
    }
    row->saved_bytes = plan.saved_bytes;
    row->workspace_bytes = plan.workspace_bytes;
    row->row_losses = plan.row_losses;
    row->multiply_adds = plan.multiply_adds;
    if (op->alias)
        row->root = graph->at[inputs[0]].root;
    return (node)graph->count - 1;
}

/* ---- Forward ---- */

/* Inputs and parameters that are single numbers, in double for those who read them so. */
static void read_scalars(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (!row->op && row->shape.rank == 0)
            row->scalar = tensor_get(&row->value, 0);
    }
}

static void run(struct node_row *row, const struct graph_step *step)
{
    row->call.training = step->training;
    row->call.seed = step->seed;
    row->call.step = step->step;
    row->scalar = (double)NAN;
    row->op->forward(&row->call);
    /* An operator that knows nothing of double still gives a number; a NaN of its own stays one. */
    if (row->shape.rank == 0 && isnan(row->scalar))
        row->scalar = tensor_get(&row->value, 0);
}

void graph_forward(struct graph *graph, const struct graph_step *step)
{
    assert(graph->memory && "graph_forward before graph_allocate");
    read_scalars(graph);
    for (size_t i = 0; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        if (row->op && !row->op->alias)
            run(row, step);
    }
}

void graph_forward_from(struct graph *graph, node changed, const struct graph_step *step)
{
    assert(graph->memory && "graph_forward_from before graph_allocate");
    read_scalars(graph);
    memset(graph->touched, 0, graph->count * sizeof(*graph->touched));
    graph->touched[changed] = true;
    for (size_t i = (size_t)changed + 1; i < graph->count; i++) {
        struct node_row *row = &graph->at[i];
        for (int j = 0; j < row->input_count; j++)
            graph->touched[i] |= graph->touched[row->inputs[j]];
        if (graph->touched[i] && !row->op->alias)
            run(row, step);
    }
}

/* ---- Looking at it ---- */

static const struct node_row *row_of(const struct graph *graph, node n)
{
    assert(n >= 0 && (size_t)n < graph->count);
    return &graph->at[n];
}

int graph_count(const struct graph *graph)
{
    return (int)graph->count;
}

enum dtype graph_dtype(const struct graph *graph)
{
    return graph->dtype;
}

const struct kernels *graph_kernels(const struct graph *graph)
{
    return graph->kernels;
}

const char *graph_name(const struct graph *graph, node n)
{
    return row_of(graph, n)->name;
}

const struct op *graph_op(const struct graph *graph, node n)
{
    return row_of(graph, n)->op;
}

int graph_parameter_of(const struct graph *graph, node n)
{
    return row_of(graph, n)->parameter;
}

int graph_inputs(const struct graph *graph, node n, node *inputs)
{
    const struct node_row *row = row_of(graph, n);
    if (inputs)
        memcpy(inputs, row->inputs, (size_t)row->input_count * sizeof(node));
    return row->input_count;
}

const void *graph_settings(const struct graph *graph, node n)
{
    return row_of(graph, n)->settings;
}

struct shape graph_shape(const struct graph *graph, node n)
{
    return row_of(graph, n)->shape;
}

int64_t graph_multiply_adds(const struct graph *graph, node n)
{
    return row_of(graph, n)->multiply_adds;
}

const struct tensor *graph_value(const struct graph *graph, node n)
{
    assert(graph->memory && "graph_value before graph_allocate");
    return &row_of(graph, n)->value;
}

const struct tensor *graph_gradient(const struct graph *graph, node n)
{
    assert(graph->memory && "graph_gradient before graph_allocate");
    const struct node_row *row = row_of(graph, n);
    return row->gradient.data ? &row->gradient : NULL;
}

double graph_scalar(const struct graph *graph, node n)
{
    const struct node_row *row = row_of(graph, n);
    assert(row->shape.rank == 0);
    return row->op ? row->scalar : tensor_get(&row->value, 0);
}

const double *graph_row_loss(const struct graph *graph, node n, int64_t *rows)
{
    const struct node_row *row = row_of(graph, n);
    if (rows)
        *rows = row->row_losses;
    return row->call.row_loss;
}

node graph_find(const struct graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->count; i++) {
        if (strcmp(graph->at[i].name, name) == 0)
            return (node)i;
    }
    return -1;
}
