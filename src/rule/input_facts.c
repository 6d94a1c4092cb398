/* Reading the facts input/<name>/<split>/... */
#include "input_facts.h"

#include <math.h>
#include <string.h>

static const char PREFIX[] = "input/";

bool entering_find(const struct run *run, const char *split, const char *name, struct entering *out)
{
    const char *path = arena_print(run->arena, "%s%s/%s", PREFIX, name, split);

    *out = (struct entering){
        .name = name,
        .mean = run_number(run, arena_print(run->arena, "%s/mean", path)),
        .std = run_number(run, arena_print(run->arena, "%s/std", path)),
        .min = run_number(run, arena_print(run->arena, "%s/min", path)),
        .max = run_number(run, arena_print(run->arena, "%s/max", path)),
        .typical = run_number(run, arena_print(run->arena, "%s/typical", path)),
        .distinct = run_number(run, arena_print(run->arena, "%s/distinct", path)),
        .ids = run_has(run, arena_print(run->arena, "%s%s/ids", PREFIX, name)),
    };
    return run_has(run, arena_print(run->arena, "%s/std", path));
}

bool entering_next(const struct run *run, const char *split, size_t *at, struct entering *out)
{
    const char *ending = arena_print(run->arena, "/%s/std", split);
    const struct fact *fact = run_match_fact(run, arena_print(run->arena, "%s*%s", PREFIX, ending), at);
    size_t length;

    if (!fact)
        return false;
    length = strlen(fact->name) - strlen(PREFIX) - strlen(ending);
    return entering_find(run, split, arena_copy(run->arena, fact->name + strlen(PREFIX), length), out);
}

double entering_size(const struct entering *entering)
{
    double low = fabs(entering->min), high = fabs(entering->max);

    return low > high ? low : high;
}

const char *entering_words(const struct run *run, const struct entering *entering)
{
    bool usual = strcmp(entering->name, "input") == 0;

    return usual ? "the inputs" : arena_print(run->arena, "input \"%s\"", entering->name);
}

void example_entering(struct run *run, const char *split, double mean, double std, double min, double max)
{
    const char *path = arena_print(run->arena, "%sinput/%s", PREFIX, split);

    run_set_number(run, arena_print(run->arena, "%s/mean", path), mean);
    run_set_number(run, arena_print(run->arena, "%s/std", path), std);
    run_set_number(run, arena_print(run->arena, "%s/min", path), min);
    run_set_number(run, arena_print(run->arena, "%s/max", path), max);
}
