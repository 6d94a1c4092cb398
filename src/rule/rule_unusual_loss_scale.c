/* ML161 unusual-loss-scale: the loss is summed, multiplied or clipped. */
#include "anatomy.h"

#include <string.h>

/* As much as a rate may be off without harm. */
static const double FACTOR_MOST = 10;
/* Keras clips at 1e-7; from here on it is felt. */
static const double CLIP_MOST = 1e-3;

static void report(const struct rule *rule, const struct run *run, struct findings *findings,
                   const char *path, double value, double limit, const char *words)
{
    struct finding *finding =
        findings_add(findings, rule, "%s %s (%s, usual at most %s)", path, words,
                     text_number(findings->arena, value, 3), text_number(findings->arena, limit, 3));

    finding->subject = path;
    finding->place = setting_place(run, path);
    finding_evidence(finding, path, value, limit, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double factor = setting_number(run, "loss.factor", 1), clip = setting_number(run, "loss.clip", 1e-7);
    double batch = run_number(run, "train/batch_size");
    bool sum = strcmp(setting_word(run, "loss.reduction", "mean"), "sum") == 0;

    if (sum && batch > 1)
        report(rule, run, findings, "loss.reduction", batch, 1,
               "is sum: gradients as many times larger as the batch has rows");
    else if (factor > 0 && (factor < 1 / FACTOR_MOST || factor > FACTOR_MOST))
        report(rule, run, findings, "loss.factor", factor, FACTOR_MOST,
               "multiplies every gradient, as the rate does");
    else if (clip == 0 || clip > CLIP_MOST)
        report(rule, run, findings, "loss.clip", clip, CLIP_MOST,
               clip == 0 ? "is off: the logarithm of 0 is infinite"
                         : "takes the gradient of small probabilities away");
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": {\"type\": "
                        "\"cross_entropy\", \"reduction\": \"sum\"}}");
    example_classes(run, 3);
    run_set_number(run, "train/batch_size", 64);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": {\"type\": "
                        "\"cross_entropy\", \"factor\": 0.5}}");
    example_classes(run, 3);
    run_set_number(run, "train/batch_size", 64);
}

const struct rule rule_unusual_loss_scale = {
    .entry = {"unusual-loss-scale", "The loss is summed, multiplied or clipped",
              "What it means\n"
              "  A sum over the batch makes the gradient as many times larger as there\n"
              "  are rows, so that the learning rate means something else with every\n"
              "  batch size; a factor does the same. A clip that is large has no gradient\n"
              "  where it cuts, a clip of 0 allows the logarithm of 0.\n"
              "\n"
              "How it is decided\n"
              "  loss.reduction is sum, loss.factor is below 0.1 or above 10, or\n"
              "  loss.clip is 0 or above 0.001.\n"
              "\n"
              "Known false alarms\n"
              "  A rate that was chosen for the sum.\n"},
    .code = "ML161",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_loss,
    .remedies = (const struct change *const[]){&change_standard_reduction, &change_lower_rate, NULL},
    .reads = (const char *const[]){"data/task", "train/batch_size", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML306", "ML307", "ML308", "ML309", "ML401", NULL},
    .next =
        (const char *const[]){
            "leave reduction, factor and clip of the loss out",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
