/* ML151 frozen-weights: layers whose weights never change. */
#include "anatomy.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || anatomy.head < 0)
        return;
    const struct part *first = NULL;
    int64_t count = 0, all = 0;
    for (int i = anatomy.count - 1; i >= 0; i--) {
        const struct part *part = &anatomy.part[i];

        all += part->weighty;
        if (!part->weighty || setting_flag(run, part_path(run, part, "trainable"), true))
            continue;
        first = part;
        count++;
    }
    if (!first || (first->index != anatomy.head && 2 * count <= all))
        return;
    struct finding *finding =
        findings_add(findings, rule, "%lld of %s with weights %s frozen%s: %s", (long long)count,
                     text_plural(findings->arena, all, "layer", "layers"), count == 1 ? "is" : "are",
                     first_of(findings->arena, count, first->name),
                     count == all ? "nothing is left that could learn" : "the rest may be too little");
    finding_about(finding, first);
    finding->place = setting_place(run, part_path(run, first, "trainable"));
    finding_evidence(finding, "model/frozen_layers", (double)count, (double)all / 2, -1);
    if (count < all)
        finding->severity = SEVERITY_NOTE;
}

static void sick(struct run *run)
{
    example_config(
        run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4, \"trainable\": false}, {\"type\": "
             "\"relu\"}, {\"type\": \"linear\", \"out_features\": 2, \"trainable\": false}]}");
    example_classes(run, 2);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 2}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 2);
}

const struct rule rule_frozen_weights = {
    .entry = {"frozen-weights", "Layers whose weights never change",
              "What it means\n"
              "  A layer with \"trainable\": false stays as it was drawn. If no layer with\n"
              "  weights is left that learns, nothing can be learned; if the last one is\n"
              "  frozen, or most are, little can.\n"
              "\n"
              "How it is decided\n"
              "  No layer with weights is trainable: an error. The last one is frozen, or\n"
              "  more than half of them are: a suspicion.\n"
              "\n"
              "Known false alarms\n"
              "  Random features in front of a trained head, on purpose.\n"},
    .code = "ML151",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_gradient,
    .remedies = (const struct change *const[]){&change_train_all, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML309", NULL},
    .next =
        (const char *const[]){
            "take \"trainable\": false away",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
