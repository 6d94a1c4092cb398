/* ML163 very-deep: nine or more hidden layers on end. */
#include "anatomy.h"

#include <string.h>

/* Eight still train with the usual initializations. */
enum { LEAST = 9 };

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    int hidden = hidden_count(&anatomy);
    for (int i = 0; i < anatomy.head; i++)
        if (strstr(anatomy.part[i].type, "norm"))
            return;
    if (hidden < LEAST)
        return;
    struct finding *finding = findings_add(
        findings, rule, "%d hidden layers on end, without a norm or a shortcut (suspect from %d)", hidden,
        LEAST);
    finding_about(finding, &anatomy.part[0]);
    finding_evidence(finding, "model/hidden_layers", hidden, LEAST, -1);
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
             "\"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
             "\"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 8}, "
             "{\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
             "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
             "\"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 8}, "
             "{\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
             "{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
                        "\"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
                        "\"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_very_deep = {
    .entry = {"very-deep", "Nine or more hidden layers on end",
              "What it means\n"
              "  Every layer multiplies the gradient by its weights and slopes. On end,\n"
              "  without shortcuts, it fades or grows with their number.\n"
              "\n"
              "How it is decided\n"
              "  At least 9 layers with weights before the last one, each reading the\n"
              "  layer before, and no norm among them.\n"
              "\n"
              "Known false alarms\n"
              "  An initialization that keeps the variance, and tanh or selu, carry\n"
              "  further.\n"},
    .code = "ML163",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_fewer_layers, &change_hidden_relu, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML307", "ML309", NULL},
    .next =
        (const char *const[]){
            "two hidden layers first, then more",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
