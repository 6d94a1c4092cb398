/* ML141 loss-needs-probabilities: the loss takes probabilities, the last layer gives any number. */
#include "anatomy.h"

#include <math.h>
#include <string.h>

/* Of numbers, too, some are probabilities: several yes or no answers a row, or rows that add up to 1. */
static bool targets_are_shares(const struct run *run, const struct anatomy *anatomy)
{
    if (strcmp(anatomy->loss, "bce") != 0)
        return run_number(run, "target/train/rows_sum_to_one") > 0.5;
    return run_number(run, "target/train/min") >= 0 && run_number(run, "target/train/max") <= 1;
}

static bool gives_wanted(const struct anatomy *anatomy, const struct part *last)
{
    if (!last)
        return false;
    if (strcmp(anatomy->loss, "nll") == 0)
        return strcmp(last->type, "log_softmax") == 0;
    return last->activation->low >= 0 && last->activation->high <= 1;
}

static const char *range_of(const struct run *run, const struct part *last)
{
    if (!last || (isinf(last->activation->low) && isinf(last->activation->high)))
        return "any number, below 0 and above 1 too";
    if (isinf(last->activation->high))
        return arena_print(run->arena, "%s and above, without limit",
                           text_number(run->arena, last->activation->low, 3));
    if (isinf(last->activation->low))
        return arena_print(run->arena, "%s and below", text_number(run->arena, last->activation->high, 3));
    return arena_print(run->arena, "%s to %s", text_number(run->arena, last->activation->low, 3),
                       text_number(run->arena, last->activation->high, 3));
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.outputs == 0 || !anatomy.plain_tail || !anatomy.probability)
        return;
    const struct part *last = anatomy.head_activation < 0 ? NULL : &anatomy.part[anatomy.head_activation];
    const struct part *subject = last ? last : &anatomy.part[anatomy.head];
    if ((!anatomy.classification && !targets_are_shares(run, &anatomy)) || gives_wanted(&anatomy, last))
        return;
    struct finding *finding =
        findings_add(findings, rule, "\"%s\" (%s) gives %s; the loss %s takes %s", subject->name,
                     subject->type, range_of(run, last), anatomy.loss,
                     strcmp(anatomy.loss, "nll") == 0 ? "logarithms of probabilities, at most 0"
                                                      : "probabilities, 0 to 1");
    finding_about(finding, subject);
    finding_evidence(finding, "model/outputs/max", last ? last->activation->high : (double)INFINITY,
                     strcmp(anatomy.loss, "nll") == 0 ? 0 : 1, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"relu\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 3);
}

const struct rule rule_loss_needs_probabilities = {
    .entry = {"loss-needs-probabilities", "The loss takes probabilities, the last layer gives any number",
              "What it means\n"
              "  The loss takes the logarithm of what it is given. Outputs below 0 or\n"
              "  above 1 are clipped, and clipped outputs have no gradient; rows that are\n"
              "  not clipped are pulled the wrong way.\n"
              "\n"
              "How it is decided\n"
              "  The loss is cross_entropy from probabilities, nll or bce, and behind the\n"
              "  last layer with weights stands no activation that ends in 0 to 1 (for\n"
              "  nll: no log_softmax). For numbers only if the targets are shares: within\n"
              "  0 and 1 for bce, rows that add up to 1 for cross_entropy.\n"
              "\n"
              "Known false alarms\n"
              "  An output that other layers keep within 0 and 1; no loss of this kind\n"
              "  knows of it. Some such programs learn by luck, until an output leaves\n"
              "  the range.\n"},
    .code = "ML141",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML309", "ML306", "ML307",
                                    "ML401", NULL},
    .next =
        (const char *const[]){
            "put softmax (two classes and one output: sigmoid) behind the last layer",
            "or take a loss that applies it: \"from\": \"logits\", bce_with_logits",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
