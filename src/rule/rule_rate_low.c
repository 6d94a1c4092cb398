/* ML117 rate-low: a learning rate below what the optimizer is used with. */
#include "anatomy.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* Below this sgd needs thousands of updates for anything. */
#define SGD_LIMIT      0.005
#define SGD_LIMIT_TEXT SPELT(SGD_LIMIT)

/* adam, adamw and rmsprop move each weight by about so much per update. */
#define ADAPTIVE_LIMIT      0.0002
#define ADAPTIVE_LIMIT_TEXT SPELT(ADAPTIVE_LIMIT)

/* From here on the momentum is a finding of its own, momentum-range. */
#define MOMENTUM_LIMIT      0.99
#define MOMENTUM_LIMIT_TEXT SPELT(MOMENTUM_LIMIT)

/* adagrad, which slows down by itself. */
#define ADAGRAD_LIMIT      0.001
#define ADAGRAD_LIMIT_TEXT SPELT(ADAGRAD_LIMIT)

/* adadelta, whose own rate is 1. */
#define ADADELTA_LIMIT      0.1
#define ADADELTA_LIMIT_TEXT SPELT(ADADELTA_LIMIT)

/* Of the rate, for sgd of the rate over 1 - momentum. */
static const struct {
    const char *optimizer;
    double limit;
} limits[] = {
    {"sgd", SGD_LIMIT},          {"adam", ADAPTIVE_LIMIT},   {"adamw", ADAPTIVE_LIMIT},
    {"rmsprop", ADAPTIVE_LIMIT}, {"adagrad", ADAGRAD_LIMIT}, {"adadelta", ADADELTA_LIMIT},
};

static double limit_of(const char *optimizer)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(limits[i].optimizer, optimizer) == 0)
            return limits[i].limit;
    return (double)NAN;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const char *optimizer = run_text(run, "train/optimizer");
    double rate = run_number(run, "train/rate"), limit = limit_of(optimizer);
    double momentum = strcmp(optimizer, "sgd") == 0 ? setting_number(run, "optimizer.momentum", 0) : 0;
    double effective = momentum > 0 && momentum < MOMENTUM_LIMIT ? rate / (1 - momentum) : rate;
    bool summed = strcmp(setting_word(run, "loss.reduction", "mean"), "sum") == 0;

    /* A summed loss makes gradients larger by the rows of a batch: plain steps may then be small. */
    if (!(rate > 0) || !(effective < limit) || (summed && strcmp(optimizer, "sgd") == 0))
        return;
    struct finding *finding =
        findings_add(findings, rule, "%s at lr %s%s; expected at least %s", optimizer,
                     text_number(findings->arena, rate, 5),
                     effective > rate ? arena_print(findings->arena, ", with its momentum %s",
                                                    text_number(findings->arena, effective, 3))
                                      : "",
                     text_number(findings->arena, limit, 5));
    finding->subject = "optimizer.lr";
    finding->place = setting_place(run, "optimizer.lr");
    finding_evidence(finding, "train/rate", effective, limit, -1);
}

static void rate(struct run *run, double value)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", value);
}

static void sick(struct run *run)
{
    rate(run, 1e-7);
}

static void healthy(struct run *run)
{
    rate(run, 0.001);
}

const struct rule rule_rate_low = {
    .entry = {"rate-low", "The learning rate is low for this optimizer",
              "What it means\n"
              "  Each update moves the weights next to nothing: the loss falls, but the\n"
              "  training ends long before it has arrived.\n"
              "\n"
              "How it is decided\n"
              "  The rate is below " SGD_LIMIT_TEXT " for sgd (divided by 1 - momentum, if that is\n"
              "  below " MOMENTUM_LIMIT_TEXT "; never where the loss is a sum), " ADAPTIVE_LIMIT_TEXT
              " for adam, adamw and\n"
              "  rmsprop, " ADAGRAD_LIMIT_TEXT " for adagrad, " ADADELTA_LIMIT_TEXT " for adadelta.\n"
              "\n"
              "Known false alarms\n"
              "  Fine-tuning, very long trainings, large models, steep losses. Too few\n"
              "  updates, a poor scale and a low rate cure each other: look at all three.\n"
              "\n"
              "Sources\n"
              "  Bengio 2012, Practical recommendations, section 3.1 (rates by decades).\n"},
    .code = "ML117",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_learning_rate,
    .remedies = (const struct change *const[]){&change_higher_rate, &change_much_higher_rate,
                                               &change_usual_rate, NULL},
    .reads = (const char *const[]){"train/rate", "train/optimizer", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "set optimizer.lr 10 times larger",
            "leave lr out: the default fits the optimizer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
