/* Opening a lab for a command, and reporting what a recipe came to. */
#include "job.h"

bool job_open(struct job *job, struct invocation *invocation)
{
    const struct common_options *common = invocation->common;
    struct lab_options options = {
        .seed_given = common->seed_given,
        .seed = common->seed,
        .threads = (int)common->threads,
        .double_precision = common->dtype == 1,
    };

    *job = (struct job){0};
    problems_init(&job->problems, invocation->arena);
    run_init(&job->run, invocation->arena, invocation->command->entry.name);
    findings_init(&job->findings, invocation->arena);
    job->lab = lab_open(invocation->arena, invocation->words.at[0], &options, &job->text, &job->problems);
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
