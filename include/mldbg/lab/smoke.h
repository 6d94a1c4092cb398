/*
 * The quick part of the recipe for CI: everything that is cheap to measure and ought not to change unnoticed,
 * beside what a committed golden file says. What is measured are facts smoke/..., what the golden file says
 * facts golden/... of the same names, so that the file is nothing but the facts written as nested objects.
 *
 *   smoke/{seed,dtype,parameters,trainable,layer_count}, smoke/data: digest of the train file
 *   smoke/layers/<index>: "fc1: linear, output 120, 30,840 parameters"
 *   smoke/overfit/<step>: losses of the one-batch fit
 *   smoke/train/<step>: losses of training steps by the config, on one batch
 *   smoke/outputs/<k>: first outputs of the untrained network, in evaluation mode
 *   smoke/results/{gradients,overfit,train}: "right", "memorized", "finite" and their opposites
 *   smoke/reached: step at which the batch was memorized; absent: it was not
 *   smoke/steps/{least,median,most,seeds}: the same over several seeds, with `update` only
 *   compare/{changes,line,column}: settings of the config that are not the golden ones, and the first
 *   compare/changed: the same in words
 *   compare/stopped: "", "interrupted" or "seconds"; compare/stage: in which part
 */
#ifndef MLDBG_LAB_SMOKE_H
#define MLDBG_LAB_SMOKE_H

#include <mldbg/lab.h>

struct smoke_options {
    const struct json *golden; /* what to hold it against; NULL with update */
    bool update;               /* measure what a golden file holds: several seeds */
    double seconds;            /* it stops when they are used up; 0: no limit */
};

/* Refused when the golden file is none, or was made with another seed or precision. */
bool lab_smoke(struct lab *lab, const struct smoke_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems);

/* The golden file of a record that lab_smoke filled with `update`. */
struct json *lab_smoke_document(const struct run *run, struct arena *arena);

#endif
