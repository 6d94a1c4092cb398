/* ML160 sigmoid-tower: three or more hidden layers of sigmoid. */
#include "anatomy.h"

#include <math.h>
#include <string.h>

/* Fewer of them learn, slowly. */
enum { LEAST = 3 };

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    const struct part *first = NULL;
    int64_t count = 0;
    for (int i = anatomy.head - 1; i >= 0; i--) {
        int follower = anatomy.part[i].follower;

        if (!anatomy.part[i].weighty || follower < 0 || follower > anatomy.head ||
            !strstr(anatomy.part[follower].type, "sigmoid"))
            continue;
        first = &anatomy.part[follower];
        count++;
    }
    if (count < LEAST)
        return;
    struct finding *finding = findings_add(findings, rule,
                                           "%lld hidden layers are sigmoid (\"%s\" the first): their slopes "
                                           "multiply to %s at most (suspect from %d)",
                                           (long long)count, first->name,
                                           text_number(findings->arena, pow(0.25, (double)count), 2), LEAST);
    finding_about(finding, first);
    finding_evidence(finding, "model/sigmoid_layers", (double)count, LEAST, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, {\"type\": "
                        "\"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, {\"type\": \"linear\", "
                        "\"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, {\"type\": "
                        "\"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_sigmoid_tower = {
    .entry = {"sigmoid-tower", "Three or more hidden layers of sigmoid",
              "What it means\n"
              "  The slope of sigmoid is at most a quarter: through three layers at most\n"
              "  a 64th of the gradient is left, through twelve less than a 16 millionth.\n"
              "  The first layers stand still.\n"
              "\n"
              "How it is decided\n"
              "  Sigmoid or hard_sigmoid behind 3 or more hidden layers, each layer\n"
              "  reading the one before. tanh, whose slope is 1 in the middle, is not\n"
              "  counted.\n"
              "\n"
              "Known false alarms\n"
              "  Small inputs and long training; batch norm between the layers.\n"
              "\n"
              "Sources\n"
              "  Glorot and Bengio 2010, \"Understanding the difficulty of training deep\n"
              "  feedforward neural networks\".\n"},
    .code = "ML160",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_hidden_activation,
    .remedies = (const struct change *const[]){&change_hidden_relu, &change_hidden_tanh, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "relu in place of sigmoid in hidden layers",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
