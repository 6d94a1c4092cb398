/* ML143 fewer-outputs-than-classes: one output for more than two classes. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail ||
        !anatomy.classification || anatomy.outputs != 1 || anatomy.classes <= 2)
        return;
    const struct activation *last =
        anatomy.head_activation < 0 ? NULL : anatomy.part[anatomy.head_activation].activation;
    bool reaches = !last || last->high >= (double)anatomy.classes - 1;
    if (!anatomy.probability && !anatomy.from_logits && strcmp(anatomy.loss, "hinge") != 0 && reaches)
        return;
    const struct part *head = &anatomy.part[anatomy.head];
    struct finding *finding =
        findings_add(findings, rule, "\"%s\" has 1 output for %lld classes; it needs %lld", head->name,
                     (long long)anatomy.classes, (long long)anatomy.classes);
    finding_about(finding, head);
    finding_evidence(finding, "model/outputs", 1, (double)anatomy.classes, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], "
                        "\"loss\": \"bce\"}");
    example_classes(run, 10);
}

static void healthy(struct run *run)
{
    example_config(run,
                   "{\"model\": [{\"type\": \"linear\", \"out_features\": 10}, {\"type\": \"softmax\"}], "
                   "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 10);
}

const struct rule rule_fewer_outputs_than_classes = {
    .entry = {"fewer-outputs-than-classes", "One output for more than two classes",
              "What it means\n"
              "  With one output the label is compared as a number: class 7 counts as\n"
              "  seven times class 1. A probability says at most yes or no.\n"
              "\n"
              "How it is decided\n"
              "  More than 2 classes, 1 output, and a loss for classes or an activation\n"
              "  that cannot give the largest class number.\n"
              "\n"
              "Known false alarms\n"
              "  Classes that are steps of one quantity: then say \"task\": \"regression\"\n"
              "  and take mse.\n"},
    .code = "ML143",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .remedies = (const struct change *const[]){&change_match_width, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "one output a class, softmax and cross_entropy",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
