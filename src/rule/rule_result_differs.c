/* ML601 result-differs: the loss is not what the golden file says. */
#include "golden.h"

#include <inttypes.h>
#include <math.h>

/*
 * A loss near zero is judged on this share of the first one: what is left of a loss after many steps has
 * fewer digits that two machines agree in.
 */
static const double SMALL = 0.01;

static const struct {
    const char *group, *words;
} fits[] = {
    {"overfit", "the one-batch fit"},
    {"train", "training"},
};

static bool differs(const struct golden_pair *pair, double first)
{
    double scale = fmax(fabs(pair->golden), SMALL * fabs(first));

    return fabs(pair->measured - pair->golden) > TOLERANCE * scale;
}

static void check_fit(const struct rule *rule, const struct run *run, int fit, struct findings *findings)
{
    struct arena *arena = findings->arena;
    const char *start = arena_print(arena, "golden/%s/0", fits[fit].group);
    double first = run_has(run, start) ? run_number(run, start) : 0;
    struct golden_pair pair;
    size_t at = 0;

    while (golden_next(run, arena, fits[fit].group, &at, &pair)) {
        struct finding *finding;

        if (!differs(&pair, first))
            continue;
        finding =
            findings_add(findings, rule, "loss at step %" PRId64 " of %s is %s, was %s (tolerance %s)%s",
                         pair.step, fits[fit].words, text_number(arena, pair.measured, 6),
                         text_number(arena, pair.golden, 6), TOLERANCE_TEXT, golden_change(run, arena));
        finding->subject = fits[fit].group;
        finding->place = golden_place(run);
        finding_evidence(finding, arena_print(arena, "smoke/%s", pair.name), pair.measured, pair.golden,
                         pair.step);
        return;
    }
}

/* Both fits mostly part for one reason, so the first that does speaks. */
static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    size_t before = findings->count;

    for (size_t fit = 0; fit < sizeof fits / sizeof *fits && findings->count == before; fit++)
        check_fit(rule, run, (int)fit, findings);
}

static void sick(struct run *run)
{
    golden_example(run, "overfit", 1.02);
}

static void healthy(struct run *run)
{
    golden_example(run, "overfit", 1.0001);
}

const struct rule rule_result_differs = {
    .entry = {"result-differs", "A loss is not what the golden file says",
              "What it means\n"
              "  The same config, data and seed used to give another loss. Something that\n"
              "  decides the result was changed: a setting (named, where the config differs\n"
              "  from that of the golden file), the data, the program, a library.\n"
              "\n"
              "How it is decided\n"
              "  Losses at fixed steps are compared with those of the golden file, within\n"
              "  " TOLERANCE_TEXT " of their size, or of 1 % of the first loss where they are smaller.\n"
              "  Other processors and BLAS libraries differ in the last bits of float32,\n"
              "  which is some thousand times less after these few steps.\n"
              "\n"
              "Known false alarms\n"
              "  A training that blows up multiplies the last bits, too.\n"},
    .code = "ML601",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"golden/overfit/*", "smoke/overfit/*", NULL},
    .check = check,
    .causes = (const char *const[]){"ML603", "ML604", "ML605", NULL},
    .next =
        (const char *const[]){
            "look at what was changed; mldbg smoke --update if it is meant",
            "git bisect run mldbg smoke config.json --golden smoke.json",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
