/* ML115 preparation-differs: train and held-out rows that are prepared apart. */
#include "anatomy.h"
#include "phrases.h"

#include <string.h>

static const char *written(const struct run *run, const struct json *value)
{
    struct text text;

    if (!value || (value->type == JSON_ARRAY && !value->child))
        return "";
    text_init(&text, run->arena);
    json_write(&text, value, false);
    return text.at;
}

static struct finding *speak(const struct rule *rule, const struct run *run, const char *path,
                             const char *what, struct findings *findings)
{
    struct finding *finding = findings_add(
        findings, rule, "%s: 2 preparations where 1 should hold for train and held-out rows", what);

    finding->subject = path;
    finding->place = setting_place(run, path);
    finding_evidence(finding, "preparations", 2, 1, -1);
    return finding;
}

/* Whether what train and val share does not hold for the splits that only a final judgement reads. */
static bool only_test_differs(const struct run *run, const struct json *scale)
{
    const struct json *val = json_get(scale, "val");

    return val && strcmp(written(run, val), written(run, json_get(scale, "train"))) == 0;
}

static bool scale_differs(const struct run *run, const struct json *scale)
{
    const char *train = written(run, json_get(scale, "train"));
    bool differs = false;

    for (const struct json *part = scale->child; part; part = part->next)
        differs = differs || strcmp(written(run, part), train) != 0;
    return differs;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    const struct json *data = json_get(run->config, "data"), *scale = json_get(data, "scale");
    const char *train = written(run, json_get(data, "prepare_train"));
    const char *test = written(run, json_get(data, "prepare_test"));

    if (strcmp(train, test) != 0)
        speak(rule, run, *train ? "data.prepare_train" : "data.prepare_test",
              "data.prepare_train and data.prepare_test differ", findings);
    else if (scale && scale->type == JSON_OBJECT && json_get(scale, "train") && scale_differs(run, scale)) {
        bool hidden = only_test_differs(run, scale);
        struct finding *finding = speak(rule, run, "data.scale",
                                        hidden ? "data.scale is one for train and val and another for test"
                                               : "data.scale is not the same for all splits",
                                        findings);

        if (hidden)
            finding->severity = SEVERITY_ERROR;
    }
}

static void config(struct run *run, const char *json)
{
    run_set_number(run, "train/rate", 0.01);
    example_config(run, json);
}

static void sick(struct run *run)
{
    config(run, "{\"data\": {\"scale\": {\"train\": \"standard\", \"val\": \"none\"}}}");
}

static void healthy(struct run *run)
{
    config(run, "{\"data\": {\"scale\": \"standard\"}}");
}

const struct rule rule_preparation_differs = {
    .entry = {"preparation-differs", "Train and held-out rows are prepared in different ways",
              "What it means\n"
              "  The network is trained on rows that went through one preparation and is\n"
              "  asked about rows that went through another.\n"
              "\n"
              "How it is decided\n"
              "  data.prepare_train and data.prepare_test are not the same list, or\n"
              "  data.scale names the splits one by one and not all alike. Where train and\n"
              "  val agree and a test split does not, it is an error by itself: no\n"
              "  training would show it, and the final score would be wrong.\n"
              "\n"
              "Known false alarms\n"
              "  Augmentation belongs on train alone, and is meant to be there. Files that\n"
              "  are scaled already, beside others that are not.\n"},
    .code = "ML115",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_data,
    .remedies = (const struct change *const[]){&change_same_preparation, NULL},
    .reads = (const char *const[]){"train/rate", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "move what is common into data.prepare",
            "give data.scale one word for all splits: it is fitted on train",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
