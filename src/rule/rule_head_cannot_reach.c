/* ML142 head-cannot-reach: the last activation cannot give what the targets ask for. */
#include "anatomy.h"

/* Share of the deviation of the targets: what rounding and scaling to a range leave at its ends. */
static const double SLACK = 0.02;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail ||
        anatomy.classification || anatomy.probability || anatomy.head_activation < 0)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    double low = run_number(run, "target/train/min"), high = run_number(run, "target/train/max");
    double below = last->activation->low - low, above = high - last->activation->high;
    double beyond = (below > above ? below : above) / run_number(run, "target/train/std");
    if (last->activation->normalizes || !(beyond > SLACK))
        return;
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" (%s) cannot give all targets, %s to %s: they go %s std beyond it (limit %s)",
        last->name, last->type, text_number(findings->arena, low, 3), text_number(findings->arena, high, 3),
        text_number(findings->arena, beyond, 2), text_number(findings->arena, SLACK, 2));
    finding_about(finding, last);
    finding_evidence(finding, below > above ? "target/train/min" : "target/train/max",
                     below > above ? low : high,
                     below > above ? last->activation->low : last->activation->high, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], "
                        "\"loss\": \"mse\"}");
    example_classes(run, 0);
    run_set_number(run, "target/train/min", -40);
    run_set_number(run, "target/train/max", 90);
    run_set_number(run, "target/train/std", 20);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\"}");
    example_classes(run, 0);
    run_set_number(run, "target/train/min", -40);
    run_set_number(run, "target/train/max", 90);
    run_set_number(run, "target/train/std", 20);
}

const struct rule rule_head_cannot_reach = {
    .entry = {"head-cannot-reach", "The last activation cannot give what the targets ask for",
              "What it means\n"
              "  relu gives no number below 0, sigmoid none above 1, tanh none beyond 1.\n"
              "  Where targets lie outside, the best answer is the end of the range, and\n"
              "  there the gradient is zero.\n"
              "\n"
              "How it is decided\n"
              "  Regression: a target of train lies below or above all that the last\n"
              "  activation can give, by more than 2 % of the standard deviation of the\n"
              "  targets.\n"
              "\n"
              "Known false alarms\n"
              "  A single outlier among the targets, which the model may be meant to cut\n"
              "  off.\n"},
    .code = "ML142",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, &change_standardise_targets, NULL},
    .reads =
        (const char *const[]){"data/task", "target/train/min", "target/train/max", "target/train/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "no activation behind the last layer of a regression",
            "or scale the targets into its range: data.scale_target",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
