/* ML127 dropout-heavy: dropout that leaves too few units. */
#include "anatomy.h"
#include "curve.h"

#include <string.h>

/* Half of the units is the most that is usual. */
#define RATE_LIMIT      0.5
#define RATE_LIMIT_TEXT SPELT(RATE_LIMIT)

/* So small a share of the paths through all dropouts carries next to nothing. */
#define KEPT      0.1
#define KEPT_TEXT SPELT(KEPT)

static double rate_of(const struct run *run, const struct part *part)
{
    return strcmp(part->type, "dropout") == 0 ? setting_number(run, part_path(run, part, "p"), 0.5) : 0;
}

static void speak(const struct rule *rule, const struct run *run, const struct part *part, double value,
                  double limit, const char *sentence, struct findings *findings)
{
    struct finding *finding = findings_add(findings, rule, "%s", sentence);

    finding->subject = part->name;
    finding->place = part->json->place;
    finding_evidence(finding, part_path(run, part, "p"), value, limit, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct part *worst = NULL;
    struct anatomy anatomy;
    double kept = 1;

    if (!anatomy_read(run, &anatomy))
        return;
    for (int i = 0; i < anatomy.count; i++) {
        const struct part *part = &anatomy.part[i];

        kept *= 1 - rate_of(run, part);
        if (rate_of(run, part) > 0 && (!worst || rate_of(run, part) > rate_of(run, worst)))
            worst = part;
    }
    if (worst && rate_of(run, worst) > RATE_LIMIT)
        speak(rule, run, worst, rate_of(run, worst), RATE_LIMIT,
              arena_print(run->arena, "dropout \"%s\" drops %s of its units; expected %s at most",
                          worst->name, text_number(run->arena, rate_of(run, worst), 3),
                          text_number(run->arena, RATE_LIMIT, 3)),
              findings);
    else if (worst && anatomy.chain && kept < KEPT)
        speak(rule, run, worst, kept, KEPT,
              arena_print(run->arena, "all dropouts together keep %s of the units; expected %s or more",
                          text_number(run->arena, kept, 3), text_number(run->arena, KEPT, 3)),
              findings);
}

static void dropout(struct run *run, const char *p)
{
    run_set_number(run, "train/rate", 0.001);
    example_config(
        run, arena_print(run->arena,
                         "{\"model\": [{\"type\": \"linear\", \"out_features\": 64}, {\"type\": \"relu\"}, "
                         "{\"type\": \"dropout\", \"p\": %s}, {\"type\": \"linear\", \"out_features\": 1}]}",
                         p));
}

static void sick(struct run *run)
{
    dropout(run, "0.9");
}

static void healthy(struct run *run)
{
    dropout(run, "0.5");
}

const struct rule rule_dropout_heavy = {
    .entry = {"dropout-heavy", "Dropout leaves too few units",
              "What it means\n"
              "  In training, dropout hides units at random. When next to none are left,\n"
              "  each step sees another tiny network, and their mean learns little.\n"
              "\n"
              "How it is decided\n"
              "  A dropout layer drops more than " RATE_LIMIT_TEXT " of its units, or all of a chain\n"
              "  together keep less than " KEPT_TEXT ".\n"
              "\n"
              "Known false alarms\n"
              "  Very wide layers stand more. One half alone is no finding: 11 of 113 sound\n"
              "  programs have it.\n"
              "\n"
              "Sources\n"
              "  Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, Dropout.\n"},
    .code = "ML127",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_regularization,
    .remedies = (const struct change *const[]){&change_no_dropout, &change_no_regularization, NULL},
    .reads = (const char *const[]){"train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML308", "ML309", NULL},
    .next =
        (const char *const[]){
            "remove dropout until the network fits its training rows",
            "then begin at 0.2",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
