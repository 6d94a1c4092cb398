/* ML164 dropout-before-batchnorm: dropout directly in front of batch norm. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    const struct part *dropout = NULL;
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];
        double share = dropout ? setting_number(run, part_path(run, dropout, "p"), 0.5) : 0;

        if (strcmp(part->type, "dropout") == 0)
            dropout = part;
        else if (part->weighty)
            dropout = NULL;
        if (!dropout || strcmp(part->type, "batchnorm") != 0 || !(share > 0))
            continue;
        struct finding *finding = findings_add(
            findings, rule, "\"%s\" (p %s) stands before \"%s\", which learns a variance that is gone later",
            dropout->name, text_number(findings->arena, share, 3), part->name);
        finding_about(finding, dropout);
        finding_evidence(finding, "model/dropout", share, 0, -1);
        return;
    }
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"dropout\"}, "
                        "{\"type\": \"batchnorm\"}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
                        "\"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": "
                        "\"batchnorm\"}, {\"type\": \"relu\"}, {\"type\": \"dropout\"}, {\"type\": "
                        "\"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_dropout_before_batchnorm = {
    .entry = {"dropout-before-batchnorm", "Dropout directly in front of batch norm",
              "What it means\n"
              "  Dropout changes the variance in training and not afterwards. Batch norm\n"
              "  learns the variance of training and divides by the wrong one afterwards.\n"
              "\n"
              "How it is decided\n"
              "  A batchnorm behind a dropout with p above 0, with no layer with weights\n"
              "  between them.\n"
              "\n"
              "Known false alarms\n"
              "  A small p: the shift is p / (1 - p) of the mean square.\n"
              "\n"
              "Sources\n"
              "  Li et al. 2019, \"Understanding the Disharmony between Dropout and Batch\n"
              "  Normalization by Variance Shift\".\n"},
    .code = "ML164",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_regularization,
    .remedies = (const struct change *const[]){&change_no_dropout, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "dropout behind the norm and its activation",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
