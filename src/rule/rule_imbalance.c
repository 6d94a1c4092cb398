/* ML217 imbalance: a class that hardly occurs beside another. */
#include "anatomy.h"
#include "phrases.h"
#include "curve.h"

#include <inttypes.h>

/* From here on, ignoring the rare class costs 1 % of accuracy. */
#define RATIO      100
#define RATIO_TEXT SPELT(RATIO)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct split_record *train = run_find_split(run, "train");
    int64_t least = 0, most = 0;
    bool weighted = json_get(json_get(run->config, "loss"), "class_weights") != NULL;

    for (int64_t class = 0; train && train->class_rows && class < train->classes; class ++) {
        int64_t rows = train->class_rows[class];

        least = rows > 0 && (least == 0 || rows < least) ? rows : least;
        most = rows > most ? rows : most;
    }
    if (weighted || least == 0 || most / least < RATIO)
        return;
    struct finding *finding = findings_add(findings, rule,
                                           "the most frequent class of train has %" PRId64
                                           " rows, the rarest %" PRId64 ": a ratio of %.0f; limit %d",
                                           most, least, (double)most / (double)least, RATIO);
    finding->subject = "train";
    finding_evidence(finding, "splits/class_rows", (double)most / (double)least, RATIO, -1);
}

static void classes(struct run *run, int64_t second)
{
    int64_t *rows = arena_array(run->arena, 2, sizeof *rows);
    struct split_record *train = example_split(run, "train", 1000 + second);

    rows[0] = 1000;
    rows[1] = second;
    train->classes = 2;
    train->class_rows = rows;
    run_set_number(run, "labels/train/classes", 2);
}

static void sick(struct run *run)
{
    classes(run, 5);
}

static void healthy(struct run *run)
{
    classes(run, 200);
}

const struct rule rule_imbalance = {
    .entry = {"imbalance", "One class has a hundred times the rows of another",
              "What it means\n"
              "  A network that never names the rare class is right nearly always, and its\n"
              "  gradient says little else.\n"
              "\n"
              "How it is decided\n"
              "  The most frequent class of train has at least " RATIO_TEXT " times the rows of the\n"
              "  rarest, and the loss has no class_weights.\n"
              "\n"
              "Known false alarms\n"
              "  Where only the frequent classes matter. Accuracy cannot show the fault:\n"
              "  look at the rare class by itself.\n"},
    .code = "ML217",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_data,
    .reads = (const char *const[]){"splits", "labels/train/classes", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", NULL},
    .next =
        (const char *const[]){
            "weigh the classes: loss.class_weights",
            "draw fewer rows of the frequent class",
            "look at the recall of the rare class, not at accuracy",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
