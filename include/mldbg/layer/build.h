/* What a layer kind or a loss kind calls while it appends its nodes. */
#ifndef MLDBG_LAYER_BUILD_H
#define MLDBG_LAYER_BUILD_H

#include <mldbg/graph/ops.h>
#include <mldbg/layer.h>

struct layer_build {
    struct model *model;
    struct graph *graph;
    const struct layer_spec *layer;
    int input_count;
    node input[OP_INPUTS_MOST];
    struct shape shape[OP_INPUTS_MOST]; /* of the inputs, batch included */
    const char *input_name[OP_INPUTS_MOST]; /* name of the layer or input that is read */
    struct problems *problems;
    const char *activation_after; /* name of the activation that reads this layer, "" if none */
    struct shape guess;           /* set before layer_refuse: the output shape to go on with; rank 0: none */
};

/* A problem of code ML101 at a key of this layer ("" for the layer itself); returns -1. */
node layer_refuse(struct layer_build *build, const char *key, const char *format, ...) PRINTF(3, 4);
/* The same with a hint for the caret. */
node layer_refuse_hint(struct layer_build *build, const char *key, const char *hint, const char *format, ...)
    PRINTF(4, 5);

/* A parameter "layer/what" with its initialization; role and fans as in init_target. Penalties apply to weights. */
node layer_parameter(struct layer_build *build, const char *what, struct shape shape, const char *role, int64_t fan_in,
                     int64_t fan_out, int64_t gates);
/* A running statistic, filled with a constant. */
node layer_state(struct layer_build *build, const char *what, struct shape shape, double value);
/* A node named "layer" (suffix "") or "layer/suffix". An op's refusal becomes a problem of this layer. */
node layer_node(struct layer_build *build, const struct op *op, const char *suffix, const node *inputs, int count,
                const void *settings);

struct loss_build {
    struct model *model;
    struct graph *graph;
    const struct loss_spec *loss;
    node prediction;
    struct shape shape; /* of the prediction */
    const char *prediction_name;
    int64_t classes; /* of the data, 0: regression */
    node target;     /* made by loss_target */
    struct problems *problems;
};

/* Makes the target input node: TARGET_CLASS [N] or [N, T]; TARGET_DENSE of the prediction's shape. */
node loss_target(struct loss_build *build, enum target_form form);
node loss_node(struct loss_build *build, const struct op *op, const char *suffix, const node *inputs, int count,
               const void *settings);
/* A problem of code ML102 at the config's "loss"; returns -1. */
node loss_refuse(struct loss_build *build, const char *format, ...) PRINTF(2, 3);

#endif
