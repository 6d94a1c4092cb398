/*
 * Training by epochs: batches in their order, every split judged in evaluation mode, the best epoch
 * remembered, and all of it put into a checkpoint and taken out again, so that a run that goes on is the run
 * that never stopped. Writes no files.
 */
#ifndef MLDBG_TRAIN_EPOCHS_H
#define MLDBG_TRAIN_EPOCHS_H

#include <mldbg/tensor/safetensors.h>
#include <mldbg/train.h>

/* A split in evaluation mode: its measures, and what was predicted for each row. NaN: does not apply here. */
struct evaluation {
    const struct dataset *set;
    double loss;                    /* mean of the batches, by rows; without penalties */
    double accuracy, macro_f1, auc; /* classes; auc: two classes */
    double rmse, mae, r2;           /* numbers, in units of the file */
    bool finite;                    /* false: poisoned is the first of its batches where something was not */
    struct moment poisoned;
    bool predicts;     /* false: the outputs are not one answer a row, and only the loss is known */
    int64_t width;     /* numbers of a row in value */
    double *value;     /* rows x width: probability of each class (the output where the loss knows
                          none, NaN where the outputs are not one a class); numbers: the predictions */
    int32_t *class_of; /* rows: the class predicted, -1: an output was not finite */
    double *row_loss;  /* rows */
};

enum { GRAPHS_MOST = 2 + SPLIT_COUNT }; /* sizes of a batch: the full one, and the rest of every split */

struct epochs {
    struct trainer trainer;
    struct model_graph graphs[GRAPHS_MOST];
    int graph_count;
    int64_t batch_size, batches; /* of an epoch */
    int64_t batch;               /* next one; batches: the epoch waits for its end */
    int64_t *order, *rows;       /* of the train split; of a batch, and as many of its answers */
    double rate;                 /* of the last update; NaN: none was made yet */
    double best;                 /* smallest watched loss: of val, else of train */
    int64_t best_step, best_epoch, bad_epochs;
    int64_t metric_rows, probe_rows;       /* lines that the caller has written */
    struct evaluation splits[SPLIT_COUNT]; /* of the last epochs_evaluate */
};

/* Builds trainer and graphs; memory is taken here and nowhere else. The struct is zeroed by the caller. */
bool epochs_init(struct epochs *epochs, struct arena *arena, const struct config *config,
                 const struct data *data, const struct backend *backend, enum dtype dtype, uint64_t seed,
                 struct problems *problems);

/*
 * What a training takes at its peak, in batches of so many rows: the plan of a step, and as its course the
 * graphs of smaller batches, the answers of every split, the order of the rows, and a checkpoint while it is
 * written. Descriptions and what a training takes once its numbers have grown beyond all measure are left
 * out. Allocates none of it.
 */
bool epochs_measure(struct arena *arena, const struct config *config, const struct data *data,
                    const struct backend *backend, enum dtype dtype, int64_t batch, struct memory_plan *plan,
                    struct problems *problems);

/* The next batch of the epoch: one training step. Not while batch == batches. */
void epochs_step(struct epochs *epochs, struct moment *out);

/* Judges a split. stop (may be NULL) is asked between batches; false when it said so. */
bool epochs_evaluate(struct epochs *epochs, enum split split, bool (*stop)(void *context), void *context);

/*
 * Ends the epoch after its splits were evaluated: schedule, best epoch, patience. True when training is to
 * stop early.
 */
bool epochs_end(struct epochs *epochs);

/* Whether parameters, their state and the optimizer's are all finite. */
bool epochs_finite(const struct epochs *epochs);

/* Everything that training goes on from: views of the numbers, and counters as metadata. */
void checkpoint_fill(const struct epochs *epochs, struct tensor_file *file);
/* Refuses (ERROR_REQUEST) a checkpoint of another model or optimizer. */
bool checkpoint_take(struct epochs *epochs, const struct tensor_file *file, const char *name,
                     struct error *err);

#endif
