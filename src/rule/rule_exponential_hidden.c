/* ML149 exponential-hidden: exponential as a hidden activation. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    int64_t count = 0;
    const struct part *first = NULL;
    for (int i = anatomy.head - 1; i >= 0; i--)
        if (strcmp(anatomy.part[i].type, "exponential") == 0) {
            first = &anatomy.part[i];
            count++;
        }
    if (!first)
        return;
    struct finding *finding =
        findings_add(findings, rule, "%s exponential%s: values and gradients grow without limit",
                     text_plural(findings->arena, count, "hidden activation is", "hidden activations are"),
                     first_of(findings->arena, count, first->name));
    finding_about(finding, first);
    finding_evidence(finding, "model/exponential", (double)count, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run,
                   "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"exponential\"}, "
                   "{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_exponential_hidden = {
    .entry = {"exponential-hidden", "exponential as a hidden activation",
              "What it means\n"
              "  e to the power of what the layer gives: a unit at 10 gives 22026, and\n"
              "  the next layer makes a larger number of it. Values and gradients\n"
              "  overflow within a few layers.\n"
              "\n"
              "How it is decided\n"
              "  An exponential stands before the last layer with weights, in a model in\n"
              "  which each layer reads the one before.\n"
              "\n"
              "Known false alarms\n"
              "  A model that computes with logarithms on purpose.\n"},
    .code = "ML149",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_hidden_activation,
    .remedies = (const struct change *const[]){&change_hidden_relu, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML306", "ML307", "ML308", "ML401", NULL},
    .next =
        (const char *const[]){
            "relu, or tanh, in its place",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
