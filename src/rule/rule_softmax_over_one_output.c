/* ML140 softmax-over-one-output: softmax over a single output, which is 1 for every row. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail || anatomy.outputs != 1)
        return;
    for (int i = anatomy.head + 1; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (!part->activation || !part->activation->normalizes ||
            setting_number(run, part_path(run, part, "dim"), -1) != -1)
            continue;
        struct finding *finding = findings_add(
            findings, rule, "\"%s\" is %s over 1 output: it gives %s for every row; it needs 2 or more",
            part->name, part->type, strcmp(part->type, "softmax") == 0 ? "1.0" : "0.0");
        finding_about(finding, part);
        finding_evidence(finding, "model/outputs", 1, 2, -1);
        return;
    }
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"bce\"}");
    example_classes(run, 2);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], "
                        "\"loss\": \"bce\"}");
    example_classes(run, 2);
}

const struct rule rule_softmax_over_one_output = {
    .entry = {"softmax-over-one-output", "Softmax over a single output, which is 1 for every row",
              "What it means\n"
              "  Softmax makes the outputs of a row add up to 1. With one output that is\n"
              "  1.0 for every row whatever the weights are: nothing is predicted, and no\n"
              "  gradient comes back through it.\n"
              "\n"
              "How it is decided\n"
              "  The last layer with weights has 1 output and softmax or log_softmax\n"
              "  stands behind it, on its last axis.\n"
              "\n"
              "Known false alarms\n"
              "  None known: the gradient is zero by definition.\n"
              "\n"
              "Sources\n"
              "  Zhang et al. 2018, \"An Empirical Study on TensorFlow Program Bugs\"; the\n"
              "  most common output fault of the programs that mldbg was measured on.\n"},
    .code = "ML140",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", NULL},
    .next =
        (const char *const[]){
            "sigmoid instead of softmax for a yes or no; or one output a class",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
