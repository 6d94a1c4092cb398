/* ML124 steps-clipped: clipping that leaves nothing of the steps. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* Initial weights are of this size: in less than this the network stays what it was. */
#define DISTANCE      0.1
#define DISTANCE_TEXT SPELT(DISTANCE)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double norm = setting_number(run, "optimizer.clip_norm", (double)NAN);
    double value = setting_number(run, "optimizer.clip_value", (double)NAN);
    double momentum = setting_number(run, "optimizer.momentum", 0);
    double rate = run_number(run, "train/rate") / (momentum > 0 && momentum < 1 ? 1 - momentum : 1);
    double clip = value < norm || isnan(norm) ? value : norm;
    double distance = rate * clip * run_number(run, "train/updates");

    /* Adaptive optimizers divide by the size of the gradient: clipped or not, their steps are alike. */
    if (strcmp(run_text(run, "train/optimizer"), "sgd") != 0 || !(rate > 0) || !(distance < DISTANCE))
        return;
    struct finding *finding = findings_add(
        findings, rule, "gradients clipped at %s move %s by %s at most in all updates; expected %s or more",
        text_number(findings->arena, clip, 3),
        clip < value || isnan(value) ? "all weights together" : "a weight",
        text_number(findings->arena, distance, 3), text_number(findings->arena, DISTANCE, 3));
    finding->subject = "optimizer";
    finding->place =
        setting_place(run, clip < value || isnan(value) ? "optimizer.clip_norm" : "optimizer.clip_value");
    finding_evidence(finding, "train/rate", distance, DISTANCE, -1);
}

static void clipped(struct run *run, const char *json)
{
    run_set_text(run, "train/optimizer", "sgd");
    run_set_number(run, "train/rate", 0.05);
    run_set_number(run, "train/updates", 1200);
    example_config(run, json);
}

static void sick(struct run *run)
{
    clipped(run, "{\"optimizer\": {\"type\": \"sgd\", \"clip_norm\": 0.0001}}");
}

static void healthy(struct run *run)
{
    clipped(run, "{\"optimizer\": {\"type\": \"sgd\", \"clip_norm\": 1}}");
}

const struct rule rule_steps_clipped = {
    .entry = {"steps-clipped", "Clipping lets the weights move next to nothing",
              "What it means\n"
              "  Clipping is for the rare gradient that is far too large. A limit below\n"
              "  every gradient makes all steps as short as the limit.\n"
              "\n"
              "How it is decided\n"
              "  sgd; the rate (divided by 1 - momentum) times the limit times the number\n"
              "  of updates, which is as far as the weights can get, is below " DISTANCE_TEXT ".\n"
              "\n"
              "Known false alarms\n"
              "  A pretrained network that needs no more.\n"},
    .code = "ML124",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_learning_rate,
    .remedies = (const struct change *const[]){&change_no_clipping, &change_much_higher_rate, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", "train/updates", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "set optimizer.clip_norm to 1, or leave it out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
