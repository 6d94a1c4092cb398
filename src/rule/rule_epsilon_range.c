/* ML123 epsilon-range: what adaptive optimizers add so as not to divide by zero. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* Below this a gradient of zero divides by next to zero. */
#define LOW      1e-10
#define LOW_TEXT SPELT(LOW)

/* Above this adam divides by eps: it is sgd at a rate of lr / eps. */
#define HIGH      0.01
#define HIGH_TEXT SPELT(HIGH)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const char *optimizer = run_text(run, "train/optimizer");
    double eps = setting_number(run, "optimizer.eps", (double)NAN);
    bool adaptive = strcmp(optimizer, "adam") == 0 || strcmp(optimizer, "adamw") == 0 ||
                    strcmp(optimizer, "rmsprop") == 0;

    if (!adaptive || !(eps < LOW || eps > HIGH))
        return;
    struct finding *finding = findings_add(
        findings, rule, "optimizer.eps is %s; expected %s to %s", text_number(findings->arena, eps, 5),
        text_number(findings->arena, LOW, 3), text_number(findings->arena, HIGH, 3));
    finding->subject = "optimizer.eps";
    finding->place = setting_place(run, "optimizer.eps");
    finding_evidence(finding, "optimizer.eps", eps, eps < LOW ? LOW : HIGH, -1);
}

static void eps(struct run *run, const char *json)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", 0.001);
    example_config(run, json);
}

static void sick(struct run *run)
{
    eps(run, "{\"optimizer\": {\"type\": \"adam\", \"eps\": 1e-16}}");
}

static void healthy(struct run *run)
{
    eps(run, "{\"optimizer\": {\"type\": \"adam\", \"eps\": 1e-7}}");
}

const struct rule rule_epsilon_range = {
    .entry = {"epsilon-range", "The eps of the optimizer is out of range",
              "What it means\n"
              "  eps bounds the step of a weight whose gradient is near zero. Too small,\n"
              "  such weights take full steps along rounding errors; too large, no gradient\n"
              "  is adapted to any more.\n"
              "\n"
              "How it is decided\n"
              "  adam, adamw or rmsprop with an eps below " LOW_TEXT " or above " HIGH_TEXT ".\n"
              "\n"
              "Known false alarms\n"
              "  Very large models are trained with eps up to 0.1 on purpose, or with tiny\n"
              "  gradients and a tiny eps.\n"},
    .code = "ML123",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_optimizer,
    .remedies = (const struct change *const[]){&change_default_epsilon, NULL},
    .reads = (const char *const[]){"train/optimizer", "train/rate", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", "ML307", "ML401", NULL},
    .next =
        (const char *const[]){
            "leave eps out: 1e-8",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
