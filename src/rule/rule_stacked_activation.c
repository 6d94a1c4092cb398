/* ML147 stacked-activation: another activation in front of the last one. */
#include "anatomy.h"

#include <math.h>
#include <string.h>

static bool is_pooled(const struct anatomy *anatomy)
{
    for (int i = anatomy->stacked + 1; i < anatomy->head_activation; i++)
        if (strstr(anatomy->part[i].type, "pool"))
            return true;
    return false;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !anatomy.plain_tail || anatomy.stacked < 0)
        return;
    const struct part *first = &anatomy.part[anatomy.stacked], *last = &anatomy.part[anatomy.head_activation];
    const struct activation *found = first->activation;
    bool bounded = isfinite(found->high) && isfinite(found->low),
         squashes = last->activation->saturates || last->activation->normalizes;
    if ((!bounded && strcmp(first->type, "relu") != 0) || !squashes)
        return;
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" (%s) gives no number below %s to \"%s\" (%s), which needs both signs%s",
        first->name, first->type, text_number(findings->arena, found->low, 3), last->name, last->type,
        found->low < 0 ? " without limit" : "");
    finding_about(finding, first);
    finding_evidence(finding, "model/activations", 2, 1, -1);
    if (is_pooled(&anatomy))
        finding->severity = SEVERITY_NOTE;
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"relu\"}, {\"type\": "
             "\"softmax\"}], \"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 3);
}

const struct rule rule_stacked_activation = {
    .entry = {"stacked-activation", "Another activation in front of the last one",
              "What it means\n"
              "  What comes out of relu or sigmoid is at least 0, so a sigmoid behind it\n"
              "  says at least 0.5, and softmax can no longer tell a class by a negative\n"
              "  number: the gradient of every unit that relu has set to 0 is lost.\n"
              "  Softmax over softmax stays near equal shares.\n"
              "\n"
              "How it is decided\n"
              "  Between the last layer with weights and the last activation, softmax or\n"
              "  sigmoid, stands relu or an activation with a limited range. With pooling\n"
              "  between the two it is a suspicion only: there a map is averaged.\n"
              "\n"
              "Known false alarms\n"
              "  A range that is limited on purpose, such as tanh in front of softmax.\n"
              "  leaky_relu, elu and their kin pass negative numbers and are not\n"
              "  reported; nor is log_softmax, which changes nothing when it is applied\n"
              "  twice.\n"},
    .code = "ML147",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_output_activation,
    .remedies = (const struct change *const[]){&change_remove_stacked_activation, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "take the first of the two out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
