/* What the prover found, in words and as facts of the record. Decides nothing. */
#include "attempts.h"

#include <math.h>
#include <string.h>

const char *proof_form_name(enum proof_form form)
{
    static const char *const names[] = {
#define FORM(id) #id,
        PROOF_FORMS(FORM)
#undef FORM
    };
    return names[form];
}

const char *proof_score(const struct run *run, double score)
{
    return arena_print(run->arena, "%s %s", rules_score_name(run), text_number(run->arena, score, 3));
}

/* Longer words stand in the table already. */
enum { ADVICE_WORDS_MOST = 70 };

const char *proof_advice(const struct proof *proof, const struct run *run)
{
    const char *command = recipe_command(run, run->command);

    if (text_columns(proof->fix_words) > ADVICE_WORDS_MOST)
        return arena_print(run->arena, "write the changes into a new config:  %s --fix FILE", command);
    return arena_print(run->arena, "write \"%s\" into a new config:  %s --fix FILE", proof->fix_words,
                       command);
}

static const char *sentence_of(const struct prover *prover, const struct attempt *attempt)
{
    const struct proof *proof = prover->proof;
    struct run *run = prover->run;

    if (!attempt)
        return "";
    if (attempt->put_back && prover->least)
        return arena_print(run->arena, "together these cure, and without \"%s\" it ends at %s: %s",
                           attempt->words, proof_score(run, attempt->training.score), prover->least);
    if (attempt->put_back)
        return arena_print(run->arena, "with everything else set right, leaving out \"%s\" ends at %s",
                           attempt->words, proof_score(run, attempt->training.score));
    if (proof->one_batch || closes_by_batch(prover, attempt))
        return arena_print(run->arena, "with %s the batch is fitted at step %lld", attempt->words,
                           (long long)attempt->batch.reached);
    return arena_print(run->arena, "with %s: %s instead of %s", attempt->words,
                       proof_score(run, attempt->training.score),
                       text_number(run->arena, proof->training.score, 3));
}

static void record_attempt(const struct attempt *attempt, size_t number, struct run *run)
{
#define FACT(what) arena_print(run->arena, "proof/%zu/" what, number)
    run_set_text(run, FACT("words"), "%s", attempt->words);
    run_set_text(run, FACT("kind"), "%s", attempt->put_back ? "put back" : attempt->pair ? "pair" : "change");
    run_set_text(run, FACT("result"), "%s",
                 attempt->refused    ? "cannot be built"
                 : attempt->put_back ? (attempt->cures ? "breaks it" : "no harm")
                 : attempt->cures    ? "cures"
                                     : "no");
    if (!attempt->refused && !isnan(attempt->training.score))
        run_set_number(run, FACT("score"), attempt->training.score);
    if (attempt->batch_asked)
        run_set_number(run, FACT("step"), (double)attempt->batch.reached);
#undef FACT
}

void prover_tell(const struct prover *prover, const struct attempt *confirmed)
{
    const struct proof *proof = prover->proof;
    struct run *run = prover->run;

    prover->proof->sentence = sentence_of(prover, confirmed);
    run_set_text(run, "proof/on", "%s", proof->one_batch ? "one batch" : "training");
    run_set_number(run, "proof/failing", proof->failing);
    if (!proof->one_batch) {
        if (!isnan(proof->simple.renamed))
            run_set_number(run, "labels/renamed/score", proof->simple.renamed);
        if (proof->simple.moved_rows) {
            run_set_number(run, "labels/moved/rows", (double)proof->simple.moved_rows);
            run_set_number(run, "labels/moved/score", proof->simple.moved_score);
            run_set_number(run, "labels/moved/given", proof->simple.moved_given);
        }
        run_set_number(run, "proof/score", proof->training.score);
        run_set_number(run, "proof/train_score", proof->training.train_score);
        run_set_number(run, "proof/majority", proof->training.majority);
        run_set_number(run, "proof/nonfinite", proof->training.nonfinite);
        run_set_number(run, "proof/reference", proof->best);
        run_set_number(run, "proof/plain_net", proof->reference.score);
        run_set_number(run, "proof/linear", proof->simple.linear);
        run_set_number(run, "proof/neighbours", proof->simple.neighbours);
        run_set_number(run, "proof/capped", proof->training.capped);
        run_set_number(run, "proof/overfits", proof->overfits);
        if (proof->unstable)
            run_set_number(run, "proof/second_score", proof->second_score);
    }
    run_set_text(run, "proof/form", "%s", proof_form_name(proof->form));
    run_set_text(run, "proof/cause", "%s", proof->cause);
    run_set_text(run, "proof/subject", "%s", proof->subject);
    run_set_text(run, "proof/category", "%s", category_name(proof->category));
    run_set_text(run, "proof/change", "%s", proof->change ? proof->change->entry.name : "");
    run_set_text(run, "proof/sentence", "%s", proof->sentence);
    run_set_text(run, "proof/fix", "%s", proof->fix_words);
    run_set_number(run, "proof/steps", (double)proof->steps);
    run_set_number(run, "proof/runs", (double)proof->attempt_count);
    for (size_t i = 0; i < proof->attempt_count; i++)
        record_attempt(&proof->attempts[i], i + 1, run);
}
