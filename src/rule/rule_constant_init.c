/* ML113 constant-init: hidden units that begin alike, and stay alike. */
#include "init_facts.h"

#include <math.h>
#include <string.h>

static bool is_constant(const struct run *run, const struct part *part, struct drawn *out)
{
    struct drawn back;

    if (drawn_find(run, part, "weight", out))
        return out->constant;
    return drawn_find(run, part, "weight_ih", out) && out->constant &&
           drawn_find(run, part, "weight_hh", &back) && back.constant;
}

static const struct part *next_weighty(const struct anatomy *anatomy, const struct part *part)
{
    for (int i = part->index + 1; i < anatomy->count; i++)
        if (anatomy->part[i].weighty)
            return &anatomy->part[i];
    return NULL;
}

static bool has_dropout(const struct anatomy *anatomy)
{
    for (int i = 0; i < anatomy->count; i++)
        if (strcmp(anatomy->part[i].type, "dropout") == 0)
            return true;
    return false;
}

/* Whether nothing can tell the units apart: neither what they send on, nor what comes back. */
static bool is_certain(const struct run *run, const struct anatomy *anatomy, const struct part *part,
                       double value)
{
    const struct part *next = next_weighty(anatomy, part);
    bool zero = fabs(value) <= 0, follows = part->follower >= 0;
    struct drawn drawn;

    if (!anatomy->chain || !next || json_get(part->json, "bias_init") || (!zero && has_dropout(anatomy)))
        return false;
    /* relu has no slope at zero: nothing ever moves. */
    if (zero && follows && strcmp(anatomy->part[part->follower].type, "relu") == 0)
        return true;
    return is_constant(run, next, &drawn) || (drawn.count <= 1 && next->width == 1);
}

static void judge(const struct rule *rule, const struct run *run, const struct anatomy *anatomy,
                  const struct part *part, struct findings *findings)
{
    struct drawn drawn;
    bool certain;

    if (!part->weighty || strcmp(part->type, "embedding") == 0 || part->width == 1 ||
        !is_constant(run, part, &drawn))
        return;
    certain = is_certain(run, anatomy, part, drawn.min);
    struct finding *finding = findings_add(
        findings, rule, "all %.0f weights of \"%s\" begin as %s: %s", drawn.count, part->name,
        text_number(findings->arena, drawn.min, 5),
        certain ? "its units stay alike" : "its units are alike until something tells them apart");
    finding->severity = certain ? SEVERITY_ERROR : SEVERITY_NOTE;
    finding->subject = part->name;
    finding->place = setting_place(run, part_path(run, part, "init"));
    if (finding->place.line == 0)
        finding->place = part->json->place;
    finding_evidence(finding, arena_print(run->arena, "init/%s/std", drawn.name), drawn.std, 0, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;
    size_t before = findings->count;

    if (!anatomy_read(run, &anatomy))
        return;
    for (int i = 0; i < anatomy.head && findings->count == before; i++)
        judge(rule, run, &anatomy, &anatomy.part[i], findings);
}

static void model(struct run *run, const char *init)
{
    example_config(run, arena_print(run->arena,
                                    "{\"model\": [{\"type\": \"linear\", \"out_features\": 8, \"init\": "
                                    "\"%s\"}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
                                    "\"out_features\": 8}]}",
                                    init));
}

static void sick(struct run *run)
{
    model(run, "zeros");
    example_drawn(run, "linear1/weight", 0, 0);
    example_drawn(run, "linear2/weight", 0.4, 0);
}

static void healthy(struct run *run)
{
    model(run, "xavier_uniform");
    example_drawn(run, "linear1/weight", 0.4, 0);
    example_drawn(run, "linear2/weight", 0, 0);
}

const struct rule rule_constant_init = {
    .entry = {"constant-init", "Hidden weights begin as one and the same number",
              "What it means\n"
              "  Units of a layer that begin with the same weights give the same output and\n"
              "  get the same gradient, so that the layer is worth one unit. With zeros\n"
              "  behind relu nothing moves at all.\n"
              "\n"
              "How it is decided\n"
              "  The largest and the smallest initial weight of a layer before the head are\n"
              "  equal. It is an error where nothing can tell its units apart: the layers\n"
              "  are a chain, and the next matrix is constant too, or the weights are zero\n"
              "  and relu follows. Elsewhere it is a note.\n"
              "\n"
              "Known false alarms\n"
              "  A zero matrix at the end of a residual branch is a known trick; it is no\n"
              "  more than a note. So is a constant layer whose biases or whose next layer\n"
              "  are random: the first updates tell its units apart.\n"
              "\n"
              "Sources\n"
              "  Goodfellow, Bengio and Courville 2016, section 8.4 (breaking symmetry).\n"},
    .code = "ML113",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_init,
    .remedies = (const struct change *const[]){&change_default_init, NULL},
    .reads = (const char *const[]){"init/*/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308",
                                    "ML309", NULL},
    .next =
        (const char *const[]){
            "remove \"init\": the default is chosen by the activation",
            "use kaiming_uniform before relu, xavier_uniform before tanh",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
