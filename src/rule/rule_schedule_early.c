/* ML125 schedule-early: a rate that is gone before the training is half over, or that comes too late. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* With so small a share of the rate nothing is learned any more. */
#define FACTOR      0.01
#define FACTOR_TEXT SPELT(FACTOR)

/* Share of the rate that is left when half of the training is over. */
static double half_way(const struct run *run, double updates)
{
    const char *type = setting_word(run, "optimizer.schedule", "constant");
    double epochs = setting_number(run, "train.epochs", 20) / 2;

    if (strcmp(type, "step") == 0)
        return pow(setting_number(run, "optimizer.schedule.gamma", 0.1),
                   floor(epochs / setting_number(run, "optimizer.schedule.step_size", (double)INFINITY)));
    if (strcmp(type, "exponential") == 0)
        return pow(setting_number(run, "optimizer.schedule.gamma", 0.95), epochs);
    if (strcmp(type, "inverse_time") == 0)
        return 1 / (1 + setting_number(run, "optimizer.schedule.decay", 0) * updates / 2);
    return 1;
}

static void speak(const struct rule *rule, const struct run *run, double value, double limit,
                  const char *sentence, struct findings *findings)
{
    struct finding *finding = findings_add(findings, rule, "%s", sentence);

    finding->subject = "optimizer.schedule";
    finding->place = setting_place(run, "optimizer.schedule");
    finding_evidence(finding, "optimizer.schedule", value, limit, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double updates = run_number(run, "train/updates"), left = half_way(run, updates);
    double warmup = setting_number(run, "optimizer.schedule.warmup_steps", 0);

    if (left < FACTOR)
        speak(
            rule, run, left, FACTOR,
            arena_print(run->arena,
                        "the schedule leaves %s of the rate after half of the training; expected %s or more",
                        text_number(run->arena, left, 3), text_number(run->arena, FACTOR, 3)),
            findings);
    else if (warmup > 0 && warmup >= updates)
        speak(
            rule, run, warmup, updates,
            arena_print(run->arena, "the warm-up takes %.0f steps, the training makes %.0f", warmup, updates),
            findings);
}

static void schedule(struct run *run, const char *json)
{
    run_set_number(run, "train/rate", 0.01);
    run_set_number(run, "train/updates", 1200);
    example_config(run, json);
}

static void sick(struct run *run)
{
    schedule(
        run,
        "{\"optimizer\": {\"type\": \"sgd\", \"schedule\": {\"type\": \"exponential\", \"gamma\": 0.5}}}");
}

static void healthy(struct run *run)
{
    schedule(
        run,
        "{\"optimizer\": {\"type\": \"sgd\", \"schedule\": {\"type\": \"exponential\", \"gamma\": 0.95}}}");
}

const struct rule rule_schedule_early = {
    .entry = {"schedule-early", "The schedule leaves no learning rate for most of the training",
              "What it means\n"
              "  A schedule lowers the rate when the loss has come down. Here it is gone\n"
              "  before, so that the rest of the training stands still; or the warm-up is\n"
              "  longer than the training.\n"
              "\n"
              "How it is decided\n"
              "  A step, exponential or inverse_time schedule leaves less than " FACTOR_TEXT " of the\n"
              "  rate after half of the training, or warmup_steps is not below the number\n"
              "  of updates.\n"
              "\n"
              "Known false alarms\n"
              "  A training that is over after a tenth of its epochs and is left running.\n"},
    .code = "ML125",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_learning_rate,
    .remedies = (const struct change *const[]){&change_constant_rate, &change_much_higher_rate, NULL},
    .reads = (const char *const[]){"train/rate", "train/updates", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "leave optimizer.schedule out",
            "let it fall by a factor of 10 over the whole training",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
