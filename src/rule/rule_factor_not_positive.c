/* ML153 factor-not-positive: the factor of the loss is not above zero. */
#include "anatomy.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double factor = setting_number(run, "loss.factor", 1);

    if (!(factor <= 0))
        return;
    struct finding *finding =
        findings_add(findings, rule, "loss.factor is %s: training %s; it must be above 0",
                     text_number(findings->arena, factor, 5),
                     factor < 0 ? "looks for the largest loss" : "sees no loss at all");
    finding->subject = "loss.factor";
    finding->place = setting_place(run, "loss.factor");
    finding_evidence(finding, "loss/factor", factor, 0, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": {\"type\": "
                        "\"mse\", \"factor\": -1}}");
    example_classes(run, 0);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": {\"type\": "
                        "\"mse\", \"factor\": 0.5}}");
    example_classes(run, 0);
}

const struct rule rule_factor_not_positive = {
    .entry = {"factor-not-positive", "The factor of the loss is not above zero",
              "What it means\n"
              "  A negative factor turns the loss over: training looks for its largest\n"
              "  value. With 0 nothing is learned.\n"
              "\n"
              "How it is decided\n"
              "  loss.factor is 0 or less.\n"
              "\n"
              "Known false alarms\n"
              "  A quantity that is to be made large on purpose.\n"},
    .code = "ML153",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_gradient,
    .remedies = (const struct change *const[]){&change_positive_factor, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML306", "ML307", "ML401", NULL},
    .next =
        (const char *const[]){
            "leave loss.factor out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
