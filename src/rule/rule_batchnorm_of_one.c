/* ML152 batchnorm-of-one: batch norm over a batch of one row. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy))
        return;
    double batch = run_number(run, "train/batch_size");
    const struct part *before = NULL;
    if (!(batch == 1))
        return;
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        before = part->weighty ? part : before;
        if (strcmp(part->type, "batchnorm") != 0 || setting_flag(run, part_path(run, part, "frozen"), false))
            continue;
        bool map = !before || strncmp(before->type, "conv", 4) == 0;
        struct finding *finding = findings_add(
            findings, rule, "\"%s\" normalizes over train.batch_size 1: %s; 2 rows are the least", part->name,
            map ? "only the places of a map are left to average" : "every number becomes 0");
        finding_about(finding, part);
        finding_evidence(finding, "train/batch_size", batch, 2, -1);
        if (map)
            finding->severity = SEVERITY_NOTE;
        return;
    }
}

static void sick(struct run *run)
{
    example_config(
        run,
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\"}, {\"type\": "
        "\"relu\"}, {\"type\": \"linear\", \"out_features\": 2}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 2);
    run_set_number(run, "train/batch_size", 1);
}

static void healthy(struct run *run)
{
    example_config(
        run,
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\"}, {\"type\": "
        "\"relu\"}, {\"type\": \"linear\", \"out_features\": 2}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 2);
    run_set_number(run, "train/batch_size", 32);
}

const struct rule rule_batchnorm_of_one = {
    .entry = {"batchnorm-of-one", "Batch norm over a batch of one row",
              "What it means\n"
              "  The mean of one row is the row itself: every number is normalized to 0,\n"
              "  whatever went in. Over a map there are still its places to average over,\n"
              "  and the norm is merely noisy.\n"
              "\n"
              "How it is decided\n"
              "  train.batch_size is 1 and a batchnorm stands behind a linear or\n"
              "  recurrent layer: an error; behind a convolution: a suspicion.\n"
              "\n"
              "Known false alarms\n"
              "  None known for rows; over maps it is instance norm, which some models\n"
              "  want.\n"
              "\n"
              "Sources\n"
              "  Ioffe and Szegedy 2015, \"Batch Normalization\".\n"},
    .code = "ML152",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_batch_size,
    .remedies = (const struct change *const[]){&change_batch_32, NULL},
    .reads = (const char *const[]){"data/task", "train/batch_size", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML304", "ML308", "ML309", NULL},
    .next =
        (const char *const[]){
            "make train.batch_size 32",
            "or layernorm in its place",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
