/* mldbg doctor: the whole recipe in order, to the first broken step and its cause. */
#include <inttypes.h>
#include <mldbg/recipe/doctor.h>

#include "fix.h"

static bool progress(void *context, const struct run *record, int64_t done, int64_t all)
{
    (void)record;
    if (pulse_beats(context))
        log_progress("doctor  %" PRId64 " of %" PRId64, done, all);
    return interrupted() != 0;
}

static bool ask(struct invocation *invocation, struct job *job, struct proof *proof)
{
    struct pulse pulse = pulse_start();
    bool done = recipe_doctor(job->lab, invocation->options, progress, &pulse, &job->run, &job->findings,
                              proof, &job->verdict, &job->problems);

    log_progress_end();
    return done;
}

static enum exit_code run(struct invocation *invocation)
{
    const struct doctor_options *options = invocation->options;
    struct proof proof;
    struct error err;
    struct job job;
    bool done;

    if (!fix_check(options->fix, &err))
        return refuse_error(invocation, &err);
    done = job_open(&job, invocation) && ask(invocation, &job, &proof);
    if (done && !fix_write(invocation, &job, &proof, options->fix, ask, &err))
        return refuse_error(invocation, &err);
    return job_finish(&job, invocation, done);
}

#define FIELD(member) offsetof(struct doctor_options, member)

static const struct option rows[] = {
    {.name = "all", .type = OPTION_BOOL, .offset = FIELD(all), .help = "go on behind a broken step"},
    {.name = "fix",
     .type = OPTION_TEXT,
     .offset = FIELD(fix),
     .value = "FILE",
     .help = "write the config with what cures it into a new file"},
};

const struct command command_doctor = {
    .entry = {"doctor", "What is wrong with this config, if anything?",
              "The whole recipe in order: check, first step, gradients, one batch, training\n"
              "against simple references, what is left to gain. Stops at the first broken\n"
              "step, looks for the one cause, and proves it: the same training from the same\n"
              "seed, with one thing changed. Ends are counted in steps, so that the same\n"
              "config gets the same answer. The test split is not read.\n"},
    .usage = "doctor CONFIG",
    .examples =
        (const char *const[]){
            "mldbg doctor config.json",
            "mldbg doctor config.json --fix fixed.json",
            "mldbg doctor config.json --all --json",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct doctor_options),
    .words_least = 1,
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
