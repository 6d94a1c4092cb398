/* Probes: measurements taken from a moment of training, written to the record. No thresholds, no words. */
#ifndef MLDBG_PROBE_H
#define MLDBG_PROBE_H

#include <mldbg/run.h>
#include <mldbg/train.h>

enum cadence {
    CADENCE_step, /* at every step that anything is recorded of */
    CADENCE_some  /* by train.probe_every; while memorizing at powers of two and the last step */
};

struct probe {
    struct entry entry;
    const char *writes; /* patterns of the series, separated by blanks */
    enum cadence cadence;
    const char *cost; /* of looking once: "one pass over the batch" */
    /*
     * prefix: put before the name of each series that is about the batch as a whole ("overfit/"). A moment
     * that is not finite may be shown, too; without moment->backward the gradients are of another step.
     */
    void (*observe)(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run);
};

#define PROBE(id) extern const struct probe probe_##id;
#include <mldbg/probe/probes.def>
#undef PROBE
extern const struct catalog probe_catalog;

const char *cadence_words(enum cadence cadence);

/* Runs the probes of every step, and all of them if asked. */
void probes_observe(const struct trainer *trainer, const struct moment *moment, bool all, const char *prefix,
                    struct run *run);

/* Whether some probe writes a series of this name, with or without the prefix of an experiment. */
bool probes_write(const char *series, const char *prefix);

#endif
