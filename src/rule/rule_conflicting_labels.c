/* ML205 conflicting-labels: questions with two answers. */
#include "curve.h"
#include "phrases.h"

#include <inttypes.h>
#include <string.h>

/* Share of train that no network can get right; more is an error where the inputs are otherwise distinct. */
#define LOST      0.05
#define LOST_TEXT SPELT(LOST)

/* Fewer rows are an example, or a table of all cases. */
#define ROWS_LEAST      50
#define ROWS_LEAST_TEXT SPELT(ROWS_LEAST)

/*
 * Rows of measured numbers seldom come twice. Where they do, and mostly with another label, labels are wrong;
 * where many rows are alike, as with a few possible inputs, the conflict may be the noise.
 */
static bool is_certain(const struct run *run, const struct split_record *split)
{
    double rows = (double)split->rows;

    return strcmp(split->name, "train") == 0 && strcmp(run_text(run, "data/task"), "classification") == 0 &&
           split->rows >= ROWS_LEAST && (double)split->unavoidable_rows >= LOST * rows &&
           2 * split->conflicting_rows >= split->duplicate_rows && 2 * split->duplicate_rows <= split->rows;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 0; i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        if (split->conflicting_rows <= 0 || split->rows <= 0)
            continue;
        double share = (double)split->conflicting_rows / (double)split->rows;
        struct finding *finding =
            findings_add(findings, rule, "%s of %s (%s) %s the inputs of an earlier row, but another label",
                         text_plural(findings->arena, split->conflicting_rows, "row", "rows"), split->name,
                         percent(findings->arena, share), split->conflicting_rows == 1 ? "has" : "have");
        if (is_certain(run, split))
            finding->severity = SEVERITY_ERROR;
        finding->subject = split->name;
        finding_evidence(finding, "splits/conflicting_rows", (double)split->conflicting_rows, 0, -1);
    }
}

static void sick(struct run *run)
{
    struct split_record *train = example_split(run, "train", 1000);
    train->duplicate_rows = 20;
    train->conflicting_rows = 12;
}

static void healthy(struct run *run)
{
    example_split(run, "train", 1000)->duplicate_rows = 20;
}

const struct rule rule_conflicting_labels = {
    .entry = {"conflicting-labels", "Rows with equal inputs and different labels",
              "What it means\n"
              "  The same question has two answers, so no network can get both right. The\n"
              "  loss cannot fall to zero; the floor that mldbg overfit asks for takes this\n"
              "  into account, row by row.\n"
              "\n"
              "How it is decided\n"
              "  A row of a split has inputs equal, bit for bit, to an earlier row of that\n"
              "  split and another label or target. None are expected. An error where\n"
              "  conflicts make at least " LOST_TEXT " of train impossible to get right, at most\n"
              "  half of its rows come twice, half of those or more conflict, and it has at\n"
              "  least " ROWS_LEAST_TEXT " rows.\n"
              "\n"
              "Known false alarms\n"
              "  Noisy targets with few possible inputs, such as several measurements at\n"
              "  the same setting: there the conflict is the noise.\n"},
    .code = "ML205",
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_labels,
    .reads = (const char *const[]){"splits", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at the rows: are the labels wrong, or is a column missing that tells them apart?",
            "check data.ignore and data.features: the telling column may be left out",
            "correct or drop wrong labels",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
