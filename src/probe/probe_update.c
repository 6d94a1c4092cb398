/* How far a step moved each parameter, beside the parameter's own size. The update measured it. */
#include <math.h>

#include "put.h"

static void observe(const struct trainer *trainer, const struct moment *moment, const char *prefix,
                    struct run *run)
{
    (void)prefix;
    for (size_t i = 0; moment->recorded && moment->finite && i < trainer->trained_count; i++)
        probe_put(run, moment->step, sqrt(trainer->records[i].moved / trainer->records[i].value.sum_squares),
                  "update/", trainer->model.parameters.at[trainer->trained[i]].name, "/ratio");
}

const struct probe probe_update = {
    .entry = {"update", "How far a step moved each parameter, beside its size",
              "For every trained parameter the norm of what the step added, divided by the\n"
              "norm of the value. About 0.001 is usual; far above it the steps are large, far\n"
              "below it hardly anything is learned. Of a bias that begins at zero the first\n"
              "ratios are near 1.\n"},
    .writes = "update/*/ratio",
    .cadence = CADENCE_some,
    .cost = "arithmetic on the parameters while the update has them at hand",
    .observe = observe,
};
