/* What is inside a lab, for the experiments of this floor. */
#ifndef MLDBG_LAB_INSIDE_H
#define MLDBG_LAB_INSIDE_H

#include <mldbg/lab.h>
#include <mldbg/probe.h>
#include <mldbg/train.h>

/* Data that trials have in common, read once. */
struct kept_data {
    const char *key; /* what was read: the value of "data", and the task */
    struct data data;
};
enum { KEPT_DATA_MOST = 16 };

struct lab {
    struct arena *arena;
    struct config config;
    struct data data;
    const struct backend *backend;
    enum dtype dtype;
    uint64_t seed;
    bool seed_given; /* in place of the config's own */
    int threads;
    struct json *digests; /* of config and data files, once they were asked for; or NULL */
    struct kept_data kept[KEPT_DATA_MOST];
    int kept_count;
    int64_t kept_bytes;
};

/* Loads the data and walks the shapes of a config that was read. Problems come in the order of the file. */
bool lab_ready(struct lab *lab, struct problems *problems);

/*
 * The lab's config with changes: the document is copied, patched, read again and bound to the data. Settings
 * that are strings ("optimizer": "adam") become objects when a patch reaches into them.
 */
bool lab_patched(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                 struct config *out, struct problems *problems);

/*
 * A changed config with data of its own kind: read anew where the changes touch "data", or to hold out a
 * fifth of train where there is no val split and train has HELD_OUT_ROWS or more. What was read once is kept.
 * The rows are those of the lab's seed; seed is that of weights and batches.
 */
enum { HELD_OUT_ROWS = 60 };
bool lab_changed(struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                 uint64_t seed, struct config *config, const struct data **data, struct problems *problems);

/* The config with its defaults and the seed that is used, as config.json of a record. */
struct json *lab_config_document(const struct lab *lab, struct arena *arena);

/* Fills lab->digests: {"config": ..., "data": {"train": {"file", "digest"}, ...}}. */
bool lab_digests(struct lab *lab, struct error *err);

/*
 * What was not finite, as facts PREFIX/nonfinite/{what,name,index,value,step,sample}; line and file where it
 * belongs to a row of the data.
 */
void lab_record_nonfinite(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                          struct run *run);

/* The facts of lab_describe about inputs, targets, labels and the number of updates. */
void lab_summarize(const struct lab *lab, struct run *run);

/* The facts init/... of a model of which the shapes are known; none of a model of more than ten million
 * parameters, which would take long. */
void lab_summarize_init(const struct model *model, struct run *run);

/* Bytes that the data takes in memory. */
int64_t lab_data_bytes(const struct lab *lab);

/* Bytes of memory that this machine has (or lets this process have), or -1 if that cannot be known. */
int64_t lab_machine_bytes(void);

/*
 * Whether a step of this config with this batch fits into the machine; else a problem (exit 3) that says both
 * sizes, before anything is allocated.
 */
bool lab_fits(const struct lab *lab, const struct config *config, enum dtype dtype, int64_t batch,
              struct problems *problems);
/* The same for the configured training as a whole, with the data. */
bool lab_training_fits(const struct lab *lab, struct problems *problems);

#endif
