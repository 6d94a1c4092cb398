/*
 * Rate, number of updates, optimizer and width make up for each other: a training that is short of either is
 * cured by more of any of them. Which of them was wrong no cure tells; how far each is from the usual does.
 */
#include "attempts.h"

#include <math.h>

/* Decades from the usual, from which on a setting is blamed for what a change of it cures. */
static const double UNUSUAL = 1;

/* So many updates a training from scratch takes at least, as a rule. */
static const double UPDATES = 500;

static const struct attempt *better(const struct prover *prover, const struct attempt *a,
                                    const struct attempt *b)
{
    return !a || (b && gain_of(prover, b) > gain_of(prover, a)) ? b : a;
}

/* NULL: it changes nothing, or does not cure. */
static const struct attempt *cure_by(struct prover *prover, const struct change *change)
{
    const struct attempt *attempt;
    struct remedy remedy;

    if (!change_make(change, prover->run, "", &remedy))
        return NULL;
    attempt = try_single(prover, &remedy);
    return attempt && cures_training(prover, attempt) ? attempt : NULL;
}

const struct attempt *try_alias(struct prover *prover)
{
    double below = change_rate_below_usual(prover->run);
    double updates = run_number(prover->run, "train/updates"),
           few = updates >= 1 ? log10(UPDATES / updates) : 0;
    const struct attempt *rate = NULL, *epochs = NULL;

    if (prover->proof->one_batch)
        return NULL;
    if (fabs(below) >= UNUSUAL) {
        rate = cure_by(prover, below > 0 ? &change_higher_rate : &change_lower_rate);
        rate = better(prover, rate,
                      cure_by(prover, below > 0 ? &change_much_higher_rate : &change_much_lower_rate));
        rate = better(prover, rate, cure_by(prover, &change_usual_rate));
    }
    if (few >= UNUSUAL)
        epochs = cure_by(prover, &change_more_epochs);
    return rate && (fabs(below) >= few || !epochs) ? rate : epochs;
}
