/* Re-runs of the prover, and the one definition of a cure. */
#include "attempts.h"

#include <math.h>
#include <string.h>

/* A change cures when it closes this share of the gap. Between 0.3 and 0.9 hardly anything changes. */
static const double CURE = 0.5;

/* What cures the fit of one batch, or silences a rule, counts only where the training gets no worse than
 * this.
 */
static const double NO_WORSE = 0.02;

/*
 * A setting is a culprit when restoring it costs the reference this much, and brings back as large a share of
 * the gap as a cure has to close: what hurts a little is no explanation of a training that fails altogether.
 */
static const double DAMAGE = 0.10;

/* Of culprits that do about the same harm, down to this share of it, the first in the order of causes is
 * named. */
static const double ALIKE_HARM = 0.75;

enum { RUNS_MOST = 90, OWN_STEPS = 600 };

bool prover_try(struct prover *prover, const struct trial_options *options, struct trial *out,
                struct problems *problems)
{
    struct proof *proof = prover->proof;

    if (!lab_try(prover->lab, options, prover->progress, prover->context, out, problems))
        return false;
    proof->steps += out->steps;
    proof->interrupted = proof->interrupted || out->interrupted;
    return true;
}

/* ---- Cures ---- */

/* From the config as it is to the best reference; 0 where there is none. */
static double gap_of(const struct proof *proof)
{
    double gap = proof->best - proof->training.score;

    return gap > 0 ? gap : 0;
}

static bool closes_gap(const struct prover *prover, const struct attempt *attempt)
{
    const struct proof *proof = prover->proof;
    double gain = attempt->training.score - proof->training.score;

    return !attempt->training.nonfinite && gain > 0 && gain >= CURE * gap_of(proof);
}

bool prover_no_worse(const struct prover *prover, const struct trial *trial)
{
    return !trial->nonfinite && trial->score >= prover->proof->training.score - NO_WORSE;
}

bool closes_by_batch(const struct prover *prover, const struct attempt *attempt)
{
    const struct proof *proof = prover->proof;

    if (!attempt->batch_asked || attempt->batch.reached < 0)
        return false;
    return proof->one_batch || (!closes_gap(prover, attempt) && prover_no_worse(prover, &attempt->training));
}

bool cures_training(const struct prover *prover, const struct attempt *attempt)
{
    return attempt->cures && (prover->proof->one_batch || !closes_by_batch(prover, attempt));
}

double gain_of(const struct prover *prover, const struct attempt *attempt)
{
    const struct proof *proof = prover->proof;

    if (proof->one_batch)
        return 1 / (1 + (double)attempt->batch.reached);
    return (attempt->training.score - proof->training.score) / (gap_of(proof) > 0 ? gap_of(proof) : 1);
}

static void run_attempt(struct prover *prover, struct attempt *attempt)
{
    struct proof *proof = prover->proof;
    struct trial_options training = {
        .kind = TRIAL_training, .patches = attempt->patches, .patch_count = attempt->patch_count};
    struct trial_options batch = training;
    struct problems problems;

    problems_init(&problems, prover->run->arena);
    attempt->training.score = (double)NAN;
    if (!proof->one_batch && !prover_try(prover, &training, &attempt->training, &problems)) {
        attempt->refused = true;
        return;
    }
    attempt->cures = !proof->one_batch && !proof->interrupted && closes_gap(prover, attempt);
    if (attempt->cures || proof->interrupted || (!proof->one_batch && proof->batch.reached >= 0))
        return;
    batch.kind = TRIAL_batch;
    batch.steps = prover->options->batch_steps;
    batch.memorize = proof->one_batch;
    attempt->batch_asked = prover_try(prover, &batch, &attempt->batch, &problems);
    attempt->refused = !attempt->batch_asked;
    attempt->cures = !proof->interrupted && closes_by_batch(prover, attempt);
}

static struct attempt *known(const struct prover *prover, const char *words)
{
    for (size_t i = 0; i < prover->proof->attempt_count; i++)
        if (!prover->proof->attempts[i].put_back && strcmp(prover->proof->attempts[i].words, words) == 0)
            return &prover->proof->attempts[i];
    return NULL;
}

/* There is room for all of them from the first on: rows stay where they are. */
static struct attempt *add(struct prover *prover)
{
    struct proof *proof = prover->proof;

    if (proof->interrupted || proof->attempt_count >= RUNS_MOST)
        return NULL;
    if (!proof->attempts)
        proof->attempts = arena_array(prover->run->arena, RUNS_MOST, sizeof *proof->attempts);
    return &proof->attempts[proof->attempt_count++];
}

