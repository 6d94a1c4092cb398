/* Writing the patched config. The config that was given is never touched. */
#include "fix.h"

#include <mldbg/base/file.h>
#include <mldbg/base/log.h>

bool fix_check(const char *path, struct error *err)
{
    if (!path || !file_exists(path))
        return true;
    fail(err, ERROR_REQUEST, "--fix: \"%s\" is there already, and nothing is overwritten", path);
    return fail_hint(err, "name a file that is not there yet");
}

bool fix_write(const struct job *job, const struct proof *proof, const char *path, struct error *err)
{
    struct arena *arena = job->run.arena;
    const struct json *fixed;
    struct text text;

    if (!path)
        return true;
    if (job->verdict.outcome != OUTCOME_FAIL || !proof->fix_count) {
        log_note("--fix: %s, so %s is not written",
                 job->verdict.outcome == OUTCOME_PASS ? "there is nothing to cure"
                                                      : "no change was found that cures it",
                 path);
        return true;
    }
    fixed = lab_fixed(job->lab, arena, proof->fix, proof->fix_count, path);
    if (!fixed)
        BUG("changes that were run do not fit the config");
    text_init(&text, arena);
    json_write(&text, fixed, true);
    if (!file_write(path, text.at, text.length, false, err))
        return false;
    log_note("wrote %s: %s", path, proof->fix_words);
    return true;
}
