/* ML166 batchnorm-on-output: batch norm on the outputs. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.plain_tail)
        return;
    for (int i = anatomy.head + 1; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->type, "batchnorm") != 0)
            continue;
        struct finding *finding = findings_add(
            findings, rule,
            "\"%s\" normalizes %s over the batch; behind the last layer there should be no norm", part->name,
            anatomy.outputs ? text_plural(findings->arena, anatomy.outputs, "output", "outputs")
                            : "the outputs");
        finding_about(finding, part);
        finding_evidence(finding, "model/output_norms", 1, 0, -1);
        return;
    }
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
             "\"linear\", \"out_features\": 3}, {\"type\": \"batchnorm\"}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(
        run,
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"batchnorm\"}, {\"type\": "
        "\"relu\"}, {\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_batchnorm_on_output = {
    .entry = {"batchnorm-on-output", "Batch norm on the outputs",
              "What it means\n"
              "  The answer of a row then depends on the other rows of its batch, and the\n"
              "  spread of the outputs is the same however sure the network is.\n"
              "\n"
              "How it is decided\n"
              "  A batchnorm behind the last layer with weights.\n"
              "\n"
              "Known false alarms\n"
              "  Classifiers with a learned scale live with it.\n"},
    .code = "ML166",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_drop_layer, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "take it out, or put it in front of an activation of a hidden layer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
