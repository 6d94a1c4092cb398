/* What a layer kind or a loss kind calls while it appends its nodes. */
#ifndef MLDBG_LAYER_BUILD_H
#define MLDBG_LAYER_BUILD_H

#include <mldbg/graph/ops.h>
#include <mldbg/layer.h>

struct model_builder;

struct layer_build {
    struct model *model;
    struct graph *graph;
    const struct layer_spec *layer;
    int input_count;
    node input[OP_INPUTS_MOST];
    struct shape shape[OP_INPUTS_MOST];     /* of the inputs, batch included */
    const char *input_name[OP_INPUTS_MOST]; /* name of the layer or input that is read */
    bool from_data[OP_INPUTS_MOST];         /* an input of the data, not a layer */
    bool integer[OP_INPUTS_MOST];           /* indices */
    struct problems *problems;
    const char *activation_after;  /* name of the activation that reads this layer, "" if none */
    double activation_a;           /* its setting */
    struct shape guess;            /* set before layer_refuse: the output shape to go on with; rank 0: none */
    bool refused;                  /* one sentence per layer: later refusals are not shown */
    struct model_builder *builder; /* of model_build */
};

/* A problem of code ML101 at a key of this layer ("" for the layer itself); returns -1. */
node layer_refuse(struct layer_build *build, const char *key, const char *format, ...) PRINTF(3, 4);
/* The same with a hint for the caret. */
node layer_refuse_hint(struct layer_build *build, const char *key, const char *hint, const char *format, ...)
    PRINTF(4, 5);

/* The same for what would be larger than a machine can hold: not a mistake, but a limit. */
node layer_refuse_size(struct layer_build *build, const char *key, const char *format, ...) PRINTF(3, 4);

/* A parameter "layer/what" with its initialization; role and fans as in init_target. Penalties apply to
 * weights. */
node layer_parameter(struct layer_build *build, const char *what, struct shape shape, const char *role,
                     int64_t fan_in, int64_t fan_out, int64_t gates);
/* A running statistic, filled with a constant. */
node layer_state(struct layer_build *build, const char *what, struct shape shape, double value);
/* A table that is never trained, filled by an initialization of its own. */
node layer_table(struct layer_build *build, const char *what, struct shape shape,
                 const struct init_kind *kind);
/*
 * What input i is, for sentences: `"flatten1" gives 256 = 16 x 4 x 4`, `the input is 1 x 8 x 8`, `input
 * "image" is 64`.
 */
const char *layer_gives(struct layer_build *build, int i);
/* Whether the product of sizes is more than a tensor may have (TENSOR_MOST); never overflows. */
bool layer_too_large(const struct shape *shape);
/* Memory of the model's arena, for sentences. */
const char *layer_print(struct layer_build *build, const char *format, ...) PRINTF(2, 3);

/* A node named "layer" (suffix "") or "layer/suffix". An op's refusal becomes a problem of this layer. */
node layer_node(struct layer_build *build, const struct op *op, const char *suffix, const node *inputs,
                int count, const void *settings);

struct loss_build {
    struct model *model;
    struct graph *graph;
    const struct loss_spec *loss;
    node prediction;
    struct shape shape; /* of the prediction */
    const char *prediction_name;
    const struct layer_spec *last; /* the layer that gives the prediction */
    int64_t classes;               /* of the data, 0: regression */
    int64_t label_columns;         /* 0: not known */
    node target;                   /* made by loss_target */
    struct problems *problems;
    struct model_builder *builder; /* of model_build */
};

/*
 * Checks the prediction against the data and makes the target input node; -1 after a problem. TARGET_CLASS:
 * [N] or [N, T]. TARGET_DENSE: the prediction's shape. With "broadcast": [N, 1] against several outputs; one
 * output is repeated against a one-hot row (prediction and shape are then replaced).
 */
node loss_target(struct loss_build *build, enum target_form form);
/* An input node that holds these numbers in every step. */
node loss_constant(struct loss_build *build, const char *suffix, struct shape shape, const double *values);
node loss_node(struct loss_build *build, const struct op *op, const char *suffix, const node *inputs,
               int count, const void *settings);
/* A problem of code ML102 at the config's "loss"; returns -1. */
node loss_refuse(struct loss_build *build, const char *format, ...) PRINTF(2, 3);
node loss_refuse_hint(struct loss_build *build, const char *hint, const char *format, ...) PRINTF(3, 4);

#endif
