/* Whether a fit with true inputs is better than one that sees only zeros. */
#include <math.h>
#include <string.h>

#include "asking.h"
#include "memorizing.h"

enum { STEPS = 200 };

static void zero_inputs(struct asking *asking)
{
    const struct model_graph *graph = &asking->trainer.graph;

    for (int i = 0; i < asking->lab->data.input_count; i++) {
        const struct tensor *input = graph_value(graph->graph, graph->inputs[i]);

        memset(input->data, 0, tensor_bytes(input));
    }
}

/* The loss at the end of a fit of one batch; NaN when something was not finite. */
static bool fit(struct lab *lab, bool zeroed, double *loss, struct problems *problems)
{
    struct arena arena;
    struct asking asking;
    bool good;

    arena_init(&arena, "patches");
    struct off *off = arena_alloc(&arena, sizeof *off);
    off->arena = &arena;
    off_collect(off, &lab->config);
    good = asking_begin(&asking, lab, NULL, lab->dtype, off->patches, off->count, problems);
    *loss = (double)NAN;
    if (good) {
        struct moment moment;

        asking.trainer.optimizer.total_steps = STEPS;
        if (zeroed)
            zero_inputs(&asking);
        do {
            trainer_step(&asking.trainer, &moment);
        } while (moment.finite && asking.trainer.step < STEPS);
        if (moment.finite)
            *loss = moment.data_loss;
    }
    asking_end(&asking);
    arena_release(&arena);
    return good;
}

static bool ask(struct lab *lab, struct run *run, struct problems *problems)
{
    double loss, zeroed;

    if (!fit(lab, false, &loss, problems) || !fit(lab, true, &zeroed, problems))
        return false;
    if (!isnan(loss))
        run_set_number(run, "experiment/zeroed_inputs/loss", loss);
    if (!isnan(zeroed))
        run_set_number(run, "experiment/zeroed_inputs/zeroed", zeroed);
    return true;
}

const struct experiment experiment_zeroed_inputs = {
    .entry = {"zeroed_inputs", "Whether the inputs are of any use",
              "One batch is fitted for 200 steps, without dropout and penalties, once as it\n"
              "is and once with all inputs set to zero. A network that learns from its\n"
              "inputs ends far lower with the true ones.\n"},
    .cost = "400 training steps on one batch",
    .trains = true,
    .writes = "experiment/zeroed_inputs/loss experiment/zeroed_inputs/zeroed",
    .ask = ask,
};
