/*
 * Naming one root cause, by re-running. In order: certain findings, suspicions whose remedy cures, pairs,
 * changes that do not compensate, put-back, compensators. What each stage is worth was measured on a hundred
 * faulty programs: `make zoo`.
 */
#include "attempts.h"

#include <math.h>
#include <string.h>

enum { CANDIDATES_MOST = 48, PAIRS_MOST = 25 };

/* A finding with a category, and one of its remedies made for this config. */
struct candidate {
    const struct finding *finding;
    struct remedy remedy;
    const struct attempt *tried;
};

struct naming {
    struct prover *prover;
    struct candidate candidates[CANDIDATES_MOST];
    int count;
    const struct finding *uncured;   /* the certain finding that is named though no remedy cures; or NULL */
    const struct attempt *confirmed; /* the re-run that proves what is named; or NULL */
};

/* ---- What can be named ---- */

static bool is_certain(const struct finding *finding)
{
    return finding->severity == SEVERITY_ERROR;
}

/* Certain ones first, in the order of the table; then suspicions, in the order of causes. */
static bool stands_before(const struct finding *a, const struct finding *b)
{
    if (is_certain(a) != is_certain(b))
        return is_certain(a);
    return !is_certain(a) && a->rule->category < b->rule->category;
}

static const struct finding **sorted_causes(const struct findings *findings, size_t *count)
{
    const struct finding **list = arena_array(findings->arena, findings->count + 1, sizeof *list);

    *count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        size_t at = *count;

        if (finding->rule->category == CATEGORY_none)
            continue;
        while (at > 0 && stands_before(finding, list[at - 1])) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = finding;
        ++*count;
    }
    return list;
}

static void gather(struct naming *naming, const struct findings *findings)
{
    size_t count;
    const struct finding **causes = sorted_causes(findings, &count);

    for (size_t i = 0; i < count; i++) {
        const struct change *const *change = causes[i]->rule->remedies;

        if (is_certain(causes[i]) && !naming->uncured)
            naming->uncured = causes[i];
        for (; change && *change && naming->count < CANDIDATES_MOST; change++) {
            struct candidate *candidate = &naming->candidates[naming->count];

            *candidate = (struct candidate){.finding = causes[i]};
            naming->count +=
                change_make(*change, naming->prover->run, causes[i]->subject, &candidate->remedy);
        }
    }
}

/* ---- Putting a name ---- */

static void confirm(struct naming *naming, enum proof_form form, const struct attempt *attempt)
{
    struct proof *proof = naming->prover->proof;

    naming->confirmed = attempt;
    proof->form = form;
    proof->change = attempt->change;
    if (!attempt->put_back) {
        proof->fix = attempt->patches;
        proof->fix_count = attempt->patch_count;
        proof->fix_words = attempt->words;
    }
}

static void name_finding(struct proof *proof, const struct finding *finding)
{
    proof->cause = finding->rule->code;
    proof->subject = finding->subject;
    proof->category = finding->rule->category;
}

/* A change that cures names its category; where a finding of that category was made, that finding. */
static void name_category(const struct naming *naming, const struct findings *findings,
                          enum category category)
{
    struct proof *proof = naming->prover->proof;

    proof->category = category;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].rule->category == proof->category) {
            name_finding(proof, &findings->at[i]);
            return;
        }
}

/* ---- The stages ---- */

/* Every remedy of what was found is run: the table shows what cures and what does not. */
static bool suspicions(struct naming *naming)
{
    bool lagging = naming->prover->proof->lagging;
    struct proof *proof = naming->prover->proof;
    const struct candidate *cured = NULL;

    for (int i = 0; i < naming->count; i++) {
        struct candidate *candidate = &naming->candidates[i];

        if (lagging && !is_certain(candidate->finding) &&
            change_compensates(candidate->remedy.change, naming->prover->run))
            continue;
        candidate->tried = try_single(naming->prover, &candidate->remedy);
        if (!candidate->tried)
            break;
        if (!cured && candidate->tried->cures &&
            !(lagging && closes_by_batch(naming->prover, candidate->tried)))
            cured = candidate;
        if (cured && is_certain(cured->finding))
            break;
    }
    if (!cured || (naming->uncured && !is_certain(cured->finding)))
        return false;
    name_finding(proof, cured->finding);
    confirm(naming, PROOF_single, cured->tried);
    return true;
}

/* The remedy of a finding together with another change, where none cures alone. */
static bool pairs(struct naming *naming, const struct findings *findings)
{
    struct prover *prover = naming->prover;
    int runs = 0;

    for (int i = 0; i < naming->count && i < 3; i++) {
        const struct candidate *first = &naming->candidates[i];

        if (!is_certain(first->finding) && (naming->uncured || first->remedy.change->compensates))
            continue;
        for (size_t k = 0; k < change_catalog.count && runs < PAIRS_MOST; k++) {
            const struct attempt *attempt =
                try_pair(prover, &first->remedy, ENTRY_OF(change_catalog.at[k], struct change));

            if (!attempt)
                continue;
            runs++;
            if (!attempt->cures)
                continue;
            if (change_compensates(first->remedy.change, prover->run) &&
                !change_compensates(attempt->second, prover->run))
                name_category(naming, findings, attempt->second->category);
            else
                name_finding(prover->proof, first->finding);
            confirm(naming, PROOF_pair, attempt);
            return true;
        }
    }
    return false;
}

