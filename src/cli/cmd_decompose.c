/* mldbg decompose: where does the error come from? Reads files; trains nothing. */
#include <mldbg/cli.h>
#include <mldbg/recipe/decomposing.h>
#include <mldbg/run/ledger.h>

struct decompose_settings {
    struct decompose_options options;
    bool ledger;
};

/* In the order of enum measure. */
static const char *const metrics[] = {
#define MEASURE(name, words, share) #name,
#include <mldbg/run/measures.def>
#undef MEASURE
    NULL};

static enum exit_code run(struct invocation *invocation)
{
    const struct decompose_settings *settings = invocation->options;
    struct decompose_options options = settings->options;
    struct decomposition parts;
    struct run record;
    struct error err;

    run_init(&record, invocation->arena, invocation->command->entry.name);
    options.run = invocation->words.count ? invocation->words.at[0] : NULL;
    options.ledger = settings->ledger ? ledger_path(invocation->arena) : NULL;
    options.seed = invocation->common->seed_given ? invocation->common->seed : 1;
    if (!recipe_decompose(&options, &record, &parts, &err))
        return refuse_error(invocation, &err);

    struct report report = {
        .command = record.command,
        .subject = record.name,
        .headline = view_headline(&record, invocation->arena),
        .body = view_body(&record, invocation->arena),
        .verdict = "",
        .next = run_text(&record, "decompose/next"),
        .run = &record,
    };
    return deliver(invocation, &report);
}

#define FIELD(member) offsetof(struct decompose_settings, options.member)

static const struct option rows[] = {
    {.name = "train",
     .type = OPTION_TEXT,
     .offset = FIELD(train),
     .value = "FILE",
     .help = "predictions on train: columns label, prediction; loss, group, p0, ... if any"},
    {.name = "val",
     .type = OPTION_TEXT,
     .offset = FIELD(val),
     .value = "FILE",
     .help = "predictions on val, which is drawn like train"},
    {.name = "testval",
     .type = OPTION_TEXT,
     .offset = FIELD(testval),
     .value = "FILE",
     .help = "predictions on testval, which is drawn like test and was chosen on"},
    {.name = "test",
     .type = OPTION_TEXT,
     .offset = FIELD(test),
     .value = "FILE",
     .help = "predictions on test, which was never chosen on"},
    {.name = "table",
     .type = OPTION_TEXT,
     .offset = FIELD(table),
     .value = "FILE",
     .help = "CSV with columns split, errors, rows; or split, error, rows"},
    {.name = "trials",
     .type = OPTION_TEXT,
     .offset = FIELD(trials),
     .value = "FILE",
     .help = "CSV of trials that were chosen among on testval (or val): trial,error,rows; or one line a "
             "row, one column a trial: 1 right, 0 wrong, or a loss, or, with a column label, its answer"},
    {.name = "metric",
     .type = OPTION_CHOICE,
     .offset = FIELD(metric),
     .choices = metrics,
     .value = "NAME",
     .help = "what to take apart; default: error for classes, rmse for numbers, else loss"},
    {.name = "irreducible",
     .type = OPTION_TEXT,
     .offset = FIELD(irreducible),
     .value = "X",
     .help = "error that no model can go below, in place of the config's: a number, or duplicates or "
             "neighbours for the bound from the data of a run"},
    {.name = "human",
     .type = OPTION_TEXT,
     .offset = FIELD(human),
     .value = "ERRORS/ROWS",
     .help = "the same from people's answers, such as 12/200"},
    {.name = "ledger",
     .type = OPTION_BOOL,
     .offset = offsetof(struct decompose_settings, ledger),
     .fallback = "true",
     .help = "do not count this reading of test, nor tell of others; MLDBG_LEDGER names the file"},
    {.name = "per-class",
     .type = OPTION_BOOL,
     .offset = FIELD(per_class),
     .help = "the error rate of every class on every split, too"},
};

const struct command command_decompose = {
    .entry = {"decompose", "Where does the error come from, and what next?",
              "Test error = irreducible + avoidable bias + variance + distribution shift +\n"
              "validation overfit: the steps from the irreducible error to train, to val\n"
              "(drawn like train), to testval (drawn like test), to test. A step is called\n"
              "the largest only where the rows allow it. Reads predictions; trains nothing.\n"
              "All intervals in brackets hold together in 95 of 100 samples; --json has those\n"
              "of each term alone, too.\n"
              "\n"
              "Train counts as a sample like the others. Rows with a column \"group\" are\n"
              "drawn by whole groups. All but error rates are bootstrapped (2000 draws,\n"
              "--seed).\n"
              "\n"
              "Without a known irreducible error it and the bias are one term. The record of\n"
              "a run on classes knows two bounds, which stand beside that term: rows with\n"
              "equal inputs and other labels (at least so much), and nearest neighbours (at\n"
              "most so much). --irreducible duplicates and --irreducible neighbours take the\n"
              "lower bound of one for the value.\n"
              "\n"
              "Predictions of other programs are CSV files with a header:\n"
              "\n"
              "  label        what is true, as text or number\n"
              "  prediction   what was answered\n"
              "  loss         loss of the row, for --metric loss\n"
              "  group        rows of one group are drawn together\n"
              "  p0, p1, ...  probabilities of the classes in sorted order, for --metric auc\n"
              "\n"
              "label and prediction, or loss, must be there; other columns are passed over.\n"
              "In Python, with scikit-learn and pandas, once for every split:\n"
              "\n"
              "  p = model.predict_proba(X)\n"
              "  table = pandas.DataFrame(p).add_prefix(\"p\")\n"
              "  table[\"label\"], table[\"prediction\"] = list(y), model.predict(X)\n"
              "  table.to_csv(\"val.csv\", index=False)\n"},
    .usage = "decompose [RUN]",
    .examples =
        (const char *const[]){
            "mldbg decompose run",
            "mldbg decompose --train a.csv --val b.csv --testval c.csv --test d.csv",
            "mldbg decompose --table errors.csv --human 25/100",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct decompose_settings),
    .words_least = 0,
    .words_most = 1,
    .word = "a run directory",
    .run = run,
};
