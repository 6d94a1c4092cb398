/* ML146 label-broadcast: one label is compared with every output. */
#include "anatomy.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy) || !setting_flag(run, "loss.broadcast", false))
        return;
    int64_t columns = anatomy.classification ? 1 : anatomy.target_width;
    if (anatomy.outputs == 0 || (!anatomy.classification && anatomy.outputs == columns))
        return;
    struct finding *finding =
        findings_add(findings, rule, "loss.broadcast compares %s with %s%s",
                     text_plural(findings->arena, anatomy.outputs, "output", "outputs"),
                     text_plural(findings->arena, columns, "label column", "label columns"),
                     anatomy.classification ? ", a class number" : "");
    finding->subject = "loss.broadcast";
    finding->place = setting_place(run, "loss.broadcast");
    finding_evidence(finding, "model/outputs", (double)anatomy.outputs, (double)columns, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 7}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"bce\", \"broadcast\": true}}");
    example_classes(run, 7);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 7}, {\"type\": \"softmax\"}], "
                        "\"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}");
    example_classes(run, 7);
}

const struct rule rule_label_broadcast = {
    .entry = {"label-broadcast", "One label is compared with every output",
              "What it means\n"
              "  A column of labels against several outputs (or one output against a one-\n"
              "  hot row) is stretched to fit, as NumPy and its kin do in silence. Every\n"
              "  output is then asked for the same number.\n"
              "\n"
              "How it is decided\n"
              "  loss.broadcast is true and the model has another number of outputs than\n"
              "  the label has columns.\n"
              "\n"
              "Known false alarms\n"
              "  None known: \"broadcast\" exists to reproduce the mistake.\n"},
    .code = "ML146",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .remedies =
        (const struct change *const[]){&change_no_broadcast, &change_match_width, &change_match_head, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML305", "ML306", "ML309", NULL},
    .next =
        (const char *const[]){
            "leave loss.broadcast out and give the model one output a class, or a target",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