/* Gains that are closer than this are alike: then the order of causes decides. */
static const double ALIKE = 0.9;

/* Of the re-runs that cure, the one that closes most of the gap; among alike ones the first cause. */
static const struct attempt *best_of(const struct prover *prover, const struct attempt *const *cures,
                                     size_t count)
{
    const struct attempt *best = NULL;
    double most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, gain_of(prover, cures[i]));
    for (size_t i = 0; i < count; i++)
        if (gain_of(prover, cures[i]) >= ALIKE * most && (!best || cures[i]->category < best->category))
            best = cures[i];
    return best;
}

/* All changes that compensate, or all that do not. */
static const struct attempt *largest_gain(struct naming *naming, bool compensates)
{
    struct prover *prover = naming->prover;
    const struct attempt **cures = arena_array(prover->run->arena, change_catalog.count, sizeof *cures);
    size_t count = 0;

    for (size_t k = 0; k < change_catalog.count; k++) {
        const struct change *change = ENTRY_OF(change_catalog.at[k], struct change);
        const struct attempt *attempt;
        struct remedy remedy;

        if (change_compensates(change, prover->run) != compensates ||
            !change_make(change, prover->run, "", &remedy))
            continue;
        attempt = try_single(prover, &remedy);
        if (attempt && attempt->cures)
            cures[count++] = attempt;
    }
    return best_of(prover, cures, count);
}

static bool generic(struct naming *naming, const struct findings *findings, bool compensates)
{
    const struct attempt *best = largest_gain(naming, compensates);

    if (!best)
        return false;
    name_category(naming, findings, best->category);
    confirm(naming, compensates ? PROOF_compensator : PROOF_single, best);
    return true;
}

/* With the re-run that try_put_back or try_least came to. */
static bool put_back(struct naming *naming, const struct findings *findings, const struct attempt *worst)
{
    struct proof *proof = naming->prover->proof;

    if (!worst)
        return false;
    if (naming->uncured)
        name_finding(proof, naming->uncured);
    else
        name_category(naming, findings, worst->category);
    confirm(naming, PROOF_put_back, worst);
    return true;
}

/* Changes that nothing asks for. */
static void search(struct naming *naming, const struct findings *findings)
{
    struct prover *prover = naming->prover;

    if (!naming->uncured && generic(naming, findings, false))
        return;
    if (!prover->options->one_batch && put_back(naming, findings, try_put_back(prover)))
        return;
    if (!naming->uncured && generic(naming, findings, true))
        return;
    if (!prover->options->one_batch)
        (void)put_back(naming, findings, try_least(prover));
}

/* A certain finding is the cause even where nothing cures; then pairs and put-back only look for a proof. */
static void name(struct naming *naming, const struct findings *findings)
{
    struct proof *proof = naming->prover->proof;
    bool luck = proof->unstable || proof->overfits;

    if (suspicions(naming) || (!luck && pairs(naming, findings)))
        return;
    /* What only one seed shows, or only held-out rows, and nothing but a blind search would explain, is not
     * called wrong. */
    if (luck && !naming->uncured)
        proof->failing = false;
    if (!luck)
        search(naming, findings);
    if (proof->form == PROOF_none && naming->uncured)
        name_finding(proof, naming->uncured);
}

/* ---- Telling it ---- */

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

static const char *sentence_of(const struct naming *naming)
{
    const struct prover *prover = naming->prover;
    const struct proof *proof = prover->proof;
    const struct attempt *attempt = naming->confirmed;
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

static void record(const struct prover *prover)
{
    const struct proof *proof = prover->proof;
    struct run *run = prover->run;

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

bool recipe_prove(struct lab *lab, const struct proof_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct proof *out,
                  struct problems *problems)
{
    struct prover prover = {lab, options, progress, context, run, out, (double)NAN, NULL};
    struct naming *naming = arena_alloc(run->arena, sizeof *naming);

    *out = (struct proof){
        .one_batch = options->one_batch, .cause = "", .subject = "", .sentence = "", .fix_words = ""};
    *naming = (struct naming){.prover = &prover};
    if (!prover_baseline(&prover, problems))
        return false;
    gather(naming, findings);
    if (out->failing && !out->interrupted)
        name(naming, findings);
    else if (out->lagging && !out->interrupted)
        out->failing = suspicions(naming);
    if (!*out->cause && !out->category && naming->uncured)
        name_finding(out, naming->uncured);
    if (!out->one_batch)
        run_set_number(run, "proof/held_out", out->training.held_out);
    out->sentence = sentence_of(naming);
    record(&prover);
    findings_clear(findings);
    rules_judge(run, findings);
    return true;
}
