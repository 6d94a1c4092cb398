/*
 * Models: the "model", "loss" and "init" keys of a config become nodes of a graph. A layer kind reads its
 * settings, checks shapes and appends nodes; it has no backward and no device code.
 */
#ifndef MLDBG_LAYER_H
#define MLDBG_LAYER_H

#include <mldbg/layer/initialization.h>
#include <mldbg/layer/loss.h>

/* ---- Layers ---- */

struct layer_build;

struct layer_kind {
    struct entry entry;
    struct option_table options; /* its own; layer_common_options and "type" are added */
    size_t settings_size;
    int inputs_least, inputs_most;
    /* Appends nodes and returns the last; -1 after layer_refuse(). */
    node (*build)(struct layer_build *build, const void *settings);
    /* For tests and `explain`: the input's shape without batch, "[3, 8, 8]", and the layer as JSON. */
    const char *example_input, *example;
    bool example_integer; /* the input holds indices below 10: this layer reads indices, not real numbers */
    bool activation;      /* decides the initialization of the layer before it */
    bool passes;          /* leaves that to the layer behind it (pools, flatten, dropout, norms, add) */
};

#define LAYER(id) extern const struct layer_kind layer_##id;
#include <mldbg/layer/layers.def>
#undef LAYER
#define UNARY(id, ...) extern const struct layer_kind layer_##id;
#include <mldbg/backend/unary.def>
#undef UNARY
extern const struct catalog layer_catalog; /* layers.def, then unary.def */

/* The settings that every layer has beside "type"; offsets are into struct layer_spec. */
extern const struct option_table layer_common_options;

/* A layer as declared. */
struct layer_spec {
    const struct layer_kind *kind; /* NULL: the type is not known */
    bool refused;                  /* a key or value was refused: the layer is not built */
    const char *name;              /* given, or kind and number: "linear2" */
    bool named;                    /* given by the user */
    int index;                     /* position in "model" */
    const struct json *json;
    const void *settings;
    struct texts from;
    bool trainable;
    double l1, l2; /* penalty on its weight matrices, part of the loss */
    const struct json *init_json, *bias_init_json;
    struct init_choice init, bias_init;
};

/* What a layer sees while it appends its nodes; its functions are in layer/build.h. */

/* ---- The model ---- */

struct model_input {
    const char *name;    /* "input" when there is one */
    enum dtype dtype;    /* DTYPE_I32: indices for an embedding; else real */
    struct shape shape;  /* without batch */
    int64_t index_count; /* DTYPE_I32: indices are below it; 0: not known */
};

enum { MODEL_INPUTS_MOST = 8 };

struct model_spec {
    struct layer_spec *layers;
    size_t layer_count;
    struct loss_spec declared_loss;   /* json NULL: none; kind NULL: refused. Ask model_loss */
    struct loss_spec default_loss[2]; /* where none is declared: for classes, for numbers */
    struct init_choice init; /* top-level "init": for layers that declare none; kind NULL: by activation */
    const struct json *json; /* "model" */
    /* Filled in by the caller, who knows the data. */
    struct model_input inputs[MODEL_INPUTS_MOST];
    int input_count;
    int64_t classes;       /* 0: regression */
    int64_t label_columns; /* columns of the label; 0: not known, outputs are not checked against it */
};

enum { LAYERS_MOST = 4096 };

/*
 * Reads "model", "loss" and "init" of a config. Inputs and classes are filled in by the caller, who knows the
 * data. All mistakes of the pass go to problems (ML100 for keys and values). Returns whether there were none.
 */
bool model_read(struct arena *arena, const struct json *config, struct model_spec *out,
                struct problems *problems);

/* The loss: the declared one, else cross_entropy for classes and mse for numbers. Needs spec->classes. */
const struct loss_spec *model_loss(const struct model_spec *spec);

/* One layer as built: a row of the table of layers. */
struct layer_row {
    const struct layer_spec *spec;
    node first, last;   /* its nodes; last is its output */
    struct shape shape; /* of the output, batch included */
    int64_t parameters, trainable;
    int64_t multiply_adds; /* forward, whole batch */
    int64_t bytes;         /* values, gradients, saved of its nodes and its parameters and their gradients */
    int first_parameter, parameter_count; /* rows of the parameter table */
};

/* A graph for one batch size, with the places where the outside touches it. */
struct model_graph {
    struct graph *graph;
    int64_t batch;
    node inputs[MODEL_INPUTS_MOST], target;
    node output;    /* of the last layer */
    node data_loss; /* without penalties */
    node loss;      /* with them */
    struct layer_row *layers;
};

/* How one row of the parameter table is filled. */
struct parameter_fill {
    struct init_choice choice;
    struct init_target target;
};

struct model {
    struct arena *arena;
    const struct model_spec *spec;
    const struct backend *backend;
    struct parameters parameters;
    struct parameter_fill *fills; /* one per row of parameters */
    size_t fill_count, fill_capacity;
    bool allocated;
    uint64_t seed;
};

void model_init(struct model *model, struct arena *arena, const struct model_spec *spec,
                const struct backend *backend, enum dtype dtype, uint64_t seed);

struct model_build_options {
    bool input_gradient; /* backward also gives the gradient by real inputs (gradient check) */
    bool plan_only;      /* lay memory out, allocate nothing */
};

/*
 * Builds the graph for a batch size; the first call also makes and fills the parameters (unless plan_only).
 * Shape mistakes are problems of code ML101 that name layer and place and show the arithmetic; where a layer
 * is refused the next ones are still checked as far as its output shape can be guessed. The loss is checked
 * against output and classes (ML102). Returns false if there was a problem.
 */
bool model_build(struct model *model, int64_t batch, const struct model_build_options *options,
                 struct model_graph *out, struct problems *problems);

/*
 * The numbers with which a row of the parameter table begins, drawn from the seed; also of a model of which
 * memory was laid out only.
 */
double *model_draw(const struct model *model, struct arena *arena, size_t row);

/* Fills all parameters anew from the seed. */
void model_initialize(struct model *model);

/* The form in which the target node wants its data; its width is that of the node. */
enum target_form model_target_form(const struct model_spec *spec);

#endif
