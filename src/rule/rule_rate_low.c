/* ML117 rate-low: a learning rate below what the optimizer is used with. */
#include "rate.h"

#include <string.h>

/* Below this sgd needs thousands of updates for anything. */
#define SGD_LIMIT      0.005
#define SGD_LIMIT_TEXT SPELT(SGD_LIMIT)

/* adam, adamw and rmsprop move each weight by about so much per update. */
#define ADAPTIVE_LIMIT      0.0002
#define ADAPTIVE_LIMIT_TEXT SPELT(ADAPTIVE_LIMIT)

/* adagrad, which slows down by itself. */
#define ADAGRAD_LIMIT      0.001
#define ADAGRAD_LIMIT_TEXT SPELT(ADAGRAD_LIMIT)

/* adadelta, whose own rate is 1. */
#define ADADELTA_LIMIT      0.1
#define ADADELTA_LIMIT_TEXT SPELT(ADADELTA_LIMIT)

static const struct rate_limits limits = {SGD_LIMIT, ADAPTIVE_LIMIT, ADAGRAD_LIMIT, ADADELTA_LIMIT};

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct rate rate = rate_read(run, &limits);
    bool summed = strcmp(setting_word(run, "loss.reduction", "mean"), "sum") == 0;

    /* A summed loss makes gradients larger by the rows of a batch: plain steps may then be small. */
    if (rate.given > 0 && rate.effective < rate.limit && !(summed && strcmp(rate.optimizer, "sgd") == 0))
        rate_finding(rule, run, findings, &rate, "at least");
}

static void sick(struct run *run)
{
    example_rate(run, 1e-7);
}

static void healthy(struct run *run)
{
    example_rate(run, 0.001);
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
