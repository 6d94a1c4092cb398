/* How a probe writes: by a name that is put together on the stack, since probing must not gather memory. */
#ifndef MLDBG_PROBE_PUT_H
#define MLDBG_PROBE_PUT_H

#include <mldbg/probe.h>

/* Appends a value to the series HEAD + NAME + TAIL, such as "gradient/" "fc1/weight" "/norm". */
void probe_put(struct run *run, int64_t step, double value, const char *head, const char *name,
               const char *tail);

/* Of the finite elements of a tensor. */
struct moments {
    double mean, std;
};

/* Mean and standard deviation (dividing by the count) of the finite elements; NaN when there are none. */
struct moments probe_moments(int64_t count, double sum, double sum_squares);

#endif
