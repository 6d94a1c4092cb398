/* ML218 inputs-unscaled: inputs far from the size of 1. */
#include "anatomy.h"
#include "init_facts.h"
#include "input_facts.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* Scaled inputs stay below this, outliers too: 0 of 113 sound programs had more. */
#define SIZE      20
#define SIZE_TEXT SPELT(SIZE)

/* Nor do they spread so far. */
#define SPREAD      5
#define SPREAD_TEXT SPELT(SPREAD)

/* tanh and its kin are flat to the last digits here: sums of this size leave no gradient and no shades. */
#define SUMS      10
#define SUMS_TEXT SPELT(SUMS)

/* The first layer with weights, where its activation is flat at both ends and no norm stands before that. */
static const struct part *saturating(const struct anatomy *anatomy)
{
    for (int i = 0; anatomy->chain && i < anatomy->count && i < anatomy->head; i++) {
        const struct part *part = &anatomy->part[i];

        if (strcmp(part->type, "batchnorm") == 0 || strcmp(part->type, "layernorm") == 0)
            return NULL;
        if (part->weighty)
            return part->follower >= 0 && anatomy->part[part->follower].activation->saturates &&
                           !is_normalized(anatomy, part)
                       ? part
                       : NULL;
    }
    return NULL;
}

/* Size of the sums that enter the first activation, if that one saturates; else NaN. */
static double first_sums(const struct run *run, const struct entering *entering)
{
    struct anatomy anatomy;
    struct drawn drawn;
    const struct part *part;

    if (!anatomy_read(run, &anatomy) || !(part = saturating(&anatomy)) ||
        !drawn_find(run, part, "weight", &drawn))
        return (double)NAN;
    /* kaiming is sqrt(2 / inputs of a unit). */
    return hypot(entering->mean, entering->std) * drawn.std * sqrt(2) / drawn.kaiming;
}

static void judge(const struct rule *rule, const struct run *run, const struct entering *entering,
                  struct findings *findings)
{
    double size = entering_size(entering);

    if (!(size >= SIZE) || !(entering->std >= SPREAD))
        return;
    double sums = first_sums(run, entering);
    bool certain = sums >= SUMS;
    struct finding *finding =
        findings_add(findings, rule, "%s of train reach %s, with std %s; limits %d and %d%s",
                     entering_words(run, entering), text_number(findings->arena, size, 4),
                     text_number(findings->arena, entering->std, 3), SIZE, SPREAD,
                     certain ? arena_print(findings->arena,
                                           "; the first activation gets sums of about %s and is flat there",
                                           text_number(findings->arena, sums, 2))
                             : "");
    if (certain)
        finding->severity = SEVERITY_ERROR;
    finding->subject = entering->name;
    finding->place = setting_place(run, "data.scale");
    finding_evidence(finding, arena_print(run->arena, "input/%s/train/max", entering->name), size, SIZE, -1);
    finding_evidence(finding, arena_print(run->arena, "input/%s/train/std", entering->name), entering->std,
                     SPREAD, -1);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct entering entering;

    for (size_t at = 0; entering_next(run, "train", &at, &entering);)
        if (!entering.ids)
            judge(rule, run, &entering, findings);
}

static void sick(struct run *run)
{
    example_entering(run, "train", 128, 70, 0, 255);
}

static void healthy(struct run *run)
{
    example_entering(run, "train", 0, 1, -3, 12);
}

const struct rule rule_inputs_unscaled = {
    .entry = {"inputs-unscaled", "The inputs are large: not scaled",
              "What it means\n"
              "  Initializations and the usual rates take inputs of mean 0 and standard\n"
              "  deviation 1. Larger ones saturate tanh and sigmoid in the first layer and\n"
              "  make the loss steep: the rate that suits the first layer is too small for\n"
              "  the others.\n"
              "\n"
              "How it is decided\n"
              "  Over all numbers of an input of train, as they enter the network, the\n"
              "  largest is at least " SIZE_TEXT " without its sign and the standard deviation at\n"
              "  least " SPREAD_TEXT ". Indices for an embedding are left out. An error by itself where\n"
              "  the first activation is tanh or one of its kin, no norm stands before it,\n"
              "  and the sums it gets, by the weights as drawn, are of size " SUMS_TEXT " or more.\n"
              "\n"
              "Known false alarms\n"
              "  Networks whose first layer is a norm. Small networks on few columns, where\n"
              "  Adam makes up for the scale.\n"
              "\n"
              "Sources\n"
              "  LeCun, Bottou, Orr and Mueller 1998, Efficient BackProp, section 4.3.\n"},
    .code = "ML218",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_normalization,
    .remedies = (const struct change *const[]){&change_standardise_inputs, NULL},
    .reads = (const char *const[]){"input/*/train/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308",
                                    "ML309", NULL},
    .next =
        (const char *const[]){
            "set data.scale to \"standard\"",
            "for pixels of 0 to 255: data.scale {\"divide\": 255}",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
