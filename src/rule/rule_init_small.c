/* ML132 init-small: initial weights far below the usual schemes. */
#include "init_facts.h"
#include "curve.h"

#include <math.h>

/* No usual scheme is so far from the others. */
#define RATIO      4
#define RATIO_TEXT SPELT(RATIO)

/* How far a matrix is below what schemes give it, the smallest of them. */
static double ratio_of(const struct drawn *drawn)
{
    /* PyTorch's linear layers: uniform in +-1 / sqrt(fan_in), a spread of sqrt(1 / (3 fan_in)). */
    double framework = drawn->kaiming / sqrt(6.0);
    double usual = drawn->xavier < framework ? drawn->xavier : framework;

    return usual / drawn->std;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
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
        if (!(ratio > RATIO) || !(ratio > most))
            continue;
        worst = drawn;
        most = ratio;
    }
    if (!worst.part)
        return;
    struct finding *finding = findings_add(
        findings, rule, "\"%s\" begins with std %s, %s times below what the usual schemes give; limit %d",
        worst.name, text_number(findings->arena, worst.std, 3), text_number(findings->arena, most, 3), RATIO);
    finding->subject = worst.part->name;
    finding->place = setting_place(run, part_path(run, worst.part, "init"));
    if (finding->place.line == 0)
        finding->place = worst.part->json->place;
    finding_evidence(finding, arena_print(run->arena, "init/%s/std", worst.name), most, RATIO, -1);
}

static void model(struct run *run, double std)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 8}]}");
    example_drawn(run, "linear1/weight", std, 0);
}

static void sick(struct run *run)
{
    model(run, 0.001);
}

static void healthy(struct run *run)
{
    model(run, 0.4);
}

const struct rule rule_init_small = {
    .entry = {"init-small", "Initial weights are small: signals vanish",
              "What it means\n"
              "  Small weights make small sums: what reaches the head is nearly the same\n"
              "  for every row, and so is the gradient that comes back. Shallow networks\n"
              "  get over it, deep ones do not.\n"
              "\n"
              "How it is decided\n"
              "  The standard deviation of a weight matrix, as the seed draws it, is more\n"
              "  than " RATIO_TEXT " times below the smaller of what Glorot's and He's schemes and\n"
              "  PyTorch's default give a matrix of its size. Tables of embeddings,\n"
              "  matrices of one number, constant ones and those with a norm behind them\n"
              "  are left out.\n"
              "\n"
              "Known false alarms\n"
              "  Shallow networks learn all the same: three to four of 113 sound programs\n"
              "  start like this.\n"
              "\n"
              "Sources\n"
              "  Glorot and Bengio 2010, Understanding the difficulty of training deep\n"
              "  feedforward neural networks; He, Zhang, Ren and Sun 2015, Delving deep\n"
              "  into rectifiers.\n"},
    .code = "ML132",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_init,
    .remedies = (const struct change *const[]){&change_default_init, NULL},
    .reads = (const char *const[]){"init/*/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", "ML402", NULL},
    .next =
        (const char *const[]){
            "remove \"init\": the default is chosen by the activation",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
