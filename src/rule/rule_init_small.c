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
    drawn_judge(rule, run, findings, ratio_of, RATIO, "below what");
}

static void sick(struct run *run)
{
    example_drawn_model(run, 0.001);
}

static void healthy(struct run *run)
{
    example_drawn_model(run, 0.4);
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
