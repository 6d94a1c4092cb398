/* Golden and measured numbers in pairs, and the settings that were changed between them. */
#include "golden.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const char *golden_change(const struct run *run, struct arena *arena)
{
    const char *then = run_text(run, "golden/data"), *now = run_text(run, "smoke/data");

    if (run_number(run, "compare/changes") > 0)
        return arena_print(arena, "; changed: %s", run_text(run, "compare/changed"));
    if (*then && *now && strcmp(then, now) != 0)
        return "; changed: the train data";
    return "; config and data are as they were";
}

struct place golden_place(const struct run *run)
{
    struct place place = {.file = run->config_path,
                          .line = run_integer(run, "compare/line"),
                          .column = run_integer(run, "compare/column")};

    return place.line > 0 ? place : (struct place){0};
}

bool golden_next(const struct run *run, struct arena *arena, const char *group, size_t *at,
                 struct golden_pair *out)
{
    const char *pattern = arena_print(arena, "golden/%s/*", group);
    const struct fact *fact;

    while ((fact = run_match_fact(run, pattern, at)) != NULL) {
        *out = (struct golden_pair){.name = fact->name + strlen("golden/"), .golden = fact->number};
        out->measured = run_number(run, arena_print(arena, "smoke/%s", out->name));
        if (isfinite(out->golden) && isfinite(out->measured) &&
            text_read_integer(strrchr(fact->name, '/') + 1, &out->step))
            return true;
    }
    return false;
}

void golden_example(struct run *run, const char *group, double factor)
{
    for (int step = 0; step < 3; step++) {
        double loss = 2 - 0.2 * step;

        run_set_number(run, arena_print(run->arena, "golden/%s/%d", group, step), loss);
        run_set_number(run, arena_print(run->arena, "smoke/%s/%d", group, step), step ? factor * loss : loss);
    }
    run_set_number(run, "compare/changes", 1);
    run_set_text(run, "compare/changed", "optimizer.lr from 0.001 to 0.0002");
}
