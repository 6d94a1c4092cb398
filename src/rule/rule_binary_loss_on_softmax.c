/* ML157 binary-loss-on-softmax: a loss for yes or no behind softmax over several classes. */
#include "anatomy.h"

#include <string.h>

/* Two classes have the same loss either way. */
enum { LEAST_OUTPUTS = 3 };

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.classification || anatomy.head_activation < 0 ||
        anatomy.outputs < LEAST_OUTPUTS)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    if (strcmp(anatomy.loss, "bce") != 0 || strcmp(last->type, "softmax") != 0 ||
        setting_flag(run, "loss.broadcast", false))
        return;
    struct finding *finding = findings_add(
        findings, rule, "the loss bce is for 1 yes or no; \"%s\" (softmax) gives shares of %lld classes",
        last->name, (long long)anatomy.outputs);
    finding->subject = "loss";
    finding->place = setting_place(run, "loss");
    finding_evidence(finding, "model/outputs", (double)anatomy.outputs, 1, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"bce\"}");
    example_classes(run, 4);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 4);
}

const struct rule rule_binary_loss_on_softmax = {
    .entry = {"binary-loss-on-softmax", "A loss for yes or no behind softmax over several classes",
              "What it means\n"
              "  bce asks each output for itself whether it is the class; softmax already\n"
              "  made them add up to 1. Both pull at the same numbers, and right answers\n"
              "  of other classes outweigh the one that counts.\n"
              "\n"
              "How it is decided\n"
              "  Classification with bce behind softmax, with 2 outputs or more.\n"
              "\n"
              "Known false alarms\n"
              "  Two classes: there it is the same loss.\n"},
    .code = "ML157",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_loss,
    .remedies = (const struct change *const[]){&change_match_loss, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "cross_entropy, from probabilities",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
