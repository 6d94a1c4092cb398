/*
 * Rules: pure functions from a record to findings. A rule cannot train, touch a tensor or print. It prints
 * the measured value and the threshold in its sentence.
 */
#ifndef MLDBG_RULE_H
#define MLDBG_RULE_H

#include <mldbg/base/catalog.h>
#include <mldbg/base/option.h>
#include <mldbg/rule/change.h>
#include <mldbg/run.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };
const char *severity_name(enum severity severity); /* "note", "warning", "error" */

/* What an experiment came to. */
enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_INCONCLUSIVE };

/* A number that the sentence rests on. */
struct evidence {
    const char *name; /* of the series or fact */
    double value, threshold;
    int64_t step; /* -1: none */
};

enum { EVIDENCE_MOST = 6 };

struct rule;

struct finding {
    const struct rule *rule;
    enum severity severity;
    const char *sentence; /* complete, without full stop */
    const char *subject;  /* what it is about: layer, parameter, column; "" for the whole run */
    const char *next;   /* what to try first: the rule's first line, if the rule does not know better here */
    struct place place; /* in the config; line 0: none */
    struct evidence evidence[EVIDENCE_MOST];
    int evidence_count;
    const struct rule *cause; /* set by rules_judge: of the finding that explains this one, or NULL */
    const char *proof;        /* set by the prover: the re-run that confirms it, one sentence; or NULL */
};

struct findings {
    struct arena *arena;
    struct finding *at;
    size_t count, capacity;
    size_t asked, not_asked; /* rules that had what they read, and that had not */
    struct texts ignored;    /* codes or names of rules that are not asked */
};

struct rule {
    struct entry entry; /* name "plateau-at-chance" */
    const char *code;   /* "ML301", never reused */
    /*
     * Of a rule with a category, a root cause: an error is certain by itself; a note is a suspicion, which
     * becomes an error when an experiment fails and a remedy cures.
     */
    enum severity severity;
    enum category category;
    const struct change *const
        *remedies;            /* one to three, the likeliest first, NULL-terminated; may be NULL */
    const char *const *reads; /* names of series or facts (with '*'), NULL-terminated; all must be there */
    void (*check)(const struct rule *rule, const struct run *run, struct findings *findings);
    const char *const *causes; /* codes of rules that it can bring about, NULL-terminated; may be NULL */
    const char *const *next;   /* what to try, in the order of the recipe; NULL-terminated */
    /* Example records for the tests of the table and for `explain`. */
    void (*sick)(struct run *run);
    void (*healthy)(struct run *run);
};

#define RULE(id) extern const struct rule rule_##id;
#include <mldbg/rule/rules.def>
#undef RULE
extern const struct catalog rule_catalog;

/* By code ("ML301", also "ml301") or name; NULL if there is none. */
const struct rule *rule_find(const char *code_or_name);

/*
 * A mistake that is refused before anything runs: the code that stands in an error message of config or data.
 * Not a finding; listed here so that every code has an explanation.
 */
struct refusal {
    struct entry entry;
    const char *code;
};
extern const struct catalog refusal_catalog;
const struct refusal *refusal_find(const char *code_or_name);

void findings_init(struct findings *findings, struct arena *arena);
/* Empties it, so that a record that grew is judged anew; what is ignored stays so. */
void findings_clear(struct findings *findings);
/* Adds a finding with the rule's severity; returns it so that subject, place and evidence can be set. */
struct finding *findings_add(struct findings *findings, const struct rule *rule, const char *format, ...)
    PRINTF(3, 4);
void finding_evidence(struct finding *finding, const char *name, double value, double threshold,
                      int64_t step);

/*
 * Asks every rule that has what it reads, then sets causes and sorts: a cause stands before its consequences,
 * and what has the worst finding among itself and its consequences comes first.
 */
void rules_judge(const struct run *run, struct findings *findings);

/*
 * The finding that a verdict speaks: what was seen of the training, where the leading cause explains any such
 * thing, else that cause. NULL: nothing at or above the severity. After rules_judge.
 */
const struct finding *findings_spoken(const struct findings *findings, enum severity least);

/* Takes away notes: a healthy run stays silent. */
void findings_drop_notes(struct findings *findings);

/* Takes away notes about what was tried before the first step: a training shows itself what came of it. */
void findings_drop_early_notes(struct findings *findings);

/* Takes away suspicions that nothing confirmed: what an experiment that works has cleared. */
void findings_drop_suspicions(struct findings *findings);

/* Whether the record has all that the rule reads. */
bool rule_can_ask(const struct rule *rule, const struct run *run);

/* What scores of a proof are: "held-out accuracy", "R2 on train" where too few rows are there to hold out. */
const char *rules_score_name(const struct run *run);

/* Number of findings at or above a severity. */
size_t findings_count(const struct findings *findings, enum severity least);

#endif
