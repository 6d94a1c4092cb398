/*
 * Setting right what is wrong for certain and does no harm that a training shows: no gap has to close, so
 * that the rule's own silence decides, and the training may not suffer.
 */
#include "attempts.h"

#include <string.h>

static size_t times_found(const struct findings *findings, const struct rule *rule)
{
    size_t times = 0;

    for (size_t i = 0; i < findings->count; i++)
        times += findings->at[i].rule == rule;
    return times;
}

/* Whether the rule, asked of the changed config, finds less than before. */
static bool silences(const struct prover *prover, const struct remedy *remedy, const struct rule *rule,
                     size_t before)
{
    struct arena *arena = prover->run->arena;
    struct problems unheard;
    struct findings after;
    struct run run;

    problems_init(&unheard, arena);
    findings_init(&after, arena);
    run_init(&run, arena, prover->run->command);
    if (!lab_describe_changed(prover->lab, remedy->patches, (size_t)remedy->count, &run, &unheard) ||
        !rule_can_ask(rule, &run))
        return false;
    rule->check(rule, &run, &after);
    return after.count < before;
}

static bool no_worse(struct prover *prover, const struct remedy *remedy)
{
    const struct trial_options options = {
        .kind = TRIAL_training, .patches = remedy->patches, .patch_count = (size_t)remedy->count};
    struct problems unheard;
    struct trial trial;

    problems_init(&unheard, prover->run->arena);
    return prover_try(prover, &options, &trial, &unheard) && !prover->proof->interrupted &&
           prover_no_worse(prover, &trial);
}

void prover_settle(struct prover *prover, const struct finding *finding, const struct findings *findings)
{
    const struct change *const *change = finding->rule->remedies;
    size_t before = times_found(findings, finding->rule);
    struct proof *proof = prover->proof;
    struct remedy remedy;

    for (; change && *change && !proof->interrupted; change++) {
        if (!change_make(*change, prover->run, finding->subject, &remedy) ||
            !silences(prover, &remedy, finding->rule, before) || !no_worse(prover, &remedy))
            continue;
        struct patch *patches = arena_array(prover->run->arena, (size_t)remedy.count, sizeof *patches);
        memcpy(patches, remedy.patches, (size_t)remedy.count * sizeof *patches);
        proof->fix = patches;
        proof->fix_count = (size_t)remedy.count;
        proof->fix_words = remedy.words;
        return;
    }
}
