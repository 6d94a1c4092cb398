/* The inside of a graph, shared by the files of this folder that build, plan, run and inspect it. */
#ifndef MLDBG_SRC_GRAPH_STRUCTURE_H
#define MLDBG_SRC_GRAPH_STRUCTURE_H

#include <mldbg/graph.h>

/* Numbers in one tensor at most: sums of a few thousand such sizes in bytes still fit into int64_t. */
#define NUMBERS_MOST (INT64_C(1) << 48)

struct node_row {
    const char *name;
    const struct op *op; /* NULL: input or parameter */
    int parameter;       /* its index, or -1 */
    bool gradient_asked; /* an input whose gradient the caller asked for */
    enum dtype dtype;
    struct shape shape;
    node inputs[OP_INPUTS_MOST];
    int input_count;
    void *settings;
    int64_t saved_bytes, workspace_bytes, row_losses, multiply_adds;
    node root; /* the node whose memory this one shares; itself unless it is an alias */

    /* filled by graph_plan */
    bool depends; /* on a trainable parameter or an input whose gradient was asked for */
    bool reached; /* by the way back from the loss */
    bool zeroed;  /* a wanted gradient that no node writes */
    bool add[OP_INPUTS_MOST];
    int64_t value_at, gradient_at, saved_at, row_loss_at; /* bytes into the graph's memory, or -1 */

    /* filled by graph_allocate */
    struct tensor value, gradient; /* gradient.data NULL: none is wanted */
    struct op_call call;

    double scalar, scalar_gradient; /* rank 0 */
};

struct graph {
    struct arena *arena;
    const struct kernels *kernels;
    enum dtype dtype;
    struct parameters *parameters;
    struct node_row *at;
    size_t count, capacity;
    node loss; /* -1: forward only */
    bool planned;
    struct memory_plan plan;
    int64_t inputs_end, bytes; /* of the memory: inputs lie before inputs_end */
    char *memory;
    bool *touched; /* scratch of graph_forward_from, one per node */
};

/* Whether op n hands a gradient to its input: one is wanted there and the operator can give it. */
bool graph_passes(const struct graph *graph, node n, int input);

#endif
