/* ML131 init-large: initial weights far above the usual schemes. */
#include "init_facts.h"
#include "curve.h"

/* No usual scheme is so far from the others. */
#define RATIO      4
#define RATIO_TEXT SPELT(RATIO)

/* How far a matrix is above what schemes give it, the largest of them. */
static double ratio_of(const struct drawn *drawn)
{
    double usual = drawn->xavier > drawn->kaiming ? drawn->xavier : drawn->kaiming;

    return drawn->std / usual;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    drawn_judge(rule, run, findings, ratio_of, RATIO, "what");
}

static void sick(struct run *run)
{
    example_drawn_model(run, 5);
}

static void healthy(struct run *run)
{
    example_drawn_model(run, 0.4);
}

const struct rule rule_init_large = {
    .entry = {"init-large", "Initial weights are large: units saturate or explode",
              "What it means\n"
              "  Large weights make large sums: tanh and sigmoid are flat there, relu and\n"
              "  linear layers grow from layer to layer, and the first loss is far above\n"
              "  that of guessing.\n"
              "\n"
              "How it is decided\n"
              "  The standard deviation of a weight matrix, as the seed draws it, is more\n"
              "  than " RATIO_TEXT " times the larger of what Glorot's and He's schemes give a matrix\n"
              "  of its size. Tables of embeddings, matrices of one number, constant ones\n"
              "  and those with a norm behind them are left out.\n"
              "\n"
              "Known false alarms\n"
              "  Shallow networks learn all the same: three to four of 113 sound programs\n"
              "  start like this.\n"
              "\n"
              "Sources\n"
              "  Glorot and Bengio 2010, Understanding the difficulty of training deep\n"
              "  feedforward neural networks; He, Zhang, Ren and Sun 2015, Delving deep\n"
              "  into rectifiers.\n"},
    .code = "ML131",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_init,
    .remedies = (const struct change *const[]){&change_default_init, NULL},
    .reads = (const char *const[]){"init/*/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML304", "ML305", "ML306", "ML307", "ML401", NULL},
    .next =
        (const char *const[]){
            "remove \"init\": the default is chosen by the activation",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
