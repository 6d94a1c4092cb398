/* ML118 rate-high: a learning rate above what the optimizer is used with. */
#include "rate.h"

/* From here on plain steps overshoot on most losses. */
#define SGD_LIMIT      0.7
#define SGD_LIMIT_TEXT SPELT(SGD_LIMIT)

/* adam, adamw and rmsprop move each weight by about so much per update. */
#define ADAPTIVE_LIMIT      0.05
#define ADAPTIVE_LIMIT_TEXT SPELT(ADAPTIVE_LIMIT)

/* adagrad, which slows down by itself. */
#define ADAGRAD_LIMIT      0.5
#define ADAGRAD_LIMIT_TEXT SPELT(ADAGRAD_LIMIT)

/* adadelta, whose own rate is 1. */
#define ADADELTA_LIMIT      10
#define ADADELTA_LIMIT_TEXT SPELT(ADADELTA_LIMIT)

/* So many times the limit is an error by itself: no weight survives such steps. */
#define CERTAIN      200
#define CERTAIN_TEXT SPELT(CERTAIN)

/* A rate 10 times smaller is still too high then. */
static const double TENFOLD = 10;

static const struct rate_limits limits = {SGD_LIMIT, ADAPTIVE_LIMIT, ADAGRAD_LIMIT, ADADELTA_LIMIT};

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct rate rate = rate_read(run, &limits);

    if (!(rate.effective >= rate.limit))
        return;
    struct finding *finding = rate_finding(rule, run, findings, &rate, "less than");
    if (rate.effective >= TENFOLD * rate.limit)
        finding->next = rule->next[1];
    if (rate.effective >= CERTAIN * rate.limit)
        finding->severity = SEVERITY_ERROR;
}

static void sick(struct run *run)
{
    example_rate(run, 1000);
}

static void healthy(struct run *run)
{
    example_rate(run, 0.001);
}

const struct rule rule_rate_high = {
    .entry = {"rate-high", "The learning rate is high for this optimizer",
              "What it means\n"
              "  Updates overshoot: the loss jumps, grows, or every unit ends up saturated\n"
              "  or dead.\n"
              "\n"
              "How it is decided\n"
              "  The rate is at least " SGD_LIMIT_TEXT " for sgd (divided by 1 - momentum, if that is\n"
              "  below " MOMENTUM_LIMIT_TEXT "), " ADAPTIVE_LIMIT_TEXT
              " for adam, adamw and rmsprop, " ADAGRAD_LIMIT_TEXT " for adagrad, " ADADELTA_LIMIT_TEXT
              " for\n"
              "  adadelta. " CERTAIN_TEXT " times as much is an error by itself, even where the answers\n"
              "  come out right: the loss is then astronomical where they do not.\n"
              "\n"
              "Known false alarms\n"
              "  Tiny networks stand high rates, and so do losses with a small factor. Four\n"
              "  of 113 sound programs were this high.\n"
              "\n"
              "Sources\n"
              "  Bengio 2012, Practical recommendations, section 3.1 (rates by decades).\n"},
    .code = "ML118",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_learning_rate,
    .remedies =
        (const struct change *const[]){&change_lower_rate, &change_much_lower_rate, &change_usual_rate, NULL},
    .reads = (const char *const[]){"train/rate", "train/optimizer", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308",
                                    "ML401", NULL},
    .next =
        (const char *const[]){
            "set optimizer.lr 10 times smaller",
            "leave lr out: the default fits the optimizer",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
