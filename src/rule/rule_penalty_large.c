/* ML126 penalty-large: a penalty that outweighs the loss. */
#include "anatomy.h"
#include "curve.h"

#include <string.h>

/* Per layer, times the sum of squares: 1e-4 is usual. */
#define L2_LIMIT      0.01
#define L2_LIMIT_TEXT SPELT(L2_LIMIT)

/* Per layer, times the sum of sizes. */
#define L1_LIMIT      0.001
#define L1_LIMIT_TEXT SPELT(L1_LIMIT)

/* optimizer.weight_decay, which is twice an l2. */
#define DECAY_LIMIT      0.02
#define DECAY_LIMIT_TEXT SPELT(DECAY_LIMIT)

/* of adamw, where it is multiplied by the rate. */
#define DECOUPLED_LIMIT      1
#define DECOUPLED_LIMIT_TEXT SPELT(DECOUPLED_LIMIT)

static void speak(const struct rule *rule, const struct run *run, const char *path, const char *subject,
                  double value, double limit, struct findings *findings)
{
    struct finding *finding =
        findings_add(findings, rule, "%s is %s; expected less than %s", path,
                     text_number(findings->arena, value, 5), text_number(findings->arena, limit, 5));

    finding->subject = subject;
    finding->place = setting_place(run, path);
    finding_evidence(finding, path, value, limit, -1);
}

static bool judge_layer(const struct rule *rule, const struct run *run, const struct part *part,
                        struct findings *findings)
{
    static const struct {
        const char *key;
        double limit;
    } penalties[] = {{"l2", L2_LIMIT}, {"l1", L1_LIMIT}};

    for (size_t i = 0; i < sizeof penalties / sizeof *penalties; i++) {
        const char *path = part_path(run, part, penalties[i].key);
        double value = setting_number(run, path, 0);

        if (!(value >= penalties[i].limit))
            continue;
        speak(rule, run, path, part->name, value, penalties[i].limit, findings);
        return true;
    }
    return false;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    bool decoupled = strcmp(run_text(run, "train/optimizer"), "adamw") == 0;
    double decay = setting_number(run, "optimizer.weight_decay", 0),
           limit = decoupled ? DECOUPLED_LIMIT : DECAY_LIMIT;
    struct anatomy anatomy;

    if (decay >= limit)
        speak(rule, run, "optimizer.weight_decay", "optimizer.weight_decay", decay, limit, findings);
    if (!anatomy_read(run, &anatomy))
        return;
    for (int i = 0; i < anatomy.count; i++)
        if (judge_layer(rule, run, &anatomy.part[i], findings))
            return;
}

static void penalty(struct run *run, const char *l2)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", 0.001);
    example_config(run,
                   arena_print(run->arena,
                               "{\"model\": [{\"type\": \"linear\", \"out_features\": 4, \"l2\": %s}]}", l2));
}

static void sick(struct run *run)
{
    penalty(run, "1");
}

static void healthy(struct run *run)
{
    penalty(run, "0.0001");
}

const struct rule rule_penalty_large = {
    .entry = {"penalty-large", "A weight penalty is large enough to outweigh the loss",
              "What it means\n"
              "  The penalty pulls all weights to zero. When it outweighs the loss, the\n"
              "  best network for the sum of the two is one that gives the same answer to\n"
              "  every row.\n"
              "\n"
              "How it is decided\n"
              "  A layer has an l2 of at least " L2_LIMIT_TEXT " or an l1 of at least " L1_LIMIT_TEXT ", or\n"
              "  optimizer.weight_decay is " DECAY_LIMIT_TEXT " or more (" DECOUPLED_LIMIT_TEXT
              " for adamw).\n"
              "\n"
              "Known false alarms\n"
              "  Few rows and many columns may need it. A summed loss is larger by the rows\n"
              "  of a batch, and stands a larger penalty.\n"
              "\n"
              "Sources\n"
              "  Krogh and Hertz 1992, A simple weight decay can improve generalization.\n"},
    .code = "ML126",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_regularization,
    .remedies = (const struct change *const[]){&change_no_regularization, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", NULL},
    .next =
        (const char *const[]){
            "set the penalty to 0 until the network fits its training rows",
            "then 0.0001, and look whether val gets better",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
