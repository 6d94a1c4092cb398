/* ML220 inputs-tiny: inputs that are all but zero, such as those that were scaled twice. */
#include "anatomy.h"
#include "input_facts.h"
#include "curve.h"

#include <string.h>

/* Inputs below this are lost beside biases and initial weights. */
#define SIZE      0.05
#define SIZE_TEXT SPELT(SIZE)

static bool is_scaling(const char *name)
{
    return strcmp(name, "scale_x") == 0 || strcmp(name, "affine_x") == 0 ||
           strcmp(name, "standardize_x") == 0 || strcmp(name, "minmax_x") == 0 ||
           strcmp(name, "double_minmax_x") == 0;
}

/* How often the inputs are scaled on their way in. */
static int scalings(const struct run *run)
{
    const struct json *data = json_get(run->config, "data"), *list = json_get(data, "prepare");
    const struct json *scale = json_get(data, "scale");
    int count = scale && !(scale->type == JSON_STRING && strcmp(scale->string, "none") == 0);

    for (const struct json *op = list && list->type == JSON_ARRAY ? list->child : NULL; op; op = op->next) {
        const struct json *name = op->type == JSON_OBJECT ? json_get(op, "op") : NULL;

        if (!name || name->type != JSON_STRING)
            continue;
        count += is_scaling(name->string) + (strcmp(name->string, "double_minmax_x") == 0);
    }
    return count;
}

static void judge(const struct rule *rule, const struct run *run, const struct entering *entering,
                  struct findings *findings)
{
    double all = entering_size(entering), size = entering->typical < all ? entering->typical : all;
    int steps = scalings(run);

    if (!(size < SIZE) || !(size > 0))
        return;
    struct finding *finding =
        findings_add(findings, rule, "%s of train reach only %s%s; expected %s or more%s",
                     entering_words(run, entering), text_number(findings->arena, size, 3),
                     size < all ? " in most columns" : "", text_number(findings->arena, SIZE, 3),
                     steps > 1 ? arena_print(findings->arena, "; they are scaled %d times", steps) : "");
    finding->subject = entering->name;
    finding->place = setting_place(run, "data.scale");
    if (finding->place.line == 0)
        finding->place = setting_place(run, "data.prepare");
    finding_evidence(finding, arena_print(run->arena, "input/%s/train/max", entering->name), size, SIZE, -1);
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
    example_entering(run, "train", 0.002, 0.001, 0, 0.0039);
}

static void healthy(struct run *run)
{
    example_entering(run, "train", 0.5, 0.3, 0, 1);
}

const struct rule rule_inputs_tiny = {
    .entry = {"inputs-tiny", "The inputs are all but zero: scaled twice?",
              "What it means\n"
              "  The first layer gets next to nothing, so that its output is the bias and\n"
              "  its gradient small. Pixels that were divided by 255 twice look like this.\n"
              "\n"
              "How it is decided\n"
              "  The largest number of an input of train, without its sign, is above zero\n"
              "  and below " SIZE_TEXT "; or so it is in more than half of the columns or pixels\n"
              "  that vary. The sentence counts how often data.prepare and data.scale scale\n"
              "  the inputs.\n"
              "\n"
              "Known false alarms\n"
              "  A batch norm or a large rate makes up for it.\n"},
    .code = "ML220",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_normalization,
    .remedies = (const struct change *const[]){&change_standardise_inputs, NULL},
    .reads = (const char *const[]){"input/*/train/std", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "scale once: remove one of data.prepare and data.scale",
            "set data.scale to \"standard\": it undoes earlier factors",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
