/* ML119 few-updates: a training that ends before it has begun. */
#include "anatomy.h"
#include "curve.h"

/* Hardly any network gets anywhere in fewer. */
#define UPDATES      50
#define UPDATES_TEXT SPELT(UPDATES)

/* With few passes over the rows so many more are needed, for each row is hardly seen. */
#define SHORT_UPDATES      1000
#define SHORT_UPDATES_TEXT SPELT(SHORT_UPDATES)

/* Few passes over the rows. */
#define SHORT_EPOCHS      5
#define SHORT_EPOCHS_TEXT SPELT(SHORT_EPOCHS)

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double updates = run_number(run, "train/updates"), epochs = setting_number(run, "train.epochs", 20);
    double limit = epochs <= SHORT_EPOCHS ? SHORT_UPDATES : UPDATES;

    if (!(updates < limit))
        return;
    struct finding *finding =
        findings_add(findings, rule, "the training makes %s in %s; expected %.0f or more",
                     text_plural(findings->arena, (int64_t)updates, "update", "updates"),
                     text_plural(findings->arena, (int64_t)epochs, "epoch", "epochs"), limit);
    finding->subject = "train.epochs";
    finding->place = setting_place(run, "train.epochs");
    finding_evidence(finding, "train/updates", updates, limit, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"train\": {\"epochs\": 2}}");
    run_set_number(run, "train/updates", 26);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"train\": {\"epochs\": 20}}");
    run_set_number(run, "train/updates", 260);
}

const struct rule rule_few_updates = {
    .entry = {"few-updates", "The training makes few updates",
              "What it means\n"
              "  A network learns by many small steps. An update is one batch, so that few\n"
              "  epochs, large batches and little data all mean few updates.\n"
              "\n"
              "How it is decided\n"
              "  Rows, batch size and epochs come to fewer than " UPDATES_TEXT " updates; to fewer than\n"
              "  " SHORT_UPDATES_TEXT " where there are at most " SHORT_EPOCHS_TEXT " epochs.\n"
              "\n"
              "Known false alarms\n"
              "  Easy data and high rates: two of 113 sound programs were this short. A low\n"
              "  rate, a poor scale and plain sgd look the same, and more updates make up\n"
              "  for them.\n"},
    .code = "ML119",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_epochs,
    .remedies = (const struct change *const[]){&change_more_epochs, &change_batch_32, NULL},
    .reads = (const char *const[]){"train/updates", NULL},
    .check = check,
    .causes = (const char *const[]){"ML301", "ML302", "ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "set train.epochs 10 times higher, and watch the loss of val",
            "use a smaller train.batch_size: more updates per epoch",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