const struct attempt *try_single(struct prover *prover, const struct remedy *remedy)
{
    struct attempt *attempt = known(prover, remedy->words);

    if (attempt || !(attempt = add(prover)))
        return attempt;
    struct patch *patches = arena_array(prover->run->arena, (size_t)remedy->count, sizeof *patches);
    memcpy(patches, remedy->patches, (size_t)remedy->count * sizeof *patches);
    *attempt = (struct attempt){.change = remedy->change,
                                .category = remedy->category,
                                .words = remedy->words,
                                .patches = patches,
                                .patch_count = (size_t)remedy->count};
    run_attempt(prover, attempt);
    return attempt;
}

/* ---- Several changes ---- */

/* Changes that are applied one after another: each is made for the config that the ones before it left. */
struct sequence {
    struct run run; /* the record, with the config as far as it was changed */
    struct patch *patches;
    size_t count, capacity;
    struct text words;
};

static void sequence_init(struct sequence *sequence, const struct run *run)
{
    *sequence = (struct sequence){.run = *run};
    sequence->run.config = json_copy(run->arena, run->config);
    text_init(&sequence->words, run->arena);
}

static bool sequence_add(struct sequence *sequence, const struct remedy *remedy)
{
    struct arena *arena = sequence->run.arena;
    struct json *document = json_copy(arena, sequence->run.config);

    if (!patch_apply(arena, document, remedy->patches, (size_t)remedy->count, NULL))
        return false;
    sequence->run.config = document;
    for (int i = 0; i < remedy->count; i++)
        *(struct patch *)arena_append(arena, &sequence->patches, &sequence->count, &sequence->capacity,
                                      sizeof *sequence->patches) = remedy->patches[i];
    text_print(&sequence->words, "%s%s", sequence->words.length ? "; " : "", remedy->words);
    return true;
}

const struct attempt *try_pair(struct prover *prover, const struct remedy *first, const struct change *second)
{
    struct sequence sequence;
    struct remedy remedy;
    struct attempt *attempt;

    sequence_init(&sequence, prover->run);
    if (second == first->change || !sequence_add(&sequence, first) ||
        !change_make(second, &sequence.run, "", &remedy) || !sequence_add(&sequence, &remedy))
        return NULL;
    attempt = known(prover, sequence.words.at);
    if (attempt || !(attempt = add(prover)))
        return attempt;
    *attempt = (struct attempt){.change = first->change,
                                .second = second,
                                .category = first->category,
                                .words = sequence.words.at,
                                .patches = sequence.patches,
                                .patch_count = sequence.count,
                                .pair = true};
    run_attempt(prover, attempt);
    return attempt;
}

/* Categories, a bit for each. */
typedef uint32_t categories;
_Static_assert(CATEGORY_COUNT <= 32, "a bit for each category");
#define ONLY(category) ((categories)1 << (category))

/*
 * All changes of the matched reference but those of some categories. Several changes reach the same setting,
 * so a setting is put back by leaving out its whole category. *words and *left tell of one of those, told:
 * what is left out, and the first of it; NULL: the category has nothing to change here.
 */
static bool matched(const struct prover *prover, categories without, enum category told, struct sequence *out,
                    const char **words, const struct change **left)
{
    *left = NULL;
    *words = "";
    sequence_init(out, prover->run);
    for (size_t k = 0; k < change_catalog.count; k++) {
        const struct change *change = ENTRY_OF(change_catalog.at[k], struct change);
        struct remedy remedy;

        if (!change->matched || !change_make(change, &out->run, "", &remedy))
            continue;
        if (without & ONLY(change->category)) {
            if (change->category != told)
                continue;
            *words = *left ? arena_print(out->run.arena, "%s; %s", *words, remedy.words) : remedy.words;
            *left = *left ? *left : change;
        } else if (!sequence_add(out, &remedy)) {
            return false;
        }
    }
    return true;
}

static bool try_matched(struct prover *prover, const struct sequence *sequence, struct trial *out)
{
    struct problems problems;

    problems_init(&problems, prover->run->arena);
    return prover_try(prover,
                      &(struct trial_options){.kind = TRIAL_training,
                                              .patches = sequence->patches,
                                              .patch_count = sequence->count,
                                              .steps = OWN_STEPS},
                      out, &problems);
}

/* One more category left out of what works. NULL: it has nothing to change here, or the budget is spent. */
static struct attempt *try_without(struct prover *prover, categories without, enum category category)
{
    const struct change *left;
    const char *words;
    struct sequence rest;
    struct attempt *attempt;

    if (!matched(prover, without | ONLY(category), category, &rest, &words, &left) || !left ||
        !(attempt = add(prover)))
        return NULL;
    *attempt = (struct attempt){.change = left, .category = category, .words = words, .put_back = true};
    attempt->refused = !try_matched(prover, &rest, &attempt->training);
    attempt->cures = !attempt->refused && !prover->proof->interrupted &&
                     (attempt->training.nonfinite || attempt->training.score <= prover->whole - DAMAGE);
    return attempt;
}

