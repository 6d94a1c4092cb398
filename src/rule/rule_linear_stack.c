/* ML158 linear-stack: hidden layers without any activation. */
#include "anatomy.h"

#include <string.h>

/* Whether anything before the head is not linear. */
static bool bends(const struct anatomy *anatomy)
{
    static const char *const bent[] = {"maxpool1d", "maxpool2d", "rnn",      "lstm",
                                       "gru",       "attention", "multiply", "layernorm"};

    for (int i = 0; i < anatomy->head; i++) {
        const struct part *part = &anatomy->part[i];

        if (part->activation && !part->activation->linear)
            return true;
        for (size_t k = 0; k < sizeof bent / sizeof *bent; k++)
            if (strcmp(part->type, bent[k]) == 0)
                return true;
    }
    return false;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    int hidden = hidden_count(&anatomy);
    if (hidden == 0 || bends(&anatomy))
        return;
    struct finding *finding = findings_add(
        findings, rule, "%s no activation: with the last layer %s 1 linear map",
        hidden == 1 ? "the 1 hidden layer has"
                    : arena_print(findings->arena, "the %lld hidden layers have", (long long)hidden),
        hidden == 1 ? "it is" : "they are");
    finding_about(finding, &anatomy.part[0]);
    finding_evidence(finding, "model/activations", 0, 1, -1);
}

static void sick(struct run *run)
{
    example_config(
        run,
        "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"linear\", \"out_features\": "
        "8}, {\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": "
                        "\"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_linear_stack = {
    .entry = {"linear-stack", "Hidden layers without any activation",
              "What it means\n"
              "  Linear layers on end are one linear layer: what is not linear in the\n"
              "  data stays out of reach, however many there are.\n"
              "\n"
              "How it is decided\n"
              "  At least 1 hidden linear or convolutional layer, no activation, max\n"
              "  pooling or recurrent layer before the last layer with weights, each\n"
              "  layer reading the one before.\n"
              "\n"
              "Known false alarms\n"
              "  Data that is linear: then the model is right, and larger than it need\n"
              "  be.\n"},
    .code = "ML158",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_hidden_activation,
    .remedies = (const struct change *const[]){&change_hidden_relu, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "relu behind each hidden layer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
