/* ML133 init-compounds: initial weights that do not fit the activations, layer after layer. */
#include "init_facts.h"
#include "curve.h"

#include <math.h>
#include <string.h>

/* A misfit shows in few layers only if it is large; init-large and init-small say so then. */
#define LAYERS_LEAST      4
#define LAYERS_LEAST_TEXT SPELT(LAYERS_LEAST)

/* What is so much smaller or larger behind the last hidden layer is lost. */
#define FACTOR      100
#define FACTOR_TEXT SPELT(FACTOR)

/* By which factor a layer changes the size of a signal, or NaN: relu halves the square, tanh leaves it. */
static double gain_of(const struct run *run, const struct anatomy *anatomy, const struct part *part)
{
    const struct activation *activation =
        part->follower >= 0 ? anatomy->part[part->follower].activation : NULL;
    struct drawn drawn;

    if (!activation || is_normalized(anatomy, part) || !drawn_find(run, part, "weight", &drawn) ||
        !(drawn.std > 0))
        return (double)NAN;
    if (strcmp(activation->type, "relu") == 0 || strcmp(activation->type, "leaky_relu") == 0)
        return drawn.std / drawn.kaiming;
    return strcmp(activation->type, "tanh") == 0 ? drawn.std / drawn.kaiming * sqrt(2.0) : (double)NAN;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;
    const struct part *first = NULL;
    double factor = 1;
    int layers = 0;

    if (!anatomy_read(run, &anatomy) || !anatomy.chain)
        return;
    for (int i = 0; i < anatomy.head; i++) {
        const struct part *part = &anatomy.part[i];

        if (!part->weighty)
            continue;
        factor *= gain_of(run, &anatomy, part);
        first = first ? first : part;
        layers++;
    }
    if (layers < LAYERS_LEAST || (!(factor * FACTOR < 1) && !(factor > FACTOR)))
        return;
    struct finding *finding = findings_add(
        findings, rule, "by the initial weights %d hidden layers make a signal %s times %s; limit %d", layers,
        text_number(findings->arena, factor < 1 ? 1 / factor : factor, 3), factor < 1 ? "smaller" : "larger",
        FACTOR);
    finding->subject = first->name;
    finding->place = first->json->place;
    finding_evidence(finding, "init/std", factor < 1 ? 1 / factor : factor, FACTOR, -1);
}

static void model(struct run *run, double std)
{
    static const char layer[] = "{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, ";

    example_config(run, arena_print(run->arena,
                                    "{\"model\": [%s%s%s%s%s{\"type\": \"linear\", \"out_features\": 1}]}",
                                    layer, layer, layer, layer, layer));
    for (int i = 1; i <= 5; i++)
        example_drawn(run, arena_print(run->arena, "linear%d/weight", i), std, 0);
}

static void sick(struct run *run)
{
    model(run, 0.125);
}

static void healthy(struct run *run)
{
    model(run, 0.45);
}

const struct rule rule_init_compounds = {
    .entry = {"init-compounds", "Initial weights make signals vanish or explode with depth",
              "What it means\n"
              "  Each layer makes a signal smaller or larger by a factor that its initial\n"
              "  weights and its activation decide. A small misfit, such as weights for\n"
              "  tanh before relu, is raised to the power of the depth.\n"
              "\n"
              "How it is decided\n"
              "  A chain of " LAYERS_LEAST_TEXT
              " or more hidden layers, all with relu, leaky_relu or tanh and\n"
              "  without norms; the product over the layers of the drawn spread beside the\n"
              "  one that keeps the size (sqrt(2 / fan_in) for relu, sqrt(1 / fan_in) for\n"
              "  tanh) is below 1 / " FACTOR_TEXT " or above " FACTOR_TEXT ".\n"
              "\n"
              "Known false alarms\n"
              "  tanh bounds what grows, so that an explosion is only a saturation there.\n"
              "\n"
              "Sources\n"
              "  He, Zhang, Ren and Sun 2015, Delving deep into rectifiers, section 2.2;\n"
              "  Glorot and Bengio 2010.\n"},
    .code = "ML133",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_init,
    .remedies = (const struct change *const[]){&change_default_init, &change_hidden_relu, NULL},
    .reads = (const char *const[]){"init/*/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML304", "ML305", "ML306", "ML307", "ML308",
                                    "ML309", NULL},
    .next =
        (const char *const[]){
            "remove \"init\": the default is chosen by the activation",
            "kaiming_uniform before relu, xavier_uniform before tanh",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
