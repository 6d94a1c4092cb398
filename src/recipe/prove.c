/*
 * Naming one root cause, by re-running. In order: certain findings, suspicions whose remedy cures, changes
 * that do not compensate, pairs, put-back, compensators, and last what cures the fit of one batch alone. What
 * each stage is worth was measured on a hundred faulty programs: `make zoo`.
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

/* A cure that closes so much less of the gap than another one does has found less of the cause. */
static const double CLEARLY = 0.3;

/* As CLEARLY, where the other one is an alias: those stand under suspicion by how far from usual they are. */
static const double AS_WELL = 0.1;

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

enum cure_kind { CURES_training, CURES_batch, CURES_clearly };

static bool cures_as(const struct prover *prover, const struct attempt *attempt, enum cure_kind kind)
{
    if (!attempt || !attempt->cures)
        return false;
    if (kind == CURES_clearly)
        return cures_training(prover, attempt) && clearly_better(prover, &attempt->training);
    return cures_training(prover, attempt) == (kind == CURES_training);
}

/*
 * Of all changes that compensate, or of all that do not. For CURES_clearly only of labels, data, head and
 * loss: another activation or penalty that does a little better is a choice, not a fault.
 */
static const struct attempt *largest_gain(struct naming *naming, bool compensates, enum cure_kind kind)
{
    struct prover *prover = naming->prover;
    const struct attempt **cures = arena_array(prover->run->arena, change_catalog.count, sizeof *cures);
    size_t count = 0;

    for (size_t k = 0; k < change_catalog.count; k++) {
        const struct change *change = ENTRY_OF(change_catalog.at[k], struct change);
        const struct attempt *attempt;
        struct remedy remedy;

        if (change_compensates(change, prover->run) != compensates ||
            (kind == CURES_clearly && change->category > CATEGORY_loss) ||
            !change_make(change, prover->run, "", &remedy))
            continue;
        attempt = try_single(prover, &remedy);
        if (cures_as(prover, attempt, kind))
            cures[count++] = attempt;
    }
    return best_of(prover, cures, count);
}

/* By an alias that cures as well as what was about to be named. */
static bool alias(struct naming *naming, const struct findings *findings, const struct attempt *cured)
{
    const struct attempt *other = try_alias(naming->prover);

    if (!other || other->category == cured->category ||
        gain_of(naming->prover, cured) > gain_of(naming->prover, other) + AS_WELL)
        return false;
    name_category(naming, findings, other->category);
    confirm(naming, *naming->prover->proof->cause ? PROOF_single : PROOF_compensator, other);
    return true;
}

static bool has_aliases(enum category category)
{
    return category == CATEGORY_learning_rate || category == CATEGORY_epochs ||
           category == CATEGORY_optimizer || category == CATEGORY_architecture;
}

/* Where the remedy of a suspicion cures, but an alias does as well, or something else clearly better. */
static bool better_than_suspected(struct naming *naming, const struct findings *findings,
                                  const struct candidate *cured)
{
    struct prover *prover = naming->prover;
    double gain = gain_of(prover, cured->tried);
    const struct attempt *other;

    if (prover->proof->one_batch || prover->proof->unstable || prover->proof->overfits)
        return false;
    if (gain < 1 - CLEARLY) {
        other = largest_gain(naming, false, CURES_training);
        if (other && other->category != cured->finding->rule->category &&
            gain_of(prover, other) > gain + CLEARLY) {
            name_category(naming, findings, other->category);
            confirm(naming, PROOF_single, other);
            return true;
        }
    }
    return has_aliases(cured->finding->rule->category) &&
           change_compensates(cured->remedy.change, prover->run) && alias(naming, findings, cured->tried);
}

