/* ML221 targets-unscaled: targets far from what a linear head begins with. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* Targets that spread further make gradients of the squared error as large. */
#define SPREAD      5
#define SPREAD_TEXT SPELT(SPREAD)

/* A head begins near zero and has to walk this far before it learns anything else. */
#define DISTANCE      10
#define DISTANCE_TEXT SPELT(DISTANCE)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double mean = run_number(run, "target/train/mean"), std = run_number(run, "target/train/std");
    struct anatomy anatomy;

    if (strcmp(run_text(run, "data/task"), "regression") != 0 || !anatomy_read(run, &anatomy))
        return;
    if (anatomy.head_activation >= 0 || (!(std >= SPREAD) && !(fabs(mean) >= DISTANCE)))
        return;
    struct finding *finding = findings_add(
        findings, rule, "the targets of train have mean %s and std %s; limits %d and %d",
        text_number(findings->arena, mean, 4), text_number(findings->arena, std, 3), DISTANCE, SPREAD);
    finding->subject = "target";
    finding->place = setting_place(run, "data.scale_target");
    if (std >= SPREAD)
        finding_evidence(finding, "target/train/std", std, SPREAD, -1);
    else
        finding_evidence(finding, "target/train/mean", mean, DISTANCE, -1);
}

static void targets(struct run *run, double mean, double std)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}]}");
    run_set_text(run, "data/task", "regression");
    run_set_number(run, "target/train/mean", mean);
    run_set_number(run, "target/train/std", std);
}

static void sick(struct run *run)
{
    targets(run, 152, 77);
}

static void healthy(struct run *run)
{
    targets(run, 0, 1);
}

const struct rule rule_targets_unscaled = {
    .entry = {"targets-unscaled", "The targets are large or far from zero: not scaled",
              "What it means\n"
              "  The head begins near zero. Targets that lie or spread far from it make the\n"
              "  first errors and gradients large, so that the usual rates are too high for\n"
              "  the squared error, and too low for Adam to get there.\n"
              "\n"
              "How it is decided\n"
              "  Regression with a linear head; over all targets of train the standard\n"
              "  deviation is at least " SPREAD_TEXT " or the mean at least " DISTANCE_TEXT
              " without its sign.\n"
              "\n"
              "Known false alarms\n"
              "  Enough updates with an adaptive optimizer get there in the end. A trained\n"
              "  bias can take up the mean by itself.\n"},
    .code = "ML221",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_target_scaling,
    .remedies = (const struct change *const[]){&change_standardise_targets, NULL},
    .reads = (const char *const[]){"target/train/mean", "target/train/std", "data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML302", "ML303", "ML307", "ML309", "ML401", NULL},
    .next =
        (const char *const[]){
            "set data.scale_target to \"standard\"; predictions are scaled back",
            "predict the logarithm of sizes that span decades",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
