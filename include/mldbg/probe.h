/* Probes: measurements taken from a moment of training, written to the record. No thresholds, no words. */
#ifndef MLDBG_PROBE_H
#define MLDBG_PROBE_H

#include <mldbg/run.h>
#include <mldbg/train.h>

struct probe {
    struct entry entry;
    const char *writes; /* patterns of the series, separated by blanks */
    bool cheap;         /* at every step; else at a cadence */
    /* prefix: put before the name of each series ("overfit/"). */
    void (*observe)(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run);
};

#define PROBE(id) extern const struct probe probe_##id;
#include <mldbg/probe/probes.def>
#undef PROBE
extern const struct catalog probe_catalog;

/* Runs the cheap probes, and all of them if asked. */
void probes_observe(const struct trainer *trainer, const struct moment *moment, bool all, const char *prefix,
                    struct run *run);

#endif
