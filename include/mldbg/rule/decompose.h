/*
 * Where the error comes from. Test error = irreducible + avoidable bias + variance + distribution shift +
 * validation overfitting, the steps of a ladder: irreducible -> train -> val (drawn like train) -> testval
 * (drawn like test) -> test. Pure functions over numbers; nothing is read or printed.
 *
 * Every rung is a sample, train too: another draw of its rows would have given another error. Steps share
 * their end-points, so variances are added up over the rungs of a step (sum of c^2 v), never over steps.
 */
#ifndef MLDBG_RULE_DECOMPOSE_H
#define MLDBG_RULE_DECOMPOSE_H

#include <mldbg/run.h>
#include <mldbg/run/statistic.h>

enum rung { RUNG_irreducible, RUNG_train, RUNG_val, RUNG_testval, RUNG_test, RUNG_COUNT };
const char *rung_name(enum rung rung); /* "train" */

/* What is known of one rung: one of sample_exact and so on. */
struct sample {
    bool given;
    double value;        /* the error of this rung */
    int64_t rows;        /* 0: taken as exact */
    bool step;           /* not measured: the rung below plus a step; all but the value are of the step */
    bool unsure;         /* a number of unknown rows: it has an error, and nobody knows how large */
    double centre;       /* of its interval: for rates as Agresti and Coull, else the value */
    double variance;     /* of the value; 0: exact */
    double bearing;      /* independent rows that would tell as much: rows, fewer where groups are alike */
    double spread;       /* variance x rows: what one row brings, for the number of rows needed */
    double wobble;       /* variance of the variance, by its square: 2 / degrees of freedom */
    double skew;         /* sum of cubed influences of the rows, for BCa */
    const double *draws; /* DECOMPOSE_DRAWS values of the bootstrap, or NULL */
};

enum { DECOMPOSE_DRAWS = 2000 };

struct sample sample_exact(double value);
/* A value of which the rows are not known. */
struct sample sample_unsure(double value);
/* A share of rows: errors of rows, errors <= rows, rows >= 1. Agresti and Coull 1998: two of each added. */
struct sample sample_rate(double errors, int64_t rows);
/*
 * The mean of one number a row (finite; its root if `root`), bootstrapped by rows, or by whole groups where
 * group is not NULL. Numbers of the draws depend on seed and stream only; streams of two rungs differ.
 */
struct sample sample_rows(struct arena *arena, const double *each, int64_t rows, const int64_t *group,
                          int64_t groups, bool root, uint64_t seed, enum rung stream);
/*
 * Any measure of rows, bootstrapped in the same way, its variance by influences. A share of which all rows
 * are alike, such as no errors at all, is judged as a rate.
 */
struct sample sample_statistic(struct arena *arena, const struct statistic *statistic, const int64_t *group,
                               int64_t groups, uint64_t seed, enum rung stream);

struct interval {
    double low, high; /* NaN: cannot be known */
};

/* A step of the ladder; several in one where a rung between them is missing. */
struct term {
    enum rung from, to;
    bool ground;      /* begins at zero, not at `from` */
    int on;           /* the rung that `to` stands on, if that is a step; else -1 */
    const char *name; /* "variance", "variance + distribution shift" */
    const char *key;  /* "variance", "variance+distribution_shift" */
    double value;
    struct interval each;     /* holds the term in 95 of 100 samples */
    struct interval together; /* all terms and the sum lie in theirs in 95 of 100 samples */
    bool exact;               /* given, not measured */
    bool above, below;        /* zero, by `together` */
    bool tied;                /* among the largest, when none is named */
};

struct decomposition {
    struct sample rung[RUNG_COUNT];
    struct term term[RUNG_COUNT]; /* of count; values add up to the sum */
    int count;
    enum rung end; /* the last rung: test, unless it is missing */
    struct term sum;
    int largest;        /* number of the term that is clearly the largest, or -1 */
    int first, second;  /* the two largest terms that can be worked on; -1: there are fewer */
    double rows_needed; /* in every split, to tell these two apart; NaN: named already, or not to be known */
    double
        rows_to_show; /* in every split, to see the first above zero; NaN: it is seen, or not to be known */
    double critical;  /* normal quantile behind `together` */
};

/*
 * Takes the error apart. sample: RUNG_COUNT rungs, at least two of train to test given (else false). The
 * largest term is named when it is above zero and above every other by a one-sided test whose level, shared
 * out over the comparisons (Bonferroni), falls where rows come in groups that are alike.
 */
bool decompose(struct arena *arena, const struct sample *sample, struct decomposition *out,
               struct error *err);

/* The same where so many decompositions are looked at together, and share the level of the test that names.
 */
bool decompose_among(struct arena *arena, const struct sample *sample, double sharers,
                     struct decomposition *out, struct error *err);

/* One change of a config, as lab.h's patch; words: "train.epochs: 20 -> 60". */
struct adjustment {
    const char *path;
    const struct json *old, *value; /* old: NULL where nothing stands */
    const char *words;
};

enum { ADJUSTMENTS_MOST = 8 };

struct adjustments {
    struct arena *arena;
    int count;
    struct adjustment at[ADJUSTMENTS_MOST];
};

struct advice {
    const char *words;
    void (*patch)(const struct json *config,
                  struct adjustments *to); /* NULL: nothing that a config could say */
};

/* What to do about a term, in the order of the recipe; ends with a row without words. */
const struct advice *term_remedies(const struct term *term);
/* Whether splits are missing inside the term; then its one remedy is to make them. */
bool term_is_several(const struct term *term);

/*
 * The remedies of a term as facts decompose/remedies/{for,<n>} and decompose/patch/<n>, and as the list
 * "remedies" of the record. config: of the run, or NULL.
 */
void remedies_record(const struct term *term, const struct json *config, struct run *run);

/*
 * The number of the term to work on next: the largest if one is named, else the first of the tied ones that
 * is above zero, underfitting before overfitting before shift before rebalancing; -1: none.
 */
int decomposition_next(const struct decomposition *decomposition);

/*
 * Writes decompose/<key>/{name,value,low,high,low_each,high_each,remark} for every term and for "total",
 * decompose/error/<split>, decompose/rows/<split>, decompose/largest or decompose/tied (keys),
 * decompose/rows_needed, and the sentences decompose/note/<n>, decompose/remedies/<n> and decompose/next.
 * low and high are those of `together`. config: of the run, for patches; or NULL.
 */
void decompose_record(const struct decomposition *decomposition, const struct json *config, struct run *run);

/* The rungs of one class: error rates of the rows whose label it is. */
struct class_rungs {
    const char *name;
    struct sample rung[RUNG_COUNT];
};

/*
 * Writes decompose/classes (their number) and decompose/class/<n>/{name,largest,largest_name,fewest_rows} and
 * .../{error,rows,low,high}/<split>. The intervals of all classes and splits hold together in 95 of 100
 * samples; largest is "" where no term is named.
 */
void classes_record(const struct class_rungs *classes, size_t count, struct run *run);

#endif
