/* ML350 uphill: the optimizer's first update goes along the gradient instead of against it. */
#include "anatomy.h"
#include "phrases.h"

#include <math.h>

/* Rounding leaves this much of a cosine. */
static const double LIMIT = -0.01;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double cosine = run_number(run, "experiment/descent/update_cosine");

    if (!(cosine < LIMIT))
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "the first update goes uphill: its cosine with minus the gradient is %s, expected above 0",
        text_number(findings->arena, cosine, 3));
    finding->place = setting_place(run, "optimizer.lr");
    finding_evidence(finding, "experiment/descent/update_cosine", cosine, 0, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "experiment/descent/update_cosine", -1);
}

static void healthy(struct run *run)
{
    run_set_number(run, "experiment/descent/update_cosine", 0.61);
}

const struct rule rule_uphill = {
    .entry = {"uphill", "The update raises the loss",
              "What it means\n"
              "  Training moves the parameters to where the loss is larger. The sign of the\n"
              "  gradient, of the learning rate or of the update is flipped.\n"
              "\n"
              "How it is decided\n"
              "  experiment/descent/update_cosine, the cosine between minus the gradient and\n"
              "  the optimizer's first update on one batch, in double, is below -0.01.\n"
              "\n"
              "Known false alarms\n"
              "  A weight decay so strong that it outweighs the gradient in the first step.\n"},
    .code = "ML350",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_gradient,
    .reads = (const char *const[]){"experiment/descent/update_cosine", NULL},
    .check = check,
    .causes =
        (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308", NULL},
    .next =
        (const char *const[]){
            "set optimizer.lr above 0",
            "look for a minus sign before the loss or the gradient",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
