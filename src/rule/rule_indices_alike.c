/* ML212 indices-alike: an embedding that always looks up the same row. */
#include "anatomy.h"
#include "input_facts.h"

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct entering entering;

    for (size_t at = 0; entering_next(run, "train", &at, &entering);) {
        if (!entering.ids || !(entering.distinct < 2))
            continue;
        struct finding *finding = findings_add(
            findings, rule, "%s of train hold %.0f distinct index, all are %s; at least 2 are needed",
            entering_words(run, &entering), entering.distinct, text_number(findings->arena, entering.min, 9));
        finding->subject = entering.name;
        finding->place = setting_place(run, "data.prepare");
        finding_evidence(finding, arena_print(run->arena, "input/%s/train/distinct", entering.name),
                         entering.distinct, 2, -1);
    }
}

static void indices(struct run *run, double distinct)
{
    example_entering(run, "train", 0, 0, 0, 0);
    run_set_number(run, "input/input/ids", 1);
    run_set_number(run, "input/input/train/distinct", distinct);
}

static void sick(struct run *run)
{
    indices(run, 1);
}

static void healthy(struct run *run)
{
    indices(run, 40);
}

const struct rule rule_indices_alike = {
    .entry = {"indices-alike", "Every index of the input is the same",
              "What it means\n"
              "  An embedding looks its vector up by an index. Here all indices are one\n"
              "  number, so that every row enters the network as the same vector. It\n"
              "  happens when indices are scaled like measurements and cut to whole numbers\n"
              "  again.\n"
              "\n"
              "How it is decided\n"
              "  Among all indices of train there is 1 distinct one; at least 2 are needed.\n"
              "\n"
              "Known false alarms\n"
              "  None: a network cannot tell equal inputs apart.\n"},
    .code = "ML212",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_normalization,
    .remedies = (const struct change *const[]){&change_raw_ids, NULL},
    .reads = (const char *const[]){"input/*/ids", "input/*/train/distinct", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML201", "ML204", "ML205", NULL},
    .next =
        (const char *const[]){
            "remove the scaling from data.prepare: indices are names, not sizes",
            "look at the column: does the file hold what was meant?",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
