/* ML602 shape-differs: a layer is not what the golden file says. */
#include "golden.h"

#include <inttypes.h>
#include <string.h>

static const char *described(const struct run *run, struct arena *arena, const char *side, int64_t index)
{
    return run_text(run, arena_print(arena, "%s/layers/%" PRId64, side, index));
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct arena *arena = findings->arena;
    int64_t count = 0, first = -1;

    for (int64_t i = 0;; i++) {
        const char *now = described(run, arena, "smoke", i), *then = described(run, arena, "golden", i);

        if (!*now && !*then)
            break;
        if (strcmp(now, then) == 0)
            continue;
        first = count++ ? first : i;
    }
    if (!count)
        return;
    const char *now = described(run, arena, "smoke", first), *then = described(run, arena, "golden", first);
    struct finding *finding = findings_add(
        findings, rule, "layer %" PRId64 " is %s%s%s, was %s%s%s%s", first, *now ? "\"" : "",
        *now ? now : "gone", *now ? "\"" : "", *then ? "\"" : "", *then ? then : "not there",
        *then ? "\"" : "", count > 1 ? arena_print(arena, "; %" PRId64 " more differ", count - 1) : "");
    if (first < (int64_t)run->layer_count) {
        finding->subject = run->layers[first].name;
        finding->place = run->layers[first].place;
    }
    finding_evidence(finding, "smoke/layers", (double)count, 0, -1);
}

static void example(struct run *run, const char *now)
{
    run_set_text(run, "golden/layers/0", "fc1: linear, output 120, 1,200 parameters");
    run_set_text(run, "golden/layers/1", "relu1: relu, output 120");
    run_set_text(run, "smoke/layers/0", "%s", now);
    run_set_text(run, "smoke/layers/1", "relu1: relu, output 120");
}

static void sick(struct run *run)
{
    example(run, "fc1: linear, output 60, 600 parameters");
}

static void healthy(struct run *run)
{
    example(run, "fc1: linear, output 120, 1,200 parameters");
}

const struct rule rule_shape_differs = {
    .entry = {"shape-differs", "A layer is not what the golden file says",
              "What it means\n"
              "  The model was changed: another layer stands at this place, or its output or\n"
              "  number of parameters is another. What the model computes differs with it.\n"
              "\n"
              "How it is decided\n"
              "  Name, type, output shape and number of parameters of each layer, in order,\n"
              "  are compared with the golden file. The first one that differs is named; a\n"
              "  layer that was put in moves those behind it, which are counted.\n"
              "\n"
              "Known false alarms\n"
              "  A layer that was only renamed.\n"},
    .code = "ML602",
    .severity = SEVERITY_ERROR,
    .reads = (const char *const[]){"golden/layers/*", "smoke/layers/*", NULL},
    .check = check,
    .causes = (const char *const[]){"ML601", "ML603", "ML604", "ML605", NULL},
    .next =
        (const char *const[]){
            "put the layer back; mldbg smoke --update if the change is meant",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
