/* ML214 inputs-differ: held-out inputs from another distribution than those of train. */
#include "anatomy.h"
#include "input_facts.h"
#include "phrases.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* The spreads of two samples of one source never differ by such a factor. */
#define RATIO      2
#define RATIO_TEXT SPELT(RATIO)

/* Means of two samples of one source never lie this many standard deviations apart. */
#define SHIFT      1
#define SHIFT_TEXT SPELT(SHIFT)

/* Fewer rows tell little of a distribution. */
#define ROWS_LEAST      30
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

static void judge(const struct rule *rule, const struct run *run, const struct entering *train,
                  const char *split, struct findings *findings)
{
    struct entering other;
    double ratio, shift;

    if (!entering_find(run, split, train->name, &other))
        return;
    ratio = other.std > train->std ? other.std / train->std : train->std / other.std;
    shift = fabs(other.mean - train->mean) / train->std;
    if (!(ratio >= RATIO) && !(shift >= SHIFT))
        return;
    struct finding *finding = findings_add(
        findings, rule,
        "%s of %s have mean %s and std %s, of train %s and %s; limits: a factor of %d, a shift of %d std",
        entering_words(run, train), split, text_number(findings->arena, other.mean, 3),
        text_number(findings->arena, other.std, 3), text_number(findings->arena, train->mean, 3),
        text_number(findings->arena, train->std, 3), RATIO, SHIFT);
    finding->subject = train->name;
    finding->place = setting_place(run, "data.scale");
    if (ratio >= RATIO)
        finding_evidence(finding, arena_print(run->arena, "input/%s/%s/std", train->name, split), ratio,
                         RATIO, -1);
    else
        finding_evidence(finding, arena_print(run->arena, "input/%s/%s/mean", train->name, split), shift,
                         SHIFT, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct entering train;

    for (size_t at = 0; entering_next(run, "train", &at, &train);) {
        if (train.ids || !(train.std > 0))
            continue;
        for (size_t i = 0; i < run->split_count; i++)
            if (run->splits[i].rows >= ROWS_LEAST && strcmp(run->splits[i].name, "train") != 0)
                judge(rule, run, &train, run->splits[i].name, findings);
    }
}

static void splits(struct run *run, double factor)
{
    example_split(run, "train", 100);
    example_split(run, "val", 40);
    example_entering(run, "train", 0, 1, -2, 2);
    example_entering(run, "val", 0.1, factor, -2 * factor, 2 * factor);
}

static void sick(struct run *run)
{
    splits(run, 4);
}

static void healthy(struct run *run)
{
    splits(run, 1.2);
}

const struct rule rule_inputs_differ = {
    .entry = {"inputs-differ", "Held-out inputs are scaled or placed unlike those of train",
              "What it means\n"
              "  What the network is asked on held-out rows is not what it was trained on.\n"
              "  Mostly one of the two was scaled, or scaled by its own numbers.\n"
              "\n"
              "How it is decided\n"
              "  Over all numbers of an input, as they enter the network, the standard\n"
              "  deviations of train and a held-out split differ by a factor of " RATIO_TEXT " or more,\n"
              "  or the means by " SHIFT_TEXT " standard deviation of train or more. The split has at\n"
              "  least " ROWS_LEAST_TEXT " rows.\n"
              "\n"
              "Known false alarms\n"
              "  Data that really shifts: another year, another hospital, augmented\n"
              "  training rows. A single far outlier can double a standard deviation.\n"},
    .code = "ML214",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_data,
    .remedies = (const struct change *const[]){&change_same_preparation, &change_standardise_inputs, NULL},
    .reads = (const char *const[]){"input/*/train/std", "splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "prepare all splits alike: data.scale fits on train and holds for all",
            "compare the columns of both splits: mldbg split",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
