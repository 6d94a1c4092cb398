/*
 * A static graph. Nodes stand in the order in which they were appended; inputs always come first, so forward
 * is the loop upwards and backward the loop downwards. The graph is built once for a batch size, its memory
 * is planned as a whole, and a step allocates nothing.
 */
#ifndef MLDBG_GRAPH_H
#define MLDBG_GRAPH_H

#include <mldbg/backend.h>
#include <mldbg/base/catalog.h>

typedef int node; /* index of a node in its graph; -1: none, the error says why */

/* ---- Parameters: values in one vector, gradients in another, in one order. ---- */

struct parameter {
    const char *name; /* "fc1/weight" */
    struct shape shape;
    int64_t offset; /* in elements of the vector; a multiple of 16 */
    int64_t count;
    bool trainable;
    bool state; /* running statistics and the like: in the state vector, without gradient */
};

struct parameters {
    struct arena *arena;
    enum dtype dtype;
    struct parameter *at;
    size_t count, capacity;
    int64_t length;       /* elements of value and of gradient, padding included */
    int64_t state_length; /* elements of state */
    void *value, *gradient, *state;
};

void parameters_init(struct parameters *parameters, struct arena *arena, enum dtype dtype);
/*
 * Appends a row and returns its index; -1 when the shape holds no number or more than a machine can address.
 * The name is copied. Only before parameters_allocate.
 */
int parameters_add(struct parameters *parameters, const char *name, struct shape shape, bool trainable,
                   bool state);
void parameters_allocate(struct parameters *parameters);
int parameters_find(const struct parameters *parameters, const char *name);
/* Views of one parameter: its value (or state) and its gradient. */
struct tensor parameter_value(const struct parameters *parameters, int index);
struct tensor parameter_gradient(const struct parameters *parameters, int index);
/* Number of numbers in all rows that are not state; trainable only if asked. */
int64_t parameters_total(const struct parameters *parameters, bool trainable_only);

/* ---- Operators ---- */

enum { OP_INPUTS_MOST = 12 };

/* What an operator sees when its node is appended; it checks the inputs and fills the rest. */
struct op_plan {
    int input_count;
    struct shape input[OP_INPUTS_MOST];
    struct shape origin[OP_INPUTS_MOST];    /* the input's shape before it was reshaped, for sentences */
    enum dtype input_dtype[OP_INPUTS_MOST]; /* DTYPE_I32 for indices, else the graph's */
    const void *settings;                   /* the op's own settings struct */
    size_t real_size;                       /* bytes of one number of the graph's type */
    const struct kernels *kernels;
    /* filled by the op */
    struct shape output;
    int64_t saved_bytes;     /* kept from forward to backward */
    int64_t workspace_bytes; /* scratch within one call, shared by all nodes */
    int64_t row_losses;      /* losses: rows of the table of row losses */
    int64_t multiply_adds;   /* of one forward pass */
};

/*
 * What an operator sees when it runs. Backward writes every dx that is not NULL, whole, in the order of the
 * inputs: two inputs may share their memory, and then the second one adds.
 */
struct op_call {
    const struct kernels *kernels;
    const void *settings;
    int input_count;
    const struct tensor *x[OP_INPUTS_MOST];
    const struct tensor *y;
    const struct tensor *dy;           /* backward only */
    struct tensor *dx[OP_INPUTS_MOST]; /* NULL where no gradient is wanted */
    bool add[OP_INPUTS_MOST];          /* dx += rather than dx = */
    void *saved, *workspace;
    /* Numbers of rank 0 go in double beside their tensors. */
    double *scalar;                         /* rank-0 output: its value; y holds it too */
    double scalar_gradient;                 /* backward of a rank-0 output: the gradient that arrives */
    const double *x_scalar[OP_INPUTS_MOST]; /* rank-0 inputs, else NULL */
    double *dx_scalar[OP_INPUTS_MOST]; /* their gradients, written instead of dx; NULL where none is wanted */
    double *row_loss;
    bool training;
    uint64_t seed, step; /* of the random numbers */
    int node;
};

struct op_example {
    const char *name;
    struct shape input[OP_INPUTS_MOST];
    int input_count;
    int64_t integer_below[OP_INPUTS_MOST]; /* above 0: int32 input with values in 0..n-1 */
    bool constant[OP_INPUTS_MOST]; /* real input that gets no gradient (targets, running statistics) */
    double low, high;              /* range of real inputs; both 0: -1.5 to 1.5 */
    const void *settings;
    const char *refused; /* NULL, or a part of the sentence with which these shapes must be refused */
};

struct op {
    struct entry entry;
    int inputs_least, inputs_most;
    size_t settings_size;
    bool alias;   /* the output is the first input under another shape: value and gradient share its memory */
    bool scalars; /* takes inputs of rank 0, by x_scalar and dx_scalar */
    unsigned integers; /* bit i: input i holds int32 indices or labels */
    unsigned stops; /* bit i: no gradient goes back through input i (labels, targets, weights, statistics) */
    bool (*plan)(struct op_plan *plan, struct error *err);
    void (*forward)(const struct op_call *call);
    void (*backward)(const struct op_call *call); /* NULL: nothing to pass back */
    /*
     * Piecewise operators (relu, max-pool, hinge): a hash of which piece every element is on. Two points with
     * different hashes have a kink between them.
     */
    uint64_t (*pieces)(const struct op_call *call);
    const struct op_example *examples;
    int example_count;
};

#define OPERATOR(id) extern const struct op op_##id;
#include <mldbg/graph/ops.def>
#undef OPERATOR
extern const struct catalog op_catalog;

