/* The table of experiments, and asking them in order. */
#include <mldbg/lab/experiment.h>

static const struct entry *const entries[] = {
#define EXPERIMENT(id) &experiment_##id.entry,
#include <mldbg/lab/experiments.def>
#undef EXPERIMENT
};

const struct catalog experiment_catalog = {"experiment", "experiments", entries,
                                           sizeof entries / sizeof *entries};

bool lab_experiments(struct lab *lab, lab_progress_fn *progress, void *context, struct run *run,
                     struct problems *problems)
{
    for (size_t i = 0; i < experiment_catalog.count; i++) {
        const struct experiment *experiment = ENTRY_OF(entries[i], struct experiment);

        if (progress && progress(context, run, (int64_t)i, (int64_t)experiment_catalog.count))
            return true;
        if (experiment->trains)
            continue;
        if (!experiment->ask(lab, run, problems))
            return false;
    }
    return true;
}
