/* The networks whose training steps are measured, and what is wanted of each. */
#ifndef MLDBG_BENCH_WORKLOADS_H
#define MLDBG_BENCH_WORKLOADS_H

#include <mldbg/tensor.h>

struct workload {
    const char *name; /* network and batch size: "mlp_b32" */
    int64_t batch;
    struct shape input; /* of one row */
    int64_t tokens;     /* above 0: the input holds indices below this number */
    const char *model;  /* "model" of the config, as JSON */
    double least, aim;  /* times as fast as PyTorch: what is asked for, what is hoped for */
};

enum { WORKLOAD_CLASSES = 10 };

extern const struct workload workloads[];
extern const int workload_count;

/* NULL: there is none of that name. */
const struct workload *workload_find(const char *name);

#endif
