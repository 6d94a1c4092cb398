/* mldbg gradcheck: analytic against numeric gradients of the whole model. */
#include "job.h"

#include <inttypes.h>

static bool progress(void *context, const struct run *record, int64_t done, int64_t all)
{
    (void)record;
    if (pulse_beats(context))
        log_progress("gradcheck  %" PRId64 " of %" PRId64, done, all);
    return interrupted() != 0;
}

static enum exit_code run(struct invocation *invocation)
{
    struct pulse pulse = pulse_start();
    struct job job;
    bool done =
        job_open(&job, invocation) && recipe_gradcheck(job.lab, invocation->options, progress, &pulse,
                                                       &job.run, &job.findings, &job.verdict, &job.problems);
    return job_finish(&job, invocation, done);
}

static const struct option rows[] = {
    {.name = "rows",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct gradcheck_options, rows),
     .fallback = "4",
     .min = 1,
     .max = 1024,
     .value = "N",
     .help = "rows of the batch"},
    {.name = "most",
     .type = OPTION_INTEGER,
     .offset = offsetof(struct gradcheck_options, most),
     .fallback = "0",
     .min = 0,
     .max = 1e12,
     .value = "N",
     .help = "elements checked of one tensor, 0 for all"},
};

const struct command command_gradcheck = {
    .entry = {"gradcheck", "Are all gradients right?",
              "Compares the gradient of the loss by every parameter and every input with the\n"
              "change of the loss when that number moves a little, in double precision. Names\n"
              "layer, parameter and index of the worst. Kinks of relu and max-pool are\n"
              "recognised and judged by both of their slopes. The same gradients in float32\n"
              "and double are compared, too.\n"},
    .usage = "gradcheck CONFIG",
    .examples =
        (const char *const[]){
            "mldbg gradcheck config.json",
            "mldbg gradcheck config.json --rows 8 --most 100",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct gradcheck_options),
    .words_least = 1,
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
