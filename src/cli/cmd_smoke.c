/* mldbg smoke: is everything as the committed golden file says? With --update it makes that file. */
#include <inttypes.h>
#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/recipe/smoking.h>

#include "job.h"

struct smoke_settings {
    const char *golden, *budget;
    bool update;
};

static bool progress(void *context, const struct run *record, int64_t done, int64_t all)
{
    if (pulse_beats(context))
        log_progress("smoke  %s  %" PRId64 " of %" PRId64, run_text(record, "compare/stage"), done, all);
    return interrupted() != 0;
}

/* "60" or "60s". */
static bool read_budget(struct arena *arena, const char *text, double *seconds, struct error *err)
{
    size_t length = strlen(text);

    if (length > 1 && text[length - 1] == 's')
        length--;
    if (text_read_double(arena_copy(arena, text, length), seconds) && *seconds > 0)
        return true;
    return fail(err, ERROR_REQUEST, "--budget: expected seconds above 0, such as 60, found \"%s\"",
                text_escape(arena, text, strlen(text), 60));
}

/* What the golden file says, unless it is to be made. */
static bool read_golden(struct invocation *invocation, const char *path, const struct json **golden,
                        struct error *err)
{
    const struct smoke_settings *settings = invocation->options;
    struct json *document = NULL;

    *golden = NULL;
    if (settings->update)
        return true;
    if (!file_exists(path)) {
        fail(err, ERROR_REQUEST, "there is no golden file \"%s\" to hold the config against",
             text_escape(invocation->arena, path, strlen(path), 200));
        return fail_hint(err, "make and commit it: mldbg smoke %s --golden %s --update",
                         text_shell_word(invocation->arena, invocation->words.at[0]),
                         text_shell_word(invocation->arena, path));
    }
    if (!json_read(invocation->arena, path, JSON_CONFIG_BYTES_MOST, &document, NULL, err))
        return false;
    *golden = document;
    return true;
}

static bool write_golden(struct job *job, const char *path, struct error *err)
{
    struct arena *arena = job->run.arena;
    struct text text;

    text_init(&text, arena);
    json_write(&text, lab_smoke_document(&job->run, arena), true);
    if (!file_write(path, text.at, text.length, true, err))
        return false;
    job->verdict.sentence = arena_print(arena, "wrote %s: %s", path, job->verdict.sentence);
    job->verdict.next = arena_print(arena, "commit it; from now on  %s --golden %s",
                                    recipe_command(&job->run, "smoke"), text_shell_word(arena, path));
    return true;
}

static enum exit_code run(struct invocation *invocation)
{
    const struct smoke_settings *settings = invocation->options;
    struct smoke_options options = {.update = settings->update};
    const char *path = settings->golden;
    struct pulse pulse = pulse_start();
    struct error err;
    struct job job;
    bool done;

    if (!path)
        path = file_beside(invocation->arena, invocation->words.at[0], "smoke.json");
    if (!read_budget(invocation->arena, settings->budget, &options.seconds, &err) ||
        !read_golden(invocation, path, &options.golden, &err))
        return refuse_error(invocation, &err);
    done = job_open(&job, invocation) && recipe_smoke(job.lab, &options, path, progress, &pulse, &job.run,
                                                      &job.findings, &job.verdict, &job.problems);
    log_progress_end();
    if (done && settings->update && job.verdict.outcome == OUTCOME_PASS && !write_golden(&job, path, &err))
        return refuse_error(invocation, &err);
    return job_finish(&job, invocation, done);
}

#define FIELD(member) offsetof(struct smoke_settings, member)

static const struct option rows[] = {
    {.name = "golden",
     .type = OPTION_TEXT,
     .offset = FIELD(golden),
     .value = "FILE",
     .help = "the golden file; default: smoke.json beside the config"},
    {.name = "update",
     .type = OPTION_BOOL,
     .offset = FIELD(update),
     .help = "measure with five seeds and write the golden file, if nothing is wrong"},
    {.name = "budget",
     .type = OPTION_TEXT,
     .offset = FIELD(budget),
     .fallback = "60s",
     .value = "SECONDS",
     .help = "stop after so long; what was not measured is INCONCLUSIVE (--strict)"},
};

const struct command command_smoke = {
    .entry = {"smoke", "Does everything still come out as the golden file says?",
              "The quick part of the recipe for CI: shapes and number of parameters, a sample\n"
              "of gradients, the one-batch fit, a few training steps. Held against a golden\n"
              "file that is committed beside the config: losses within 0.1 %, steps to\n"
              "memorize within the spread of five seeds. A difference names the settings that\n"
              "were changed since the file was made.\n"},
    .usage = "smoke CONFIG",
    .examples =
        (const char *const[]){
            "mldbg smoke config.json --golden smoke.json --update",
            "mldbg smoke config.json --golden smoke.json",
            "mldbg smoke config.json --report github --report junit=smoke.xml",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct smoke_settings),
    .words_least = 1,
    .words_most = 1,
    .word = "a config file",
    .run = run,
};
