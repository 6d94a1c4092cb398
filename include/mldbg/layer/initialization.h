/* Initializations: what fills a parameter before the first step, declared by name or chosen by role and
 * activation. */
#ifndef MLDBG_LAYER_INITIALIZATION_H
#define MLDBG_LAYER_INITIALIZATION_H

#include <mldbg/base/option.h>
#include <mldbg/base/random.h>
#include <mldbg/tensor.h>

/* What is known of the parameter that is to be filled. */
struct init_target {
    struct shape shape; /* weights are [out, in, ...] */
    int64_t fan_in,
        fan_out; /* PyTorch's: sizes of axis 1 and 0 times the kernel's area; biases: of their weight */
    const char *activation; /* name of the activation that follows, or "" */
    double activation_a;    /* its setting: the slope of leaky_relu */
    const char *role;       /* "weight", "projection", "recurrent", "embedding", "position", "bias", "gain" */
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

/* An initialization as declared: "kaiming_normal" or {"type": "normal", "std": 0.1}. kind NULL: chosen by
 * activation. */
struct init_choice {
    const struct init_kind *kind;
    const void *settings;
};

bool init_read(struct arena *arena, const struct json *value, struct init_choice *out,
               struct problems *problems);

/* What fills a parameter for which nothing is declared: by its role, weights by the activation that follows.
 */
const struct init_choice *init_automatic(const struct init_target *target);

#define INIT(id) extern const struct init_kind init_##id;
#include <mldbg/layer/inits.def>
#undef INIT
extern const struct catalog init_catalog;

#endif
