/* ML121 momentum-range: a memory of the gradient that never forgets. */
#include "anatomy.h"
#include "curve.h"

/* An update is then felt for a hundred steps and more. */
#define LIMIT      0.99
#define LIMIT_TEXT SPELT(LIMIT)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double momentum = setting_number(run, "optimizer.momentum", 0);

    if (!(momentum >= LIMIT))
        return;
    struct finding *finding =
        findings_add(findings, rule, "optimizer.momentum is %s; expected less than %s",
                     text_number(findings->arena, momentum, 5), text_number(findings->arena, LIMIT, 3));
    finding->subject = "optimizer.momentum";
    finding->place = setting_place(run, "optimizer.momentum");
    finding_evidence(finding, "optimizer.momentum", momentum, LIMIT, -1);
}

static void momentum(struct run *run, const char *json)
{
    run_set_text(run, "train/optimizer", "sgd");
    run_set_number(run, "train/rate", 0.02);
    example_config(run, json);
}

static void sick(struct run *run)
{
    momentum(run, "{\"optimizer\": {\"type\": \"sgd\", \"momentum\": 0.999}}");
}

static void healthy(struct run *run)
{
    momentum(run, "{\"optimizer\": {\"type\": \"sgd\", \"momentum\": 0.9}}");
}

const struct rule rule_momentum_range = {
    .entry = {"momentum-range", "The momentum is near 1 or above",
              "What it means\n"
              "  Momentum m makes the rate 1 / (1 - m) times larger and remembers as many\n"
              "  steps. Near 1 the loss swings, at 1 and above it grows without end.\n"
              "\n"
              "How it is decided\n"
              "  optimizer.momentum is " LIMIT_TEXT " or more.\n"
              "\n"
              "Known false alarms\n"
              "  Long trainings with a schedule go up to 0.99 in their last part.\n"
              "\n"
              "Sources\n"
              "  Sutskever, Martens, Dahl and Hinton 2013, On the importance of\n"
              "  initialization and momentum.\n"},
    .code = "ML121",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_optimizer,
    .remedies = (const struct change *const[]){&change_momentum, &change_adam, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML306", "ML307", "ML308", "ML401", "ML309", NULL},
    .next =
        (const char *const[]){
            "set optimizer.momentum to 0.9",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
