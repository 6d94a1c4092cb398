/* ML159 linear-among-others: a hidden layer without the activation that the others have. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    int64_t with = 0, without = 0;
    const struct part *first = NULL;
    for (int i = anatomy.head - 1; i >= 0; i--) {
        const struct part *part = &anatomy.part[i];

        if (strcmp(part->type, "linear") != 0 && strncmp(part->type, "conv", 4) != 0)
            continue;
        first = part->follower < 0 ? part : first;
        with += part->follower >= 0;
        without += part->follower < 0;
    }
    if (!first || with == 0)
        return;
    struct finding *finding = findings_add(
        findings, rule, "%lld of %lld hidden layers %s no activation%s; the %s one", (long long)without,
        (long long)(with + without), without == 1 ? "has" : "have",
        first_of(findings->arena, without, first->name), with == 1 ? "other has" : "others have");
    finding_about(finding, first);
    finding_evidence(finding, "model/linear_layers", (double)without, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"linear\", "
                        "\"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
                        "\"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_linear_among_others = {
    .entry = {"linear-among-others", "A hidden layer without the activation that the others have",
              "What it means\n"
              "  Without an activation the layer melts into the next one: it adds\n"
              "  parameters and no reach.\n"
              "\n"
              "How it is decided\n"
              "  Some hidden linear or convolutional layers have an activation behind\n"
              "  them (norms and dropout between), others have none.\n"
              "\n"
              "Known false alarms\n"
              "  A narrow linear layer on purpose, and max pooling behind a convolution,\n"
              "  which bends by itself.\n"},
    .code = "ML159",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_hidden_activation,
    .remedies = (const struct change *const[]){&change_hidden_relu, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "relu behind it",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
