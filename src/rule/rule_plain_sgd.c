/* ML120 plain-sgd: sgd without momentum, in a short training. */
#include "anatomy.h"
#include "curve.h"

#include <string.h>

/* Up to here plain steps are small. */
#define RATE      0.01
#define RATE_TEXT SPELT(RATE)

/* With so many of them it gets there all the same. */
#define UPDATES      1000
#define UPDATES_TEXT SPELT(UPDATES)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double rate = run_number(run, "train/rate"), updates = run_number(run, "train/updates");
    bool plain = strcmp(run_text(run, "train/optimizer"), "sgd") == 0 &&
                 !(setting_number(run, "optimizer.momentum", 0) > 0);

    if (!plain || !(rate > 0 && rate <= RATE) || !(updates < UPDATES))
        return;
    struct finding *finding =
        findings_add(findings, rule, "sgd without momentum at lr %s makes %s; limits %s and %d",
                     text_number(findings->arena, rate, 5),
                     text_plural(findings->arena, (int64_t)updates, "update", "updates"),
                     text_number(findings->arena, RATE, 3), UPDATES);
    finding->subject = "optimizer";
    finding->place = setting_place(run, "optimizer");
    finding_evidence(finding, "train/rate", rate, RATE, -1);
    finding_evidence(finding, "train/updates", updates, UPDATES, -1);
}

static void training(struct run *run, double updates)
{
    run_set_text(run, "train/optimizer", "sgd");
    run_set_number(run, "train/rate", 0.01);
    run_set_number(run, "train/updates", updates);
}

static void sick(struct run *run)
{
    training(run, 300);
}

static void healthy(struct run *run)
{
    training(run, 5000);
}

const struct rule rule_plain_sgd = {
    .entry = {"plain-sgd", "Plain sgd at a low rate, for a short training",
              "What it means\n"
              "  Plain sgd moves by the rate times the gradient, which is small where the\n"
              "  loss is flat. Momentum or an adaptive optimizer gets the same distance in\n"
              "  a tenth of the updates.\n"
              "\n"
              "How it is decided\n"
              "  sgd without momentum, at a rate of " RATE_TEXT " or less, with fewer than " UPDATES_TEXT "\n"
              "  updates.\n"
              "\n"
              "Known false alarms\n"
              "  Easy data. Whether the rate, the number of updates or the optimizer is to\n"
              "  blame cannot be told from a cure: each makes up for the others.\n"},
    .code = "ML120",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_optimizer,
    .remedies = (const struct change *const[]){&change_adam, &change_momentum, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", "train/updates", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "use adam at 0.001",
            "give sgd momentum 0.9",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
