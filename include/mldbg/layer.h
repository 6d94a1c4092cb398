/*
 * Models: the "model", "loss" and "init" keys of a config become nodes of a graph. A layer kind reads its settings,
 * checks shapes and appends nodes; it has no backward and no device code.
 */
#ifndef MLDBG_LAYER_H
#define MLDBG_LAYER_H

#include <mldbg/base/option.h>
#include <mldbg/graph/ops.h>

/* ---- Initialization ---- */

/* What is known of the parameter that is to be filled. */
struct init_target {
    struct shape shape;       /* weights are [out, in, ...] */
    int64_t fan_in, fan_out;  /* PyTorch's: sizes of axis 1 and 0 times the kernel's area; biases: of their weight */
    const char *activation;   /* name of the activation that follows, or "" */
    double activation_a;      /* its setting: the slope of leaky_relu */
    const char *role;         /* "weight", "projection", "recurrent", "embedding", "position", "bias", "gain" */
    const char *layer, *what; /* kind and parameter: "lstm", "bias_ih" */
    int64_t gates;            /* parameters of recurrent layers: blocks of rows, else 1 */
    struct random key;
    uint64_t number; /* of the parameter in the model: the step of the random key */
};

struct init_kind {
    struct entry entry;
    struct option_table options;
    size_t settings_size;
    /* Writes shape_count(&target->shape) numbers. */
    void (*fill)(const void *settings, const struct init_target *target, double *values);
};

/* An initialization as declared: "kaiming_normal" or {"type": "normal", "std": 0.1}. kind NULL: chosen by activation. */
struct init_choice {
    const struct init_kind *kind;
    const void *settings;
};

bool init_read(struct arena *arena, const struct json *value, struct init_choice *out, struct problems *problems);

/* What fills a parameter for which nothing is declared: by its role, weights by the activation that follows. */
const struct init_choice *init_automatic(const struct init_target *target);

/* ---- Layers ---- */

struct layer_build;

struct layer_kind {
    struct entry entry;
    struct option_table options; /* its own; the common ones (type, name, from, trainable, l1, l2, init, bias_init) are added */
    size_t settings_size;
    int inputs_least, inputs_most;
    /* Appends nodes and returns the last; -1 after layer_refuse(). */
    node (*build)(struct layer_build *build, const void *settings);
    /* For the tests of the table and for `explain`: input shape without batch ("[3, 8, 8]") and the layer as JSON. */
    const char *example_input, *example;
    bool example_integer; /* the input holds indices below 10: this layer reads indices, not real numbers */
    bool activation;      /* decides the initialization of the layer before it */
    bool passes;          /* leaves that decision to the layer behind it (pooling, flatten, dropout, norms, add) */
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
    const char *name; /* given, or kind and number: "linear2" */
    bool named;       /* given by the user */
    int index;        /* position in "model" */
    const struct json *json;
    const void *settings;
    struct texts from;
    bool trainable;
    double l1, l2; /* penalty on its weight matrices, part of the loss */
    const struct json *init_json, *bias_init_json;
    struct init_choice init, bias_init;
};

/* What a layer sees while it appends its nodes; its functions are in layer/build.h. */

/* ---- Losses ---- */

enum target_form {
    TARGET_CLASS, /* int32 class ids [N] (or [N, T]) */
    TARGET_DENSE  /* real [N, K]: one-hot when K is the number of classes, the class id as a number when K is 1 */
};

/* What a loss is asked to bound: targets of rows that share one input must share one prediction. */
struct floor_question {
    int64_t rows, width;     /* width: of the target node (TARGET_CLASS: the number of classes) */
    const int32_t *labels;   /* TARGET_CLASS: rows */
    const double *targets;   /* TARGET_DENSE: rows x width */
    const int64_t *group;    /* rows: number of the distinct input; groups are 0..groups-1 */
    int64_t groups;
    const double *class_weight; /* or NULL */
};

struct loss_build;

struct loss_spec;