static double harm_of(const struct prover *prover, const struct attempt *attempt)
{
    return prover->whole - attempt->training.score;
}

static bool explains(const struct prover *prover, const struct attempt *attempt)
{
    return attempt->training.nonfinite || harm_of(prover, attempt) >= CURE * gap_of(prover->proof);
}

/*
 * An optimizer and its rate are put back together. Where the optimizer alone does no harm, at the rate that
 * is usual for it, it was the rate.
 */
static void tell_rate(struct prover *prover, struct attempt *attempt)
{
    const struct change *left;
    const char *words;
    struct sequence usual;
    struct trial trial;

    if (attempt->category != CATEGORY_optimizer || prover->proof->interrupted ||
        !json_find(prover->run->arena, prover->run->config, "optimizer.lr") ||
        !matched(prover, ONLY(CATEGORY_optimizer), CATEGORY_optimizer, &usual, &words, &left))
        return;
    *(struct patch *)arena_append(prover->run->arena, &usual.patches, &usual.count, &usual.capacity,
                                  sizeof *usual.patches) = (struct patch){.path = "optimizer.lr"};
    if (try_matched(prover, &usual, &trial) && !trial.interrupted && !trial.nonfinite &&
        trial.score > prover->whole - DAMAGE)
        attempt->category = CATEGORY_learning_rate;
}

/* Whether it works with the config's own number of epochs, too. */
static bool works(struct prover *prover, const struct sequence *sequence)
{
    const struct trial_options own = {
        .kind = TRIAL_training, .patches = sequence->patches, .patch_count = sequence->count};
    struct problems problems;
    struct trial trial;

    problems_init(&problems, prover->run->arena);
    return prover_try(prover, &own, &trial, &problems) && !trial.interrupted &&
           !prover_falls_short(prover, &trial);
}

/* These changes, else all that match, else more epochs beside them; no fix where the training still fails. */
static void choose_fix(struct prover *prover, struct sequence *fix)
{
    struct proof *proof = prover->proof;
    const struct change *left;
    struct sequence all;
    struct remedy longer;
    const char *words;
    bool good = works(prover, fix);

    if (!good && matched(prover, 0, CATEGORY_none, &all, &words, &left) && all.count > fix->count) {
        *fix = all;
        good = works(prover, fix);
    }
    if (!good && change_make(&change_more_epochs, &fix->run, "", &longer) && sequence_add(fix, &longer))
        good = works(prover, fix);
    if (!good)
        return;
    proof->fix = fix->patches;
    proof->fix_count = fix->count;
    proof->fix_words = fix->words.at;
}

const struct attempt *try_put_back(struct prover *prover)
{
    struct proof *proof = prover->proof;
    const struct change *left;
    const char *words;
    struct sequence all;
    struct attempt *worst = NULL;
    struct trial own;

    prover->whole = (double)NAN;
    if (proof->interrupted || !matched(prover, 0, CATEGORY_none, &all, &words, &left) || !all.count ||
        !try_matched(prover, &all, &own) || prover_falls_short(prover, &own))
        return NULL;
    prover->whole = own.score;
    for (int c = CATEGORY_none + 1; c < CATEGORY_COUNT; c++) {
        struct attempt *attempt = try_without(prover, 0, (enum category)c);

        /* In the order of causes: a later one has to do clearly more harm. */
        if (attempt && attempt->cures && explains(prover, attempt) &&
            (!worst || harm_of(prover, worst) < ALIKE_HARM * harm_of(prover, attempt)))
            worst = attempt;
    }
    if (!worst)
        return NULL;
    tell_rate(prover, worst);
    choose_fix(prover, &all);
    return worst;
}

const struct attempt *try_least(struct prover *prover)
{
    struct proof *proof = prover->proof;
    struct attempt *worst = NULL;
    const struct change *left;
    struct sequence least;
    categories without = 0;
    const char *words;

    if (isnan(prover->whole))
        return NULL;
    for (int c = CATEGORY_COUNT - 1; c > CATEGORY_none; c--) {
        struct attempt *attempt = try_without(prover, without, (enum category)c);

        if (!attempt || attempt->refused || proof->interrupted)
            continue;
        if (!attempt->cures)
            without |= ONLY(c);
        else if (!worst || attempt->training.score <= worst->training.score)
            worst = attempt;
    }
    if (!worst || proof->interrupted || !matched(prover, without, CATEGORY_none, &least, &words, &left))
        return NULL;
    prover->least = least.words.at;
    choose_fix(prover, &least);
    return worst;
}
