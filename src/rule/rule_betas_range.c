/* ML122 betas-range: memories of adam's that do not fit each other. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>

/* The mean of the gradient is then felt for a thousand steps. */
#define FIRST_LIMIT      0.999
#define FIRST_LIMIT_TEXT SPELT(FIRST_LIMIT)

/* The mean square is then of ten steps: its noise goes into every step. */
#define SECOND_LIMIT      0.9
#define SECOND_LIMIT_TEXT SPELT(SECOND_LIMIT)

static void speak(const struct rule *rule, const struct run *run, const char *path, const char *what,
                  double value, double limit, const char *word, struct findings *findings)
{
    struct finding *finding =
        findings_add(findings, rule, "%s of the optimizer is %s; expected %s %s", what,
                     text_number(findings->arena, value, 6), word, text_number(findings->arena, limit, 6));

    finding->subject = path;
    finding->place = setting_place(run, path);
    finding_evidence(finding, path, value, limit, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double first = setting_number(run, "optimizer.betas[0]", (double)NAN);
    double second = setting_number(run, "optimizer.betas[1]", (double)NAN);
    double alpha = setting_number(run, "optimizer.alpha", (double)NAN);

    if (first >= FIRST_LIMIT)
        speak(rule, run, "optimizer.betas[0]", "the first beta", first, FIRST_LIMIT, "less than", findings);
    else if (second < SECOND_LIMIT)
        speak(rule, run, "optimizer.betas[1]", "the second beta", second, SECOND_LIMIT, "at least", findings);
    else if (second < first)
        speak(rule, run, "optimizer.betas[1]", "the second beta", second, first, "at least the first,",
              findings);
    else if (alpha < SECOND_LIMIT)
        speak(rule, run, "optimizer.alpha", "alpha", alpha, SECOND_LIMIT, "at least", findings);
}

static void betas(struct run *run, const char *json)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", 0.001);
    example_config(run, json);
}

static void sick(struct run *run)
{
    betas(run, "{\"optimizer\": {\"type\": \"adam\", \"betas\": [0.9999, 0.9]}}");
}

static void healthy(struct run *run)
{
    betas(run, "{\"optimizer\": {\"type\": \"adam\", \"betas\": [0.5, 0.999]}}");
}

const struct rule rule_betas_range = {
    .entry = {"betas-range", "The betas of the optimizer are out of range",
              "What it means\n"
              "  Adam divides a mean of the gradient by the root of its mean square. A\n"
              "  first memory that is too long carries on along old gradients; a second one\n"
              "  that is too short divides by noise, or by less than what it divides.\n"
              "\n"
              "How it is decided\n"
              "  The first beta is " FIRST_LIMIT_TEXT " or more, the second below " SECOND_LIMIT_TEXT
              " or below the\n"
              "  first, or alpha of rmsprop below " SECOND_LIMIT_TEXT ".\n"
              "\n"
              "Known false alarms\n"
              "  Adversarial trainings take a first beta of 0 or 0.5, which is no finding.\n"
              "\n"
              "Sources\n"
              "  Kingma and Ba 2015, Adam; Reddi, Kale and Kumar 2018, On the convergence\n"
              "  of Adam and beyond.\n"},
    .code = "ML122",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_optimizer,
    .remedies = (const struct change *const[]){&change_default_betas, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML306", "ML307", "ML308", "ML401", "ML309", NULL},
    .next =
        (const char *const[]){
            "leave betas out: [0.9, 0.999]",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