struct loss_kind {
    struct entry entry;
    struct option_table options; /* its own; common: reduction, factor, class_weights, broadcast */
    size_t settings_size;
    enum target_form (*form)(const void *settings);
    /* Appends the loss node over prediction and target; -1 after a problem. */
    node (*build)(struct loss_build *build, const void *settings);
    /*
     * The smallest value that the loss can take on these rows for any network whose last activation is what the loss
     * expects: entropy of conflicting labels and of label smoothing, spread of conflicting targets. Summed over rows and
     * elements, without reduction and factor; exact, or a lower bound; -infinity where there is none. Ask loss_floor.
     */
    double (*floor_sum)(const void *settings, const struct floor_question *question);
    /* The number by which reduction "mean" divides that sum. */
    double (*divisor)(const void *settings, const struct floor_question *question);
    /* The activation that it expects on the last layer: "none", "softmax", "log_softmax", "sigmoid". */
    const char *(*expects)(const void *settings);
    bool classification;
    bool weighted;       /* takes class_weights */
    bool signed_classes; /* class data: 0 and 1 (ids and one-hot rows) are written to the target as -1 and 1 */
};

#define LOSS(id) extern const struct loss_kind loss_##id;
#include <mldbg/layer/losses.def>
#undef LOSS
extern const struct catalog loss_catalog;

#define INIT(id) extern const struct init_kind init_##id;
#include <mldbg/layer/inits.def>
#undef INIT
extern const struct catalog init_catalog;

struct loss_spec {
    const struct loss_kind *kind;
    const void *settings;
    enum reduction reduction;
    double factor;
    struct reals class_weights; /* count 0, or one per class */
    bool broadcast;             /* a target column may repeat over the outputs, or one output over a one-hot row */
    const struct json *json;    /* NULL: not declared */
};

extern const struct option_table loss_common_options; /* offsets are into struct loss_spec */

/*
 * The smallest value that this loss can take on these rows (see floor_sum), with reduction and factor: what a
 * perfect memorizer reaches. -infinity where there is no bound.
 */
double loss_floor(const struct loss_spec *loss, const struct floor_question *question);

/* ---- The model ---- */

struct model_input {
    const char *name;   /* "input" when there is one */
    enum dtype dtype;   /* DTYPE_I32: indices for an embedding; else real */
    struct shape shape; /* without batch */
};

enum { MODEL_INPUTS_MOST = 8 };

struct model_spec {
    struct layer_spec *layers;
    size_t layer_count;
    struct loss_spec declared_loss; /* json NULL: none; kind NULL: refused. Ask model_loss */
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
 * Reads "model", "loss" and "init" of a config. Inputs and classes are filled in by the caller, who knows the data.
 * All mistakes of the pass go to problems (ML100 for keys and values). Returns whether there were none.
 */
bool model_read(struct arena *arena, const struct json *config, struct model_spec *out, struct problems *problems);

/* The loss: the declared one, else cross_entropy for classes and mse for numbers. Needs spec->classes. */
const struct loss_spec *model_loss(const struct model_spec *spec);

/* One layer as built: a row of the table of layers. */
struct layer_row {
    const struct layer_spec *spec;
    node first, last;       /* its nodes; last is its output */
    struct shape shape;     /* of the output, batch included */
    int64_t parameters, trainable;
    int64_t multiply_adds;  /* forward, whole batch */
    int64_t bytes;          /* values, gradients, saved of its nodes and its parameters and their gradients */
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

void model_init(struct model *model, struct arena *arena, const struct model_spec *spec, const struct backend *backend,
                enum dtype dtype, uint64_t seed);

struct model_build_options {
    bool input_gradient; /* backward also gives the gradient by real inputs (gradient check) */
    bool plan_only;      /* lay memory out, allocate nothing */
};

/*
 * Builds the graph for a batch size; the first call also makes and fills the parameters (unless plan_only). Shape
 * mistakes are problems of code ML101 that name layer and place and show the arithmetic; where a layer is refused the
 * next ones are still checked as far as its output shape can be guessed. The loss is checked against output and classes
 * (ML102). Returns false if there was a problem.
 */
bool model_build(struct model *model, int64_t batch, const struct model_build_options *options, struct model_graph *out,
                 struct problems *problems);

/* Fills all parameters anew from the seed. */
void model_initialize(struct model *model);

/* The form in which the target node wants its data; its width is that of the node. */
enum target_form model_target_form(const struct model_spec *spec);

#endif
