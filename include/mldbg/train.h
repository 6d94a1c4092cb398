/* The config as a whole, and the training step: batch in, forward, backward, checks, update. */
#ifndef MLDBG_TRAIN_H
#define MLDBG_TRAIN_H

#include <mldbg/data.h>
#include <mldbg/layer.h>
#include <mldbg/optim.h>

struct train_settings {
    int64_t batch_size, epochs;
    int64_t probe_every; /* steps between two that are probed; 0: powers of two and every 50 */
    int64_t patience; /* epochs without a smaller loss of val (of train, without val) put up with; -1: all */
    bool shuffle, drop_last;
    bool shuffle_labels; /* rows are shuffled anew each epoch without their labels: a mistake that people make
                          */
};

struct overfit_settings {
    int64_t batch_size; /* rows to memorize */
    int64_t steps;      /* budget */
};

struct target_settings {
    double irreducible_error; /* NaN: not given */
};

struct config {
    const char *path, *text; /* text: for excerpts */
    const struct json *document;
    const char *name;
    uint64_t seed;
    int task; /* -1: decided by the labels; 0 classification, 1 regression */
    const struct data_spec *data;
    struct model_spec model;
    struct optimizer_spec optimizer;
    struct train_settings train;
    struct overfit_settings overfit;
    struct target_settings targets;
};

/* Reads a config file. All mistakes of the pass go to problems. *text is set even then, for excerpts. */
bool config_read(struct arena *arena, const char *path, struct config *out, struct problems *problems);
/* Reads a parsed document, patched or not. */
bool config_parse(struct arena *arena, const char *path, const char *text, const struct json *document,
                  struct config *out, struct problems *problems);
/* Tells the model what the data gives: inputs and classes. */
void config_bind(struct config *config, const struct data *data);
/*
 * The config with every default written out; reads back as the same config. The config is bound to its data.
 * What depends on role and shape stays open: initializations that are chosen, sizes that follow from inputs.
 */
struct json *config_filled(struct arena *arena, const struct config *config);
/* Sets the seed of a document; as text where a number would not hold it. */
void config_fill_seed(struct arena *arena, uint64_t seed, struct json *document);
/*
 * The same in a form that is equal for equal configs: keys in order, numbers by value, without the name that
 * reports use and the place of the schema.
 */
struct json *config_canonical(struct arena *arena, const struct config *config);
/* The JSON Schema of a config. */
struct json *config_schema(struct arena *arena);

/* What one step brought. */
struct moment {
    int64_t step, epoch, rows;
    double loss, data_loss;     /* with and without penalties, in double */
    bool backward;              /* the gradients are those of this step */
    bool recorded;              /* trainer->records and gradient_sizes are of this step */
    double gradient_norm;       /* before clipping */
    double rate;                /* learning rate used */
    int64_t right;              /* rows predicted right (classification), or -1 */
    bool finite;                /* all of inputs, parameters, loss and gradients */
    struct nonfinite nonfinite; /* when not: the first in order of computation; the update was not applied */
    int64_t sample;             /* row of the data that holds it, or -1 */
};

struct trainer {
    struct arena *arena;
    const struct config *config;
    const struct data *data;
    struct model model;
    struct model_graph graph; /* of the batch size in use */
    struct optimizer optimizer;
    int64_t step, epoch;
    bool training;             /* mode of the forward pass */
    bool input_gradient;       /* set before trainer_init: backward also gives the gradient by real inputs */
    const struct dataset *set; /* from which the batch in the graph was taken */
    const int64_t *batch;      /* its rows */
    int64_t batch_rows;
    void *kept_state; /* running statistics before the step, put back when it was poisoned; or NULL */
    void *gathered;   /* sum of gradients not yet used (optimizer.accumulate), or NULL */
    int64_t gathered_count;
    bool recording;                   /* set by who wants the next step's update measured */
    struct update_record *records;    /* of that step, by the rows of `trained` */
    struct magnitude *gradient_sizes; /* beside them, after clipping */
    struct span *trained_span;        /* stretch of each trained parameter */
    int *trained;                     /* row of each in the table of parameters */
    size_t trained_count;
    bool sound;   /* the parameters were looked at since they last changed, and are finite; to be cleared by
                     who changes them, or the optimizer's state */
    bool unknown; /* the optimizer's state was not looked at since it was changed by other hands */
    bool wary;    /* an update may overflow: kept holds what it starts from */
    void *kept[UPDATE_SLOTS + 1]; /* optimizer state and parameters before the update; NULL: not needed yet */
    enum target_coding coding;
};

/*
 * What a step of this model takes: the graph's plan, with the optimizer's slots, the copy of the running
 * statistics and the gathered gradients added to it.
 */
struct memory_plan trainer_memory(const struct config *config, const struct model *model,
                                  const struct model_graph *graph);

/* The same for a batch size; allocates nothing. */
bool trainer_measure(struct arena *arena, const struct config *config, const struct backend *backend,
                     enum dtype dtype, int64_t batch, struct memory_plan *plan, struct problems *problems);

/*
 * Builds model, graph and optimizer for one batch size; memory is taken here, and once more for a
 * training whose numbers grow beyond all measure. The struct is zeroed by the caller, or has input_gradient
 * set.
 */
bool trainer_init(struct trainer *trainer, struct arena *arena, const struct config *config,
                  const struct data *data, const struct backend *backend, enum dtype dtype, uint64_t seed,
                  int64_t batch, struct problems *problems);

/* Puts rows into the graph's inputs and target; rows must stay. */
void trainer_load(struct trainer *trainer, const struct dataset *set, const int64_t *rows, int64_t count);

/*
 * Forward, backward, checks, update (unless something is not finite). An update that makes a parameter
 * or the optimizer's state infinite is found in the same step, and taken back.
 */
void trainer_step(struct trainer *trainer, struct moment *out);

/* Fills trainer->records and gradient_sizes from gradients and parameters as they are, without an update. */
void trainer_record(struct trainer *trainer);

/* Whether the next step is probed, by train.probe_every. */
bool trainer_probes(const struct trainer *trainer);

/*
 * The checks that a step makes for NaN and infinity, on what the last step left; for measuring what they
 * cost.
 */
bool trainer_looks_finite(const struct trainer *trainer);

/* Forward alone, in training or evaluation mode: loss and rows right. */
void trainer_evaluate(struct trainer *trainer, bool training, struct moment *out);

/*
 * The class that the outputs of a row of the batch stand for, after a forward pass; -1 when one is not
 * finite. Classification with one answer a row.
 */
int64_t trainer_predicted(const struct trainer *trainer, int64_t row);

#endif