/* Settings structs of the operators, and what each one reads, stand in graph/ops.h. */

/* ---- The graph ---- */

struct graph;

struct graph *graph_new(struct arena *arena, const struct backend *backend, enum dtype dtype,
                        struct parameters *parameters);

/*
 * dtype DTYPE_I32, or the graph's type. gradient: backward shall also give the gradient by this input. -1
 * when the shape holds no number or more than a machine can address.
 */
node graph_input(struct graph *graph, const char *name, enum dtype dtype, struct shape shape, bool gradient);
/* The node of a parameter; asked twice, the same one. */
node graph_parameter(struct graph *graph, int parameter);
/* Settings are copied. Returns -1 and the op's sentence when shapes do not fit. */
node graph_add(struct graph *graph, const struct op *op, const char *name, const node *inputs,
               int input_count, const void *settings, struct error *err);

/* What a graph takes, in bytes; known before anything is allocated and equal to what is then used. */
struct memory_plan {
    int64_t parameters, parameter_gradients, state;
    int64_t optimizer; /* filled by the caller that knows the optimizer */
    int64_t course;    /* what a training takes beyond a step; filled by epochs_measure */
    int64_t inputs, values, value_gradients, workspace;
    int64_t saved; /* kept from forward to backward, tables of row losses included */
    int64_t own;   /* of the graph alone: without parameters, their gradients, state and optimizer */
    int64_t total;
};

/* Decides which gradients are wanted, lays memory out. loss: the scalar where backward starts, or -1. */
void graph_plan(struct graph *graph, node loss);
struct memory_plan graph_memory(const struct graph *graph);
void graph_allocate(struct graph *graph); /* one allocation; after graph_plan and parameters_allocate */

struct graph_step {
    bool training;       /* dropout drops, batch-norm uses the batch */
    uint64_t seed, step; /* of the random numbers */
};

void graph_forward(struct graph *graph, const struct graph_step *step);
/* Runs only the nodes that depend on the given one (a parameter or input node whose value was changed). */
void graph_forward_from(struct graph *graph, node changed, const struct graph_step *step);
/* After graph_forward with the same step: writes (not adds) all wanted gradients. */
void graph_backward(struct graph *graph, const struct graph_step *step);

/* Fills all memory but inputs and parameters with NaN: what is read before it was written then shows. */
void graph_spoil(struct graph *graph);

/* ---- Looking at it ---- */

int graph_count(const struct graph *graph);
enum dtype graph_dtype(const struct graph *graph);
const struct kernels *graph_kernels(const struct graph *graph);
const char *graph_name(const struct graph *graph, node n);
const struct op *graph_op(const struct graph *graph, node n); /* NULL for inputs and parameters */
int graph_parameter_of(const struct graph *graph, node n);    /* index of the parameter, or -1 */
int graph_inputs(const struct graph *graph, node n, node *inputs);
const void *graph_settings(const struct graph *graph, node n);
struct shape graph_shape(const struct graph *graph, node n);
int64_t graph_multiply_adds(const struct graph *graph, node n);
const struct tensor *graph_value(const struct graph *graph, node n);    /* after graph_allocate */
const struct tensor *graph_gradient(const struct graph *graph, node n); /* NULL if none is wanted */
double graph_scalar(const struct graph *graph, node n);                 /* a rank-0 node in double */
/* Of a loss node: each row's loss before reduction and factor, weights included; else NULL. */
const double *graph_row_loss(const struct graph *graph, node n, int64_t *rows);
node graph_find(const struct graph *graph, const char *name);

/* The first place of NaN or infinity in the order of computation. */
struct nonfinite {
    const char *what; /* "input", "parameter", "value", "gradient" */
    const char *name; /* of the node or parameter */
    node node;
    int64_t index; /* flat; coordinates by tensor_index */
    double value;
    struct tensor tensor;
};

/* Searches inputs, parameters, then values upwards, then gradients downwards. False if all is finite. */
bool graph_first_nonfinite(const struct graph *graph, bool gradients, struct nonfinite *out);

/* ---- Gradient check: analytic against central differences, in double. ---- */

struct gradcheck_row {
    const char *name; /* parameter or input */
    struct shape shape;
    int64_t count, checked;
    int64_t kinks;       /* elements whose step crossed a kink at every step size */
    int64_t kinks_wrong; /* of those: the analytic value is not between the one-sided slopes */
    double error;  /* ||analytic - numeric|| / (||analytic|| + ||numeric||) over the elements off kinks */
    double noise;  /* the part of error that rounding and bending of the loss alone may cause */
    int64_t worst; /* index of the element that is farthest off; 0 if none was compared */
    double analytic, numeric; /* there */
};

struct gradcheck_settings {
    double step;  /* 1e-5 */
    int64_t most; /* elements checked of one tensor, spread evenly; 0: all */
    struct graph_step at;
    bool (*stop)(void *context, int64_t done, int64_t all); /* progress; true ends the check; may be NULL */
    void *context;
};

/*
 * Checks every parameter and every input with a gradient. The graph must be of DTYPE_F64, allocated, its
 * inputs and parameters filled. A step that crosses a kink (op->pieces) is taken on its smooth side, else
 * repeated with a tenth of the step, three times; an element that sits on a kink must lie between its
 * one-sided slopes. A tensor whose gradient is zero beside the largest one has error 0. Values and running
 * statistics are put back. Returns rows in the arena.
 */
struct gradcheck_row *graph_gradcheck(struct graph *graph, node loss,
                                      const struct gradcheck_settings *settings, struct arena *arena,
                                      size_t *count);

#endif
