/* What is inside a lab, for the experiments of this floor. */
#ifndef MLDBG_LAB_INSIDE_H
#define MLDBG_LAB_INSIDE_H

#include <mldbg/lab.h>
#include <mldbg/probe.h>
#include <mldbg/train.h>

struct lab {
    struct arena *arena;
    struct config config;
    struct data data;
    const struct backend *backend;
    enum dtype dtype;
    uint64_t seed;
    int threads;
    struct json *digests; /* of config and data files, once they were asked for; or NULL */
};

/* Loads the data and walks the shapes of a config that was read. Problems come in the order of the file. */
bool lab_ready(struct lab *lab, struct problems *problems);

/*
 * The lab's config with changes: the document is copied, patched, read again and bound to the data. Settings
 * that are strings ("optimizer": "adam") become objects when a patch reaches into them.
 */
bool lab_patched(const struct lab *lab, struct arena *arena, const struct patch *patches, size_t count,
                 struct config *out, struct problems *problems);

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

#endif
