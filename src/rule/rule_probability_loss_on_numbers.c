/* ML144 probability-loss-on-numbers: a loss for probabilities on targets that are none. */
#include "anatomy.h"

#include <string.h>

/* What rounding may do to a share. */
static const double ROUNDING = 1e-3;
/* Target rows that have to be distributions. */
static const double LEAST_ROWS = 0.5;

static void check_range(const struct rule *rule, const struct run *run, const struct anatomy *anatomy,
                        struct findings *findings)
{
    double low = run_number(run, "target/train/min"), high = run_number(run, "target/train/max");

    if (!(low < -ROUNDING) && !(high > 1 + ROUNDING))
        return;
    struct finding *finding = findings_add(
        findings, rule, "the loss %s is for targets within 0 and 1; these go from %s to %s", anatomy->loss,
        text_number(findings->arena, low, 3), text_number(findings->arena, high, 3));
    finding->subject = "loss";
    finding->place = setting_place(run, "loss");
    finding_evidence(finding, low < -ROUNDING ? "target/train/min" : "target/train/max",
                     low < -ROUNDING ? low : high, low < -ROUNDING ? 0 : 1, -1);
}

static void check_rows(const struct rule *rule, const struct run *run, const struct anatomy *anatomy,
                       struct findings *findings)
{
    double share = anatomy->target_width == 1 ? 0 : run_number(run, "target/train/rows_sum_to_one");

    if (!(share < LEAST_ROWS))
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "the loss %s is for rows that add up to 1; %s %% of the target rows do, %s %% are needed",
        anatomy->loss, text_number(findings->arena, 100 * share, 3),
        text_number(findings->arena, 100 * LEAST_ROWS, 3));
    finding->subject = "loss";
    finding->place = setting_place(run, "loss");
    finding_evidence(finding, "target/train/rows_sum_to_one", share, LEAST_ROWS, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.classification)
        return;
    if (strncmp(anatomy.loss, "bce", 3) == 0)
        check_range(rule, run, &anatomy, findings);
    else if (anatomy.probability || anatomy.from_logits)
        check_rows(rule, run, &anatomy, findings);
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"bce_with_logits\"}");
    example_classes(run, 0);
    run_set_number(run, "target/train/min", 3);
    run_set_number(run, "target/train/max", 90);
}

static void healthy(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"bce_with_logits\"}");
    example_classes(run, 0);
    run_set_number(run, "target/train/min", 0);
    run_set_number(run, "target/train/max", 1);
}

const struct rule rule_probability_loss_on_numbers = {
    .entry = {"probability-loss-on-numbers", "A loss for probabilities on targets that are none",
              "What it means\n"
              "  Cross-entropy compares two probabilities. For targets outside 0 to 1, or\n"
              "  rows that do not add up to 1, it has no smallest value at the right\n"
              "  answer: it can fall without end while the answers get worse.\n"
              "\n"
              "How it is decided\n"
              "  Regression with bce or bce_with_logits where a target lies outside 0 to\n"
              "  1, or with cross_entropy where fewer than half of the target rows add up\n"
              "  to 1; a single column never does.\n"
              "\n"
              "Known false alarms\n"
              "  Targets that leave 0 to 1 by rounding only: a thousandth is allowed.\n"},
    .code = "ML144",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_loss,
    .remedies = (const struct change *const[]){&change_match_head, &change_match_loss, NULL},
    .reads = (const char *const[]){"data/task", "target/train/min", "target/train/max", NULL},
    .check = check,
    .causes = (const char *const[]){"ML302", "ML303", "ML306", "ML307", "ML309", "ML401", NULL},
    .next =
        (const char *const[]){
            "mse for numbers, without an activation behind the last layer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
