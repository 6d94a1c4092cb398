/* ML145 softmax-for-numbers: softmax in front of numbers that do not add up to 1. */
#include "anatomy.h"

/* Target rows that have to be distributions. */
static const double LEAST_ROWS = 0.5;

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.plain_tail || anatomy.classification ||
        anatomy.head_activation < 0 || anatomy.outputs == 1)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    double share = anatomy.target_width == 1 ? 0 : run_number(run, "target/train/rows_sum_to_one");
    if (!last->activation->normalizes || anatomy.probability || anatomy.from_logits || !(share < LEAST_ROWS))
        return;
    struct finding *finding =
        findings_add(findings, rule,
                     "\"%s\" (%s) gives rows that add up to 1; %s %% of the target rows do, %s %% are needed",
                     last->name, last->type, text_number(findings->arena, 100 * share, 3),
                     text_number(findings->arena, 100 * LEAST_ROWS, 3));
    finding_about(finding, last);
    finding_evidence(finding, "target/train/rows_sum_to_one", share, LEAST_ROWS, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"mse\"}");
    example_classes(run, 0);
    run_set_number(run, "data/target_width", 3);
    run_set_number(run, "target/train/rows_sum_to_one", 0);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"mse\"}");
    example_classes(run, 0);
    run_set_number(run, "data/target_width", 3);
    run_set_number(run, "target/train/rows_sum_to_one", 1);
}

const struct rule rule_softmax_for_numbers = {
    .entry = {"softmax-for-numbers", "Softmax in front of numbers that do not add up to 1",
              "What it means\n"
              "  Softmax gives shares of 1. Targets that are no shares cannot be reached,\n"
              "  however long the training is.\n"
              "\n"
              "How it is decided\n"
              "  Regression with softmax or log_softmax as last activation, a loss other\n"
              "  than cross_entropy, and fewer than half of the target rows that add up\n"
              "  to 1; a single target column never does.\n"
              "\n"
              "Known false alarms\n"
              "  Targets that are shares of something other than 1, such as percent:\n"
              "  scale them.\n"},
    .code = "ML145",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_match_head, NULL},
    .reads = (const char *const[]){"data/task", "data/target_width", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "no activation behind the last layer of a regression",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
