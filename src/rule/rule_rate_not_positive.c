/* ML112 rate-not-positive: a learning rate that goes uphill, or nowhere. */
#include <mldbg/rule.h>

static struct place place_of_rate(const struct run *run)
{
    const struct json *rate = json_get(json_get(run->config, "optimizer"), "lr");
    return rate ? rate->place : (struct place){0};
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double rate = run_number(run, "train/rate");

    if (!(rate <= 0))
        return;
    struct finding *finding =
        findings_add(findings, rule, "optimizer.lr is %s: each step goes %s; it must be above 0",
                     text_number(findings->arena, rate, 5), rate < 0 ? "uphill" : "nowhere");
    finding->subject = "optimizer.lr";
    finding->place = place_of_rate(run);
    finding_evidence(finding, "train/rate", rate, 0, -1);
}

static void sick(struct run *run)
{
    run_set_number(run, "train/rate", -0.01);
}

static void healthy(struct run *run)
{
    run_set_number(run, "train/rate", 0.01);
}

const struct rule rule_rate_not_positive = {
    .entry = {"rate-not-positive", "The learning rate is not above zero",
              "What it means\n"
              "  An update subtracts the rate times the gradient. With a negative rate it\n"
              "  goes uphill, with zero it goes nowhere.\n"
              "\n"
              "How it is decided\n"
              "  optimizer.lr is 0 or less.\n"
              "\n"
              "Known false alarms\n"
              "  Gradient ascent on purpose: give the loss a negative factor instead, and say\n"
              "  so in its name.\n"},
    .code = "ML112",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_gradient,
    .remedies = (const struct change *const[]){&change_positive_rate, NULL},
    .reads = (const char *const[]){"train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", NULL},
    .next =
        (const char *const[]){
            "make optimizer.lr positive, such as 0.001",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
