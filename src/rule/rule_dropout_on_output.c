/* ML165 dropout-on-output: dropout on the outputs. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy))
        return;
    for (int i = anatomy.head + 1; anatomy.head >= 0 && i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];
        double share = setting_number(run, part_path(run, part, "p"), 0.5);

        if (strcmp(part->type, "dropout") != 0 || !(share > 0))
            continue;
        struct finding *finding = findings_add(
            findings, rule, "\"%s\" sets %s %% of the outputs to 0 in training; it should be 0 %%",
            part->name, text_number(findings->arena, 100 * share, 3));
        finding_about(finding, part);
        finding_evidence(finding, "model/dropout", share, 0, -1);
        return;
    }
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
             "\"linear\", \"out_features\": 3}, {\"type\": \"dropout\"}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
             "\"dropout\"}, {\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_dropout_on_output = {
    .entry = {"dropout-on-output", "Dropout on the outputs",
              "What it means\n"
              "  In training a share of the answers themselves is set to 0, right or\n"
              "  wrong. The loss of those rows says nothing.\n"
              "\n"
              "How it is decided\n"
              "  A dropout with p above 0 behind the last layer with weights.\n"
              "\n"
              "Known false alarms\n"
              "  None known.\n"},
    .code = "ML165",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_regularization,
    .remedies = (const struct change *const[]){&change_no_dropout, &change_drop_layer, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML308", NULL},
    .next =
        (const char *const[]){
            "dropout in front of the last layer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
