/* ML155 raw-head-regression-loss: classes learned as numbers, without an activation at the end. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.classification || anatomy.head_activation >= 0 ||
        anatomy.outputs == 0)
        return;
    if (anatomy.probability || anatomy.from_logits || strcmp(anatomy.loss, "hinge") == 0)
        return;
    const struct part *head = &anatomy.part[anatomy.head];
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" gives raw numbers and the loss %s compares them with %lld classes",
        head->name, anatomy.loss, (long long)anatomy.classes);
    finding_about(finding, head);
    finding_evidence(finding, "data/classes", (double)anatomy.classes, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}], \"loss\": \"mse\"}");
    example_classes(run, 4);
}

static void healthy(struct run *run)
{
    example_config(run,
                   "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 4);
}

const struct rule rule_raw_head_regression_loss = {
    .entry = {"raw-head-regression-loss", "Classes learned as numbers, without an activation at the end",
              "What it means\n"
              "  The network is asked for exact ones and zeros by a loss for numbers.\n"
              "  Large right answers cost as much as wrong ones.\n"
              "\n"
              "How it is decided\n"
              "  Classification with mse, l1 or huber and no activation behind the last\n"
              "  layer with weights.\n"
              "\n"
              "Known false alarms\n"
              "  A linear classifier by least squares, which often works.\n"},
    .code = "ML155",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, &change_match_loss, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "cross_entropy, which takes raw outputs",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
