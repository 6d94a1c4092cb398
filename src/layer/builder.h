/* What model_build keeps while it walks through the layers; layers and losses see struct layer_build,
 * loss_build. */
#ifndef MLDBG_SRC_LAYER_BUILDER_H
#define MLDBG_SRC_LAYER_BUILDER_H

#include <mldbg/layer/build.h>

/* What one layer reads: the position of a layer before it, or -1 - the number of an input of the data. */
struct links {
    bool known; /* false: "from" was refused */
    int count;
    int at[OP_INPUTS_MOST];
};

/* What is known of the output of a layer. */
struct output {
    bool known; /* node and shape hold, at least as a guess */
    bool flat;  /* not known, but [N, width] of some width */
    node node;
    struct shape shape;
};

struct penalized {
    node parameter;
    const struct layer_spec *layer;
    const char *name; /* of the parameter */
};

struct constant {
    node node;
    const double *values;
};

struct model_builder {
    struct model *model;
    struct graph *graph;
    struct problems *problems;
    int64_t batch;
    struct links *links;    /* one per layer */
    struct output *outputs; /* one per layer */
    node inputs[MODEL_INPUTS_MOST];
    bool adding;        /* the first build: parameters are added; later ones find them in the same order */
    int next_parameter; /* row of the parameter table */
    struct penalized *penalized;
    size_t penalized_count, penalized_capacity;
    struct constant *constants;
    size_t constant_count, constant_capacity;
};

/* Fills builder->links; mistakes are problems ML101, layers and inputs that nothing reads ML103. */
void links_resolve(struct model_builder *builder);

/* Name and setting of the activation that reads layer i first; "" if none does. */
const char *links_activation(const struct model_builder *builder, int i, double *a);

/* The place of a key of a layer, or of the layer. */
struct place layer_place(const struct layer_spec *layer, const char *key);

/* Appends the loss and its penalties; false after a problem. out->output, data_loss and so on are filled. */
bool loss_append(struct model_builder *builder, struct model_graph *out);

/* A row of layer_row's table from the nodes first..last. */
void layer_describe(const struct model_builder *builder, struct layer_row *row);

/* The word that a person who knows another framework may have meant ("dense" -> "linear"), or the nearest
 * name. */
const char *word_meant(const struct catalog *catalog, const char *word);

/*
 * The entry that a declaration names: "relu" or {"type": "relu", ...}. Problems (ML100) name the catalog's
 * kind, with a suggestion; NULL then.
 */
const struct entry *entry_read(struct arena *arena, const struct catalog *catalog, const struct json *value,
                               struct problems *problems);

#endif
