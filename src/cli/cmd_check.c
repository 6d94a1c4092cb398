/* mldbg check: reads, builds and measures, trains nothing. */
#include "job.h"

static enum exit_code run(struct invocation *invocation)
{
    struct job job;
    bool done = job_open(&job, invocation) &&
                recipe_check(job.lab, &job.run, &job.findings, &job.verdict, &job.problems);
    return job_finish(&job, invocation, done);
}

const struct command command_check = {
    .entry = {"check", "Is the config sound: keys, shapes, memory, data?",
              "Reads the config and its data, builds the network and trains nothing. Prints\n"
              "the layers with their shapes, parameters and multiply-adds, the memory that\n"
              "one training step takes, and the largest batch that fits this machine. Every\n"
              "mistake of the config is shown in one pass, with its line.\n"},
    .usage = "check CONFIG",
    .examples =
        (const char *const[]){
            "mldbg check config.json",
            "mldbg check config.json --fail-on warning",
            NULL,
        },
    .words_least = 1,
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