/* Every remedy of what was found is run: the table shows what cures and what does not. */
static bool suspicions(struct naming *naming, const struct findings *findings)
{
    struct prover *prover = naming->prover;
    struct proof *proof = prover->proof;
    const struct candidate *cured = NULL;

    for (int i = 0; i < naming->count; i++) {
        struct candidate *candidate = &naming->candidates[i];
        bool certain = is_certain(candidate->finding);

        if (proof->lagging && !certain && change_compensates(candidate->remedy.change, prover->run))
            continue;
        candidate->tried = try_single(prover, &candidate->remedy);
        if (!candidate->tried)
            break;
        if (!cured && (cures_as(prover, candidate->tried, CURES_training) ||
                       (certain && !proof->lagging && candidate->tried->cures)))
            cured = candidate;
        if (cured && is_certain(cured->finding))
            break;
    }
    if (!cured || (naming->uncured && !is_certain(cured->finding)))
        return false;
    if (!proof->lagging && !is_certain(cured->finding) && better_than_suspected(naming, findings, cured))
        return true;
    /* What was wrong is what was changed, which a rule may have seen from another side. */
    if (is_certain(cured->finding) || cured->tried->category == cured->finding->rule->category)
        name_finding(proof, cured->finding);
    else
        name_category(naming, findings, cured->tried->category);
    confirm(naming, PROOF_single, cured->tried);
    return true;
}

/* A suspicion whose remedy cures the fit of one batch, which is less; of this category, or CATEGORY_none:
 * any. */
static const struct candidate *fits_batch(const struct naming *naming, enum category category)
{
    for (int i = 0; i < naming->count; i++)
        if (cures_as(naming->prover, naming->candidates[i].tried, CURES_batch) &&
            (category == CATEGORY_none || naming->candidates[i].finding->rule->category == category))
            return &naming->candidates[i];
    return NULL;
}

static bool suspected_batch(struct naming *naming)
{
    const struct candidate *candidate = fits_batch(naming, CATEGORY_none);

    if (!candidate)
        return false;
    name_finding(naming->prover->proof, candidate->finding);
    confirm(naming, PROOF_single, candidate->tried);
    return true;
}

/*
 * By a finding. Where its remedy fits the batch, that one change is the proof; the fix stays what was found
 * to cure the training.
 */
static void name_by(struct naming *naming, const struct candidate *candidate)
{
    struct proof *proof = naming->prover->proof;
    const struct proof works = *proof;

    name_finding(proof, candidate->finding);
    if (!cures_as(naming->prover, candidate->tried, CURES_batch))
        return;
    confirm(naming, PROOF_single, candidate->tried);
    if (works.fix_count) {
        proof->fix = works.fix;
        proof->fix_count = works.fix_count;
        proof->fix_words = works.fix_words;
    }
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
            confirm(naming, PROOF_pair, attempt);
            if (change_compensates(first->remedy.change, prover->run) &&
                !change_compensates(attempt->second, prover->run))
                name_category(naming, findings, attempt->second->category);
            else
                name_by(naming, first);
            return true;
        }
    }
    return false;
}

static bool generic(struct naming *naming, const struct findings *findings, bool compensates,
                    enum cure_kind kind)
{
    const struct attempt *best = largest_gain(naming, compensates, kind);

    if (!best)
        return false;
    if (kind == CURES_training && (compensates || gain_of(naming->prover, best) < 1 - AS_WELL)) {
        const struct attempt *other = try_alias(naming->prover);

        /* What does not compensate has to be beaten, the other compensators only to be equalled. */
        if (other && gain_of(naming->prover, other) >
                         gain_of(naming->prover, best) + (compensates ? -AS_WELL : AS_WELL)) {
            best = other;
            compensates = true;
        }
    }
    name_category(naming, findings, best->category);
    confirm(naming, compensates ? PROOF_compensator : PROOF_single, best);
    return true;
}

/* The last re-run that leaves this category out, where that breaks what works; NULL: none, or it does not. */
static const struct attempt *put_back_of(const struct prover *prover, enum category category)
{
    const struct proof *proof = prover->proof;

    for (size_t i = proof->attempt_count; i > 0; i--)
        if (proof->attempts[i - 1].put_back && proof->attempts[i - 1].category == category)
            return proof->attempts[i - 1].cures ? &proof->attempts[i - 1] : NULL;
    return NULL;
}

