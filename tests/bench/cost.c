/*
 * Plain and probed steps in turns, so that both see the same machine. A probed step takes
 * all measurements and writes their row to a file, as `mldbg train` does. The
 * checks are timed where they stand, behind a step, when its data lies where a step leaves it.
 */
#include "cost.h"

#include <stdlib.h>
#include <unistd.h>

#include "../../src/lab/training.h"
#include "timing.h"

enum {
    WARM_UP = 10,
    LEAST = 30,   /* pairs of steps that make a median, however slow */
    MOST = 1500,  /* more would memorize the batch and train on denormal gradients */
    COURSE = 1000 /* steps of a training over which the default cadence is counted */
};

static void probed_step(struct training *training)
{
    struct trainer *trainer = &training->epochs->trainer;
    struct moment moment;
    struct error err = {0};

    trainer->recording = true;
    trainer_step(trainer, &moment);
    trainer->recording = false;
    probes_observe(trainer, &moment, true, PROBE_PREFIX, training->run);
    if (!write_probes(training, moment.step, &err))
        stop("%s", err.sentence);
}

/* Share of the steps of a training that the default cadence probes. */
static double default_share(const struct trainer *trainer)
{
    struct trainer copy = *trainer;
    int probed = 0;

    for (copy.step = 0; copy.step < COURSE; copy.step++)
        probed += trainer_probes(&copy);
    return (double)probed / COURSE;
}

static void take_turns(struct training *training, double seconds, struct cost *out)
{
    static double plain[MOST], probed[MOST], checks[MOST];
    struct trainer *trainer = &training->epochs->trainer;
    struct moment moment;
    double begin;
    int count = 0;

    for (int i = 0; i < WARM_UP; i++)
        trainer_step(trainer, &moment);
    for (begin = now(); count < MOST && (count < LEAST || now() - begin < seconds); count++) {
        const double start = now();
        trainer_step(trainer, &moment);
        const double stepped = now();
        if (!trainer_looks_finite(trainer))
            stop("the training is not finite");
        const double checked = now();
        probed_step(training);
        plain[count] = stepped - start;
        checks[count] = checked - stepped;
        probed[count] = now() - checked;
    }
    out->step = median(plain, count);
    out->every = median(probed, count) / out->step - 1;
    out->sparse = default_share(trainer) * out->every;
    out->finite = median(checks, count) / out->step;
    out->step *= 1e3;
}

void cost_measure(struct trainer *trainer, double seconds, struct cost *out)
{
    char folder[] = "/tmp/mldbg-bench-XXXXXX";
    struct arena *arena = trainer->arena;
    struct epochs *epochs = arena_alloc(arena, sizeof *epochs);
    struct record record = {.arena = arena, .folder = folder, .lock = -1};
    struct run run;
    struct training training = {.epochs = epochs, .record = &record, .run = &run, .probes = {.file = -1}};

    if (!mkdtemp(folder))
        stop("cannot make a folder in /tmp");
    epochs->trainer = *trainer;
    run_init(&run, arena, "bench");
    take_turns(&training, seconds, out);
    sheet_close(&training.probes);
    unlink(record_path(&record, "probes.csv"));
    rmdir(folder);
}
