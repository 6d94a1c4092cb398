/* Opening a lab for a command, and reporting what a recipe came to. */
#include "job.h"

#include <time.h>

enum { PULSE = 100 }; /* milliseconds */

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct pulse pulse_start(void)
{
    return (struct pulse){log_is_live(), milliseconds() - PULSE};
}

bool pulse_beats(struct pulse *pulse)
{
    int64_t now = pulse->live ? milliseconds() : pulse->last;
    if (now - pulse->last < PULSE)
        return false;
    pulse->last = now;
    return true;
}

bool job_open(struct job *job, struct invocation *invocation)
{
    return job_open_file(job, invocation, invocation->arena, invocation->words.at[0]);
}

bool job_open_file(struct job *job, struct invocation *invocation, struct arena *arena, const char *path)
{
    const struct common_options *common = invocation->common;
    struct lab_options options = {
        .seed_given = common->seed_given,
        .seed = common->seed,
        .threads = (int)common->threads,
        .double_precision = common->dtype == 1,
    };

    *job = (struct job){0};
    problems_init(&job->problems, arena);
    run_init(&job->run, arena, invocation->command->entry.name);
    findings_init(&job->findings, arena);
    job->findings.ignored = common->ignored;
    interrupt_at_once(true); /* nothing is written before a config and its data are read */
    job->lab = lab_open(arena, path, &options, &job->text, &job->problems);
    interrupt_at_once(false);
    return job->lab != NULL;
}

enum exit_code job_finish(struct job *job, struct invocation *invocation, bool done)
{
    log_progress_end();
    if (!done)
        return refuse(invocation, &job->problems, job->text);

    struct report report = {
        .command = job->run.command,
        .subject = job->run.name,
        .headline = view_headline(&job->run, invocation->arena),
        .body = view_body(&job->run, invocation->arena),
        .judged = true,
        .outcome = job->verdict.outcome,
        .verdict = job->verdict.sentence,
        .next = job->verdict.next,
        .run = &job->run,
        .findings = &job->findings,
    };
    return deliver(invocation, &report);
}
