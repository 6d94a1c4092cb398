/* ML150 frozen-batchnorm: batch norm that never learns its statistics. */
#include "anatomy.h"

#include <string.h>

static bool stands_still(const struct run *run, const struct part *part)
{
    if (strcmp(part->type, "batchnorm") != 0)
        return false;
    return setting_flag(run, part_path(run, part, "frozen"), false) ||
           setting_number(run, part_path(run, part, "momentum"), 0.1) == 0;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy))
        return;
    const struct part *first = NULL;
    int64_t count = 0, norms = 0;
    for (int i = anatomy.count - 1; i >= 0; i--) {
        norms += strcmp(anatomy.part[i].type, "batchnorm") == 0;
        if (!stands_still(run, &anatomy.part[i]))
            continue;
        first = &anatomy.part[i];
        count++;
    }
    if (!first)
        return;
    bool frozen = setting_flag(run, part_path(run, first, "frozen"), false);
    struct finding *finding = findings_add(
        findings, rule, "%lld of %s %s still%s: mean 0, variance 1 for ever, %s", (long long)count,
        text_plural(findings->arena, norms, "batch norm", "batch norms"), count == 1 ? "stands" : "stand",
        first_of(findings->arena, count, first->name), frozen ? "in training too" : "unlike in training");
    finding_about(finding, first);
    finding->place = setting_place(run, part_path(run, first, frozen ? "frozen" : "momentum"));
    finding_evidence(finding, "model/frozen_batchnorm", (double)count, 0, -1);
    if (frozen)
        finding->severity = SEVERITY_NOTE;
}

static void sick(struct run *run)
{
    example_config(run,
                   "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\", "
                   "\"momentum\": 0}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 2}]}");
    example_classes(run, 2);
}

static void healthy(struct run *run)
{
    example_config(
        run,
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\"}, {\"type\": "
        "\"relu\"}, {\"type\": \"linear\", \"out_features\": 2}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 2);
}

const struct rule rule_frozen_batchnorm = {
    .entry = {"frozen-batchnorm", "Batch norm that never learns its statistics",
              "What it means\n"
              "  In training a batch norm divides by the spread of the batch, afterwards\n"
              "  by averages that it gathered meanwhile. With a momentum of 0 it gathers\n"
              "  nothing: afterwards it divides by 1, and the network gets numbers that\n"
              "  it never saw. Frozen, it divides by 1 in training, too: what the layers\n"
              "  before it send is not normalized at all.\n"
              "\n"
              "How it is decided\n"
              "  A batchnorm has \"momentum\": 0: an error. It has \"frozen\": true: a\n"
              "  suspicion, as training begins with a new model here, without statistics\n"
              "  from before.\n"
              "\n"
              "Known false alarms\n"
              "  A frozen norm is no harm where inputs and initialization keep the scale.\n"},
    .code = "ML150",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_thaw_batchnorm, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML307", "ML308", "ML309", NULL},
    .next =
        (const char *const[]){
            "leave \"momentum\" and \"frozen\" out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
