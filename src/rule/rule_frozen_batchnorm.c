/* ML150 frozen-batchnorm: batch norm that never learns its statistics. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy))
        return;
    const struct part *first = NULL;
    int64_t count = 0, norms = 0;
    for (int i = anatomy.count - 1; i >= 0; i--) {
        const struct part *part = &anatomy.part[i];

        norms += strcmp(part->type, "batchnorm") == 0;
        if (!setting_flag(run, part_path(run, part, "frozen"), false))
            continue;
        first = part;
        count++;
    }
    if (!first)
        return;
    struct finding *finding = findings_add(
        findings, rule, "%lld of %s frozen (\"%s\" the first): mean 0, variance 1 for ever", (long long)count,
        text_plural(findings->arena, norms, "batch norm is", "batch norms are"), first->name);
    finding_about(finding, first);
    finding->place = setting_place(run, part_path(run, first, "frozen"));
    finding_evidence(finding, "model/frozen_batchnorm", (double)count, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run,
                   "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"batchnorm\", "
                   "\"frozen\": true}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 2}]}");
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
              "  Frozen, it divides by the statistics that it began with, mean 0 and\n"
              "  variance 1, in training and after it: it does nothing but scale. What\n"
              "  the layers before it send is not normalized at all.\n"
              "\n"
              "How it is decided\n"
              "  A batchnorm has \"frozen\": true. Training begins with a new model here,\n"
              "  so there are no statistics from before.\n"
              "\n"
              "Known false alarms\n"
              "  None known, as long as no trained statistics can be loaded.\n"},
    .code = "ML150",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_thaw_batchnorm, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML307", "ML308", "ML309", NULL},
    .next =
        (const char *const[]){
            "leave \"frozen\" out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
