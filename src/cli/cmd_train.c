/* mldbg train: trains with a record, or goes on with one; a line that moves, or one line an epoch. */
#include "job.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>
#include <mldbg/run/ledger.h>

struct train_settings {
    const char *output, *resume;
    bool ledger;
};

struct watching {
    struct pulse pulse;
    size_t epochs; /* that were told */
    int64_t first; /* step at which this process began; -1: not yet known */
    double began;  /* seconds */
    bool plain;    /* no terminal: one line an epoch */
};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static const char *latest(struct arena *arena, const struct run *record, const char *name, const char *label,
                          double factor, const char *unit)
{
    const struct series *series = run_find(record, name);

    return series ? arena_print(arena, "  %s %s%s", label,
                                text_number(arena, factor * series->value[series->count - 1], 4), unit)
                  : "";
}

static const char *measures(struct arena *arena, const struct run *record)
{
    return arena_print(arena, "%s%s%s%s%s", latest(arena, record, "train/loss", "loss", 1, ""),
                       latest(arena, record, "val/loss", "val", 1, ""),
                       latest(arena, record, "val/accuracy", "accuracy", 100, " %"),
                       latest(arena, record, "val/rmse", "RMSE", 1, ""),
                       latest(arena, record, "rate", "rate", 1, ""));
}

static const char *time_left(struct arena *arena, const struct watching *watching, int64_t done, int64_t all)
{
    double spent = seconds() - watching->began;
    double left = done > watching->first ? spent / (double)(done - watching->first) * (double)(all - done)
                                         : (double)NAN;

    if (isnan(left))
        return "";
    if (left < 60)
        return arena_print(arena, "  %.0f s left", left);
    return left < 3600 ? arena_print(arena, "  %.0f min left", left / 60)
                       : arena_print(arena, "  %.1f h left", left / 3600);
}

static bool progress(void *context, const struct run *record, int64_t done, int64_t all)
{
    struct watching *watching = context;
    const struct series *epoch = run_find(record, "epoch");
    size_t ended = epoch ? epoch->count : 0;
    struct arena arena;

    if (watching->first < 0) {
        watching->first = done;
        watching->epochs = ended;
        watching->began = seconds();
    }
    if (watching->plain ? ended > watching->epochs : pulse_beats(&watching->pulse)) {
        arena_init(&arena, "the progress line");
        if (watching->plain)
            log_note("epoch %.0f, step %" PRId64 " of %" PRId64 "%s", epoch->value[ended - 1],
                     epoch->step[ended - 1], all, measures(&arena, record));
        else
            log_progress("epoch %zu  step %" PRId64 " of %" PRId64 "%s%s", ended + 1, done, all,
                         time_left(&arena, watching, done, all), measures(&arena, record));
        arena_release(&arena);
        watching->epochs = ended;
    }
    return interrupted() != 0;
}

static bool check_request(const struct invocation *invocation, struct error *err)
{
    const struct train_settings *settings = invocation->options;
    bool config = invocation->words.count > 0;

    if (settings->resume && (config || settings->output)) {
        fail(err, ERROR_REQUEST,
             "--resume goes on with the config and the folder of the run; nothing else fits");
        return fail_hint(err, "mldbg train --resume RUN");
    }
    if (settings->resume && invocation->common->seed_given) {
        fail(err, ERROR_REQUEST, "--seed cannot be changed when a run is gone on with");
        return false;
    }
    if (settings->resume)
        return true;
    if (!config) {
        fail(err, ERROR_REQUEST, "train needs a config file and a folder for the record");
        return fail_hint(err, "mldbg train CONFIG -o RUN; or mldbg train --resume RUN");
    }
    if (!settings->output) {
        fail(err, ERROR_REQUEST, "train needs a folder for the record");
        return fail_hint(err, "mldbg train %s -o RUN",
                         text_shell_word(invocation->arena, invocation->words.at[0]));
    }
    return true;
}

/* Opens the record first, so that a folder in use is refused before any data is read. */
static bool open_all(struct job *job, struct invocation *invocation, struct record *record)
{
    const struct train_settings *settings = invocation->options;
    struct arena *arena = invocation->arena;
    const struct json *manifest;
    struct run old;
    struct text notes;
    struct error err = {0};

    if (!settings->resume) {
        if (!job_open(job, invocation))
            return false;
        return record_create(record, arena, settings->output, &err) || problems_add(&job->problems, &err);
    }
    *job = (struct job){0};
    problems_init(&job->problems, arena);
    run_init(&job->run, arena, invocation->command->entry.name);
    findings_init(&job->findings, arena);
    job->findings.ignored = invocation->common->ignored;
    text_init(&notes, arena);
    if (!record_reopen(record, arena, settings->resume, &err) ||
        !record_read(arena, settings->resume, &old, &manifest, &notes, &err))
        return problems_add(&job->problems, &err);
    interrupt_at_once(true);
    job->lab = lab_reopen(arena, record->folder, manifest, (int)invocation->common->threads, &job->text,
                          &job->problems);
    interrupt_at_once(false);
    return job->lab != NULL;
}

/* The end of a training shows the error on test; who saw it before is no part of the record. */
static void count_reading(const struct invocation *invocation, const struct record *record,
                          const struct run *run)
{
    const struct train_settings *settings = invocation->options;
    const char *ledger = settings->ledger ? ledger_path(invocation->arena) : NULL;

    if (ledger && run_has(run, "end/test/*"))
        recipe_train_read(record->folder, ledger, run);
}

static enum exit_code run(struct invocation *invocation)
{
    const struct train_settings *settings = invocation->options;
    struct record record = {.lock = -1};
    struct watching watching = {.pulse = pulse_start(), .first = -1, .plain = !log_is_live()};
    struct train_options options = {.record = &record, .resume = settings->resume != NULL};
    struct error err = {0};
    struct job job;
    enum exit_code code;

    if (!check_request(invocation, &err))
        return refuse_error(invocation, &err);
    bool done =
        open_all(&job, invocation, &record) && recipe_train(job.lab, &options, progress, &watching, &job.run,
                                                            &job.findings, &job.verdict, &job.problems);
    if (done)
        count_reading(invocation, &record, &job.run);
    code = job_finish(&job, invocation, done);
    record_close(&record);
    return code;
}

static const struct option rows[] = {
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = offsetof(struct train_settings, output),
     .letter = 'o',
     .value = "RUN",
     .help = "the folder that is made for the record"},
    {.name = "resume",
     .type = OPTION_TEXT,
     .offset = offsetof(struct train_settings, resume),
     .value = "RUN",
     .help = "go on with a run that was interrupted or killed"},
    {.name = "ledger",
     .type = OPTION_BOOL,
     .offset = offsetof(struct train_settings, ledger),
     .fallback = "true",
     .help = "do not count this reading of test, nor tell of others; MLDBG_LEDGER names the file"},
};

const struct command command_train = {
    .entry = {"train", "How does training go, and what does it come to?",
              "Trains as the config says and writes a record: metrics after every epoch,\n"
              "probes, checkpoints, and in the end the predictions for every row. The test\n"
              "split is read once, at the end. Ctrl-C leaves a checkpoint; --resume ends with\n"
              "the same bytes as a run that was never stopped. A folder that holds a run is\n"
              "never written over.\n"},
    .usage = "train CONFIG",
    .examples =
        (const char *const[]){
            "mldbg train config.json -o run",
            "mldbg train config.json -o run-7 --seed 7 --quiet",
            "mldbg train --resume run",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct train_settings),
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
