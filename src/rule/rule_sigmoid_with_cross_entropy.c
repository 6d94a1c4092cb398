/* ML156 sigmoid-with-cross-entropy: sigmoid outputs in front of a loss over classes. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.head_activation < 0 || anatomy.outputs < 2)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    if (strcmp(anatomy.loss, "cross_entropy") != 0 || !anatomy.probability || !last->activation->saturates ||
        last->activation->low < 0)
        return;
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" (%s) gives %lld outputs that need not add up to 1, as cross_entropy expects",
        last->name, last->type, (long long)anatomy.outputs);
    finding_about(finding, last);
    finding_evidence(finding, "model/outputs", (double)anatomy.outputs, 1, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 5}, {\"type\": \"sigmoid\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 5);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 5}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 5);
}

const struct rule rule_sigmoid_with_cross_entropy = {
    .entry = {"sigmoid-with-cross-entropy", "Sigmoid outputs in front of a loss over classes",
              "What it means\n"
              "  Cross-entropy looks at the output of the right class. Sigmoid outputs do\n"
              "  not compete: unless they are normalized, all may rise together.\n"
              "\n"
              "How it is decided\n"
              "  cross_entropy from probabilities behind sigmoid, with 2 outputs or more.\n"
              "\n"
              "Known false alarms\n"
              "  With \"normalize\": true, the default, the shares are made to add up to 1,\n"
              "  and most such programs learn.\n"},
    .code = "ML156",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "softmax in its place",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
