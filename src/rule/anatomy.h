/*
 * What a config looks like to rules and changes: its settings with their defaults, and its chain of layers
 * with head, activations and loss. Read from the config of the record alone, so that it holds for a config
 * that was patched a moment ago, too.
 */
#ifndef RULE_ANATOMY_H
#define RULE_ANATOMY_H

#include <mldbg/rule.h>

/* An activation function, as far as rules know it. */
struct activation {
    const char *type;
    double low, high; /* what it can give; infinite where it has no bound */
    bool linear;      /* identity */
    bool saturates;   /* flat at both ends: sigmoid, tanh and kin */
    bool rectifier;   /* relu and kin */
    bool normalizes;  /* softmax, log_softmax: over several units */
};
/* NULL: the type is no activation. */
const struct activation *activation_of(const char *type);

/* A layer of the config. */
struct part {
    int index;               /* in "model" */
    const char *name, *type; /* name: as given, or kind and number, as everywhere */
    const struct json *json;
    const struct activation *activation; /* of an activation layer, else NULL */
    bool weighty;  /* linear, conv, recurrent, attention, embedding: has weight matrices */
    int64_t width; /* weighty: out_features, out_channels, hidden_size, embedding_dim; else 0 */
    int follower;  /* weighty: index of the activation behind it (norms and dropout between), or -1 */
};

struct anatomy {
    struct part *part;
    int count;
    bool chain;          /* no layer says "from": each reads the one before */
    int head;            /* the last layer with weights; -1: none */
    int head_activation; /* of the activation behind the head that ends the model; -1: none */
    int stacked;         /* of an activation between head and head_activation, or -1 */
    bool plain_tail;     /* nothing behind the head says "from": what it gives is what the loss gets */
    int64_t outputs;     /* answers of the model: width of the head; 0: no head, or not known */
    const char *loss;    /* type: "cross_entropy" (the default by the task, too) */
    bool from_logits;    /* the loss applies softmax or sigmoid itself */
    bool probability;    /* the loss takes probabilities: cross_entropy from probabilities, nll, bce */
    bool classification;
    int64_t classes;      /* fact data/classes; 0: not known */
    int64_t target_width; /* regression: columns of the target; 1 when not known */
};

/* False: the record has no config with a model. */
bool anatomy_read(const struct run *run, struct anatomy *out);

/* Linear, convolutional or recurrent layers before the head. */
int hidden_count(const struct anatomy *anatomy);

/* A setting by path, such as "optimizer.momentum"; otherwise: its default, where the config does not say. */
double setting_number(const struct run *run, const char *path, double otherwise);
const char *setting_word(const struct run *run, const char *path,
                         const char *otherwise); /* also of {"type": word} */
bool setting_flag(const struct run *run, const char *path, bool otherwise);
struct place setting_place(const struct run *run, const char *path); /* line 0: not in the config */

/* "model[3]" of a part; "model[3].p" with a key. */
const char *part_path(const struct run *run, const struct part *part, const char *key);

/* Sets subject and place of a finding about a layer. */
void finding_about(struct finding *finding, const struct part *part);

/* Which of several is shown: ' ("relu1")', or ' ("relu1" the first)' where they are more than one. */
const char *first_of(struct arena *arena, int64_t count, const char *name);

/* For example records: a config from JSON text, and the facts of ten classes or of one target. */
void example_config(struct run *run, const char *json);
void example_classes(struct run *run, int64_t classes);

#endif
