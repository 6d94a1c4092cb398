/* ML148 activation-before-loss: softmax or sigmoid in front of a loss that applies it. */
#include "anatomy.h"

#include <math.h>
#include <string.h>

/* Wider than this, the classes can be told apart well enough for the activation to be meant. */
static const double SURE_RANGE = 1;

/* Of a row whose label stands at the high end and all else at the low one; for yes or no, of the easier
 * answer. */
static double best_loss(const struct anatomy *anatomy, const struct activation *last)
{
    double yes = log1p(exp(-last->high)), no = log1p(exp(last->low));

    if (strcmp(anatomy->loss, "bce_with_logits") == 0)
        return yes < no ? yes : no;
    return log1p((double)(anatomy->outputs - 1) * exp(last->low - last->high));
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.plain_tail || !anatomy.from_logits ||
        anatomy.head_activation < 0)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    double low = last->activation->low, high = last->activation->high, best;
    if (isinf(low) || (anatomy.outputs == 1 && last->activation->normalizes))
        return;
    best = best_loss(&anatomy, last->activation);
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" (%s) stands before %s, which applies its own: the loss cannot fall below %s",
        last->name, last->type, anatomy.loss, text_number(findings->arena, best, 5));
    finding_about(finding, last);
    finding_evidence(finding, "model/best_loss", best, 0, -1);
    if (!(high - low <= SURE_RANGE))
        finding->severity = SEVERITY_NOTE;
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 10}, {\"type\": "
                        "\"softmax\"}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 10);
}

static void healthy(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 10}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 10);
}

const struct rule rule_activation_before_loss = {
    .entry = {"activation-before-loss", "Softmax or sigmoid in front of a loss that applies it",
              "What it means\n"
              "  The loss takes raw outputs and applies softmax or sigmoid itself.\n"
              "  Applied to shares of 0 to 1 once more, the best answer is far from sure,\n"
              "  the loss cannot come near zero, and the gradient is small.\n"
              "\n"
              "How it is decided\n"
              "  The loss is cross_entropy from logits or bce_with_logits and the last\n"
              "  activation has a limited range: no wider than 1 (softmax, sigmoid) is an\n"
              "  error, wider (tanh) or relu a suspicion. The sentence says what the loss\n"
              "  can reach at best.\n"
              "\n"
              "Known false alarms\n"
              "  Many such programs still find the right class, slowly and with flat\n"
              "  probabilities. tanh in front of softmax may be meant as a limit.\n"
              "  log_softmax is not reported: applied twice it changes nothing.\n"},
    .code = "ML148",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_remove_head_activation, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "take the last activation out",
            "or say \"from\": \"probabilities\"; bce instead of bce_with_logits",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
