/*
 * How much of the lead of the best of several trials is luck. Trials that were compared on the same rows
 * differ in truth and by the noise of those rows; the smallest error is small for both reasons, and the
 * second is gone on new rows. Shrinking the best towards the mean by the real share of the spread undoes it
 * on the average (James and Stein 1961; Efron and Morris 1973). Pure functions over numbers.
 *
 * Trials are taken as normally spread around one mean; one that went astray is left out.
 */
#ifndef MLDBG_RULE_TRIALS_H
#define MLDBG_RULE_TRIALS_H

#include <mldbg/rule/decompose.h>

enum { TRIALS_LEAST = 3 };

/* Errors of trials on one set of rows; smaller is better. */
struct trials {
    int64_t count, rows;
    const char *const *name; /* count */
    const double *error;     /* count: the mean over the rows; may be NaN or infinite */
    /*
     * rows x count: what each row brings; NULL: not known. Then the errors are shares of rows, and all their
     * binomial noise p (1 - p) / rows counts as luck, that of rows which are hard for every trial too: luck
     * is at most what is said.
     */
    const double *each;
};

struct luck {
    int64_t count, dropped, rows;         /* trials judged; left out as astray; rows behind every error */
    bool bound;                           /* errors only: luck is an upper bound */
    int64_t best;                         /* number of the trial */
    double read, mean;                    /* its error on these rows, and that of all trials */
    double expected;                      /* its error on new rows */
    double luck;                          /* expected - read */
    double real;                          /* share of the spread between trials that is no noise, 0 to 1 */
    double noise, spread;                 /* variances between errors: by the rows; seen */
    struct interval on_luck, on_expected; /* hold each in 95 of 100 samples; drawn from the seed */
    double variance;                      /* of luck, as an estimate */
};

/* Refuses (ERROR_REQUEST) fewer than TRIALS_LEAST trials that did not go astray. */
bool trials_judge(struct arena *arena, const struct trials *trials, uint64_t seed, struct luck *out,
                  struct error *err);

/*
 * The luck as the last step of a ladder: test = the rung that was chosen on + luck, where no test split is
 * given. False: a test split is there, or nothing is to stand on.
 */
bool trials_step(const struct luck *luck, struct sample rung[RUNG_COUNT]);

/* Writes decompose/trials/{count,dropped,rows,best,read,expected,...} and one or two notes. on: "testval". */
void trials_record(const struct luck *luck, const struct trials *trials, const char *on, bool rate,
                   bool stepped, struct run *run);

/* A sentence below those that decompose_record wrote. */
void decompose_note(struct run *run, const char *sentence);

#endif
