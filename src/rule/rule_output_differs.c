/* ML605 output-differs: the same inputs give other outputs. */
#include "golden.h"

#include <inttypes.h>
#include <math.h>

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct arena *arena = findings->arena;
    struct golden_pair pair, worst = {0};
    double scale = 0, most = 0;
    size_t at = 0;

    while (golden_next(run, arena, "outputs", &at, &pair)) {
        double apart = fabs(pair.measured - pair.golden);

        scale = fmax(scale, fabs(pair.golden));
        if (apart > most) {
            most = apart;
            worst = pair;
        }
    }
    if (!(most > TOLERANCE * scale))
        return;
    struct finding *finding = findings_add(
        findings, rule, "output %" PRId64 " of the first row is %s, was %s (tolerance %s of %s)%s",
        worst.step, text_number(arena, worst.measured, 6), text_number(arena, worst.golden, 6),
        TOLERANCE_TEXT, text_number(arena, scale, 3), golden_change(run, arena));
    finding->place = golden_place(run);
    finding_evidence(finding, arena_print(arena, "smoke/%s", worst.name), worst.measured, worst.golden, -1);
}

static void sick(struct run *run)
{
    golden_example(run, "outputs", 1.02);
}

static void healthy(struct run *run)
{
    golden_example(run, "outputs", 1.0001);
}

const struct rule rule_output_differs = {
    .entry = {"output-differs", "The same inputs give other outputs",
              "What it means\n"
              "  The untrained network gives other outputs in evaluation mode than it used\n"
              "  to. Where the losses agree, it is what evaluation alone does: the statistics\n"
              "  of batch norm, dropout that stays on, the order of the outputs.\n"
              "\n"
              "How it is decided\n"
              "  The outputs of one row are compared with those of the golden file, within\n"
              "  " TOLERANCE_TEXT " of the largest of them.\n"
              "\n"
              "Known false alarms\n"
              "  Very deep networks whose outputs are small differences of large numbers.\n"},
    .code = "ML605",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"golden/outputs/*", "smoke/outputs/*", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at what was changed; mldbg smoke --update if it is meant",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
