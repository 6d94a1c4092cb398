/* The learning rate as rules read it. */
#include "rate.h"

#include <math.h>
#include <string.h>

static double limit_of(const char *optimizer, const struct rate_limits *limits)
{
    const struct {
        const char *optimizer;
        double limit;
    } table[] = {
        {"sgd", limits->sgd},          {"adam", limits->adaptive},   {"adamw", limits->adaptive},
        {"rmsprop", limits->adaptive}, {"adagrad", limits->adagrad}, {"adadelta", limits->adadelta},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].optimizer, optimizer) == 0)
            return table[i].limit;
    return (double)NAN;
}

struct rate rate_read(const struct run *run, const struct rate_limits *limits)
{
    const char *optimizer = run_text(run, "train/optimizer");
    double given = run_number(run, "train/rate");
    double momentum = strcmp(optimizer, "sgd") == 0 ? setting_number(run, "optimizer.momentum", 0) : 0;
    double effective = momentum > 0 && momentum < MOMENTUM_LIMIT ? given / (1 - momentum) : given;

    return (struct rate){optimizer, given, effective, limit_of(optimizer, limits)};
}

struct finding *rate_finding(const struct rule *rule, const struct run *run, struct findings *findings,
                             const struct rate *rate, const char *expected)
{
    struct arena *arena = findings->arena;
    const char *more = rate->effective > rate->given ? arena_print(arena, ", with its momentum %s",
                                                                   text_number(arena, rate->effective, 3))
                                                     : "";
    struct finding *finding =
        findings_add(findings, rule, "%s at lr %s%s; expected %s %s", rate->optimizer,
                     text_number(arena, rate->given, 5), more, expected, text_number(arena, rate->limit, 5));

    finding->subject = "optimizer.lr";
    finding->place = setting_place(run, "optimizer.lr");
    finding_evidence(finding, "train/rate", rate->effective, rate->limit, -1);
    return finding;
}

void example_rate(struct run *run, double value)
{
    run_set_text(run, "train/optimizer", "adam");
    run_set_number(run, "train/rate", value);
}
