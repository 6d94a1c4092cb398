/* ML128 regularization-redundant: several regularizations at once, before any was needed. */
#include "anatomy.h"

#include <string.h>

enum { KINDS_MOST = 2 }; /* two kinds of regularization may be a choice, three are a habit */

static bool has(const struct run *run, const struct anatomy *anatomy, const char *type, const char *key)
{
    for (int i = 0; i < anatomy->count; i++)
        if ((!type || strcmp(anatomy->part[i].type, type) == 0) &&
            setting_number(run, part_path(run, &anatomy->part[i], key), type ? 0.5 : 0) > 0)
            return true;
    return false;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;
    int kinds;

    if (!anatomy_read(run, &anatomy))
        return;
    kinds = has(run, &anatomy, "dropout", "p") +
            (has(run, &anatomy, NULL, "l2") || has(run, &anatomy, NULL, "l1")) +
            (setting_number(run, "optimizer.weight_decay", 0) > 0);
    if (kinds <= KINDS_MOST)
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "dropout, a penalty of layers and weight decay act at once: %d kinds, expected at most %d", kinds,
        KINDS_MOST);
    finding->subject = "optimizer.weight_decay";
    finding->place = setting_place(run, "optimizer.weight_decay");
    finding_evidence(finding, "regularizations", kinds, KINDS_MOST, -1);
}

static void decay(struct run *run, const char *value)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", 0.001);
    example_config(run, arena_print(run->arena,
                                    "{\"model\": [{\"type\": \"linear\", \"out_features\": 4, \"l2\": "
                                    "0.0001}, {\"type\": \"dropout\", "
                                    "\"p\": 0.2}, {\"type\": \"linear\", \"out_features\": 1}], "
                                    "\"optimizer\": {\"type\": \"adam\", \"weight_decay\": %s}}",
                                    value));
}

static void sick(struct run *run)
{
    decay(run, "0.0001");
}

static void healthy(struct run *run)
{
    decay(run, "0");
}

const struct rule rule_regularization_redundant = {
    .entry = {"regularization-redundant", "Dropout, a penalty and weight decay at once",
              "What it means\n"
              "  Penalties of layers and weight decay do the same thing twice, and dropout\n"
              "  comes on top. If the network fits too little, nobody can tell which of\n"
              "  them it was.\n"
              "\n"
              "How it is decided\n"
              "  There are dropout layers, an l1 or l2 of a layer, and\n"
              "  optimizer.weight_decay, all above zero.\n"
              "\n"
              "Known false alarms\n"
              "  Recipes of large published models combine them with care.\n"},
    .code = "ML128",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_regularization,
    .remedies = (const struct change *const[]){&change_no_regularization, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "begin with none, and add one when val gets worse than train",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