/* With the re-run that try_put_back or try_least came to. */
static bool put_back(struct naming *naming, const struct findings *findings, const struct attempt *worst)
{
    struct proof *proof = naming->prover->proof;
    const struct candidate *suspected;
    const struct attempt *rate;
    enum category category;

    if (!worst)
        return false;
    /* An optimizer and its rate are put back together. */
    category = worst->category;
    if (category == CATEGORY_optimizer && !naming->uncured && (rate = try_alias(naming->prover)) != NULL &&
        rate->category == CATEGORY_learning_rate)
        category = rate->category;
    if (naming->uncured) {
        /* Certain is what the rule says; the re-run that speaks for it is the one that leaves out just that.
         */
        worst = put_back_of(naming->prover, naming->uncured->rule->category);
        name_finding(proof, naming->uncured);
        if (worst)
            confirm(naming, PROOF_put_back, worst);
    } else if ((suspected = fits_batch(naming, category)) != NULL) {
        name_by(naming, suspected);
    } else {
        name_category(naming, findings, category);
        confirm(naming, PROOF_put_back, worst);
    }
    return true;
}

/* Changes that nothing asks for, on the one-batch fit. */
static void search_batch(struct naming *naming, const struct findings *findings)
{
    if (!pairs(naming, findings) && !naming->uncured && !generic(naming, findings, false, CURES_training))
        (void)generic(naming, findings, true, CURES_training);
}

/*
 * Changes that nothing asks for. One change that cures says more than a pair of them, and what cures the
 * training more than what cures the fit of one batch alone, whoever suspected it.
 */
static void search(struct naming *naming, const struct findings *findings)
{
    bool open = !naming->uncured;

    if (open && generic(naming, findings, false, CURES_training))
        return;
    if (pairs(naming, findings))
        return;
    if (put_back(naming, findings, try_put_back(naming->prover)))
        return;
    if (open &&
        (generic(naming, findings, true, CURES_training) || suspected_batch(naming) ||
         generic(naming, findings, false, CURES_batch) || generic(naming, findings, true, CURES_batch)))
        return;
    (void)put_back(naming, findings, try_least(naming->prover));
}

/* A certain finding is the cause even where nothing cures; then pairs and put-back only look for a proof. */
static void name(struct naming *naming, const struct findings *findings)
{
    struct proof *proof = naming->prover->proof;
    bool luck = proof->unstable || proof->overfits;

    if (suspicions(naming, findings))
        return;
    /* What not every seed shows, or only held-out rows, and nothing but a blind search would explain, is not
     * called wrong. */
    if (luck && !naming->uncured)
        proof->failing = false;
    if (!luck && proof->one_batch)
        search_batch(naming, findings);
    else if (!luck)
        search(naming, findings);
    if (proof->form == PROOF_none && naming->uncured)
        name_finding(proof, naming->uncured);
}

/* Slow or a little worse is no failure, unless one change that does not compensate makes up for it. */
static void name_lag(struct naming *naming, const struct findings *findings)
{
    naming->prover->proof->failing =
        suspicions(naming, findings) || (!naming->uncured && generic(naming, findings, false, CURES_clearly));
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
        name_lag(naming, findings);
    if (!*out->cause && !out->category && naming->uncured)
        name_finding(out, naming->uncured);
    if (naming->uncured && !out->fix_count && !out->one_batch && !out->interrupted &&
        (!out->failing || out->unstable || out->overfits))
        prover_settle(&prover, naming->uncured, findings);
    if (!out->one_batch)
        run_set_number(run, "proof/held_out", out->training.held_out);
    prover_tell(&prover, naming->confirmed);
    findings_clear(findings);
    rules_judge(run, findings);
    return true;
}
