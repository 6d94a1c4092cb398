/* Reading the facts init/<parameter>/... */
#include "init_facts.h"

#include <math.h>
#include <string.h>

static const char PREFIX[] = "init/", ENDING[] = "/std";

static double number(const struct run *run, const char *name, const char *what)
{
    return run_number(run, arena_print(run->arena, "%s%s/%s", PREFIX, name, what));
}

static void read_drawn(const struct run *run, const char *name, struct drawn *out)
{
    *out = (struct drawn){
        .name = name,
        .what = "",
        .count = number(run, name, "count"),
        .std = number(run, name, "std"),
        .min = number(run, name, "min"),
        .max = number(run, name, "max"),
        .xavier = number(run, name, "xavier"),
        .kaiming = number(run, name, "kaiming"),
    };
    out->constant = out->count > 1 && out->max - out->min <= 0;
}

bool drawn_next(const struct run *run, const struct anatomy *anatomy, size_t *at, struct drawn *out)
{
    const struct fact *fact = run_match_fact(run, "init/*/std", at);
    const char *name;

    if (!fact)
        return false;
    name = arena_copy(run->arena, fact->name + strlen(PREFIX),
                      strlen(fact->name) - strlen(PREFIX) - strlen(ENDING));
    read_drawn(run, name, out);
    for (int i = 0; i < anatomy->count; i++) {
        size_t length = strlen(anatomy->part[i].name);

        if (strncmp(name, anatomy->part[i].name, length) != 0 || name[length] != '/')
            continue;
        out->part = &anatomy->part[i];
        out->what = name + length + 1;
    }
    return true;
}

bool drawn_find(const struct run *run, const struct part *part, const char *what, struct drawn *out)
{
    const char *name = arena_print(run->arena, "%s/%s", part->name, what);

    read_drawn(run, name, out);
    out->part = part;
    out->what = what;
    return run_has(run, arena_print(run->arena, "%s%s%s", PREFIX, name, ENDING));
}

bool is_normalized(const struct anatomy *anatomy, const struct part *part)
{
    int next = part->index + 1;

    return next < anatomy->count && (strcmp(anatomy->part[next].type, "batchnorm") == 0 ||
                                     strcmp(anatomy->part[next].type, "layernorm") == 0);
}

void drawn_judge(const struct rule *rule, const struct run *run, struct findings *findings,
                 double (*ratio_of)(const struct drawn *drawn), int limit, const char *words)
{
    struct anatomy anatomy;
    struct drawn drawn, worst = {0};
    double most = 0;

    if (!anatomy_read(run, &anatomy))
        return;
    for (size_t at = 0; drawn_next(run, &anatomy, &at, &drawn);) {
        double ratio = ratio_of(&drawn);

        if (!drawn.part || drawn.count <= 1 || drawn.constant || is_normalized(&anatomy, drawn.part))
            continue;
        if (!(ratio > limit) || !(ratio > most))
            continue;
        worst = drawn;
        most = ratio;
    }
    if (!worst.part)
        return;
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" begins with std %s, %s times %s the usual schemes give; limit %d", worst.name,
        text_number(findings->arena, worst.std, 3), text_number(findings->arena, most, 3), words, limit);
    finding->subject = worst.part->name;
    finding->place = setting_place(run, part_path(run, worst.part, "init"));
    if (finding->place.line == 0)
        finding->place = worst.part->json->place;
    finding_evidence(finding, arena_print(run->arena, "init/%s/std", worst.name), most, limit, -1);
}

void example_drawn_model(struct run *run, double std)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}]}");
    example_drawn(run, "linear1/weight", std, 0);
}

void example_drawn(struct run *run, const char *name, double std, double value)
{
    static const double count = 64, usual = 0.3535533905932738, he = 0.5;

    run_set_number(run, arena_print(run->arena, "init/%s/count", name), count);
    run_set_number(run, arena_print(run->arena, "init/%s/std", name), std);
    run_set_number(run, arena_print(run->arena, "init/%s/min", name), value - std);
    run_set_number(run, arena_print(run->arena, "init/%s/max", name), value + std);
    run_set_number(run, arena_print(run->arena, "init/%s/xavier", name), usual);
    run_set_number(run, arena_print(run->arena, "init/%s/kaiming", name), he);
}
