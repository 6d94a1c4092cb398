/* ML167 hinge-on-probabilities: hinge behind an activation that gives no negative number. */
#include "anatomy.h"

#include <string.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.head_activation < 0)
        return;
    const struct part *last = &anatomy.part[anatomy.head_activation];
    if (strcmp(anatomy.loss, "hinge") != 0 || last->activation->low < 0)
        return;
    struct finding *finding =
        findings_add(findings, rule, "\"%s\" (%s) gives nothing below 0; the loss hinge asks for -1 or less",
                     last->name, last->type);
    finding->subject = "loss";
    finding->place = setting_place(run, "loss");
    finding_evidence(finding, "model/outputs/min", last->activation->low, -1, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], "
                        "\"loss\": \"hinge\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"hinge\"}");
    example_classes(run, 3);
}

const struct rule rule_hinge_on_probabilities = {
    .entry = {"hinge-on-probabilities", "hinge behind an activation that gives no negative number",
              "What it means\n"
              "  hinge asks for 1 or more for yes and -1 or less for no. Behind softmax\n"
              "  or sigmoid no answer is below 0: every no costs 1 at least.\n"
              "\n"
              "How it is decided\n"
              "  The loss is hinge and the last activation gives no number below 0.\n"
              "\n"
              "Known false alarms\n"
              "  The largest output may still be the right one.\n"},
    .code = "ML167",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_loss,
    .remedies = (const struct change *const[]){&change_match_loss, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML303", "ML305", "ML309", NULL},
    .next =
        (const char *const[]){
            "cross_entropy for classes",
            "or no activation in front of hinge",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
