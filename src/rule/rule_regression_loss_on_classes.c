/* ML154 regression-loss-on-classes: a loss for numbers on classes. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.classification || anatomy.head_activation < 0 ||
        anatomy.outputs == 0)
        return;
    if (anatomy.probability || anatomy.from_logits || strcmp(anatomy.loss, "hinge") == 0)
        return;
    struct finding *finding =
        findings_add(findings, rule, "the loss %s is for numbers; the label is one of %lld classes",
                     anatomy.loss, (long long)anatomy.classes);
    finding->subject = "loss";
    finding->place = setting_place(run, "loss");
    finding_evidence(finding, "data/classes", (double)anatomy.classes, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"mse\"}");
    example_classes(run, 4);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 4);
}

const struct rule rule_regression_loss_on_classes = {
    .entry = {"regression-loss-on-classes", "A loss for numbers on classes",
              "What it means\n"
              "  mse and its kin behind softmax or sigmoid have a gradient that fades\n"
              "  where the answer is surely wrong: training begins slowly and may stay\n"
              "  there.\n"
              "\n"
              "How it is decided\n"
              "  Classification with mse, l1 or huber behind an activation.\n"
              "\n"
              "Known false alarms\n"
              "  Small networks that learn in spite of it; mse on shares is the Brier\n"
              "  score, which some want.\n"},
    .code = "ML154",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_loss,
    .remedies = (const struct change *const[]){&change_match_loss, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "cross_entropy for classes",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
