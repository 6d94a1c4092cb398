/* ML219 inputs-off-centre: inputs that all lie on one side of zero, far out. */
#include "anatomy.h"
#include "input_facts.h"
#include "curve.h"

#include <math.h>

/* So many standard deviations from zero the mean hides all that differs. */
#define DISTANCE      10
#define DISTANCE_TEXT SPELT(DISTANCE)

static void judge(const struct rule *rule, const struct run *run, const struct entering *entering,
                  struct findings *findings)
{
    double distance = fabs(entering->mean) / entering->std;

    if (!(distance > DISTANCE) || !(entering->std > 0))
        return;
    struct finding *finding = findings_add(
        findings, rule, "%s of train have mean %s and std %s: %s std off zero; limit %d",
        entering_words(run, entering), text_number(findings->arena, entering->mean, 4),
        text_number(findings->arena, entering->std, 3), text_number(findings->arena, distance, 3), DISTANCE);
    finding->subject = entering->name;
    finding->place = setting_place(run, "data.scale");
    finding_evidence(finding, arena_print(run->arena, "input/%s/train/mean", entering->name), distance,
                     DISTANCE, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct entering entering;

    for (size_t at = 0; entering_next(run, "train", &at, &entering);)
        if (!entering.ids)
            judge(rule, run, &entering, findings);
}

static void sick(struct run *run)
{
    example_entering(run, "train", 15, 1, 12, 18);
}

static void healthy(struct run *run)
{
    example_entering(run, "train", 3, 1, 0, 6);
}

const struct rule rule_inputs_off_centre = {
    .entry = {"inputs-off-centre", "The inputs are far off centre",
              "What it means\n"
              "  All rows look nearly the same to the first layer: a large constant, and\n"
              "  small differences that its weights have to find.\n"
              "\n"
              "How it is decided\n"
              "  Over all numbers of an input of train the mean lies more than " DISTANCE_TEXT " standard\n"
              "  deviations from zero.\n"
              "\n"
              "Known false alarms\n"
              "  Inputs whose differences do not matter, beside others that are centred.\n"
              "\n"
              "Sources\n"
              "  LeCun, Bottou, Orr and Mueller 1998, Efficient BackProp, section 4.3.\n"},
    .code = "ML219",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_normalization,
    .remedies = (const struct change *const[]){&change_standardise_inputs, NULL},
    .reads = (const char *const[]){"input/*/train/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308",
                                    "ML309", NULL},
    .next =
        (const char *const[]){
            "set data.scale to \"standard\": it takes the mean away",
            "years, Kelvin, serial numbers: subtract a reference first",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
