/* ML114 rows-unpaired: answers that belong to other rows. */
#include "anatomy.h"

#include <string.h>

/* Index of the preparation that gives the answers to other rows, or -1. */
static int64_t permuting(const struct run *run)
{
    const struct json *list = json_get(json_get(run->config, "data"), "prepare");
    int64_t index = 0;

    for (const struct json *op = list && list->type == JSON_ARRAY ? list->child : NULL; op; op = op->next) {
        const struct json *name = op->type == JSON_OBJECT ? json_get(op, "op") : NULL;

        if (name && name->type == JSON_STRING && strcmp(name->string, "permute_y") == 0)
            return index;
        index++;
    }
    return -1;
}

static void speak(const struct rule *rule, const struct run *run, const char *path, const char *what,
                  struct findings *findings)
{
    struct finding *finding = findings_add(
        findings, rule, "%s gives the answers to other rows: 0 %% of the pairs are kept, 100 %% are needed",
        what);

    finding->subject = path;
    finding->place = setting_place(run, path);
    finding_evidence(finding, "pairs", 0, 1, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    int64_t index = permuting(run);

    if (setting_flag(run, "train.shuffle_labels", false) && setting_flag(run, "train.shuffle", true))
        speak(rule, run, "train.shuffle_labels", "train.shuffle_labels", findings);
    else if (index >= 0)
        speak(rule, run, arena_print(run->arena, "data.prepare[%lld]", (long long)index),
              "the preparation permute_y", findings);
}

static void config(struct run *run, const char *train)
{
    run_set_number(run, "train/rate", 0.01);
    example_config(run, train);
}

static void sick(struct run *run)
{
    config(run, "{\"train\": {\"shuffle_labels\": true}}");
}

static void healthy(struct run *run)
{
    config(run, "{\"train\": {\"shuffle\": true}}");
}

const struct rule rule_rows_unpaired = {
    .entry = {"rows-unpaired", "Rows are shuffled without their labels",
              "What it means\n"
              "  Inputs and answers are shuffled apart, so that each row is trained with\n"
              "  the answer of another. The network can learn how frequent the answers are,\n"
              "  and nothing else.\n"
              "\n"
              "How it is decided\n"
              "  train.shuffle_labels is true while rows are shuffled, or data.prepare\n"
              "  holds permute_y.\n"
              "\n"
              "Known false alarms\n"
              "  A control on purpose: a network must not beat chance on permuted labels.\n"
              "  Pairs that were broken before the file was written cannot be seen here; a\n"
              "  network at chance on held-out rows is then the only sign.\n"},
    .code = "ML114",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_labels,
    .remedies = (const struct change *const[]){&change_keep_pairs, NULL},
    .reads = (const char *const[]){"train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", "ML308", "ML310", NULL},
    .next =
        (const char *const[]){
            "set train.shuffle_labels to false: one order for rows and labels",
            "shuffle inputs and answers by one permutation",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
