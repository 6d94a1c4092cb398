/* ML402 gradient-wrong: analytic against numeric gradients. */
#include "phrases.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *path(struct arena *arena, const char *name, const char *fact)
{
    return arena_print(arena, "gradcheck/%s/%s", name, fact);
}

/* A tensor this much less wrong than the worst is not the one to name. */
static const double AS_WRONG = 0.1;

/* "fc1/weight" of "gradcheck/fc1/weight/error" */
static const char *tensor_of(struct arena *arena, const struct fact *fact)
{
    static const char head[] = "gradcheck/", tail[] = "/error";
    return arena_copy(arena, fact->name + sizeof head - 1,
                      strlen(fact->name) - (sizeof head - 1) - (sizeof tail - 1));
}

/*
 * The wrong tensor that is closest to the loss: backward comes from there, and carries a mistake on to all
 * that is in front of it. Among those of one layer the worst.
 */
static const char *nearest(const struct run *run, struct arena *arena, const char *worst, double most,
                           double limit)
{
    const struct layer_record *at = layer_of(run, worst);
    const char *found = worst;
    double error = most;
    size_t next = 0;

    for (const struct fact *fact; (fact = run_match_fact(run, "gradcheck/*/error", &next));) {
        const char *name = tensor_of(arena, fact);
        const struct layer_record *layer = layer_of(run, name);

        if (fact->number <= limit || fact->number < AS_WRONG * most || !layer)
            continue;
        if (!at || layer > at || (layer == at && fact->number > error)) {
            found = name;
            at = layer;
            error = fact->number;
        }
    }
    return found;
}

/* The first layer behind it of which a tensor was checked, if none of its tensors is wrong; else NULL. */
static const char *first_right(const struct run *run, struct arena *arena, const char *name, double limit)
{
    const struct layer_record *from = layer_of(run, name), *first = NULL;
    bool right = false;
    size_t next = 0;

    for (const struct fact *fact; from && (fact = run_match_fact(run, "gradcheck/*/error", &next));) {
        const struct layer_record *layer = layer_of(run, tensor_of(arena, fact));
        if (!layer || layer <= from || (first && layer > first))
            continue;
        right = (layer != first || right) && fact->number <= limit;
        first = layer;
    }
    return right ? first->name : NULL;
}

static int64_t wrong_tensors(const struct run *run, double limit)
{
    const struct fact *fact;
    size_t at = 0;
    int64_t count = 0;
    while ((fact = run_match_fact(run, "gradcheck/*/error", &at)) != NULL)
        count += !(fact->number <= limit);
    return count;
}

/* Digits that it takes to tell two numbers apart in a sentence. */
static int digits_apart(struct arena *arena, double a, double b)
{
    int digits = 5;
    while (digits < 16 && strcmp(text_number(arena, a, digits), text_number(arena, b, digits)) == 0)
        digits++;
    return digits;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double error = run_number(run, "gradcheck/error"), limit = run_number(run, "gradcheck/limit");
    struct arena *arena = findings->arena;

    if (isnan(limit) || error <= limit)
        return;
    const char *name = nearest(run, arena, run_text(run, "gradcheck/worst"), error, limit);
    const char *right = first_right(run, arena, name, limit);
    if (run_has(run, path(arena, name, "error")))
        error = run_number(run, path(arena, name, "error"));
    double analytic = run_number(run, path(arena, name, "analytic"));
    double numeric = run_number(run, path(arena, name, "numeric"));
    const char *index = run_text(run, path(arena, name, "worst_index"));
    int digits = digits_apart(arena, analytic, numeric);
    int64_t others = wrong_tensors(run, limit) - 1;
    struct finding *finding = findings_add(
        findings, rule, "gradient of \"%s\"%s%s is %s, but the slope is %s: error %s, limit %s%s%s", name,
        *index && *index != '[' ? " " : "", index, text_number(arena, analytic, digits),
        text_number(arena, numeric, digits), text_number(arena, error, 3), text_number(arena, limit, 3),
        others > 0 ? arena_print(arena, "; %" PRId64 " more wrong", others) : "",
        right ? arena_print(arena, "; those of \"%s\" are right", right) : "");
    finding->subject = arena_print(arena, "%s", name);
    finding->place = place_of_layer(run, name);
    finding_evidence(finding, "gradcheck/error", error, limit, -1);
    finding_evidence(finding, path(arena, name, "analytic"), analytic, numeric, -1);
}

static void example(struct run *run, double error)
{
    run_set_number(run, "gradcheck/limit", 1e-8);
    run_set_number(run, "gradcheck/error", error);
    run_set_text(run, "gradcheck/worst", "fc1/weight");
    run_set_number(run, "gradcheck/fc1/weight/error", error);
    run_set_number(run, "gradcheck/fc1/weight/analytic", 0.012);
    run_set_number(run, "gradcheck/fc1/weight/numeric", 0.024);
    run_set_text(run, "gradcheck/fc1/weight/worst_index", "[3, 5]");
}

static void sick(struct run *run)
{
    example(run, 0.5);
}

static void healthy(struct run *run)
{
    example(run, 4e-11);
}

const struct rule rule_gradient_wrong = {
    .entry = {"gradient-wrong", "A gradient is not the slope of the loss",
              "What it means\n"
              "  The gradient that training uses was compared, element by element, with the\n"
              "  change of the loss when that element moves a little, in double precision.\n"
              "  They differ: the backward pass of a layer between this tensor and the loss\n"
              "  is wrong. Gradients of layers in front of it are wrong with it.\n"
              "\n"
              "How it is decided\n"
              "  gradcheck/error, the largest relative difference over all tensors, is\n"
              "  larger than gradcheck/limit. Kinks of relu and max-pool are recognised and\n"
              "  judged by their one-sided slopes (ML403). Of tensors that are wrong alike\n"
              "  the one closest to the loss is named: the mistake is in the backward of its\n"
              "  layer, or of a layer that reads it.\n"
              "\n"
              "Known false alarms\n"
              "  A loss so large that a small step disappears in rounding. A function with\n"
              "  jumps, such as hard quantization.\n"},
    .code = "ML402",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"gradcheck/error", "gradcheck/limit", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML306", "ML307", "ML308", "ML309",
                                    "ML601", "ML603", "ML604", "ML605", NULL},
    .next =
        (const char *const[]){
            "look at the layer that is named and at what reads it: it is the closest to the loss",
            "take layers out, one at a time, until the error goes",
            "scale inputs and targets, if the loss is above 1e6",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
