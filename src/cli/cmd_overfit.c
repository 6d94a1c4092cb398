/* mldbg overfit: can it memorize one batch? With a line that moves while it tries. */
#include "fix.h"

#include <inttypes.h>
#include <math.h>

enum { SPARKLINE = 20 };

static const char *latest(struct arena *arena, const struct run *record, const char *name, const char *label,
                          double factor, int digits, const char *unit)
{
    const struct series *series = run_find(record, name);
    double value = series ? factor * series->value[series->count - 1] : (double)NAN;
    return series ? arena_print(arena, "  %s %s%s", label, text_number(arena, value, digits), unit) : "";
}

static void draw(const struct run *record, int64_t done, int64_t all)
{
    const struct series *loss = run_find(record, "overfit/loss");
    struct arena arena;
    struct text curve;

    arena_init(&arena, "the progress line");
    text_init(&curve, &arena);
    if (loss)
        text_sparkline(&curve, loss->value, loss->count, SPARKLINE, false);
    log_progress("step %" PRId64 " of %" PRId64 "%s%s%s  %s", done, all,
                 latest(&arena, record, "overfit/loss", "loss", 1, 4, ""),
                 latest(&arena, record, "overfit/accuracy", "accuracy", 100, 3, " %"),
                 latest(&arena, record, "overfit/gradient_norm", "gradient", 1, 2, ""), curve.at);
    arena_release(&arena);
}

static bool progress(void *context, const struct run *record, int64_t done, int64_t all)
{
    if (pulse_beats(context))
        draw(record, done, all);
    return interrupted() != 0;
}

static bool ask(struct invocation *invocation, struct job *job, struct proof *proof)
{
    struct pulse pulse = pulse_start();
    bool done = recipe_overfit(job->lab, invocation->options, progress, &pulse, &job->run, &job->findings,
                               proof, &job->verdict, &job->problems);

    log_progress_end();
    return done;
}

static enum exit_code run(struct invocation *invocation)
{
    const struct overfit_request *request = invocation->options;
    struct proof proof;
    struct error err;
    struct job job;
    bool done;

    if (!fix_check(request->fix, &err))
        return refuse_error(invocation, &err);
    done = job_open(&job, invocation) && ask(invocation, &job, &proof);
    if (done && !fix_write(invocation, &job, &proof, request->fix, ask, &err))
        return refuse_error(invocation, &err);
    return job_finish(&job, invocation, done);
}

#define FIELD(member) offsetof(struct overfit_request, member)

static const struct option rows[] = {
    {.name = "batch",
     .type = OPTION_INTEGER,
     .offset = FIELD(options.batch),
     .min = 1,
     .max = 1e12,
     .value = "N",
     .help = "rows to memorize, in place of the config's"},
    {.name = "steps",
     .type = OPTION_INTEGER,
     .offset = FIELD(options.steps),
     .min = 1,
     .max = 1e12,
     .value = "N",
     .help = "steps after which it gives up, in place of the config's"},
    {.name = "no-proof",
     .type = OPTION_BOOL,
     .offset = FIELD(unproved),
     .help = "do not look for the cause by re-running with one thing changed"},
    {.name = "fix",
     .type = OPTION_TEXT,
     .offset = FIELD(fix),
     .value = "FILE",
     .help = "write the config with what cures it into a new file"},
};

const struct command command_overfit = {
    .entry = {"overfit", "Can it memorize one batch, and if not, why?",
              "Trains on one batch, again and again, until its loss is as small as any\n"
              "network could make it. A sound network does this in some dozens of steps. One\n"
              "that cannot has a fault in labels, loss, layers, rate or data, and the shape\n"
              "of its failure tells which. Dropout, penalties and weight decay are switched\n"
              "off for the test.\n"},
    .usage = "overfit CONFIG",
    .examples =
        (const char *const[]){
            "mldbg overfit config.json",
            "mldbg overfit config.json --batch 64 --steps 2000",
            "mldbg overfit config.json --seed 7 --report json=report.json",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct overfit_request),
    .words_least = 1,
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
