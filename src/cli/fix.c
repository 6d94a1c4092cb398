/*
 * Writing the patched config, and asking it again until nothing is left to cure. The config that was given is
 * never touched.
 */
#include "fix.h"

#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/base/log.h>

/* Causes that hid behind one another, taken away one by one. Of the zoo's configs none needs more than three.
 */
enum { CURES_MOST = 4 };

bool fix_check(const char *path, struct error *err)
{
    if (!path)
        return true;
    if (file_exists(path)) {
        fail(err, ERROR_REQUEST, "--fix: \"%s\" is there already, and nothing is overwritten", path);
        return fail_hint(err, "name a file that is not there yet");
    }
    /* Minutes of re-runs are lost where this is found out in the end. */
    return file_can_make(path, err);
}

static bool write_cured(const struct job *job, const struct proof *proof, const char *path, bool again,
                        struct error *err)
{
    struct text text;

    text_init(&text, job->run.arena);
    json_write(&text, lab_fixed(job->lab, job->run.arena, proof->fix, proof->fix_count, path), true);
    return file_write(path, text.at, text.length, again, err);
}

/* What the file came to when it was asked: the last word on it stays in the first record. */
static void record_outcome(struct job *first, const struct job *asked)
{
    run_set_text(&first->run, "fix/outcome", "%s", outcome_name(asked->verdict.outcome));
    run_set_text(&first->run, "fix/sentence", "%s", asked->verdict.sentence);
}

/* One more round: false where the file is as good as it gets. */
static bool ask_again(struct invocation *invocation, struct job *first, const char *path, fix_ask_fn *ask,
                      struct text *words, bool last, struct error *err)
{
    struct arena arena;
    struct job job;
    struct proof proof;
    bool more = false;

    arena_init(&arena, "the fixed config");
    if (job_open_file(&job, invocation, &arena, path) && ask(invocation, &job, &proof)) {
        record_outcome(first, &job);
        more = !last && job.verdict.outcome == OUTCOME_FAIL && proof.fix_count > 0;
        if (more && write_cured(&job, &proof, path, true, err))
            text_print(words, "; then %s", proof.fix_words);
    } else {
        run_set_text(&first->run, "fix/outcome", "refused");
        run_set_text(&first->run, "fix/sentence", "%s", job.problems.at[0].sentence);
    }
    arena_release(&arena);
    return more && !*err->sentence;
}

static void sum_up(struct job *job, const char *path, const char *words)
{
    struct arena *arena = job->run.arena;
    const char *shown = text_shell_word(arena, path);
    bool healthy = strcmp(run_text(&job->run, "fix/outcome"), outcome_name(OUTCOME_PASS)) == 0;

    run_set_text(&job->run, "fix/file", "%s", path);
    run_set_text(&job->run, "fix/words", "%s", words);
    if (!healthy)
        job->verdict.next = arena_print(arena, "see what is left:  mldbg doctor %s", shown);
    else if (strcmp(job->run.command, "doctor") == 0)
        job->verdict.next = arena_print(arena, "train it:  mldbg train %s -o runs/a", shown);
    else
        job->verdict.next = arena_print(arena, "ask the whole recipe:  mldbg doctor %s", shown);
    log_note("wrote %s: %s", path, words);
}

bool fix_write(struct invocation *invocation, struct job *job, const struct proof *proof, const char *path,
               fix_ask_fn *ask, struct error *err)
{
    struct text words;
    int cures = 1;

    if (!path)
        return true;
    if (job->verdict.outcome != OUTCOME_FAIL || !proof->fix_count) {
        log_note(job->verdict.outcome == OUTCOME_PASS
                     ? "--fix: there is nothing to cure, so %s is not written"
                     : "--fix: nothing that was tried cures it, so %s is not written",
                 path);
        return true;
    }
    text_init(&words, invocation->arena);
    text_add(&words, proof->fix_words);
    *err = (struct error){0};
    if (!write_cured(job, proof, path, false, err))
        return false;
    while (!interrupted() && ask_again(invocation, job, path, ask, &words, cures == CURES_MOST, err))
        cures++;
    if (*err->sentence)
        return false;
    sum_up(job, path, words.at);
    return true;
}
